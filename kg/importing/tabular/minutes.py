"""Durations as teachers write them, in whole minutes."""

from __future__ import annotations

import re
from typing import Final

from kg.importing.tabular.cells import CellError

__all__ = ["LESSON_MINUTES", "read_minutes"]

LESSON_MINUTES: Final = 45
"""What one lesson lasts unless the column map says otherwise."""

_MINUTE: Final = (
    r"m|min|mins|minutes?|minut(?:it|id|er|ter|t|en|a|y|e)?|minuut(?:ti|tia|it|teja)|minut(?:ės|ė|es)|minuten|minuter|minučių|"
    r"წუთი|წთ|мин|минут[аыу]?|'|\u2019|\u2032"
)
_HOUR: Final = (
    r"h|hr|hrs|hours?|tunti|tuntia|tunnin|t|val|valand(?:a|os|ų|ą)|time|timer|klokketimer?|saat|საათი|საათის|სთ|"
    r"stunden?|std|timm(?:e|ar)|tim|час|часа|часов|ч"
)
_LESSON: Final = (
    r"lessons?|periods?|class(?:es)?|class periods?|academic hours?|oppitunti|oppituntia|oppitunnin|tund|tundi|tunni|"
    r"õppetun(?:d|di|ni)|koolitun(?:d|di|ni)|ainetun(?:d|di|ni)|pamok(?:a|os|ų|ą|as)|akad val|"
    r"akademin(?:ė|ės|ių) valand(?:a|os|ų)|"
    r"skoletimer?|undervisningstimer?|გაკვეთილი|unterrichtsstunden?|ue|lektion(?:er|en)?|урок(?:а|ов|и)?"  # noqa: RUF001
)
_AMBIGUOUS: Final = frozenset({"tund", "tundi", "tunni"})
"""Estonian for a lesson and for an hour; before minutes it is an hour."""

_NUMBER: Final = r"\d{1,6}(?:[.,]\d{1,3})?|\u00bd"
_TERM: Final = re.compile(rf"({_NUMBER})\s*(?:({_MINUTE})|({_LESSON})|({_HOUR}))(?![^\W\d_])")
_ISO: Final = re.compile(r"p(?:t)?(?:(\d+(?:[.,]\d+)?)h)?(?:(\d+)m)?(?:\d+s)?")
_CLOCK: Final = re.compile(r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?")
_LONGEST: Final = 100_000


def read_minutes(text: str, *, lesson: int = LESSON_MINUTES, bare: str = "minutes") -> int:
    """Return the duration that ``text`` states, in whole minutes.

    It takes minutes, hours and lessons in words of nine languages, ``1:30``, ``PT1H30M``, products (``2 x 45``), sums
    (``45 + 45``) and ranges, of which the greater end counts: that is the time to plan for.

    Args:
        text: The cell.
        lesson: Minutes of one lesson.
        bare: What a number without a unit counts: ``minutes``, ``hours`` or ``lessons``.

    >>> [read_minutes(text) for text in ("45 min", "1 h 30", "1,5 h", "2 x 45", "2 pamokos", "90", "1:30", "PT1H")]
    [45, 90, 90, 90, 90, 90, 90, 60]
    >>> read_minutes("1 tund 15 min"), read_minutes("2 tundi"), read_minutes("45-60 min")
    (75, 90, 60)

    Raises:
        CellError: It states no duration, or one that is not of whole minutes.
    """
    value = re.sub(r"[\s\u00a0]+", " ", text.casefold()).strip()
    # "val." and "min." lose their dots, decimals keep theirs
    value = re.sub(r"(?<!\d)\.|\.(?!\d)|~|^(?:ca|circa|about|approx|umbes|noin|apie|omkring)\b", "", value).strip()
    value = re.sub(r"\([^)]*\)", "", value).strip()
    value = re.sub(r"(\d)\s*\u00bd", r"\1.5", value)
    minutes = _read(value, lesson, bare)
    if minutes is None or not 0 < minutes <= _LONGEST or abs(minutes - round(minutes)) > 1e-6:
        shown = " ".join(text.split())[:60]
        raise CellError(f"{shown!r} is no duration such as 45 min, 1 h 30 or 2 x 45")
    return round(minutes)


def _read(value: str, lesson: int, bare: str) -> float | None:
    if "+" in value:
        return _total([_read(part.strip(), lesson, bare) for part in value.split("+")])
    if match := re.fullmatch(rf"({_NUMBER})\s*[x\u00d7*\u0445]\s*(.+)", value):
        each = _read(match[2], lesson, bare)
        return None if each is None else _float(match[1]) * each
    if match := re.fullmatch(rf"({_NUMBER})\s*(?:[-\u2013\u2014]|to|kuni|iki|til|bis|до)\s*(.+)", value):
        return _read(match[2], lesson, bare)
    if value.startswith("p") and (match := _ISO.fullmatch(value)) and (match[1] or match[2]):
        return _float(match[1] or "0") * 60 + _float(match[2] or "0")
    if match := _CLOCK.fullmatch(value):
        return int(match[1]) * 60 + int(match[2])
    if re.fullmatch(_NUMBER, value):
        return _float(value) * {"minutes": 1, "hours": 60, "lessons": lesson}[bare]
    return _terms(value, lesson)


def _terms(value: str, lesson: int) -> float | None:
    """Read ``1 h 30 min``: units in words, and a bare number after hours as minutes."""
    rest, total, hours = value, 0.0, False
    terms = list(_TERM.finditer(value))
    for match in terms:
        number = _float(match[1])
        rest = rest.replace(match[0], " ", 1)
        ambiguous = match[3] in _AMBIGUOUS and any(term[2] for term in terms)
        hours = hours or bool(match[4]) or ambiguous
        total += number * (1 if match[2] else 60 if match[4] or ambiguous else lesson)
    # A lone unit in front of nothing else ("1 h 30") leaves the minutes; words such as "and" say nothing.
    left = re.sub(r"\b(?:and|ja|ir|og|und|och|და|и)\b|[,;]", " ", rest).strip()
    if left and hours and re.fullmatch(r"\d{1,2}", left):
        return total + int(left)
    return total if terms and not left else None


def _total(parts: list[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None


def _float(number: str) -> float:
    return 0.5 if number == "\u00bd" else float(number.replace(",", "."))
