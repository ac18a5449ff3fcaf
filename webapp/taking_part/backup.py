"""Backups: the whole database in one portable file of JSON lines, which SQLite and PostgreSQL both give and take.

The first line says what the file is; then comes a line for each row; the last line says how many there were and their
digest, so that a file that was cut is not taken for whole. It is one state of the database, taken while others write.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, delete, func, insert, select, text

from kg.errors import TakingPartError
from webapp.taking_part.assessment import models as _assessment  # noqa: F401 - its tables
from webapp.taking_part.mentoring import models as _mentoring  # noqa: F401 - its tables
from webapp.taking_part.models import Table
from webapp.taking_part.moments import Moment
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from webapp.taking_part.database import Database

__all__ = ["back_up", "restore"]

_FORMAT: Final = "ihub-people"
_BATCH: Final = 500
_TABLES: Final = Table.metadata.sorted_tables
"""Each after the ones that it refers to."""


def back_up(database: Database, path: Path) -> int:
    """Write a backup; return its number of rows. The file is readable by its user only, and whole or not there.

    Raises:
        TakingPartError: The database's tables are not those of this program.
        OSError: The file cannot be written.
    """
    database.require_current()
    temporary = path.with_name(f".{path.name}.{new_id(8)}")
    digest, rows = hashlib.sha256(), 0
    try:
        temporary.touch(mode=0o600, exist_ok=False)
        with temporary.open("w", encoding="utf-8") as file, database.reading() as session:
            file.write(_line({"format": _FORMAT, "revision": database.revision()}))
            for line in _rows(session):
                file.write(line)
                digest.update(line.encode())
                rows += 1
            file.write(_line({"rows": rows, "sha256": digest.hexdigest()}))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return rows


def restore(database: Database, path: Path, *, replace: bool = False) -> int:
    """Fill the database from a backup, all of it or nothing; return the number of rows.

    Args:
        database: With or without tables.
        path: The backup.
        replace: Whether what the database holds may be thrown away.

    Raises:
        TakingPartError: The file is no whole backup of this version, or the database holds people already.
    """
    revision = database.upgrade()
    with database.writing() as session:
        if not replace and any(session.scalar(select(func.count()).select_from(table)) for table in _TABLES):
            raise TakingPartError("is not empty", file=database.name, hint="--replace throws away what it holds")
        for table in reversed(_TABLES):
            session.execute(delete(table))
        waiting: dict[str, list[dict[str, Any]]] = {}
        rows = 0
        for name, row in _read(path, revision):
            rows += 1
            if name not in waiting:
                _insert(session, waiting)  # rows come table by table
                waiting = {name: []}
            waiting[name].append(row)
            if len(waiting[name]) >= _BATCH:
                _insert(session, waiting)
                waiting = {name: []}
        _insert(session, waiting)
        _continue_numbers(session)
    return rows


def _rows(session: Session) -> Iterator[str]:
    for table in _TABLES:
        for row in session.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=_BATCH)):
            values = {
                name: value.isoformat() if isinstance(value, dt.datetime) else value
                for name, value in row._mapping.items()
            }
            yield _line({"table": table.name, "row": values})


def _read(path: Path, revision: str) -> Iterator[tuple[str, dict[str, Any]]]:
    digest, rows, whole = hashlib.sha256(), 0, False
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                entry = json.loads(line)
                if number == 1:
                    _check_head(entry, revision, path)
                elif "table" in entry and not whole:
                    rows += 1
                    digest.update(line.encode())
                    yield entry["table"], _row(entry)
                else:
                    whole = entry == {"rows": rows, "sha256": digest.hexdigest()}
                    if not whole:
                        raise TakingPartError("does not add up", file=path, record=number)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise TakingPartError("is no line of a backup", file=path, record=number) from error
    if not whole:
        raise TakingPartError("ends too early", file=path, hint="the backup is not whole")


def _check_head(entry: Any, revision: str, path: Path) -> None:
    if entry.get("format") != _FORMAT:
        raise TakingPartError("is no backup of people", file=path)
    if entry.get("revision") != revision:
        hint = "restore it with the ihub that made it, then upgrade"
        raise TakingPartError(f"is of version {entry.get('revision')}, not {revision}", file=path, hint=hint)


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    columns = Table.metadata.tables[entry["table"]].columns
    return {
        name: dt.datetime.fromisoformat(value)
        if value is not None and isinstance(columns[name].type, Moment)
        else value
        for name, value in entry["row"].items()
    }


def _insert(session: Session, waiting: dict[str, list[dict[str, Any]]]) -> None:
    for name, rows in waiting.items():
        if rows:
            session.execute(insert(Table.metadata.tables[name]), rows)


def _continue_numbers(session: Session) -> None:
    """Let PostgreSQL's counters go on after the restored numbers; SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in _TABLES:
        for column in table.primary_key:
            if isinstance(column.type, Integer) and column.autoincrement is True:
                names = {"table": table.name, "column": column.name}
                query = f"SELECT setval(pg_get_serial_sequence(:table, :column), (SELECT coalesce(max({column.name}), 0) + 1 FROM {table.name}), false)"  # noqa: S608, E501 - names of our own tables
                session.execute(text(query), names)


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"
