"""Publishing a release into a SPARQL server: graph by graph beside the old ones, checked, exchanged in one request.

What is loaded goes into staging graphs that no query of the service can see; the graphs of the former release are
served until all of that is there and counted. A publication that is broken off is taken up where it ended: staging
graphs are named by their content, and hold a prefix of it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import ReleaseError, StoreError, StoreLimitError
from kg.store.publication import (
    GraphState,
    Publication,
    publication_graph,
    read_publication,
    record_exchange,
    record_release,
    record_staging,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.release import Release
    from kg.store.connection import StoreConnection

__all__ = ["PublishReport", "publish_release", "release_graphs"]

_BATCH_GRAPH_STORE: Final = 20_000
_BATCH_UPDATE: Final = 500  # Virtuoso translates an update to SQL text of at most 10,000 lines
_SAMPLE: Final = 25
_GRAPH: Final = re.compile(rb" <([^<>]*)> \.\n\Z")


@dataclass(frozen=True)
class PublishReport:
    """What a publication did: graphs replaced, left as they were and removed, and triples sent."""

    release: str
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    sent: int


def publish_release(
    connection: StoreConnection,
    release: Release,
    *,
    lock: Path,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> PublishReport:
    """Make the server hold exactly this release; nothing is sent for graphs that have not changed.

    Args:
        connection: The server, with an update address.
        release: What to publish.
        lock: A file that only one publication holds at a time.
        progress: Told the graph, the triples sent and the triples to send.

    Raises:
        StoreError: The server refuses, or holds something else than what was sent.
        ReleaseError: The release is damaged, or another publication is running.
    """
    if not connection.address.update:
        raise StoreError("is not set", field="IHUB_SPARQL_STORE_UPDATE", hint="publishing needs an update address")
    with _alone(lock):
        return _Publisher(connection, release, progress).run()


def release_graphs(release: Release) -> dict[str, GraphState]:
    """Return the named graphs of a release with their sizes and checksums.

    Raises:
        ReleaseError: The file of quads is damaged.
    """
    counts: Counter[bytes] = Counter()
    digests: dict[bytes, hashlib._Hash] = {}
    with release.quads_file.open("rb") as lines:
        for line in lines:
            graph = _graph_of(line, release)
            counts[graph] += 1
            digests.setdefault(graph, hashlib.sha256()).update(line)
    if counts.total() != release.manifest["quads"]:
        raise ReleaseError("does not hold the quads that the manifest counts", file=release.quads_file)
    return {graph.decode(): GraphState(counts[graph], digests[graph].hexdigest()) for graph in counts}


def _graph_of(line: bytes, release: Release) -> bytes:
    found = _GRAPH.search(line)
    if not found:
        raise ReleaseError("has a line that is not a quad in a named graph", file=release.quads_file)
    return found[1]


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ReleaseError("another publication is running", file=lock) from None
    else:
        yield
    finally:
        os.close(descriptor)


class _Publisher:
    def __init__(
        self, connection: StoreConnection, release: Release, progress: Callable[[str, int, int], None]
    ) -> None:
        self._connection, self._release, self._progress = connection, release, progress
        self._base: str = release.manifest["base_iri"]
        self._batch = _BATCH_GRAPH_STORE if connection.address.graphs else _BATCH_UPDATE
        self._sent = 0

    def run(self) -> PublishReport:
        wanted = release_graphs(self._release)
        before = read_publication(self._connection, self._base)
        changed = {iri: state for iri, state in wanted.items() if before.graphs.get(iri) != state}
        gone = before.owned - wanted.keys()
        staging = {iri: self._staging(iri, state) for iri, state in changed.items()}
        if changed:
            self._connection.update(record_staging(self._base, staging.values(), changed))
            for iri, state in changed.items():
                self._load(iri, state, staging[iri])
                self._verify(iri, state, staging[iri])
        if changed or gone or before.release != self._release.id:
            self._exchange(wanted, staging, gone, before)
        return PublishReport(
            self._release.id,
            replaced=tuple(sorted(changed)),
            unchanged=tuple(sorted(wanted.keys() - changed.keys())),
            removed=tuple(sorted(gone)),
            sent=self._sent,
        )

    def _staging(self, iri: str, state: GraphState) -> str:
        content = hashlib.sha256(f"{self._base}\n{iri}\n{state.sha256}".encode()).hexdigest()[:32]
        # The size of the batches belongs to the name: only then does a count tell which of them are complete.
        return f"urn:ihub:staging:{content}:{self._batch}"

    def _load(self, iri: str, state: GraphState, staging: str) -> None:
        """Send the batches that are not there; what is there must be a prefix, so the count says how many they are."""
        there = self._count(staging)
        complete = there // self._batch if there < state.triples else 0
        if there > state.triples:
            self._connection.update(f"DROP SILENT GRAPH <{staging}>")
        if there == state.triples:
            return
        for number, batch in enumerate(self._batches(iri)):
            if number >= complete:
                self._send(staging, batch)
            self._progress(iri, min((number + 1) * self._batch, state.triples), state.triples)

    def _send(self, staging: str, batch: list[bytes]) -> None:
        triples = b"".join(batch)
        if self._connection.address.graphs:
            self._connection.add(staging, triples)
        else:
            self._connection.update(f"INSERT DATA {{ GRAPH <{staging}> {{\n{triples.decode()}}} }}")
        self._sent += len(batch)

    def _batches(self, iri: str) -> Iterator[list[bytes]]:
        ending = f" <{iri}> .\n".encode()
        batch: list[bytes] = []
        with self._release.quads_file.open("rb") as lines:
            for line in lines:
                if line.endswith(ending):
                    batch.append(line.removesuffix(ending) + b" .\n")
                    if len(batch) == self._batch:
                        yield batch
                        batch = []
        if batch:
            yield batch

    def _count(self, graph: str) -> int:
        rows = self._connection.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", [graph])
        return int(rows[0]["n"].value)

    def _verify(self, iri: str, state: GraphState, graph: str) -> None:
        """Compare the count, and every triple of some subjects."""
        there = self._count(graph)
        if there != state.triples:
            cause = f"holds {there:,} triples of the graph {iri}, not {state.triples:,}"
            raise StoreError(cause, file=self._connection.address.query, hint="try again; nothing was exchanged")
        subjects = self._sample(iri, state)
        expected: dict[bytes, set[tuple[str, str]]] = {subject: set() for subject in subjects}
        for batch in self._batches(iri):
            chosen = b"".join(line for line in batch if _subject(line) in subjects)
            for quad in ox.parse(chosen, format=ox.RdfFormat.N_TRIPLES):
                expected[str(quad.subject).encode()].add((quad.predicate.value, _comparable(quad.object)))
        for subject, statements in expected.items():
            self._compare(iri, graph, subject.decode(), statements)

    def _compare(self, iri: str, graph: str, subject: str, expected: set[tuple[str, str]]) -> None:
        query = f"SELECT ?p ?o {{ GRAPH <{graph}> {{ {subject} ?p ?o }} }}"
        try:
            rows = self._connection.select(query, [graph])
        except StoreLimitError:
            return  # more than the server gives in one answer; other subjects are compared
        found = {(row["p"].value, _comparable(row["o"])) for row in rows}
        if found != expected:
            example = min(expected ^ found)
            raise StoreError(f"holds something else than was sent, such as {subject} {example}", record=iri)

    def _sample(self, iri: str, state: GraphState) -> set[bytes]:
        """Choose subjects evenly over the sorted graph."""
        step, place, chosen = max(1, state.triples // _SAMPLE), 0, set()
        for batch in self._batches(iri):
            while place < len(batch):
                chosen.add(_subject(batch[place]))
                place += step
            place -= len(batch)
        return chosen

    def _exchange(
        self, wanted: dict[str, GraphState], staging: dict[str, str], gone: frozenset[str], before: Publication
    ) -> None:
        """Replace the graphs in one request: a server with transactions shows all of it or nothing.

        Another one shows first that no release is published, so that the service waits, and the new release at the end.
        """
        steps = [record_exchange(self._base)]
        steps += [f"MOVE SILENT GRAPH <{source}> TO GRAPH <{iri}>" for iri, source in sorted(staging.items())]
        abandoned = before.staging - set(staging.values())
        steps += [f"DROP SILENT GRAPH <{iri}>" for iri in sorted(gone | abandoned)]
        steps += record_release(self._base, self._release.id, wanted)
        self._connection.update(" ;\n".join(steps))
        after = read_publication(self._connection, self._base)
        wrong = [iri for iri in staging if self._count(iri) != wanted[iri].triples]
        if after.release != self._release.id or after.graphs != wanted or wrong:
            cause = f"did not exchange the graphs as asked: {', '.join(wrong) or publication_graph(self._base)}"
            raise StoreError(cause, file=self._connection.address.update, hint="publish again")


def _subject(line: bytes) -> bytes:
    return line.partition(b" ")[0]


def _comparable(term: object) -> str:
    """Return what a term must have in common before and after a server has stored it.

    Servers rewrite numbers and the case of language tags, and so may they; a text must stay as it is.
    """
    if not isinstance(term, ox.Literal):
        return f"<{getattr(term, 'value', term)}>"
    try:
        value = str(float(term.value)) if term.language is None else term.value
    except ValueError:
        value = term.value
    return f"{value}@{(term.language or '').lower()}"
