"""Adding an edition to the history (:mod:`kg.history`), before its release becomes current.

Readers never see half an edition: it is one transaction, on disk before the switch. A crash between the two leaves an
edition ahead of the current release, which readers do not see. Whatever release is made current next, its differences
are taken from that edition, so that the sequence of events always leads to what is served.
"""

from __future__ import annotations

import json
import math
import sqlite3
import time
import uuid
import zlib
from contextlib import closing
from typing import TYPE_CHECKING, Final

from kg.entity_table import EntityRow, description, ensure_entity_table
from kg.harvesting.sets import ancestors
from kg.history import history_file
from kg.tombstones import TOMBSTONES, Tombstone, read_tombstones

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.release import Release

__all__ = ["record_edition"]

GONE: Final = "It is no longer in its collection."
"""The reason of a deletion for which nobody gave one."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS log (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS editions (
  number INTEGER PRIMARY KEY, release TEXT NOT NULL, time INTEGER NOT NULL, last_event INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS editions_release ON editions (release, number);
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY, edition INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
  digest BLOB, title TEXT NOT NULL, sets TEXT NOT NULL, reason TEXT, superseded INTEGER);
CREATE INDEX IF NOT EXISTS events_name ON events (name, seq);
CREATE UNIQUE INDEX IF NOT EXISTS events_last ON events (name) WHERE superseded IS NULL;
CREATE TABLE IF NOT EXISTS versions (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sets (id INTEGER PRIMARY KEY, spec TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS membership (
  spec INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (spec, seq)) WITHOUT ROWID;
"""

_CHANGED: Final = """
SELECT now.*, last.kind FROM release.entities AS now
LEFT JOIN events AS last ON last.name = now.name AND last.superseded IS NULL
WHERE last.digest IS NOT now.digest ORDER BY now.name
"""
_DELETED: Final = """
SELECT last.name, last.title, last.sets FROM events AS last
WHERE last.superseded IS NULL AND last.kind <> 'delete' AND last.name NOT IN (SELECT name FROM release.entities)
ORDER BY last.name
"""
_UNKNOWN: Final = """
SELECT NOT EXISTS (SELECT 1 FROM events WHERE name = :name) AND NOT EXISTS
  (SELECT 1 FROM release.entities WHERE name = :name)
"""


def record_edition(release: Release, gone: str = GONE) -> bool:
    """Add the edition that makes ``release`` current, unless the last one in the log did so and nothing has come since.

    To be called by one process at a time (:func:`kg.release.switch` sees to that).

    Args:
        release: The release, complete on disk.
        gone: The reason of a deletion for which the release gives none.

    Returns:
        Whether an edition was added.
    """
    path = history_file(release.directory.parent.parent, str(release.manifest["base_iri"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    table = ensure_entity_table(release)
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as log:
        log.execute("PRAGMA journal_mode = WAL")  # readers go on while an edition is written
        log.execute("PRAGMA synchronous = FULL")
        log.executescript(_SCHEMA)
        log.execute("INSERT OR IGNORE INTO log VALUES ('id', ?)", (uuid.uuid4().hex[:12],))
        last = log.execute("SELECT number, release, time FROM editions ORDER BY number DESC LIMIT 1").fetchone()
        log.execute("ATTACH ? AS release", (str(table),))
        if last and last[1] == release.id and not any(_never_seen(log, _tombstones(release).values())):
            return False
        number = last[0] + 1 if last else 1
        _write(log, release, number, last[2] if last else 0, gone)
    return True


def _write(log: sqlite3.Connection, release: Release, number: int, after: int, gone: str) -> None:
    log.execute("BEGIN IMMEDIATE")
    writer = _EditionWriter(log, number)
    tombstones = _tombstones(release)
    changed = log.execute(_CHANGED).fetchall()
    deleted = log.execute(_DELETED).fetchall()
    with release.quads_file.open("rb") as quads:
        for row in changed:
            entity = EntityRow._make(row[:-1])
            kind = "update" if row[-1] in {"create", "update"} else "create"
            title = release.graph.labels(f"{release.id_base}{entity.name}")
            writer.add(entity.name, kind, title, entity.sets, digest=entity.digest)
            writer.add_version(description(quads, entity))
    for name, title, sets in deleted:
        reason = tombstones[name].reason if name in tombstones else gone
        writer.add(name, "delete", json.loads(title), sets, reason=reason)
    for tombstone in _never_seen(log, tombstones.values()):
        writer.add(tombstone.name, "delete", dict(tombstone.title), "", reason=tombstone.reason)
    when = _seal(log, number, release.id, after, writer.last)
    log.execute("COMMIT")
    # The time of an edition must not be before the moment at which it can be seen: who asked before that moment and
    # comes back for what is new since would never be told of it (OAI-PMH 2.0, section 2.7.1).
    while time.time() >= when:
        when = max(when + 1, math.ceil(time.time()))
        log.execute("UPDATE editions SET time = ? WHERE number = ?", (when, number))


def _seal(log: sqlite3.Connection, number: int, release_id: str, after: int, last_event: int) -> int:
    # Never the time of the edition before: by their times alone, changes of one entity must have an order.
    when = max(after + 1, math.ceil(time.time()))
    log.execute("INSERT INTO editions VALUES (?,?,?,?)", (number, release_id, when, last_event))
    return when


def _tombstones(release: Release) -> dict[str, Tombstone]:
    return {tombstone.name: tombstone for tombstone in read_tombstones(release.directory / TOMBSTONES)}


def _never_seen(log: sqlite3.Connection, tombstones: Iterable[Tombstone]) -> Iterator[Tombstone]:
    """Yield the withdrawn entities that no release of this home held; others may know their addresses all the same."""
    for tombstone in tombstones:
        if log.execute(_UNKNOWN, {"name": tombstone.name}).fetchone()[0]:
            yield tombstone


class _EditionWriter:
    """Adds the events of one edition."""

    def __init__(self, log: sqlite3.Connection, number: int) -> None:
        self._log = log
        self._number = number
        self._sets: dict[str, int] = dict(log.execute("SELECT spec, id FROM sets"))
        self.last: int = log.execute("SELECT COALESCE(MAX(seq), 0) FROM events").fetchone()[0]

    def add(
        self,
        name: str,
        kind: str,
        title: dict[str, str],
        sets: str,
        *,
        digest: bytes | None = None,
        reason: str | None = None,
    ) -> None:
        """Add an event; the entity's former one is superseded."""
        self.last += 1
        text = json.dumps(title, ensure_ascii=False, separators=(",", ":"))
        self._log.execute(
            "UPDATE events SET superseded = ? WHERE name = ? AND superseded IS NULL", (self._number, name)
        )
        self._log.execute(
            "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,NULL)",
            (self.last, self._number, name, kind, digest, text, sets, reason),
        )
        for spec in sorted({above for stated in sets.split() for above in ancestors(stated)}):
            self._log.execute("INSERT INTO membership VALUES (?,?)", (self._set_id(spec), self.last))

    def add_version(self, body: bytes) -> None:
        """Keep what the last added event says of its entity."""
        self._log.execute("INSERT INTO versions VALUES (?,?)", (self.last, zlib.compress(body, 6)))

    def _set_id(self, spec: str) -> int:
        if spec not in self._sets:
            self._sets[spec] = len(self._sets) + 1
            self._log.execute("INSERT INTO sets VALUES (?,?)", (self._sets[spec], spec))
        return self._sets[spec]
