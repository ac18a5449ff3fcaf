"""The file of usage: numbers by day or month, and nothing that a person could be known by.

Days become months after 13 months; scenarios are counted by month from the beginning. Several processes write to it, a
whole batch in one transaction of SQLite.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.settings import Settings

__all__ = ["MONTHS_OF_DAYS", "Counted", "add_up", "all_rows", "rows_of_items", "rows_of_kind", "usage_file"]

MONTHS_OF_DAYS: Final = 13
"""Months for which days are told apart."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS days (
  day TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL, robots INTEGER NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (kind, day, detail, robots)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (
  month TEXT NOT NULL, kind TEXT NOT NULL, item TEXT NOT NULL, robots INTEGER NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (kind, item, month, robots)
) WITHOUT ROWID;
"""
_ADD: Final = "ON CONFLICT DO UPDATE SET number = number + excluded.number"
_ADD_DAY: Final = f"INSERT INTO days VALUES (?, ?, ?, ?, ?) {_ADD}"  # noqa: S608 - of constants, as are all here
_ADD_ITEM: Final = f"INSERT INTO items VALUES (?, ?, ?, ?, ?) {_ADD}"  # noqa: S608
_MONTH: Final = len("2027-03")
_DAY: Final = len("2027-03-01")
_PATIENCE: Final = 10.0  # seconds to wait for another process's transaction


class Counted(NamedTuple):
    """What a number is of; ``item`` is empty where it is of no scenario, ``day`` is in UTC."""

    day: str
    kind: str
    detail: str
    item: str
    robots: bool


def usage_file(settings: Settings) -> Path:
    """Return where the numbers of a home are; the file is there once something was counted."""
    return settings.home / "usage.sqlite"


def add_up(path: Path, counts: Mapping[Counted, int], today: dt.date | None = None) -> None:
    """Add numbers to the file, all or none of them, and make months of days that are long past.

    Args:
        path: The file; made if there is none.
        counts: The numbers.
        today: The day, by default today's in UTC.

    Raises:
        sqlite3.Error: They cannot be written now.
        OSError: The file cannot be made.
    """
    today = today or dt.datetime.now(dt.UTC).date()
    path.touch(0o600)
    with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as file:
        file.executescript(_TABLES)
        file.execute("BEGIN IMMEDIATE")
        days = [(*key[:3], key.robots, number) for key, number in counts.items()]
        file.executemany(_ADD_DAY, days)
        items = [
            (key.day[:_MONTH], key.kind, key.item, key.robots, number) for key, number in counts.items() if key.item
        ]
        file.executemany(_ADD_ITEM, items)
        _make_months(file, today)
        file.execute("COMMIT")


def _make_months(file: sqlite3.Connection, today: dt.date) -> None:
    months = today.year * 12 + today.month - 1 - MONTHS_OF_DAYS
    first = f"{months // 12:04}-{months % 12 + 1:02}-01"
    past = f"length(day) = {_DAY} AND day < ?"
    summed = f"SELECT substr(day, 1, {_MONTH}), kind, detail, robots, sum(number) FROM days WHERE {past}"  # noqa: S608
    file.execute(f"INSERT INTO days {summed} GROUP BY 1, 2, 3, 4 {_ADD}", (first,))
    file.execute(f"DELETE FROM days WHERE {past}", (first,))  # noqa: S608


def rows_of_kind(path: Path, kind: str, *, robots: bool) -> list[tuple[str, str, int]]:
    """Return day (or month, where it is long past), detail and number of what was counted of a kind."""
    query = "SELECT day, detail, number FROM days WHERE kind = ? AND robots = ? ORDER BY day, detail"
    return [(day, detail, number) for day, detail, number in _read(path, query, kind, robots)]


def rows_of_items(path: Path, kind: str, *, robots: bool) -> list[tuple[str, str, int]]:
    """Return month, scenario and number of what was counted of a kind."""
    query = "SELECT month, item, number FROM items WHERE kind = ? AND robots = ? ORDER BY month, item"
    return [(month, item, number) for month, item, number in _read(path, query, kind, robots)]


def all_rows(path: Path) -> Iterator[tuple[str, str, str, str, bool, int]]:
    """Yield everything that is in the file: period, kind, detail, scenario, whether by programs, and number."""
    for day, kind, detail, robots, number in _read(path, "SELECT * FROM days ORDER BY day, kind, detail, robots"):
        yield day, kind, detail, "", bool(robots), number
    for month, kind, item, robots, number in _read(path, "SELECT * FROM items ORDER BY month, kind, item, robots"):
        yield month, kind, "", item, bool(robots), number


def _read(path: Path, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]  # as the query says
    if not path.is_file():
        return []
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as file:
        if not file.execute("SELECT 1 FROM sqlite_master WHERE name = 'items'").fetchone():
            return []  # made this moment, by a process that has not written yet
        return file.execute(query, values).fetchall()
