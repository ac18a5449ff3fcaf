"""What openpyxl's streaming reader does not tell of a sheet: merged cells, hidden rows, formulas without a value.

A sheet is a stream of tags in which ``<`` begins nothing but a tag, so that a search in its bytes is enough, and is
quicker than a second parse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from kg.importing.tabular.table import Merge, column_number

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SheetScan", "scan_sheet"]

MOST_MERGES: Final = 100_000
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 1 << 16
"""Longer than any tag, and than any formula that Excel allows (8,192 characters)."""

_TAG: Final = re.compile(
    rb"<(?:\w+:)?(?:"
    rb"row\s(?P<row>[^>]*)>"
    rb'|mergeCell\s[^>]*?ref="(?P<merge>[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"'
    rb"|f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*(?P<bare></(?:\w+:)?c>)"
    rb")"
)
_NUMBER: Final = re.compile(rb'(?:^|\s)r="(\d{1,7})"')
_HIDDEN: Final = re.compile(rb'\bhidden="(?:1|true)"')
_BLOCK: Final = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")


@dataclass
class SheetScan:
    """What a search of a sheet's XML finds.

    Attributes:
        merges: Blocks of merged cells.
        hidden: Numbers of hidden rows.
        bare_formulas: Cells whose formula has no stored value.
    """

    merges: list[Merge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    bare_formulas: int = 0


def scan_sheet(file: IO[bytes]) -> SheetScan:
    """Search the XML of one sheet, in pieces."""
    scan = SheetScan()
    for match in _tags(file):
        if match["row"] is not None:
            number = _NUMBER.search(match["row"])
            if number and _HIDDEN.search(match["row"]):
                scan.hidden.add(int(number[1]))
        elif match["merge"] is not None and len(scan.merges) < MOST_MERGES:
            scan.merges.append(_merge(match["merge"].decode()))
        elif match["bare"] is not None:
            scan.bare_formulas += 1
    return scan


def _tags(file: IO[bytes]) -> Iterator[re.Match[bytes]]:
    """Yield every tag of interest once; the end of a piece is searched again together with the next one."""
    rest = b""
    while chunk := file.read(_CHUNK):
        text = rest + chunk
        border = max(len(text) - _OVERLAP, 0)
        end = 0
        for match in _TAG.finditer(text):
            if match.start() >= border:
                break
            yield match
            end = match.end()
        rest = text[max(border, end) :]
    yield from _TAG.finditer(rest)


def _merge(reference: str) -> Merge:
    block = _BLOCK.fullmatch(reference)
    if block is None:  # the pattern that found it is at least as strict
        raise ValueError(reference)
    return Merge(int(block[2]), int(block[4]), column_number(block[1]), column_number(block[3]))
