"""What people write in a cell, and what is meant: several values, numbers, ranges, dates, yes and no, links.

Every function takes the text of one cell that is not empty and raises :class:`CellError` where it cannot tell.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from pathlib import Path
from typing import Final, NoReturn

from kg.documents import load_yaml
from kg.vocabulary import fold

__all__ = [
    "CellError",
    "join_values",
    "read_date",
    "read_link",
    "read_number",
    "read_range",
    "read_yes_no",
    "split_texts",
    "split_values",
]


class CellError(ValueError):
    """A cell does not hold what its column asks for; the message says what, as the second half of a sentence."""


_BULLET: Final = re.compile(r"^\s*[-\u2013\u2022*\u25cf\u25aa\u2023](?=\s)\s*")
_BULLET_OR_NUMBER: Final = re.compile(_BULLET.pattern + r"|^\s*\d{1,2}[.)]\s+")
_MARKS: Final = {"\u2713": True, "\u2714": True, "+": True, "\u2717": False, "\u2718": False, "-": False}
_SERIAL_ZERO: Final = dt.date(1899, 12, 30)
"""Day 0 of Excel's calendar, shifted by its 29 February 1900 so that every day after that is right."""

_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000
"""Serial numbers that pass for dates: from 1927 to 2119. A smaller number is rather a year."""


def split_values(text: str, *, commas: bool = False) -> list[str]:
    r"""Return the values of a cell that holds several, each once: split at line breaks, ``;``, ``|`` and tabs.

    Args:
        text: The cell.
        commas: Whether commas part values too.

    >>> split_values("maths; physics\n chemistry ;")
    ['maths', 'physics', 'chemistry']
    """
    parts = re.split(r"[\r\n;|\t,]" if commas else r"[\r\n;|\t]", text)
    return _distinct(_BULLET.sub("", part).strip() for part in parts)


def split_texts(text: str) -> list[str]:
    r"""Return the sentences of a cell that holds one a line, without bullets and numbers; else split at ``|`` or ``;``.

    A line break, once used, is the only separator, since sentences may hold the others.

    >>> split_texts("1. I can measure; and compare.\n2. I can explain.")
    ['I can measure; and compare.', 'I can explain.']
    """
    for separator in ("\n", "|", ";"):
        if separator in text.strip():
            parts = text.replace("\r", "\n").split(separator)
            return _distinct(_BULLET_OR_NUMBER.sub("", part).strip() for part in parts)
    return _distinct([_BULLET_OR_NUMBER.sub("", text).strip()])


def join_values(values: list[str]) -> str:
    """Return the cell that :func:`split_values` and :func:`split_texts` read back: one value a line."""
    return "\n".join(values)


def _distinct(parts: object) -> list[str]:
    return [part for part in dict.fromkeys(parts) if part]  # type: ignore[call-overload]


def read_number(text: str) -> int:
    """Return a whole number; decimals of zero, a decimal comma and spaces between thousands do not matter.

    >>> read_number("1 200"), read_number("13,0")
    (1200, 13)

    Raises:
        CellError: It is no whole number.
    """
    digits = re.sub(r"(?<=\d)[\s\u00a0\u202f'](?=\d{3}(\D|$))", "", text.strip())
    match = re.fullmatch(r"(\d{1,9})(?:[.,]0*)?", digits)
    if not match:
        raise CellError(f"{_short(text)} is no whole number")
    return int(match[1])


def read_range(text: str) -> tuple[int | None, int | None]:
    """Return the least and the greatest of a range of whole numbers; None where it is open at that side.

    >>> read_range("13\u201315 years"), read_range("12+"), read_range("kuni 30"), read_range("8")
    ((13, 15), (12, None), (None, 30), (8, 8))

    Raises:
        CellError: It holds no number, or more than two, or the greater one first.
    """
    numbers = [int(number) for number in re.findall(r"\d{1,6}", text)]
    if not numbers or len(numbers) > 2 or numbers != sorted(numbers):
        raise CellError(f"{_short(text)} is no range of numbers such as 13-15")
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    folded = f" {fold(text)} "
    if re.search(r" (kuni|up to|max|enintään|iki|til|inntil|bis|hög[^ ]*|до|მდე) ", folded):
        return None, numbers[0]
    if re.search(r"\d\s*\+|\d\s*-\s*$", text.strip()) or re.search(r" (from|alates|alkaen|nuo|fra|ab|от|von) ", folded):
        return numbers[0], None
    return numbers[0], numbers[0]


def read_yes_no(text: str) -> bool:
    """Return whether a cell says yes, in any of the six languages or in German, Swedish or Russian.

    >>> read_yes_no("Jah"), read_yes_no("ei"), read_yes_no("✓")
    (True, False, True)

    Raises:
        CellError: It says neither.
    """
    if (mark := _MARKS.get(text.strip())) is not None:
        return mark
    word = fold(text)
    for name, answer in (("yes", True), ("no", False)):
        if word in _words()[name]:
            return answer
    raise CellError(f"{_short(text)} is neither yes nor no")


def read_date(text: str, *, order: str = "dmy") -> str:
    """Return a date as ISO 8601, from text in the usual orders or from an Excel serial number.

    A year, or a year and a month, come back as such (``2026``, ``2026-11``): no day is made up.

    Args:
        text: Such as ``2026-11-22T10:00:00``, ``22.11.2026``, ``22. november 2026``, ``2026 m. lapkričio 22 d.``,
            ``2026`` or ``46348``.
        order: ``dmy`` or ``mdy``: what ``3/4/2026`` means.

    >>> read_date("22.11.2026"), read_date("46348"), read_date("22. november 2026")
    ('2026-11-22', '2026-11-22', '2026-11-22')

    Raises:
        CellError: It is no date.
    """
    value = text.strip()
    if re.fullmatch(r"\d{5}([.,]\d+)?", value) and _FIRST_SERIAL <= int(value[:5]) <= _LAST_SERIAL:
        return (_SERIAL_ZERO + dt.timedelta(days=int(value[:5]))).isoformat()
    if re.fullmatch(r"(19|20)\d\d", value):
        return value
    year, month, day = _date_parts(value, order) or (0, 0, 0)
    try:
        date = dt.date(year, month, day or 1).isoformat()
        return date if day else date[:7]
    except ValueError:
        _no_date(text)


def _no_date(text: str) -> NoReturn:
    raise CellError(f"{_short(text)} is no date such as 2026-11-22")


def _date_parts(value: str, order: str) -> tuple[int, int, int] | None:
    """Return year, month and day of a date in words or figures."""
    if match := re.match(r"((?:19|20)\d\d)\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})(?!\d)", value):
        return int(match[1]), int(match[2]), int(match[3])
    if match := re.match(r"(\d{1,2})\s*[-./]\s*(\d{1,2})\s*[-./]\s*((?:19|20)\d\d)(?!\d)", value):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        month_first = (order == "mdy" and first <= 12) or second > 12
        return (year, first, second) if month_first else (year, second, first)
    words = fold(value).split()
    named = next((int(word) for word in words if re.fullmatch(r"(19|20)\d\d", word)), None)
    day = next((int(word) for word in words if re.fullmatch(r"\d{1,2}", word)), 0)
    month = next(filter(None, map(_month, words)), None)
    return (named, month, day) if named and month else None


def _month(word: str) -> int | None:
    """Return the month that ``word`` names; Finnish dates put it in the partitive (``marraskuuta``)."""
    months = _words()["months"]
    return months.get(word) or months.get(word.removesuffix("ta"))


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, int]]:
    """Return the words for yes, for no and for months, folded, each with its number in its list."""
    (lists,) = load_yaml(Path(__file__).with_name("words.yaml"))
    months = {fold(name): number for number, names in enumerate(lists["months"], start=1) for name in names}
    return {"yes": dict.fromkeys(map(fold, lists["yes"]), 1), "no": dict.fromkeys(map(fold, lists["no"]), 0)} | {
        "months": months
    }


def read_link(text: str) -> str | None:
    """Return the web address or entry identifier that a cell is, or None where it is words.

    >>> read_link("www.kool.ee"), read_link("organisation/tlu"), read_link("Rakvere Gymnasium")
    ('https://www.kool.ee', 'organisation/tlu', None)
    """
    value = text.strip()
    if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value):
        return value
    if re.fullmatch(r"www\.[^\s<>\"{}|\\^`]+", value):
        return f"https://{value}"
    return value if re.fullmatch(r"(organisation|contributor|scenario)/[\w.~-]+", value) else None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:57] + "...")
