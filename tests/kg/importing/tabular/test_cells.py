"""Cells: what people write is read as they mean it, and what cannot be read is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.importing.tabular.cells import (
    CellError,
    join_values,
    read_date,
    read_link,
    read_number,
    read_range,
    read_yes_no,
    split_texts,
    split_values,
)
from kg.importing.tabular.html_text import plain_text
from kg.importing.tabular.minutes import read_minutes

WORDS = st.text(st.characters(categories=["L", "N"], include_characters=" ,.()'"), min_size=1, max_size=30)
VALUES = st.lists(WORDS.map(lambda word: " ".join(word.split())).filter(bool), unique=True, max_size=6)
DATES = st.dates(dt.date(1930, 1, 1), dt.date(2099, 12, 31))


@given(VALUES)
def test_several_values_are_read_as_they_were_written(values: list[str]) -> None:
    assert split_values(join_values(values)) == values
    assert split_values("; ".join(values)) == values
    assert split_values(" | ".join(values)) == values


@given(VALUES.filter(lambda values: not any(value[0].isdigit() for value in values)))
def test_numbered_lines_are_the_lines_without_their_numbers(values: list[str]) -> None:
    numbered = [f"{number}. {value}" for number, value in enumerate(values, start=1)]
    assert split_texts("\n".join(numbered)) == values
    assert split_texts("\r\n".join(f"\u2022 {value}" for value in values)) == values


def test_sentences_on_lines_keep_their_semicolons() -> None:
    assert split_texts("I measure; I compare.\nI explain.") == ["I measure; I compare.", "I explain."]


def test_a_grade_keeps_its_number() -> None:
    assert split_values("7. klass; 8. klass") == ["7. klass", "8. klass"]


@given(st.integers(1, 100_000))
def test_minutes_of_all_forms_agree(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    forms = [f"{minutes}", f"{minutes} min", f"{minutes}'", f"{minutes} minutit", f"PT{minutes}M", f"{minutes},0"]
    if hours and rest:
        forms += [
            f"{hours} h {rest}",
            f"{hours}h{rest:02}",
            f"{hours} val. {rest} min.",
            f"{hours} time og {rest} minutter",
        ]
    if hours < 100:
        forms.append(f"{hours}:{rest:02}")
    assert {read_minutes(form) for form in forms} == {minutes}


@given(st.integers(1, 20), st.integers(30, 120))
def test_lessons_last_what_is_said(count: int, lesson: int) -> None:
    words = ("lessons", "pamokos", "oppituntia", "tundi", "skoletimer", "გაკვეთილი", "Unterrichtsstunden", "уроков")
    assert {read_minutes(f"{count} {word}", lesson=lesson) for word in words} == {count * lesson}
    assert read_minutes(f"{count} x {lesson} min") == read_minutes(f"{count}\u00d7{lesson}") == count * lesson


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("1,5 h", 90), ("1\u00bd h", 90), ("45-60 min", 60), ("45 + 45", 90), ("1 tund 15 min", 75), ("2 tuntia", 120)],
)
def test_minutes_in_the_wild(text: str, minutes: int) -> None:
    assert read_minutes(text) == minutes


@pytest.mark.parametrize("text", ["a while", "3 days", "1/2", "0", "-5", "1,3", "99999999 h", "1 h 2 h x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="no duration"):
        read_minutes(text)


@given(DATES)
def test_a_date_reads_the_same_in_all_its_forms(date: dt.date) -> None:
    months = ["jaanuar", "veebruar", "märts", "aprill", "mai", "juuni", "juuli", "august", "september", "oktoober"]
    months += ["november", "detsember"]
    serial = (date - dt.date(1899, 12, 30)).days
    forms = [
        date.isoformat(),
        f"{date}T10:00:00Z",
        f"{date.day}.{date.month}.{date.year}",
        f"{date:%d/%m/%Y}",
        str(serial),
    ]
    forms += [f"{date:%Y.%m.%d}", f"{date.day}. {months[date.month - 1]} {date.year}"]
    assert {read_date(form) for form in forms} == {date.isoformat()}
    assert read_date(f"{date.month}/{date.day}/{date.year}", order="mdy") == date.isoformat()


def test_no_day_is_made_up() -> None:
    assert [read_date(text) for text in ("2026", "November 2026", "2026 m. lapkričio")] == [
        "2026",
        "2026-11",
        "2026-11",
    ]


@pytest.mark.parametrize(
    "text",
    ["2026 m. lapkričio 22 d.", "22. marraskuuta 2026", "22 ნოემბერი 2026", "22 November 2026", "22 ноября 2026"],
)
def test_dates_in_words_are_read_in_many_languages(text: str) -> None:
    assert read_date(text) == "2026-11-22"


@pytest.mark.parametrize("text", ["soon", "31.2.2026", "123", "2026-13-01", "22.11.26"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="no date"):
        read_date(text)


@given(st.integers(0, 999_999_999))
def test_whole_numbers_read_with_and_without_separators(number: int) -> None:
    assert (
        read_number(str(number)) == read_number(f"{number},0") == read_number(f"{number:,}".replace(",", " ")) == number
    )


@given(st.integers(0, 99), st.integers(0, 99))
def test_ranges_read_with_any_dash_and_in_words(first: int, second: int) -> None:
    low, high = sorted((first, second))
    for form in (f"{low}-{high}", f"{low} \u2013 {high} a.", f"ages {low} to {high}"):
        assert read_range(form) == (low, high)
    if low != high:
        with pytest.raises(CellError):
            read_range(f"{high}-{low}")


@pytest.mark.parametrize("word", ["Jah", "kyllä", "TAIP", "ja", "კი", "Yes", "да", "x", "✓", "1"])
def test_yes_is_understood(word: str) -> None:
    assert read_yes_no(word) is True


@pytest.mark.parametrize("word", ["ei", "Ne", "nei", "არა", "no", "nein", "нет", "0", "-"])
def test_no_is_understood(word: str) -> None:
    assert read_yes_no(word) is False


def test_perhaps_is_neither() -> None:
    with pytest.raises(CellError, match="neither yes nor no"):
        read_yes_no("maybe")


def test_words_are_no_link() -> None:
    assert read_link("Rakvere Gymnasium") is None
    assert read_link("javascript:alert(1)") is None


@given(st.text())
def test_reading_a_cell_gives_a_value_or_a_refusal(text: str) -> None:
    for reader in (read_minutes, read_date, read_number, read_range, read_yes_no):
        try:
            reader(text)
        except CellError as error:
            assert str(error)


@given(st.text(st.characters(exclude_characters="<&\r", exclude_categories=["Cc", "Cs"])))
def test_a_text_without_markup_stays_as_it_is(text: str) -> None:
    assert plain_text(text) == text


def test_scripts_leave_no_trace() -> None:
    assert plain_text("<p>Read.</p><script>alert(1)</script>") == "Read."
