"""The graph's look-ups over a SPARQL server: subjects are fetched whole, many at a time, and kept for the release."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.errors import StoreLimitError
from kg.graph import INFERRED, Graph
from kg.terms import iri_of
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.store.connection import StoreConnection

__all__ = ["RemoteGraph"]

_AT_ONCE: Final = 200
_KEPT_TRIPLES: Final = 300_000
_OUTSIDE: Final = set('<>"{}|^`\\ \n\r\t')


class _Kept:
    """Triples by key, the longest unused leaving first."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._lock = threading.Lock()
        self._found: OrderedDict[Any, tuple[ox.Quad, ...]] = OrderedDict()

    def get(self, key: Any) -> tuple[ox.Quad, ...] | None:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: Any, triples: tuple[ox.Quad, ...]) -> None:
        with self._lock:
            self._size += len(triples) + 1 - (len(self._found[key]) + 1 if key in self._found else 0)
            self._found[key] = triples
            while self._size > self._most and len(self._found) > 1:
                _, dropped = self._found.popitem(last=False)
                self._size -= len(dropped) + 1

    def __contains__(self, key: Any) -> bool:
        with self._lock:
            return key in self._found


class RemoteGraph(Graph):
    """Look-ups over the graphs of one published release in a SPARQL server; safe to share between threads.

    A page asks for one entity, then for what it links to, one by one. So whoever asks for a subject that the last
    answers linked to gets all of those at once: a page costs a handful of requests, not a hundred.

    Args:
        connection: The server.
        graphs: The named graphs of the release.
    """

    def __init__(self, connection: StoreConnection, graphs: Sequence[str]) -> None:
        super().__init__(ox.Store())  # it stays empty: whoever reads it directly finds nothing
        self._connection, self._graphs = connection, tuple(graphs)
        self._subjects_kept, self._objects_kept = _Kept(_KEPT_TRIPLES), _Kept(_KEPT_TRIPLES)
        self._local = threading.local()

    @property
    def stated_graphs(self) -> list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]:
        """The named graphs but for the one of what was inferred."""
        return [ox.NamedNode(iri) for iri in self._graphs if not iri.endswith(INFERRED)]

    def quads(self, subject: str, predicate: str | None = None) -> Iterator[ox.Quad]:
        """The quads with this subject, and this predicate if one is given.

        Raises:
            StoreError: The server does not answer.
        """
        found = self._subjects_kept.get(subject)
        if found is None:
            found = self._fetch(subject)
        return iter([quad for quad in found if predicate is None or quad.predicate.value == predicate])

    def quads_to(self, object_: str, predicate: str) -> Iterator[ox.Quad]:
        """The quads with this predicate and this IRI as object.

        Raises:
            StoreError: The server does not answer.
        """
        if not _is_iri(object_):
            return iter(())
        found = self._objects_kept.get((object_, predicate))
        if found is None:
            query = f"SELECT ?s ?g {{ GRAPH ?g {{ ?s <{predicate}> <{object_}> }} }}"
            rows = self._connection.select(query, self._graphs)
            verb, node = ox.NamedNode(predicate), ox.NamedNode(object_)
            found = tuple(ox.Quad(row["s"], verb, node, row["g"]) for row in rows)
            self._objects_kept.put((object_, predicate), found)
            self._expect(quad.subject for quad in found)
        return iter(found)

    def _count(
        self, pattern: str, graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None
    ) -> dict[str, int]:
        names = self._graphs if graphs is None else [iri_of(graph) for graph in graphs]
        query = f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {pattern} }} GROUP BY ?p"
        return {row["p"].value: int(row["n"].value) for row in self._connection.select(query, names)}

    def _subjects(self, predicate: str, object_: str, *, sort: bool) -> Iterator[str]:  # noqa: ARG002 - always sorted
        inferred = predicate.startswith(IHUB)
        graphs = self._graphs if inferred else [iri for iri in self._graphs if not iri.endswith(INFERRED)]
        own = f'FILTER(!STRSTARTS(STR(?s), "{object_}#"))'
        for offset in itertools.count(0, _AT_ONCE):
            window = f"ORDER BY ?s LIMIT {_AT_ONCE} OFFSET {offset}"
            query = f"SELECT DISTINCT ?s {{ ?s <{predicate}> <{object_}> {own} }} {window}"
            rows = self._connection.select(query, graphs)
            self._expect(row["s"] for row in rows)
            yield from (row["s"].value for row in rows)
            if len(rows) < _AT_ONCE:
                return

    def prefetch(self, iris: Iterable[str]) -> None:
        """Fetch these subjects, those that are not known yet, some hundred at a time.

        Raises:
            StoreError: The server does not answer.
        """
        missing = [iri for iri in dict.fromkeys(iris) if iri not in self._subjects_kept and _is_iri(iri)]
        for start in range(0, len(missing), _AT_ONCE):
            self._load(missing[start : start + _AT_ONCE])

    def _fetch(self, subject: str) -> tuple[ox.Quad, ...]:
        if not _is_iri(subject):
            return ()
        expected = self._expected()
        wanted = [subject]
        if expected.pop(subject, subject) is None:
            wanted += islice((iri for iri in expected if iri not in self._subjects_kept), _AT_ONCE - 1)
            for iri in wanted[1:]:
                del expected[iri]
        return self._load(wanted)[subject]

    def _load(self, iris: Sequence[str]) -> dict[str, tuple[ox.Quad, ...]]:
        try:
            return self._load_at_once(iris)
        except StoreLimitError:
            if len(iris) == 1:
                raise
            half = len(iris) // 2
            return self._load(iris[:half]) | self._load(iris[half:])

    def _load_at_once(self, iris: Sequence[str]) -> dict[str, tuple[ox.Quad, ...]]:
        values = " ".join(f"<{iri}>" for iri in iris)
        query = f"SELECT ?s ?p ?o ?g {{ VALUES ?s {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }}"
        found: dict[str, dict[ox.Quad, None]] = {iri: {} for iri in iris}
        for row in self._connection.select(query, self._graphs):
            found[row["s"].value][ox.Quad(row["s"], row["p"], row["o"], row["g"])] = None
        for iri, quads in found.items():
            self._subjects_kept.put(iri, tuple(quads))
        self._expect(term for quads in found.values() for t in quads for term in (t.object, t.predicate))
        return {iri: tuple(quads) for iri, quads in found.items()}

    def _expected(self) -> dict[str, None]:
        """Return the subjects that this thread will probably ask for, the likeliest first."""
        if not hasattr(self._local, "expected"):
            self._local.expected = {}
        expected: dict[str, None] = self._local.expected
        return expected

    def _expect(self, terms: Iterable[object]) -> None:
        new = [t.value for t in terms if isinstance(t, ox.NamedNode) and t.value not in self._subjects_kept]
        kept = islice(self._expected().items(), _AT_ONCE)
        self._local.expected = dict.fromkeys(new[: 4 * _AT_ONCE]) | dict(kept)


def _is_iri(text: str) -> bool:
    return ":" in text and not _OUTSIDE & set(text)
