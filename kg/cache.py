"""A small persistent cache: bytes by key, in one SQLite file that survives being killed at any moment."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from types import TracebackType

__all__ = ["ByteCache"]

_BATCH = 500  # SQLite's portable limit on variables in one statement is 999.


class ByteCache:
    """Values by key; use as a context manager.

    Args:
        path: The SQLite file; it and its folder are made when missing.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=60)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A cache may lose its last entries when the power fails; waiting for the disk each time costs more than those.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")

    def __enter__(self) -> ByteCache:
        """Return the cache itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._connection.close()

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the values of those keys that are present."""
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, bytes] = {}
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            rows = self._connection.execute(f"SELECT key, value FROM entry WHERE key IN ({marks})", batch)  # noqa: S608
            found.update(rows)
        return found

    def put_many(self, entries: Mapping[bytes, bytes]) -> None:
        """Store all of ``entries`` in one transaction."""
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?)", entries.items())
