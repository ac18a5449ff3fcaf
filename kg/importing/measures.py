"""Durations, ages and dates out of what sources write for them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

__all__ = ["age_range", "iso_date", "minutes_of"]

_ISO_DURATION: Final = re.compile(
    r"P?(?:0+[YMWD])*(?:T(?=\d)(?:(?P<hours>\d{1,4}(?:[.,]\d+)?)H)?(?:(?P<minutes>\d{1,5}(?:[.,]\d+)?)M)?"
    r"(?:\d+(?:[.,]\d+)?S)?)",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d)(?::[0-5]\d)?")
_WORDS: Final = re.compile(
    r"(?:(?P<hours>\d{1,3}(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|t|timer?|tund\w*|tuntia?|val\w*|st|std|stunden?)\b\.?\s*)?"
    r"(?:(?P<minutes>\d{1,4}(?:[.,]\d+)?)\s*(?:m|min|mins|minut\w*)?\b\.?)?",
    re.IGNORECASE,
)
_AGES: Final = re.compile(r"(?<!\d)(\d{1,2})\s*(?:-|\u2013|\u2014|to|bis|kuni)\s*(\d{1,2})(?!\d)")
_FROM_AGE: Final = re.compile(r"(?<!\d)(\d{1,2})\s*(?:\+|-\s*$|\u2013\s*$)")
_ONE_AGE: Final = re.compile(r"\s*(\d{1,2})\s*")
_DATE: Final = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?\s*", re.DOTALL)

_DAY: Final = 24 * 60
_OLDEST: Final = 99


def minutes_of(text: str) -> int | None:
    """Return the minutes that a duration means: ISO 8601, a clock, words in hours and minutes, or a bare number.

    Days, weeks and months say over how long something stretches, not how much lesson time it takes; they give None, as
    does what is no duration.

    >>> minutes_of("PT1H30M"), minutes_of("P0Y0M0DT0H45M"), minutes_of("1,5 h"), minutes_of("90 min"), minutes_of("P2W")
    (90, 45, 90, 90, None)
    """
    for pattern in (_ISO_DURATION, _CLOCK, _WORDS):
        if (found := pattern.fullmatch(text.strip())) and text.strip():
            parts = [float((found[name] or "0").replace(",", ".")) for name in ("hours", "minutes")]
            minutes = round(parts[0] * 60 + parts[1])
            return minutes if 1 <= minutes <= 7 * _DAY else None
    return None


def age_range(text: str) -> tuple[int | None, int | None]:
    """Return the youngest and the oldest age in years that a text names.

    >>> age_range("13 - 15"), age_range("7+"), age_range("U")
    ((13, 15), (7, None), (None, None))
    """
    if found := _AGES.search(text):
        low, high = sorted((int(found[1]), int(found[2])))
        return low, high if high < _OLDEST else None
    if found := _FROM_AGE.search(text):
        return int(found[1]), None
    if found := _ONE_AGE.fullmatch(text):
        return int(found[1]), int(found[1])
    return None, None


def iso_date(text: str) -> str | None:
    """Return the calendar date (ISO 8601) at the start of a date or time, or None where there is none.

    >>> iso_date("2018-03-02T13:06:52.036Z"), iso_date("2021"), iso_date("2021-02-30")
    ('2018-03-02', None, None)
    """
    if found := _DATE.fullmatch(text):
        try:
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        except ValueError:
            return None
    return None
