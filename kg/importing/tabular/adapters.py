"""The adapters ``csv`` and ``xlsx``."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from kg.importing.tabular.column_map import load_map
from kg.importing.tabular.csv_table import count_lines, open_csv
from kg.importing.tabular.reading import SheetReader
from kg.importing.tabular.xlsx_table import count_rows, open_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.importing.adapter import Record, Run
    from kg.importing.tabular.column_map import ColumnMap

__all__ = ["CsvAdapter", "XlsxAdapter"]

_COMMON: Final = {
    "columns": "YAML file that says which column is which (docs/import.md, Spreadsheets)",
    "header": "Number of the header's row, where it is not found",
    "language": "Language of texts where the table does not say it, such as et",
    "licence": "Licence of rows that name none, such as CC BY 4.0",
    "publisher": "Publisher of rows that name none: a web address or words",
    "attribution": "Credit line of rows that name nobody",
    "lesson-minutes": "Minutes of a lesson, for durations such as '2 lessons' (45)",
    "date-order": "dmy or mdy: what 3/4/2026 means (dmy)",
    "unreadable": "reject rows with an unreadable cell, or keep them without it (reject)",
}


class CsvAdapter:
    """``ihub import csv FILE``: a table in a text file, in whatever encoding and with whatever separator."""

    name = "csv"
    version = "1"
    data_kind = "data-kind/original"
    options: Mapping[str, str] = MappingProxyType(
        {
            **_COMMON,
            "encoding": "The file's encoding, where it is guessed wrong, such as windows-1257",
            "delimiter": "What parts its cells, where it is guessed wrong: one character, or tab",
            "activities": "A second CSV file, of activities",
        }
    )

    def records(self, run: Run) -> Iterator[Record]:
        """Yield a record for each scenario."""
        how = _map(run)
        table = open_csv(run.path, how.encoding, how.delimiter)
        steps = None
        if name := run.options.get("activities"):
            steps = open_csv(Path(name), how.encoding, how.delimiter)
        yield from SheetReader(run, [table], how, run.path, steps).records()

    def total(self, run: Run) -> int:
        """Return the number of lines, which rows with line breaks in their cells have more of than one."""
        return count_lines(run.path)


class XlsxAdapter:
    """``ihub import xlsx FILE``: an Excel workbook, ihub's own template or anybody's."""

    name = "xlsx"
    version = "1"
    data_kind = "data-kind/original"
    options: Mapping[str, str] = MappingProxyType(
        {
            **_COMMON,
            "sheet": "Name or number of the sheet that holds the scenarios, where not all do",
            "hidden-rows": "read or skip (read)",
        }
    )

    def records(self, run: Run) -> Iterator[Record]:
        """Yield a record for each scenario."""
        how = _map(run)
        with open_xlsx(run.path) as tables:
            yield from SheetReader(run, tables, how, run.path).records()

    def total(self, run: Run) -> int:
        """Return the number of rows of all sheets."""
        return count_rows(run.path)


def _map(run: Run) -> ColumnMap:
    file = run.options.get("columns")
    plain = {name: value for name, value in run.options.items() if name not in {"columns", "activities"}}
    return load_map(Path(file) if file else None, plain)
