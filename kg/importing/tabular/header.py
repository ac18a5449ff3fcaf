"""Finding the header of a table, in one row or two, and what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from kg.importing.tabular.table import column_letter
from kg.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.importing.tabular.columns import Column, ColumnSet
    from kg.importing.tabular.table import Row, Table

__all__ = ["Header", "Source", "find_header", "header_at"]

_SEARCHED_ROWS: Final = 25
_SEVERAL: Final = frozenset({"words", "texts", "links", "materials"})
"""Kinds of which a table may have several columns for one field; their values are joined."""


@dataclass(frozen=True)
class Source:
    """A column of the table that feeds a field.

    Attributes:
        index: Its place, from 0.
        name: Its header.
        language: The language of its texts, where the header names one.
    """

    index: int
    name: str
    language: str | None = None

    def __str__(self) -> str:
        """Format as people find it: ``column F (Minutes)``."""
        return f"column {column_letter(self.index)}" + (f" ({self.name})" if self.name else "")


@dataclass(frozen=True)
class Header:
    """The header of a table.

    Attributes:
        rows: Numbers of its rows.
        names: The columns' names; two header rows give ``Time: in class``.
    """

    rows: tuple[int, ...]
    names: tuple[str, ...]
    understood: dict[str, list[Source]] = field(default_factory=dict)
    unknown: list[Source] = field(default_factory=list)

    @property
    def last_row(self) -> int:
        """The number of its last row; what follows is data."""
        return max(self.rows, default=0)


def find_header(table: Table, columns: ColumnSet, wanted: frozenset[str] = frozenset()) -> Header | None:
    """Return the header of ``table``: the row, or two adjacent rows, among the first 25 of which most names are known.

    None where no row names the required columns that only the sheet can give (a title, or a scenario and a name).

    Args:
        table: The table.
        columns: The columns to recognise.
        wanted: Names by which a column map calls columns, folded; a row that has one of them may be the header.
    """
    rows = list(islice(_raw_rows(table), _SEARCHED_ROWS))
    best: Header | None = None
    best_score = 0
    for position, row in enumerate(rows):
        following = rows[position + 1] if position + 1 < len(rows) else None
        for header in _candidates(table, row, following, columns):
            named = len(wanted & {fold(name) for name in header.names})
            score = len(header.understood) + 10 * named
            if (named or _usable(header, columns)) and score > best_score:
                best, best_score = header, score
    return best


def header_at(table: Table, numbers: tuple[int, ...], columns: ColumnSet) -> Header | None:
    """Return the header that stands in the rows of these numbers (one or two), or None where there are no such rows."""
    rows = [row for row in islice(_raw_rows(table), max(numbers) + 1) if row.number in numbers]
    if len(rows) != len(numbers):
        return None
    if len(rows) == 1:
        return _header((numbers[0],), rows[0].cells, columns)
    return _header(numbers, _joined(table, rows[0], rows[1]), columns)


def _raw_rows(table: Table) -> Iterator[Row]:
    """Yield the rows without filling merged cells: a title merged over several rows is no header of each."""
    return (row for row in table.read() if any(row.cells))


def _usable(header: Header, columns: ColumnSet) -> bool:
    """Whether it names what only the sheet can say, and one thing more: a lone word is no header."""
    needed = {column.field for column in columns.columns if column.required} & {"title", "scenario", "name"}
    return needed <= header.understood.keys() and len(header.understood) > 1


def _candidates(table: Table, row: Row, following: Row | None, columns: ColumnSet) -> Iterator[Header]:
    yield _header((row.number,), row.cells, columns)
    if following is not None and following.number == row.number + 1 and _looks_double(table, row, following, columns):
        yield _header((row.number, following.number), _joined(table, row, following), columns)


def _looks_double(table: Table, row: Row, following: Row, columns: ColumnSet) -> bool:
    """Whether two rows form one header: the first is merged, or leaves gaps that the second fills with short names.

    A row that says something of its own below the name of a required column, such as a title, is data.
    """
    for index, name in enumerate(row.cells):
        found = columns.recognise(name) if name and following.cell(index) else None
        if found and found[0].required and not columns.recognise(following.cell(index)):
            return False
    if any(merge.first_row <= row.number <= merge.last_row for merge in table.merges):
        return True
    gaps = [index for index, text in enumerate(following.cells) if text and not row.cell(index)]
    return bool(gaps) and all(len(text) <= 60 for text in following.cells)


def _joined(table: Table, upper: Row, lower: Row) -> tuple[str, ...]:
    """Return one name a column from two rows; the upper name goes on to the right over gaps or its merged cells."""
    across = {
        column: merge.first_column
        for merge in table.merges
        if merge.first_row <= upper.number <= merge.last_row
        for column in range(merge.first_column, merge.last_column + 1)
    }
    names, current = [], ""
    for index in range(max(len(upper.cells), len(lower.cells))):
        if table.merges:
            above = upper.cell(across.get(index, index))
        else:
            # Without merged cells (CSV) a gap above a name continues the group; a name above a gap is a column's own.
            current = upper.cell(index) or (current if lower.cell(index) else "")
            above = current
        below = lower.cell(index)
        names.append(f"{above}: {below}" if above and below and above != below else below or above)
    return tuple(names)


def _header(numbers: tuple[int, ...], names: tuple[str, ...], columns: ColumnSet) -> Header:
    header = Header(numbers, names)
    for index, name in enumerate(names):
        if not name:
            continue
        found = columns.recognise(name) or _by_part(name, columns)
        if found is None or not _free(header, found[0].field, found[0].kind, found[1]):
            header.unknown.append(Source(index, name))
        else:
            header.understood.setdefault(found[0].field, []).append(Source(index, name, found[1]))
    return header


def _by_part(name: str, columns: ColumnSet) -> tuple[Column, str | None] | None:
    """Recognise ``Group: name`` by the name below, else with the group before it or after it, else by the group."""
    if ": " not in name:
        return None
    above, below = name.split(": ", 1)
    for attempt in (f"{above} {below}", f"{below} {above}", below, f"{above} ({below})"):
        if found := columns.recognise(attempt):
            return found
    return None


def _free(header: Header, field_name: str, kind: str, language: str | None) -> bool:
    """Whether a field may take one more column: several values may, a text once in each language."""
    taken = header.understood.get(field_name, [])
    return not taken or kind in _SEVERAL or (kind == "text" and language not in {source.language for source in taken})
