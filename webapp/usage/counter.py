"""Adds up in memory, and every minute to the file: what a process that is killed loses is the last minute."""

from __future__ import annotations

import atexit
import datetime as dt
import logging
import sqlite3
import threading
from collections import Counter
from typing import TYPE_CHECKING, Final

from webapp.usage.file import Counted, add_up

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from webapp.usage.kinds import Seen

__all__ = ["UsageCounter"]

_LOG: Final = logging.getLogger(__name__)
_SECONDS: Final = 60.0
_MOST: Final = 100_000
"""Different rows that wait for a file that cannot be written; beyond, they are dropped."""


class UsageCounter:
    """The counts of one process; safe to share between threads.

    No thread runs while nothing is counted: the first request after a batch was written starts the next one's time.

    Args:
        path: The file.
        seconds: How long a batch waits.
    """

    def __init__(self, path: Path, seconds: float = _SECONDS) -> None:
        self._path = path
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting: Counter[Counted] = Counter()
        self._timer: threading.Timer | None = None
        self._known_to_end = False

    def add(self, things: Iterable[Seen], *, robots: bool) -> None:
        """Count each of the things once, for today (UTC).

        Args:
            things: What was seen.
            robots: Whether a program asked.
        """
        day = dt.datetime.now(dt.UTC).date().isoformat()
        with self._lock:
            for thing in things:
                self._waiting[Counted(day, *thing, robots)] += 1
            if self._timer is None:
                self._begin()

    def _begin(self) -> None:
        self._timer = threading.Timer(self._seconds, self.flush)
        self._timer.daemon = True
        self._timer.name = "usage-counter"
        self._timer.start()
        if not self._known_to_end:
            self._known_to_end = True
            atexit.register(self.flush)

    def flush(self) -> None:
        """Add what was counted to the file; what cannot be written now waits for the next time."""
        with self._lock:
            counts, self._waiting = self._waiting, Counter()
            timer, self._timer = self._timer, None
        if timer:
            timer.cancel()
        if not counts or not self._path.parent.is_dir():
            return
        try:
            add_up(self._path, counts)
        except (sqlite3.Error, OSError) as error:
            _LOG.warning("usage cannot be written to %s: %s", self._path.name, error)
            with self._lock:
                if len(self._waiting) + len(counts) <= _MOST:
                    self._waiting.update(counts)
