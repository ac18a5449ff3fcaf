"""Excel workbooks as tables, read in a stream by openpyxl within limits, so that no file can fill the memory."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
import zlib
from contextlib import contextmanager
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Final

from kg.errors import ImportSourceError
from kg.importing.tabular.table import MOST_COLUMNS, Row, Table
from kg.importing.tabular.workbook_scan import SheetScan, scan_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl.workbook.workbook import Workbook

__all__ = ["count_rows", "open_xlsx"]

LARGEST_UNPACKED: Final = 1 << 30
"""Bytes of a workbook when unpacked; a workbook of 100,000 long lessons takes about a third of it."""

LARGEST_PART: Final = {"xl/sharedStrings.xml": 256 << 20}
"""Parts that openpyxl holds in memory as a whole; every other part but the sheets has the limit below."""

_LARGEST_OTHER_PART: Final = 32 << 20
_MOST_PARTS: Final = 10_000
_LAST_ROW: Final = 1_048_576
"""Excel's own limit; a row number beyond it is an attack or damage."""

_DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, SyntaxError, LookupError, ValueError, TypeError),
    *(AttributeError, ArithmeticError),
)
"""What openpyxl and zipfile raise for parts that are missing, misnamed or not as the format has them.

SyntaxError is the base of XML parse errors, ValueError that of defusedxml's refusal of entities, and RuntimeError is
raised for encrypted parts.
"""

_DIMENSION: Final = re.compile(rb'<(?:\w+:)?dimension\s+ref="[A-Z]+\d+:[A-Z]+(\d{1,7})"')

_SAVE: Final = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx)"


@contextmanager
def open_xlsx(path: Path) -> Iterator[list[Table]]:
    """Open a workbook and give its sheets as tables, in its order; they can be read until it is closed.

    Raises:
        ImportSourceError: It is no workbook, is encrypted or damaged, or would take too much memory.
    """
    _check(path)
    # openpyxl would leave the file open where it fails, and judge it by its suffix
    with path.open("rb") as file:
        workbook = _load(path, file)
        try:
            yield [table for sheet in workbook.worksheets if (table := _table(path, workbook, sheet))]
        finally:
            workbook.close()


def count_rows(path: Path) -> int:
    """Return how many rows the sheets of a workbook say that they have, together; 0 where they do not say it."""
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                if part.filename.startswith("xl/worksheets/"):
                    with archive.open(part) as file:
                        stated = _DIMENSION.search(file.read(4096))
                        total += int(stated[1]) if stated else 0
    except _DAMAGE:
        return 0  # reading it will say why
    return total


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(8)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            cause = "is an old Excel workbook (.xls), or one with a password"
            raise ImportSourceError(cause, file=path, hint=f"{_SAVE}, without a password")
        if not head.startswith(b"PK"):
            raise ImportSourceError("is no Excel workbook", file=path, hint="a text file is imported as csv")
        with zipfile.ZipFile(path) as archive:
            _check_parts(path, archive)
    except OSError as error:
        raise ImportSourceError(f"cannot be read: {error.strerror or error}", file=path) from error
    except zipfile.BadZipFile as error:
        raise ImportSourceError(f"is a damaged workbook: {error}", file=path, hint=_SAVE) from error


def _check_parts(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse what would unpack to too much. The sizes can be trusted: zipfile unpacks no more than they say."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names and not any(name.startswith("xl/") for name in names):
        kind = "an OpenDocument sheet (.ods)" if "content.xml" in names else "a zip file, but no Excel workbook"
        raise ImportSourceError(f"is {kind}", file=path, hint=_SAVE)
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        limit = f"{LARGEST_UNPACKED >> 20} MiB"
        raise ImportSourceError(f"unpacks to more than {limit}", file=path, hint="split it, or save it as CSV")
    for part in parts:
        if part.filename.startswith(("xl/worksheets/", "xl/media/")):
            continue  # sheets are read in a stream, pictures not at all
        limit_of_part = LARGEST_PART.get(part.filename, _LARGEST_OTHER_PART)
        if part.file_size > limit_of_part:
            cause = f"holds {part.filename} of more than {limit_of_part >> 20} MiB"
            raise ImportSourceError(cause, file=path, hint="split it, or save it as CSV")


def _load(path: Path, file: IO[bytes]) -> Workbook:
    import openpyxl

    # It warns of styles and lists that it does not keep, which is nothing to somebody who only reads cells.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl(\.|$)")
    try:
        return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except _DAMAGE as error:
        raise ImportSourceError(f"is a damaged workbook: {_reason(error)}", file=path, hint=_SAVE) from error


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _table(path: Path, workbook: Workbook, sheet: Any) -> Table | None:
    # A stream of the sheet's own, since openpyxl tells less of it than is needed.
    part = getattr(sheet, "_worksheet_path", None)
    if part is None:  # a chart or a dialogue sheet
        return None
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as file:
            scan = scan_sheet(file)
    except _DAMAGE as error:
        raise ImportSourceError(f"is a damaged workbook: {_reason(error)}", file=path, hint=_SAVE) from error
    return Table(
        sheet.title,
        partial(_rows, path, workbook, sheet.title, frozenset(scan.hidden)),
        merges=tuple(scan.merges),
        notes=_notes(sheet.title, scan),
        hidden=sheet.sheet_state != "visible",
    )


def _notes(title: str, scan: SheetScan) -> tuple[str, ...]:
    notes = []
    if count := len(scan.hidden):
        rows = "1 hidden row" if count == 1 else f"{count} hidden rows"
        notes.append(f"sheet {title!r} has {rows} (--option hidden-rows=skip leaves them out)")
    if count := scan.bare_formulas:
        cells = "1 cell holds a formula" if count == 1 else f"{count} cells hold formulas"
        notes.append(f"sheet {title!r}: {cells} without a stored value read as empty: {_SAVE}")
    return tuple(notes)


def _rows(path: Path, workbook: Workbook, title: str, hidden: frozenset[int]) -> Iterator[Row]:
    try:
        sheet: Any = workbook[title]
        sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
        epoch: dt.datetime = workbook.epoch
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > _LAST_ROW:
                raise ImportSourceError("has more rows than a sheet can have", file=path, field=title)
            cells = tuple(_text(value, epoch) for value in values[:MOST_COLUMNS])
            if any(cells):
                yield Row(number, cells, number in hidden)
    except _DAMAGE as error:
        raise ImportSourceError(f"is damaged: {_reason(error)}", file=path, field=title, hint=_SAVE) from error


def _text(value: object, epoch: dt.datetime) -> str:
    """Return a cell's value as the text that a person would have written."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\u00a0", " ").replace("_x000D_", "").replace("\r\n", "\n").strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return _moment(value, epoch)
    if isinstance(value, dt.time):
        return f"{value.hour}:{value.minute:02}"
    if isinstance(value, dt.timedelta):
        hours, minutes = divmod(round(value.total_seconds() / 60), 60)
        return f"{hours}:{minutes:02}"
    return str(value)


def _moment(value: dt.datetime, epoch: dt.datetime) -> str:
    """Return a date; a duration that is shown as hours comes as a moment of the calendar's first day."""
    if (value - epoch).days in (0, 1) and (value.hour or value.minute):
        return f"{value.hour}:{value.minute:02}"
    return value.date().isoformat()
