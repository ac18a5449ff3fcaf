"""Durations, ages, dates and language tags, in the ways in which sources write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.importing.language_tags import normal_tag
from kg.importing.measures import age_range, iso_date, minutes_of
from kg.importing.plain_text import plain
from kg.languages import UNDETERMINED

MINUTES = {
    "PT45M": 45,
    "PT1H": 60,
    "PT1H30M": 90,
    "pt90m": 90,
    "PT0.5H": 30,
    "P0Y0M0DT0H45M0S": 45,
    "T47M58S": 47,
    "01:30": 90,
    "1:30:00": 90,
    "90": 90,
    "45 min": 45,
    "45 minutit": 45,
    "1 h 30 min": 90,
    "2 tundi": 120,
    "1,5 tuntia": 90,
    "2 timer": 120,
    "": None,
    "PT": None,
    "P": None,
    "PT0M": None,
    "P1D": None,
    "P2W": None,
    "PT5S": None,
    "soon": None,
    "1 week": None,
    "99999": None,
    "PT99999999H": None,
}


@pytest.mark.parametrize(("text", "minutes"), MINUTES.items())
def test_durations(text: str, minutes: int | None) -> None:
    assert minutes_of(text) == minutes


AGES = {
    "10-12": (10, 12),
    "13 - 15": (13, 15),
    "ages 8 to 10": (8, 10),
    "12-10": (10, 12),
    "7+": (7, None),
    "16-": (16, None),
    "5-99": (5, None),
    "9": (9, 9),
    "U": (None, None),
    "2012-2014": (None, None),
    "": (None, None),
}


@pytest.mark.parametrize(("text", "ages"), AGES.items())
def test_ages(text: str, ages: tuple[int | None, int | None]) -> None:
    assert age_range(text) == ages


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-06", "2024-05-06"),
        (" 2024-05-06T07:08:09.123+02:00 ", "2024-05-06"),
        ("2024-02-30", None),
        ("2024-05", None),
        ("06.05.2024", None),
        ("0000-00-00", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    assert iso_date(text) == day


TAGS = {
    "et": "et",
    "ET": "et",
    "est": "et",
    "ger": "de",
    "fren": "fr",
    "ua": "uk",
    "en_GB": "en-GB",
    "en-gb": "en-GB",
    "zh-hans-cn": "zh-Hans-CN",
    "es-419": "es-419",
    "x-none": UNDETERMINED,
    "x-t-LRE": UNDETERMINED,
    "und": UNDETERMINED,
    "English": UNDETERMINED,
    "": UNDETERMINED,
}


@pytest.mark.parametrize(("text", "tag"), TAGS.items())
def test_language_tags(text: str, tag: str) -> None:
    assert normal_tag(text) == tag


@given(st.text())
def test_no_text_stops_an_import(text: str) -> None:
    minutes = minutes_of(text)
    assert minutes is None or 0 < minutes <= 7 * 24 * 60
    low, high = age_range(text)
    assert low is None or high is None or low <= high
    iso_date(text)
    assert normal_tag(normal_tag(text)) == normal_tag(text)
    plain(text).encode()  # no lone surrogate is left
    plain(f"<p>{text}<b>")


def test_what_runs_in_html_is_no_text() -> None:
    html = "<p>One<!-- no --></p><script>var x</script><style>p{}</style><div>Two <b>three</b></div><iframe>no</iframe>"
    assert plain(html) == "One\n\nTwo three"
