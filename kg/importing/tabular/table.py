"""A table, whatever file it comes from: rows of texts with their numbers, and which cells are merged."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Merge", "Row", "Table", "column_letter", "column_number"]

MOST_COLUMNS: Final = 1000
"""Columns that are read of a row; a lesson has no more to say."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        number: Its number as a spreadsheet program shows it, from 1.
        cells: The text of each cell without spaces around it, ``""`` where it is empty.
        hidden: Whether it is hidden in the spreadsheet.
        fault: What is wrong with the row as a whole, if anything.
    """

    number: int
    cells: tuple[str, ...]
    hidden: bool = False
    fault: str | None = None

    def cell(self, index: int) -> str:
        """Return the text of the cell at ``index`` from 0; a row may be shorter than its header."""
        return self.cells[index] if index < len(self.cells) else ""

    @property
    def empty(self) -> bool:
        """Whether no cell holds anything."""
        return not any(self.cells) and not self.fault


@dataclass(frozen=True)
class Merge:
    """A block of merged cells; rows count from 1 and columns from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True)
class Table:
    """One sheet of a workbook, or a CSV file.

    Attributes:
        name: The sheet's name; empty for a CSV file.
        read: Reads the rows anew, in order; empty ones may be missing.
        merges: The merged cells.
        notes: What people should know about how it was read.
        hidden: Whether the sheet is hidden.
    """

    name: str
    read: Callable[[], Iterable[Row]] = field(repr=False)
    merges: tuple[Merge, ...] = ()
    notes: tuple[str, ...] = ()
    hidden: bool = False

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not empty, with the text of cells merged downwards in each row that they span."""
        starting: dict[int, list[Merge]] = {}
        for merge in self.merges:
            if merge.last_row > merge.first_row:
                starting.setdefault(merge.first_row, []).append(merge)
        spanning: list[tuple[Merge, str]] = []
        for row in self.read():
            spanning = [(merge, text) for merge, text in spanning if merge.last_row >= row.number]
            filled = _filled(row, spanning)
            spanning += [(merge, row.cell(merge.first_column)) for merge in starting.get(row.number, ())]
            if not filled.empty:
                yield filled


def _filled(row: Row, spanning: list[tuple[Merge, str]]) -> Row:
    if not spanning or not any(row.cells):
        return row
    cells = list(row.cells)
    for merge, text in spanning:
        cells += [""] * (merge.first_column + 1 - len(cells))
        cells[merge.first_column] = cells[merge.first_column] or text
    return dataclasses.replace(row, cells=tuple(cells))


def column_letter(index: int) -> str:
    """Return the letters of the column at ``index`` from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the index from 0 of the column with these letters.

    >>> column_number("AB")
    27
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
