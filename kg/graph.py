"""Reading a graph: the few look-ups that pages, exports and the search index need, over any pyoxigraph store.

IRIs are plain strings here and texts are dictionaries by language tag, so that callers need no RDF library.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from kg.terms import iri_of
from ontology.language import choose
from ontology.namespaces import PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Graph", "Statement", "Text"]

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

    Args:
        store: The store to read; it is never written to.
    """

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self.label = lru_cache(maxsize=65536)(self._label)

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
        return next(iter(self._quads(iri)), None) is not None

    def iris(self, subject: str, predicate: str) -> list[str]:
        """The IRIs that ``subject`` has for ``predicate``, sorted."""
        objects = (quad.object for quad in self._quads(subject, predicate))
        return sorted({o.value for o in objects if isinstance(o, ox.NamedNode)})

    def iri(self, subject: str, predicate: str) -> str | None:
        """The first of :meth:`iris`, or None."""
        return next(iter(self.iris(subject, predicate)), None)

    def literals(self, subject: str, predicate: str) -> list[Text]:
        """The literals that ``subject`` has for ``predicate``, sorted by language and value."""
        found = {_text(q.object) for q in self._quads(subject, predicate) if isinstance(q.object, ox.Literal)}
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
        quads = self._store.quads_for_pattern(None, ox.NamedNode(predicate), ox.NamedNode(object_), None)
        return sorted({quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)})

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
        """Every distinct triple with this subject, in a stable order."""
        seen = {(q.predicate.value, _term(q.object)) for q in self._quads(subject)}
        for predicate, object_ in sorted(seen, key=lambda pair: (pair[0], str(pair[1]))):
            yield Statement(subject, predicate, object_)

    def referring(self, object_: str) -> Iterator[Statement]:
        """Every distinct triple with this object, in a stable order."""
        quads = self._store.quads_for_pattern(None, None, ox.NamedNode(object_), None)
        for subject, predicate in sorted({(iri_of(q.subject), q.predicate.value) for q in quads}):
            yield Statement(subject, predicate, object_)

    def parts(self, iri: str) -> list[str]:
        """The IRIs of the entity's parts: objects reachable from it whose IRI is a fragment of its own."""
        found: list[str] = []
        waiting = [iri]
        while waiting:
            for quad in self._quads(waiting.pop()):
                part = quad.object
                if isinstance(part, ox.NamedNode) and part.value.startswith(iri + "#") and part.value not in found:
                    found.append(part.value)
                    waiting.append(part.value)
        return sorted(found)

    def _quads(self, subject: str, predicate: str | None = None) -> Iterator[ox.Quad]:
        node = ox.NamedNode(predicate) if predicate else None
        return self._store.quads_for_pattern(ox.NamedNode(subject), node, None, None)


def _text(literal: ox.Literal) -> Text:
    return Text(literal.value, literal.language, literal.datatype.value)


def _term(term: object) -> str | Text:
    return _text(term) if isinstance(term, ox.Literal) else iri_of(term)
