"""Rounds as a sheet: a CSV file with a line for each month and statement, given out and taken back."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from webapp.interface_language import gettext, message
from webapp.search_export import safe_cell
from webapp.taking_part.assessment.instrument import LEVELS, STATEMENTS
from webapp.taking_part.assessment.rounds import LONGEST_NOTE, month_mistake

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["COLUMNS", "LARGEST", "MOST_LINES", "Mistake", "Sheet", "read_sheet", "write_sheet"]

COLUMNS: Final = ("month", "statement", "text", "level", "note")
"""The columns; ``text`` is for readers and is not read, ``note`` may stand in any line of its month."""

LARGEST: Final = 256 * 1024
"""Bytes of a file that is taken."""

MOST_LINES: Final = 2000
"""Lines of a file that is taken, the heading not counted."""

_NEEDED: Final = ("month", "statement", "level")
_MOST_MISTAKES: Final = 50
_NUMBERS: Final = frozenset(str(level.number) for level in LEVELS)


class Mistake(NamedTuple):
    """What is wrong, and where: the line as a spreadsheet counts it, the first being 1, and the column."""

    row: int
    column: str
    text: str


@dataclass
class Sheet:
    """What a file says.

    Attributes:
        answers: By month the levels by statement; what is empty in the file is not there.
        notes: By month the note.
        rows: By month and statement (``note`` for the note) the row that it stands in.
        mistakes: What is wrong; then nothing of the file is to be kept.
    """

    answers: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def refuse(self, row: int, column: str, text: str, **values: object) -> None:
        """Add a mistake, unless there are too many to read already."""
        if len(self.mistakes) < _MOST_MISTAKES:
            self.mistakes.append(Mistake(row, column, gettext(text, **values)))


def write_sheet(rounds: Iterable[tuple[str, Mapping[str, int], str]]) -> str:
    """Return the sheet of some rounds, each a month with its levels and its note; all statements stand in each."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for month, answers, note in rounds:
        for number, (name, statement) in enumerate(STATEMENTS.items()):
            told = safe_cell(note) if number == 0 else ""
            writer.writerow([month, name, gettext(statement.text), answers.get(name, ""), told])
    return buffer.getvalue()


def read_sheet(content: bytes) -> Sheet:
    """Read a file; never fails, but says what is wrong and where."""
    sheet = Sheet()
    if len(content) > LARGEST:
        sheet.refuse(1, "", message("The file is larger than %(size)s KB."), size=LARGEST // 1024)
        return sheet
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        sheet.refuse(row, "", message("This is no text in UTF-8. Save the file as “CSV UTF-8”."))
        return sheet
    head = text.partition("\n")[0]
    # Spreadsheets of countries that write 1,5 separate cells by semicolons.
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        _read(reader, sheet)
    except csv.Error as error:
        sheet.refuse(reader.line_num, "", message("This is no CSV: %(cause)s."), cause=error)
    return sheet


def _read(lines: Iterable[list[str]], sheet: Sheet) -> None:
    names: list[str] = []
    count = 0
    for row, cells in enumerate(lines, start=1):
        if row == 1:
            names = [cell.strip().lower() for cell in cells]
            for name in _NEEDED:
                if names.count(name) != 1:
                    sheet.refuse(1, name, message("The first row must have a column “%(name)s”, once."), name=name)
            if sheet.mistakes:
                return
            continue
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_LINES:
            sheet.refuse(row, "", message("The file has more than %(most)s rows."), most=MOST_LINES)
            return
        if len(cells) > len(names):
            sheet.refuse(row, "", message("This row has more cells than the first one."))
            continue
        _read_row(row, dict(zip(names, cells, strict=False)), sheet)
    if not count:
        sheet.refuse(1, "", message("The file has no answers."))


def _read_row(row: int, cells: Mapping[str, str], sheet: Sheet) -> None:
    month, name, level = (cells.get(column, "").strip() for column in _NEEDED)
    wrong = month_mistake(month)
    if wrong:
        sheet.refuse(row, "month", wrong)
    if name not in STATEMENTS:
        text = message("“%(name)s” is no statement of ours. Take the names from the template.")
        sheet.refuse(row, "statement", text, name=name[:80])
    if level and level not in _NUMBERS:
        text = message("“%(level)s” is no level. Write 1, 2, 3 or 4, or nothing.")
        sheet.refuse(row, "level", text, level=level[:80])
    if wrong or name not in STATEMENTS or (level and level not in _NUMBERS):
        return
    if (month, name) in sheet.rows:
        text = message("This month and statement stand in row %(other)s already.")
        sheet.refuse(row, "statement", text, other=sheet.rows[month, name])
        return
    sheet.rows[month, name] = row
    given = sheet.answers.setdefault(month, {})
    if level:
        given[name] = int(level)
    _read_note(row, month, _as_written(cells.get("note", "").strip()), sheet)


def _read_note(row: int, month: str, note: str, sheet: Sheet) -> None:
    if not note:
        return
    if len(note) > LONGEST_NOTE:
        text = message("The note is longer than %(most)s characters.")
        sheet.refuse(row, "note", text, most=LONGEST_NOTE)
    elif month in sheet.notes and sheet.notes[month] != note:
        text = message("This month has another note in row %(other)s.")
        sheet.refuse(row, "note", text, other=sheet.rows[month, "note"])
    else:
        sheet.notes[month] = note
        sheet.rows.setdefault((month, "note"), row)


def _as_written(text: str) -> str:
    """Return a text without the apostrophe that :func:`write_sheet` puts before what looks like a formula."""
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text
