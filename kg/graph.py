"""Reading a graph: the few look-ups that pages, exports and the search index need, over a store or a SPARQL server.

IRIs are plain strings here and texts are dictionaries by language tag, so that callers need no RDF library.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from kg.terms import iri_of
from ontology.language import choose
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["INFERRED", "Graph", "Statement", "Text"]

INFERRED: Final = "/id/collection/inferred"
"""How the name of the graph of what was inferred ends."""

_TYPE: Final = PREFIXES["rdf"] + "type"
_LABELS: Final = tuple(
    ox.NamedNode(iri)
    for iri in (
        PREFIXES["skos"] + "prefLabel",
        SCHEMA + "name",
        PREFIXES["dcterms"] + "title",
        PREFIXES["rdfs"] + "label",
    )
)

_SORTED_AT_MOST: Final = 5000


class Text(NamedTuple):
    """A literal value: its lexical form, its language tag (or None) and its datatype's IRI."""

    value: str
    language: str | None
    datatype: str


class Statement(NamedTuple):
    """One triple as strings: subject and predicate IRIs, and an object that is an IRI or a :class:`Text`."""

    subject: str
    predicate: str
    object: str | Text


class Graph:
    """Look-ups over the union of a store's named graphs.

    All of them rest on the last few methods, which :class:`kg.store.graph.RemoteGraph` has for a SPARQL server.

    Args:
        store: The store to read; it is never written to.
    """

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self.label = lru_cache(maxsize=65536)(self._label)
        self._described = lru_cache(maxsize=1024)(self._by_predicate)

    @classmethod
    def open(cls, directory: Path) -> Graph:
        """Open an on-disk store for reading; several processes may do so at once."""
        return cls(ox.Store.read_only(str(directory)))

    @property
    def store(self) -> ox.Store:
        """The store itself, for the modules of this package."""
        return self._store

    def __contains__(self, iri: str) -> bool:
        """Whether anything is said about ``iri``."""
        return next(iter(self.quads(iri)), None) is not None

    def iris(self, subject: str, predicate: str) -> list[str]:
        """The IRIs that ``subject`` has for ``predicate``, sorted."""
        objects = (triple.object for triple in self.quads(subject, predicate))
        return sorted({o.value for o in objects if isinstance(o, ox.NamedNode)})

    def iri(self, subject: str, predicate: str) -> str | None:
        """The first of :meth:`iris`, or None."""
        return next(iter(self.iris(subject, predicate)), None)

    def literals(self, subject: str, predicate: str) -> list[Text]:
        """The literals that ``subject`` has for ``predicate``, sorted by language and value."""
        found = {_text(t.object) for t in self.quads(subject, predicate) if isinstance(t.object, ox.Literal)}
        return sorted(found, key=lambda text: (text.language or "", text.value))

    def value(self, subject: str, predicate: str) -> str | None:
        """The lexical form of the first literal, or None."""
        return next((text.value for text in self.literals(subject, predicate)), None)

    def integer(self, subject: str, predicate: str) -> int | None:
        """The first literal as an integer, or None where there is none."""
        value = self.value(subject, predicate)
        return int(value) if value is not None else None

    def texts(self, subject: str, predicate: str) -> dict[str, str]:
        """The texts by language tag (``und`` where untagged); the first in each language."""
        found: dict[str, str] = {}
        for text in self.literals(subject, predicate):
            found.setdefault(text.language or "und", text.value)
        return found

    def subjects(self, predicate: str, object_: str) -> list[str]:
        """The IRIs that have the IRI ``object_`` for ``predicate``, sorted."""
        triples = self.quads_to(object_, predicate)
        return sorted({triple.subject.value for triple in triples if isinstance(triple.subject, ox.NamedNode)})

    def instances(self, class_iri: str) -> list[str]:
        """The IRIs with ``class_iri`` as a stated type, sorted."""
        return self.subjects(_TYPE, class_iri)

    def types(self, subject: str) -> list[str]:
        """The stated types of ``subject``, sorted."""
        return self.iris(subject, _TYPE)

    def labels(self, iri: str) -> dict[str, str]:
        """The preferred labels of ``iri`` by language tag."""
        for predicate in _LABELS:
            if found := self.texts(iri, predicate.value):
                return found
        return {}

    def _label(self, iri: str, languages: Sequence[str] = ("en",)) -> tuple[str, str]:
        """The label of ``iri`` for a reader of ``languages`` (a tuple), and its language; else the IRI's last part."""
        found = choose(self.labels(iri), languages)
        return found or (iri.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1], "und")

    def statements(self, subject: str) -> Iterator[Statement]:
        """Every distinct triple with this subject, in a stable order; none that only repeats another in other words."""
        seen = {(q.predicate.value, _term(q.object)) for q in self.quads(subject) if self.is_said(q)}
        for predicate, object_ in sorted(seen, key=lambda pair: (pair[0], str(pair[1]))):
            yield Statement(subject, predicate, object_)

    @cached_property
    def stated_graphs(self) -> list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]:
        """The named graphs but for the one of what was inferred."""
        return [name for name in self._store.named_graphs() if not iri_of(name).endswith(INFERRED)]

    def is_said(self, quad: ox.Quad) -> bool:
        """Whether a quad is stated or of our own terms, and not just another vocabulary's words for what is stated."""
        return quad.predicate.value.startswith(IHUB) or not iri_of(quad.graph_name).endswith(INFERRED)

    def referring_counts(self, object_: str) -> dict[str, int]:
        """How many others refer to the IRI ``object_``, by predicate; an entity's own parts are no others.

        What was inferred counts for our own terms only: the rest repeats what is stated in other vocabularies' words.
        """
        target = ox.NamedNode(object_)
        counts = self._count(f"?s ?p {target}", self.stated_graphs)
        inferred = self._count(f"?s ?p {target}", None)
        for predicate in [name for name in inferred if name.startswith(IHUB)]:
            counts[predicate] = inferred[predicate]
        own_parts = (q.object.value for q in self.quads(object_) if isinstance(q.object, ox.NamedNode))
        if any(part.startswith(object_ + "#") for part in own_parts):
            own = f'FILTER(STRSTARTS(STR(?s), "{object_}#"))'
            for predicate, count in self._count(f"?s ?p {target} {own}", None).items():
                counts[predicate] = counts.get(predicate, count) - count
        return {predicate: counts[predicate] for predicate in sorted(counts) if counts[predicate] > 0}

    def _count(
        self, pattern: str, graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None
    ) -> dict[str, int]:
        query = f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {pattern} }} GROUP BY ?p"
        rows = self._store.query(query, default_graph=graphs, use_default_graph_as_union=graphs is None)
        return {row["p"].value: int(row["n"].value) for row in rows}  # type: ignore[union-attr]

    def referring_page(self, object_: str, counts: Mapping[str, int], offset: int, limit: int) -> list[Statement]:
        """Up to ``limit`` of the statements that ``counts`` counts (:meth:`referring_counts`), after ``offset`` others.

        They come by predicate and subject. Where a predicate has very many subjects these come in the store's own
        order: as stable, and found without reading them all.
        """
        found: list[Statement] = []
        for predicate, count in counts.items():
            if offset < count and len(found) < limit:
                subjects = self._subjects(predicate, object_, sort=count <= _SORTED_AT_MOST)
                window = islice(subjects, offset, offset + limit - len(found))
                found += [Statement(subject, predicate, object_) for subject in window]
            offset = max(0, offset - count)
        return found

    def _subjects(self, predicate: str, object_: str, *, sort: bool) -> Iterator[str]:
        said = (iri_of(quad.subject) for quad in self.quads_to(object_, predicate) if self.is_said(quad))
        # A triple that stands in several graphs comes several times in a row: the index ends with the graph.
        subjects = (subject for subject, _ in groupby(said) if not subject.startswith(object_ + "#"))
        return iter(sorted(set(subjects))) if sort else subjects

    def parts(self, iri: str) -> list[str]:
        """The IRIs of the entity's parts: objects reachable from it whose IRI is a fragment of its own."""
        found: list[str] = []
        waiting = [iri]
        while waiting:
            for triple in self.quads(waiting.pop()):
                part = triple.object
                if isinstance(part, ox.NamedNode) and part.value.startswith(iri + "#") and part.value not in found:
                    found.append(part.value)
                    waiting.append(part.value)
        return sorted(found)

    def quads(self, subject: str, predicate: str | None = None) -> Iterator[ox.Quad]:
        """The quads with this subject, and this predicate if one is given."""
        if predicate is None:
            return self._store.quads_for_pattern(ox.NamedNode(subject), None, None, None)
        # Who asks for one property of a thing mostly asks for more of them: a look-up takes longer than reading on.
        return iter(self._described(subject).get(predicate, ()))

    def _by_predicate(self, subject: str) -> dict[str, list[ox.Quad]]:
        found: dict[str, list[ox.Quad]] = {}
        for quad in self.quads(subject):
            found.setdefault(quad.predicate.value, []).append(quad)
        return found

    def quads_to(self, object_: str, predicate: str) -> Iterator[ox.Quad]:
        """The quads with this predicate and this IRI as object."""
        return self._store.quads_for_pattern(None, ox.NamedNode(predicate), ox.NamedNode(object_), None)

    def prefetch(self, iris: Iterable[str]) -> None:
        """Say that these subjects will be looked up soon: a graph behind a network fetches them in one go."""


def _text(literal: ox.Literal) -> Text:
    return Text(literal.value, literal.language, literal.datatype.value)


def _term(term: object) -> str | Text:
    return _text(term) if isinstance(term, ox.Literal) else iri_of(term)
