"""The history of entities over releases: when each was created, changed and withdrawn (docs/decisions/0009).

The history belongs to the deployment, not to a release: a release is named by its content alone. It is a log of
**editions**, one for each time that another release was made current, and of **events**: the creations, updates and
deletions by which an edition differs from the one before. The log is only ever added to, before the new release becomes
current (:mod:`kg.history_log`).

What is seen of it is decided by the release that is current: everything up to that release's last edition. So a log
that runs ahead of a switch which never came shows nothing that is not there.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.release import Release

__all__ = [
    "EVENT_COLUMNS",
    "EVENT_TABLES",
    "VISIBLE",
    "Edition",
    "EntityHistory",
    "Event",
    "History",
    "history_file",
]

VISIBLE: Final = "events.edition <= :edition AND (events.superseded IS NULL OR events.superseded > :edition)"
"""SQL: whether an event is the last of its entity, seen from an edition."""

EVENT_COLUMNS: Final = "events.seq, events.name, events.kind, editions.time, events.title, events.sets, events.reason"
"""SQL: what :meth:`History.event` makes an event of."""

EVENT_TABLES: Final = "FROM events JOIN editions ON editions.number = events.edition"
"""SQL: the tables of :data:`EVENT_COLUMNS`."""

_WAIT: Final = 30.0  # seconds that a reader waits for a checkpoint of the log


class Edition(NamedTuple):
    """One time at which a release was made current: number from 1, release, when, and the number of its last event."""

    number: int
    release: str
    time: dt.datetime
    last_event: int


@dataclass(frozen=True)
class Event:
    """What an edition changed in one entity.

    Attributes:
        number: The event's place in the whole history, from 1, without gaps.
        iri: The entity.
        kind: ``create``, ``update`` or ``delete``.
        time: That of its edition, in UTC, in whole seconds.
        title: The entity's labels by language; of a deleted one the last that it had.
        sets: The most specific sets (:mod:`kg.harvesting.sets`) that a scenario is in; a deleted one was in.
        reason: Why it was deleted.
    """

    number: int
    iri: str
    kind: str
    time: dt.datetime
    title: Mapping[str, str] = field(default_factory=dict)
    sets: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class EntityHistory:
    """When an entity was created, last changed and, unless it is there, deleted; all in UTC, in whole seconds.

    Attributes:
        created: When a release first held it; for one that was withdrawn before any did, when that became known.
        modified: When what is said about it last changed, be it by deletion.
        deleted: When it was withdrawn; None for an entity that is in the release.
        title: Its labels by language tag; of a withdrawn one the last that it had.
        reason: Why it was withdrawn.
    """

    created: dt.datetime
    modified: dt.datetime
    deleted: dt.datetime | None
    title: Mapping[str, str]
    reason: str | None


def history_file(home: Path, base_iri: str) -> Path:
    """Return where the history of the deployment with this base IRI is kept: another base makes other entities."""
    return home / "history" / f"{quote(base_iri, safe='')}.sqlite"


class History:
    """Reads the history as far as a release's last edition; safe to use from several threads.

    Args:
        path: The log.
        release: The release's identifier.
        id_base: The base of entities' IRIs.
    """

    def __init__(self, path: Path, release: str, id_base: str) -> None:
        self.path = path
        self.release = release
        self.id_base = id_base
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []

    def __del__(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()

    @classmethod
    def of(cls, release: Release) -> Self:
        """Return the history as seen from ``release``."""
        base = str(release.manifest["base_iri"])
        return cls(history_file(release.directory.parent.parent, base), release.id, f"{base}id/")

    def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """Return what a query over the log gives; nothing where there is none. For the modules of this package."""
        connection = self._connection()
        return connection.execute(sql, values).fetchall() if connection else []

    def _connection(self) -> sqlite3.Connection | None:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None and self.path.is_file():
            # One for each thread; whichever thread drops this object closes them all.
            found = sqlite3.connect(self.path, timeout=_WAIT, check_same_thread=False)
            found.execute("PRAGMA query_only = ON")
            self._local.connection = found
            self._connections.append(found)
        return found

    def moment(self, seconds: int) -> dt.datetime:
        """Return a time of the log. For the modules of this package."""
        return _time(seconds)

    def log_id(self) -> str:
        """Return the identifier of the log: another one where it was lost and begun anew."""
        found = self.rows("SELECT value FROM log WHERE key = 'id'")
        return str(found[0][0]) if found else "none"

    def edition(self) -> Edition | None:
        """Return the release's last edition, or None where it was never made current."""
        found = self.rows(
            "SELECT number, release, time, last_event FROM editions WHERE release = :release "
            "ORDER BY number DESC LIMIT 1",
            release=self.release,
        )
        return _edition(found[0]) if found else None

    def edition_of(self, number: int) -> Edition | None:
        """Return the edition of this number, seen or not, or None."""
        found = self.rows("SELECT number, release, time, last_event FROM editions WHERE number = :n", n=number)
        return _edition(found[0]) if found else None

    def edition_after(self, number: int) -> Edition | None:
        """Return the edition after the one of this number, seen or not, or None."""
        return self.edition_of(number + 1)

    def beginning(self) -> dt.datetime | None:
        """Return the time of the first edition: no event is older."""
        found = self.rows("SELECT time FROM editions WHERE number = 1")
        return _time(found[0][0]) if found else None

    def entity(self, iri: str) -> EntityHistory | None:
        """Return the history of an entity, or None for what never was one."""
        edition = self.edition()
        if edition is None or not iri.startswith(self.id_base):
            return None
        found = self.rows(
            f"SELECT events.kind, editions.time, events.title, events.reason {EVENT_TABLES} "
            "WHERE events.name = :name AND events.edition <= :edition ORDER BY events.seq",
            name=iri.removeprefix(self.id_base),
            edition=edition.number,
        )
        if not found:
            return None
        kind, last, title, reason = found[-1]
        deleted = _time(last) if kind == "delete" else None
        return EntityHistory(_time(found[0][1]), _time(last), deleted, json.loads(title), reason)

    def events_of(self, iri: str) -> list[Event]:
        """Return every event of an entity in order; none for what never was one."""
        edition = self.edition()
        if edition is None or not iri.startswith(self.id_base):
            return []
        found = self.rows(
            f"SELECT {EVENT_COLUMNS} {EVENT_TABLES} WHERE events.name = :name AND events.edition <= :edition "
            "ORDER BY events.seq",
            name=iri.removeprefix(self.id_base),
            edition=edition.number,
        )
        return [self.event(row) for row in found]

    def events(self, after: int, limit: int) -> list[Event]:
        """Return up to ``limit`` events in order, from the one after number ``after``."""
        edition = self.edition()
        if edition is None:
            return []
        found = self.rows(
            f"SELECT {EVENT_COLUMNS} {EVENT_TABLES} WHERE events.seq > :after AND events.edition <= :edition "
            "ORDER BY events.seq LIMIT :limit",
            after=after,
            edition=edition.number,
            limit=limit,
        )
        return [self.event(row) for row in found]

    def pages(self) -> list[tuple[str, dt.datetime]]:
        """Return every entity that is there: its IRI relative to ``{base}id/``, and when it last changed."""
        edition = self.edition()
        if edition is None:
            return []
        sql = f"SELECT events.name, editions.time {EVENT_TABLES} WHERE {VISIBLE} AND events.kind <> 'delete'"
        return [(name, _time(time)) for name, time in self.rows(sql, edition=edition.number)]

    def newest(self, kind: str) -> Iterator[tuple[int, str]]:
        """Yield number and IRI of the last event of each entity of a path segment that is there, the newest first."""
        edition = self.edition()
        connection = self._connection()
        if edition is not None and connection is not None:
            names = {"edition": edition.number, "names": f"{kind}/*"}
            sql = f"SELECT seq, name FROM events WHERE {VISIBLE} AND kind <> 'delete' AND name GLOB :names"  # noqa: S608
            for number, name in connection.execute(f"{sql} ORDER BY seq DESC", names):
                yield number, self.id_base + name

    def state(self, kind: str | None = None) -> Iterator[Event]:
        """Yield the last event of each entity, of one path segment only where ``kind`` names it, by number."""
        edition = self.edition()
        connection = self._connection()
        if edition is None or connection is None:
            return
        found = connection.execute(
            f"SELECT {EVENT_COLUMNS} {EVENT_TABLES} WHERE {VISIBLE} AND events.name GLOB :names ORDER BY events.seq",
            {"edition": edition.number, "names": f"{kind}/*" if kind else "*"},
        )
        for row in found:
            yield self.event(row)

    def event(self, row: tuple[Any, ...]) -> Event:
        """Return the event that a row of the log holds. For the modules of this package."""
        number, name, kind, time, title, sets, reason = row
        return Event(number, self.id_base + name, kind, _time(time), json.loads(title), tuple(sets.split()), reason)

    def version(self, number: int) -> bytes:
        """Return what the event of this number said of its entity, as N-Triples; nothing for a deletion."""
        found = self.rows("SELECT body FROM versions WHERE seq = :seq", seq=number)
        return zlib.decompress(found[0][0]) if found else b""


def _edition(row: tuple[Any, ...]) -> Edition:
    return Edition(row[0], row[1], _time(row[2]), row[3])


def _time(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
