"""Dumps: a release as files to take away, whole and by collection, with checksums; equal releases give equal files.

A whole file is its parts one after another: members of a gzip file may be joined (RFC 1952, section 2.2), and so may
N-Quads, Turtle and JSON lines. So everything is written and compressed once.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.entity_table import description, entity_rows, write_entity_table
from kg.framing import frame
from kg.harvesting.dump_formats import CHECKSUMS, DUMP_FORMATS, WHOLE
from kg.harvesting.scenario_table import csv_line, join_parquet, scenario_rows, write_parquet
from kg.reuse import NO_REUSE, digest_of
from ontology.namespaces import IHUB, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from kg.graph import Graph
    from kg.harvesting.scenario_table import Row
    from kg.reuse import Reuse

__all__ = ["DumpsPart"]

FORMAT: Final = "dumps-2"
"""Changes when dumps are written in another way."""

_LEVEL: Final = 5
_INFERRED: Final = "inferred"
_MODEL: Final = "-model"  # no collection can have this name


class DumpsPart:
    """Writes the ``dumps`` part of a release.

    Args:
        id_base: The base of entities' IRIs.
        reuse: Files of graphs that may not have changed.
    """

    name = "dumps"

    def __init__(self, id_base: str, reuse: Reuse = NO_REUSE) -> None:
        self._reuse = reuse
        self._graphs = f"{id_base}collection/"
        self._id_base = id_base

    def fingerprint(self) -> str:
        """Return the version of the layout."""
        return FORMAT

    def build(self, graph: Graph, directory: Path, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
        """Write all files; the manifest gets each one's name, collection, format, size and SHA-256."""
        with tempfile.TemporaryDirectory(prefix=".dumps-", dir=directory.parent) as name:
            folder = Path(name)
            slugs = _split(directory.parent / "quads.nq", folder, self._graphs)
            for done, slug in enumerate(slugs):
                progress("dumps", done, len(slugs))
                self._write(graph, slug, folder)
            _join(folder, slugs, directory)
            for slug in (slug for slug in slugs if slug != _MODEL):
                for suffix in DUMP_FORMATS:
                    if (folder / f"{slug}.{suffix}").exists():
                        (folder / f"{slug}.{suffix}").rename(directory / f"collection-{slug}.{suffix}")
        files = [_described(path) for path in sorted(directory.iterdir())]
        sums = "".join(f"{entry['sha256']}  {entry['name']}\n" for entry in files)
        (directory / CHECKSUMS).write_text(sums, encoding="ascii")
        return {"files": files}

    def _write(self, graph: Graph, slug: str, folder: Path) -> None:
        """Write the files of one graph beside its N-Quads."""
        quads = folder / f"{slug}.nq"
        with quads.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").digest()
        makers = {"nq": self._write_quads, "ttl": self._write_turtle, "jsonl": self._write_json_lines}
        if slug in {_MODEL, _INFERRED}:
            del makers["jsonl"]  # it holds what is written down of entities, without what follows from it
        for suffix, make in makers.items():
            key = digest_of(b"dumps", suffix.encode(), self._id_base.encode(), digest)
            self._reuse.file(key, folder / f"{slug}.{suffix}.gz", partial(make, quads))
        if slug in {_MODEL, _INFERRED}:
            return
        scenarios = graph.subjects(IHUB + "collection", self._graphs + slug)
        scenarios = [iri for iri in scenarios if iri.startswith(f"{self._id_base}scenario/")]
        if scenarios:
            rows = _written_as_csv(scenario_rows(graph, scenarios), folder / f"{slug}.csv.gz")
            write_parquet(rows, folder / f"{slug}.parquet")

    @staticmethod
    def _write_quads(quads: Path, path: Path) -> None:
        with quads.open("rb") as source, _compressing(path) as packed:
            shutil.copyfileobj(source, packed, 1 << 20)

    @staticmethod
    def _write_turtle(quads: Path, path: Path) -> None:
        with _compressing(path) as packed:
            triples = (quad.triple for quad in ox.parse(path=str(quads), format=ox.RdfFormat.N_QUADS))
            ox.serialize(triples, packed, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)

    def _write_json_lines(self, quads: Path, path: Path) -> None:
        with quads.open("rb") as source, _compressing(path) as packed:
            packed.writelines(self._json_lines(source, quads, quads.with_suffix(".entities")))

    def _json_lines(self, source: BinaryIO, quads: Path, table: Path) -> Iterator[bytes]:
        """Yield a line for each entity: what the collection says of it and its parts, as one tree of JSON-LD."""
        write_entity_table(quads, table, self._id_base)
        context = self._id_base.removesuffix("id/") + "context/v1.jsonld"
        for row in entity_rows(table):
            quads_of = ox.parse(description(source, row), format=ox.RdfFormat.N_TRIPLES)
            document = frame((quad.triple for quad in quads_of), self._id_base + row.name, context)
            yield json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _split(quads: Path, folder: Path, graphs: str) -> list[str]:
    """Write the lines of each graph to a file of its own; return their names, sorted."""
    files: dict[bytes, BinaryIO] = {}
    slugs: dict[str, None] = {}
    with ExitStack() as stack, quads.open("rb") as lines:
        for line in lines:
            graph = line[line.rindex(b" <") + 2 : -4]
            if graph not in files:
                iri = graph.decode()
                slug = iri.removeprefix(graphs) if iri.startswith(graphs) else _MODEL
                slugs[slug] = None
                files[graph] = stack.enter_context((folder / f"{slug}.nq").open("ab"))
            files[graph].write(line)
    return sorted(slugs)


def _join(folder: Path, slugs: list[str], directory: Path) -> None:
    """Write the files that hold everything."""
    for suffix in DUMP_FORMATS:
        parts = [path for path in (folder / f"{slug}.{suffix}" for slug in slugs) if path.exists()]
        whole = directory / f"{WHOLE}.{suffix}"
        if suffix == "parquet":
            join_parquet(parts, whole)
            continue
        with whole.open("wb") as file:
            for number, part in enumerate(parts):
                body = part.read_bytes()
                # One row of column names is enough; it is a member of its own.
                file.write(body if suffix != "csv.gz" or not number else body.removeprefix(_csv_head()))


def _written_as_csv(rows: Iterable[Row], path: Path) -> Iterator[Row]:
    """Pass ``rows`` on while they are written to ``path`` as CSV, the column names as a gzip member of their own."""
    body = path.with_suffix(".body")
    with _compressing(body) as packed:
        for row in rows:
            packed.write(csv_line(row).encode())
            yield row
    path.write_bytes(_csv_head() + body.read_bytes())


def _csv_head() -> bytes:
    return gzip.compress(csv_line(None).encode(), _LEVEL, mtime=0)


@contextmanager
def _compressing(path: Path) -> Iterator[BinaryIO]:
    """Open ``path`` for writing compressed, without name and time, so that equal content gives equal bytes."""
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed,
        # Serialisers write in small pieces, which are dear to compress one by one.
        io.BufferedWriter(packed, 1 << 18) as buffered,
    ):
        yield buffered


def _described(path: Path) -> dict[str, Any]:
    name, _, suffix = path.name.partition(".")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    collection = None if name == WHOLE else name.removeprefix("collection-")
    return {
        "name": path.name,
        "collection": collection,
        "format": suffix,
        "bytes": path.stat().st_size,
        "sha256": digest,
    }
