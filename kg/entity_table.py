"""The entities of a release: for each its digest, its sets, and where in the quads file its description stands.

An entity is an IRI under ``{base}id/`` without a fragment; its description is every statement about it and about its
parts (the same IRI with a fragment). Two releases that say the same of an entity give it the same digest.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.harvesting.sets import BROADER, DIMENSIONS, set_specs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from kg.release import Release

__all__ = ["ENTITIES", "EntityRow", "description", "ensure_entity_table", "entity_rows", "write_entity_table"]

ENTITIES: Final = "entities.sqlite"
"""The file in a release's directory."""

_SCHEMA: Final = """
CREATE TABLE entities (
  name TEXT PRIMARY KEY,
  digest BLOB NOT NULL,
  sets TEXT NOT NULL,
  start INTEGER NOT NULL, length INTEGER NOT NULL,
  parts_start INTEGER NOT NULL, parts_length INTEGER NOT NULL
) WITHOUT ROWID;
"""
_DIGEST_BYTES: Final = 16
_SCENARIO: Final = "scenario/"


class EntityRow(NamedTuple):
    """One entity: its IRI relative to ``{base}id/``, digest, sets (joined by spaces), lines in the quads file."""

    name: str
    digest: bytes
    sets: str
    start: int
    length: int
    parts_start: int
    parts_length: int


class _Entity:
    """What is gathered of one entity while the lines go by."""

    __slots__ = ("digests", "runs", "values")

    def __init__(self) -> None:
        self.runs = [(0, 0), (0, 0)]
        self.digests = [b"", b""]
        self.values: dict[str, list[str]] = {}


def write_entity_table(quads_file: Path, path: Path, id_base: str) -> int:
    """Write the table of the entities in ``quads_file`` (canonical order) to ``path``; return how many there are.

    In canonical order the statements about an entity stand together, and so do those about its parts: two runs.
    """
    entities: dict[str, _Entity] = {}
    broader: dict[str, list[str]] = {}
    with quads_file.open("rb") as lines:
        for name, is_part, start, run in _runs(lines, f"<{id_base}".encode()):
            entity = entities.setdefault(name, _Entity())
            entity.runs[is_part] = (start, sum(map(len, run)))
            entity.digests[is_part] = hashlib.sha256(b"".join(_triples(run))).digest()
            if not is_part:
                _read_links(run, name, id_base, entity, broader)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    with closing(sqlite3.connect(temporary)) as table:
        table.executescript(_SCHEMA)
        with table:
            table.executemany("INSERT INTO entities VALUES (?,?,?,?,?,?,?)", _rows(entities, broader))
    temporary.replace(path)
    return len(entities)


def ensure_entity_table(release: Release) -> Path:
    """Return the table of ``release``, made now where an earlier version of ihub built the release."""
    path = release.directory / ENTITIES
    if not path.exists():
        write_entity_table(release.quads_file, path, release.id_base)
    return path


def entity_rows(path: Path) -> Iterator[EntityRow]:
    """Yield the rows of a table, by name."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as table:
        yield from map(EntityRow._make, table.execute("SELECT * FROM entities ORDER BY name"))


def description(quads: BinaryIO, row: EntityRow) -> bytes:
    """Return the distinct triples of an entity as N-Triples, read from the release's open quads file."""
    runs = []
    for start, length in ((row.start, row.length), (row.parts_start, row.parts_length)):
        quads.seek(start)
        runs.append(b"".join(_triples(quads.read(length).splitlines(keepends=True))))
    return b"".join(runs)


def _runs(lines: BinaryIO, prefix: bytes) -> Iterator[tuple[str, bool, int, list[bytes]]]:
    """Yield for each run of lines: the entity's name, whether they are of its parts, where it starts, and the lines."""
    run: list[bytes] = []
    key: tuple[bytes, bool] | None = None
    start = place = 0
    for line in lines:
        found = _key(line, prefix)
        if found != key:
            if key:
                yield key[0].decode(), key[1], start, run
            key, start, run = found, place, []
        run.append(line)
        place += len(line)
    if key:
        yield key[0].decode(), key[1], start, run


def _key(line: bytes, prefix: bytes) -> tuple[bytes, bool] | None:
    if not line.startswith(prefix):
        return None
    name, hash_sign, _ = line[len(prefix) : line.index(b"> ")].partition(b"#")
    return (name, bool(hash_sign)) if b"/" in name else None


def _triples(lines: list[bytes]) -> Iterator[bytes]:
    """Yield the lines without their graphs; a triple that several graphs state stands on neighbouring lines."""
    last = b""
    for line in lines:
        triple = line[: line.rindex(b" <")] + b" .\n"
        if triple != last:
            yield triple
        last = triple


def _read_links(run: list[bytes], name: str, id_base: str, entity: _Entity, broader: dict[str, list[str]]) -> None:
    """Note the values that decide on a scenario's sets, and a concept's broader concepts."""
    for line in run:
        _, predicate, rest = line.split(b" ", 2)
        prop = predicate[1:-1].decode()
        if prop == BROADER:
            broader.setdefault(id_base + name, []).append(rest[1 : rest.index(b">")].decode())
        elif prop in DIMENSIONS and name.startswith(_SCENARIO):
            closing_mark = b">" if rest.startswith(b"<") else b'"'
            entity.values.setdefault(prop, []).append(rest[1 : rest.index(closing_mark, 1)].decode())


def _rows(entities: dict[str, _Entity], broader: dict[str, list[str]]) -> Iterator[EntityRow]:
    for name in sorted(entities):
        entity = entities[name]
        sets = " ".join(set_specs(entity.values, broader))
        digest = hashlib.sha256(b"".join((*entity.digests, sets.encode()))).digest()[:_DIGEST_BYTES]
        yield EntityRow(name, digest, sets, *entity.runs[0], *entity.runs[1])
