"""The spool of an import: records wait on disk until their documents have been judged, so that memory holds few."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from kg.importing.adapter import Record
    from kg.importing.outcome import Outcome, Reference

__all__ = ["Accepted", "Rejected", "Spool"]

_SCHEMA: Final = """
CREATE TABLE record (
    seq INTEGER PRIMARY KEY, number INTEGER NOT NULL, file TEXT, hash TEXT NOT NULL, raw BLOB NOT NULL,
    id TEXT, json TEXT, context TEXT, pending INTEGER NOT NULL DEFAULT 0, field TEXT, cause TEXT
);
CREATE TABLE reference (seq INTEGER NOT NULL, target TEXT NOT NULL, field TEXT, soft INTEGER NOT NULL);
CREATE TABLE existing (id TEXT PRIMARY KEY, hash TEXT, version TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE work (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE deleted (id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
"""

_INDEXES: Final = """
CREATE UNIQUE INDEX IF NOT EXISTS standing ON record (id) WHERE json IS NOT NULL;
CREATE INDEX IF NOT EXISTS named ON record (id);
CREATE INDEX IF NOT EXISTS known ON existing (hash);
CREATE INDEX IF NOT EXISTS referring ON reference (seq);
"""

_DANGLING: Final = """
SELECT r.seq, r.target, r.field, r.soft FROM reference r JOIN record d ON d.seq = r.seq
WHERE d.json IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM record o WHERE o.id = r.target AND o.json IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM existing e WHERE e.id = r.target)
  AND NOT EXISTS (SELECT 1 FROM work w WHERE w.id = r.target)
ORDER BY r.seq
"""


class Accepted(NamedTuple):
    """A document that stands: its identifier, its JSON, the hash of its record and the record."""

    id: str
    json: str
    hash: str
    raw: str


class Rejected(NamedTuple):
    """A record that gave no valid document: where it stands, why, who it is if that is known, and the record."""

    number: int
    file: str | None
    field: str | None
    cause: str
    id: str | None
    raw: str

    def entry(self) -> dict[str, str | None]:
        """Return what the quarantine says of it besides its place; what is not known is left out, but for the field."""
        entry = {"file": self.file, "field": self.field, "cause": self.cause, "id": self.id, "raw": self.raw}
        return {key: value for key, value in entry.items() if value is not None or key == "field"}


class Spool:
    """Records of one run in a temporary database; a context manager.

    Args:
        path: The database's file, which must not exist yet. Nothing relies on it surviving a crash.
    """

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384;")
        self._database.executescript(_SCHEMA + _INDEXES)
        self._database.execute("BEGIN")  # one transaction for all, never committed: the file goes when the run ends
        self._seq = 0

    def __enter__(self) -> Spool:
        """Return the spool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the database."""
        self._database.close()

    def take(self, record: Record) -> tuple[int, str]:
        """Keep the raw record; return its sequence number, under which it is known here, and its SHA-256."""
        self._seq += 1
        raw = record.raw.encode("utf-8", "backslashreplace")
        digest = hashlib.sha256(raw).hexdigest()
        self._database.execute(
            "INSERT INTO record (seq, number, file, hash, raw) VALUES (?, ?, ?, ?, ?)",
            (self._seq, record.number, record.file, digest, zlib.compress(raw, 1)),
        )
        return self._seq, digest

    def judge(self, outcome: Outcome) -> None:
        """Keep what became of a record; a second document of one identifier is rejected."""
        if outcome.json is None:
            self.reject(outcome.seq, outcome.field, outcome.cause or "gives no document", outcome.id)
        elif first := self._standing(outcome.id):
            self.reject(outcome.seq, "id", f"{outcome.id} stands in line {first} already", outcome.id)
        else:
            self._database.execute(
                "UPDATE record SET id = ?, json = ?, context = ?, pending = ? WHERE seq = ?",
                (outcome.id, outcome.json, outcome.context, outcome.pending, outcome.seq),
            )
            self._database.executemany(
                "INSERT INTO reference VALUES (?, ?, ?, ?)", [(outcome.seq, *item) for item in outcome.references]
            )
            if outcome.work:
                self._database.execute("INSERT OR IGNORE INTO work VALUES (?)", (outcome.work,))

    def reject(self, seq: int, field: str | None, cause: str, identifier: str | None = None) -> None:
        """Note that a record was not accepted."""
        self._database.execute(
            "UPDATE record SET json = NULL, field = ?, cause = ?, id = coalesce(?, id) WHERE seq = ?",
            (field, cause, identifier, seq),
        )

    def delete(self, seq: int, identifier: str) -> None:
        """Note that the source deleted an entity."""
        self._database.execute("INSERT OR REPLACE INTO deleted VALUES (?, ?)", (identifier, seq))
        self._database.execute("DELETE FROM record WHERE seq = ?", (seq,))

    def forget_deleted(self) -> None:
        """Drop what the source said of entities before it said, in the same run, that it deleted them."""
        self._database.execute(
            "DELETE FROM record WHERE EXISTS (SELECT 1 FROM deleted d WHERE d.id = record.id AND record.seq < d.seq)"
        )

    def know(self, entities: Iterable[tuple[str, str | None, str]]) -> None:
        """Note the entities that the collection holds: identifier, hash of the record, digest of the version."""
        self._database.executemany("INSERT OR IGNORE INTO existing VALUES (?, ?, ?)", entities)

    def version_of(self, record_hash: str) -> str | None:
        """Return the digest of the version that the collection holds of an equal record, or None."""
        row = self._database.execute("SELECT version FROM existing WHERE hash = ?", (record_hash,)).fetchone()
        return str(row[0]) if row else None

    def dangling(self) -> list[tuple[int, Reference]]:
        """Return the references of standing documents that lead nowhere, by sequence number."""
        from kg.importing.outcome import Reference

        rows = self._database.execute(_DANGLING).fetchall()
        return [(seq, Reference(target, field, bool(soft))) for seq, target, field, soft in rows]

    def drop_reference(self, seq: int, target: str, json: str) -> None:
        """Replace a document by what is left of it without a reference."""
        self._database.execute("DELETE FROM reference WHERE seq = ? AND target = ?", (seq, target))
        self._database.execute("UPDATE record SET json = ? WHERE seq = ?", (json, seq))

    def document(self, seq: int) -> str:
        """Return the JSON of a standing document."""
        return str(self._database.execute("SELECT json FROM record WHERE seq = ?", (seq,)).fetchone()[0])

    def pending(self, size: int) -> Iterator[list[tuple[int, str, str]]]:
        """Yield the documents that are still to be validated, in batches of (sequence number, identifier, JSON)."""
        rows = self._database.execute(
            "SELECT seq, id, json FROM record WHERE pending AND json IS NOT NULL ORDER BY seq"
        )
        while batch := rows.fetchmany(size):
            yield batch

    def neighbours(self, sequence_numbers: Sequence[int]) -> tuple[list[str], set[str]]:
        """Return what the shapes may ask of the entities that documents refer to.

        Returns:
            N-Triples of those that are in this run, and the identifiers of those that are not.
        """
        marks = ",".join("?" * len(sequence_numbers))
        rows = self._database.execute(
            f"SELECT DISTINCT r.target, d.context FROM reference r LEFT JOIN record d ON d.id = r.target "  # noqa: S608
            f"AND d.json IS NOT NULL WHERE r.seq IN ({marks})",
            list(sequence_numbers),
        ).fetchall()
        return [context for _, context in rows if context], {target for target, context in rows if context is None}

    def referenced_existing(self) -> set[str]:
        """Return the entities of the collection that documents of this run refer to and the run does not bring."""
        rows = self._database.execute(
            "SELECT DISTINCT target FROM reference WHERE target IN (SELECT id FROM existing) "
            "AND target NOT IN (SELECT id FROM record WHERE json IS NOT NULL)"
        )
        return {target for (target,) in rows}

    def accepted(self) -> Iterator[Accepted]:
        """Yield the documents that stand, sorted by identifier."""
        rows = self._database.execute("SELECT id, json, hash, raw FROM record WHERE json IS NOT NULL ORDER BY id")
        return (Accepted(identifier, text, digest, _inflate(raw)) for identifier, text, digest, raw in rows)

    def rejected(self) -> Iterator[Rejected]:
        """Yield the records that were not accepted, in their order."""
        rows = self._database.execute(
            "SELECT number, file, field, cause, id, raw FROM record WHERE cause IS NOT NULL ORDER BY seq"
        )
        return (Rejected(number, file, name, cause, id_, _inflate(raw)) for number, file, name, cause, id_, raw in rows)

    def seen(self, identifier: str) -> bool:
        """Whether a record of this entity is in the source, be it accepted or not."""
        return bool(self._database.execute("SELECT 1 FROM record WHERE id = ?", (identifier,)).fetchone())

    def is_deleted(self, identifier: str) -> bool:
        """Whether the source says that it deleted the entity, and has not brought it since."""
        row = self._database.execute("SELECT seq FROM deleted WHERE id = ?", (identifier,)).fetchone()
        return bool(row) and not self.seen(identifier)

    def nameless(self) -> set[str]:
        """Return the hashes of rejected records of which nobody knows what they are."""
        rows = self._database.execute("SELECT hash FROM record WHERE cause IS NOT NULL AND id IS NULL")
        return {digest for (digest,) in rows}

    def counts(self) -> tuple[int, int]:
        """Return how many records stand and how many were rejected."""
        row = self._database.execute("SELECT count(json), count(cause) FROM record").fetchone()
        return int(row[0]), int(row[1])

    def _standing(self, identifier: str | None) -> int | None:
        row = self._database.execute(
            "SELECT number FROM record WHERE id = ? AND json IS NOT NULL", (identifier,)
        ).fetchone()
        return int(row[0]) if row else None


def _inflate(raw: bytes) -> str:
    return zlib.decompress(raw).decode("utf-8")


def without_reference(text: str, target: str) -> str:
    """Return a document's JSON without the references to ``target`` among what it is based on."""
    document = json.loads(text)
    left = [item for item in document.get("isBasedOn", ()) if item != target]
    document = {key: value for key, value in {**document, "isBasedOn": left}.items() if value != []}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
