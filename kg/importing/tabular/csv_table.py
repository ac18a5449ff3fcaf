"""CSV files as tables: encoding and separator are found out, and no row is trusted to be as long as its header."""

from __future__ import annotations

import csv
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from kg.errors import ImportSourceError
from kg.importing.tabular.encoding import TextEncoding, detect_encoding, named_encoding
from kg.importing.tabular.table import MOST_COLUMNS, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["count_lines", "open_csv"]

_DELIMITERS: Final = (";", ",", "\t", "|")
_NAMES: Final = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
_SAMPLE_ROWS: Final = 60
_WORKBOOKS: Final = {
    b"PK\x03\x04": "is a workbook, not a CSV file",
    b"\xd0\xcf\x11\xe0": "is an Excel workbook, not a CSV file",
}


def open_csv(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Return a CSV file as a table.

    Args:
        path: The file.
        encoding: Its encoding, where it is known; else it is found out.
        delimiter: What stands between its cells (``tab`` for a tab), where it is known; else it is found out.

    Raises:
        ImportSourceError: It cannot be read, is no text, or the encoding or the delimiter is none.
    """
    _refuse_workbook(path)
    found = _encoding(path, encoding)
    separator = {"tab": "\t", "\\t": "\t"}.get(delimiter or "", delimiter) or _sniff(path, found)
    if len(separator) != 1 or separator in '"\r\n':
        raise ImportSourceError(f"{delimiter!r} cannot part cells", file=path, field="delimiter", hint="one character")
    how = ", guessed from its letters" if found.guessed else ""
    name = _NAMES.get(separator, repr(separator))
    notes = [f"read as {found.label}{how}, cells parted by a {name}"]
    if found.guessed:
        notes.append("if letters come out wrong, name the encoding: --option encoding=windows-1257")
    if found.damaged:
        notes.append("some bytes are not UTF-8; the rows that hold them are rejected")
    return Table("", partial(_rows, path, found, separator), notes=tuple(notes))


def _refuse_workbook(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise ImportSourceError(f"cannot be read: {error.strerror or error}", file=path) from error
    for magic, cause in _WORKBOOKS.items():
        if head == magic:
            raise ImportSourceError(cause, file=path, hint="import it with `ihub import xlsx`")


def _encoding(path: Path, name: str | None) -> TextEncoding:
    if name is None:
        return detect_encoding(path)
    try:
        return named_encoding(name)
    except LookupError:
        raise ImportSourceError(f"{name!r} is no encoding", file=path, field="encoding", hint="such as utf-8") from None


def count_lines(path: Path) -> int:
    """Return the number of lines; 0 where the file cannot be read, which reading it will say."""
    try:
        with path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return 0


def _sniff(path: Path, encoding: TextEncoding) -> str:
    """Return the delimiter that gives the most rows the same number of cells, more than one; else the comma."""
    with path.open(encoding=encoding.name, errors="replace", newline="") as file:
        first = file.readline(4096).strip().strip('"').lower()
        if first.startswith("sep=") and len(first) == len("sep=") + 1:
            return first[-1]
    return max(_DELIMITERS, key=lambda delimiter: _regularity(path, encoding, delimiter))


def _regularity(path: Path, encoding: TextEncoding, delimiter: str) -> tuple[float, int]:
    lengths = [len(row.cells) for row in islice(_rows(path, encoding, delimiter), _SAMPLE_ROWS) if not row.fault]
    if not lengths or max(lengths) < 2:
        return 0, 0
    usual = max(set(lengths), key=lengths.count)
    # The header decides: what parts it into the most cells that most rows then have as well.
    agreeing = sum(1 for length in lengths if length == lengths[0]) / len(lengths)
    return (agreeing if lengths[0] > 1 else 0), usual


def _rows(path: Path, encoding: TextEncoding, delimiter: str) -> Iterator[Row]:
    with path.open(encoding=encoding.name, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Row(number, (), fault="is longer than a row can be: a quotation mark may not be closed")
                continue
            except (OSError, UnicodeError) as error:
                raise ImportSourceError(f"cannot be read as {encoding.label}: {error}", file=path) from error
            if number == 1 and _separator_line(cells, delimiter):
                continue
            texts = tuple(cell.replace("\u00a0", " ").strip() for cell in cells[:MOST_COLUMNS])
            damaged = encoding.damaged and any("\ufffd" in text for text in texts)
            yield Row(number, texts, fault="holds bytes that are not UTF-8" if damaged else None)


def _separator_line(cells: list[str], delimiter: str) -> bool:
    """Whether this is the line ``sep=;`` by which Excel tells itself the delimiter."""
    return (cells[:1] == ["sep="] and not any(cells[1:])) or cells == [f"sep={delimiter}"]
