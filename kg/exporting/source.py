"""What exporters read: a scenario's stated fields by the keys of documents, and the labels of what they name."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from kg.graph import INFERRED
from kg.terms import iri_of
from ontology.language import choose
from ontology.load import context
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["Concept", "Source", "key_of"]

_DIGITS: Final = re.compile(r"\d+")
_SKOS: Final = PREFIXES["skos"]
_STEPS_UP: Final = 8  # no hierarchy here is that deep; a loop in one must not hang an export


class Concept(NamedTuple):
    """A concept or another entity that a field names: its IRI and its labels by language."""

    iri: str
    labels: dict[str, str]


class Source:
    """One scenario, or one part of it, read by the keys of documents (``ontology/context.jsonld``).

    Only what is stated is read: what the build inferred is left to those who have the model.

    Args:
        graph: The graph that holds it.
        iri: The scenario or the part.
        whole: The scenario that a part belongs to.
    """

    def __init__(self, graph: Graph, iri: str, whole: Source | None = None) -> None:
        self.graph = graph
        self.iri = iri
        self.whole = whole or self
        self._parts: dict[str, Source] = {}

    @cached_property
    def _fields(self) -> dict[str, list[ox.NamedNode | ox.Literal]]:
        found: dict[str, set[ox.NamedNode | ox.Literal]] = defaultdict(set)
        keys = _keys()
        for quad in self.graph.quads(self.iri):
            stated = not (isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value.endswith(INFERRED))
            key = keys.get(quad.predicate.value)
            if key and stated and isinstance(quad.object, ox.NamedNode | ox.Literal):
                found[key].add(quad.object)
        return {key: sorted(values, key=_place) for key, values in found.items()}

    @property
    def fields(self) -> set[str]:
        """The keys that have a value."""
        return set(self._fields)

    def texts(self, key: str) -> dict[str, list[str]]:
        """The texts by language tag, ``und`` where untagged."""
        found: dict[str, list[str]] = {}
        for term in self._fields.get(key, ()):
            if isinstance(term, ox.Literal):
                found.setdefault(term.language or "und", []).append(term.value)
        return found

    def first_texts(self, key: str) -> dict[str, str]:
        """The first text in each language, by language tag."""
        return {tag: texts[0] for tag, texts in self.texts(key).items()}

    def text(self, key: str) -> str | None:
        """The text in the language of the scenario, else in the one that suits its readers best."""
        chosen = choose(self.first_texts(key), self.whole.languages)
        return chosen[0] if chosen else None

    def values(self, key: str) -> list[str]:
        """The lexical forms of literals and the IRIs, in order."""
        return [term.value for term in self._fields.get(key, ())]

    def value(self, key: str) -> str | None:
        """The first of :meth:`values`."""
        return next(iter(self.values(key)), None)

    def iris(self, key: str) -> list[str]:
        """The IRIs, in order."""
        return [term.value for term in self._fields.get(key, ()) if isinstance(term, ox.NamedNode)]

    def parts(self, key: str) -> list[Source]:
        """The parts under a key, in the order of their positions or numbers."""
        parts = [self._part(iri) for iri in self.iris(key)]
        return sorted(parts, key=lambda part: int(part.value("position") or 0))

    def _part(self, iri: str) -> Source:
        if iri not in self._parts:
            self._parts[iri] = Source(self.graph, iri, self.whole)
        return self._parts[iri]

    def concepts(self, key: str) -> list[Concept]:
        """What the IRIs under a key stand for."""
        return [self.concept(iri) for iri in self.iris(key)]

    def concept(self, iri: str) -> Concept:
        """What an IRI stands for, with its labels."""
        return Concept(iri, self.graph.labels(iri))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of the scenario's text."""
        return tuple(self.values("inLanguage")) or tuple(self.texts("name"))

    def scheme(self, iri: str) -> Concept | None:
        """The vocabulary that holds a concept."""
        found = self.graph.iri(iri, _SKOS + "inScheme")
        return self.concept(found) if found else None

    def ancestors(self, iri: str) -> list[str]:
        """The concept and those above it, the nearest first."""
        line = [iri]
        while len(line) < _STEPS_UP:
            above = [up for up in self.graph.iris(line[-1], _SKOS + "broader") if up not in line]
            if not above:
                break
            line.append(above[0])
        return line

    def matches(self, iri: str, prefix: str, *, upwards: bool = False) -> list[Concept]:
        """The concepts of another vocabulary that mean the same, each with our labels.

        Args:
            iri: Our concept.
            prefix: How the IRIs of the other vocabulary begin.
            upwards: Whether a broader concept's match will do where the concept has none.
        """
        for concept in self.ancestors(iri) if upwards else [iri]:
            for relation in ("exactMatch", "closeMatch"):
                found = [m for m in self.graph.iris(concept, _SKOS + relation) if m.startswith(prefix)]
                if found:
                    return [Concept(match, self.graph.labels(concept)) for match in found]
        return []


def key_of(property_iri: str) -> str | None:
    """Return the key of documents that stands for a property, or None."""
    return _keys().get(property_iri)


@lru_cache(maxsize=1)
def _keys() -> dict[str, str]:
    keys = {}
    for key, definition in context().items():
        target = definition.get("@id", "") if isinstance(definition, dict) else definition
        prefix, _, local = str(target).partition(":")
        if key not in PREFIXES and key[0].islower() and prefix in PREFIXES:
            keys[PREFIXES[prefix] + local] = key
    return keys


def _place(term: ox.NamedNode | ox.Literal) -> tuple[int, str, tuple[int, ...], str]:
    """Links before texts, texts by language; ``#activity-10`` after ``#activity-9``."""
    if isinstance(term, ox.NamedNode):
        numbers = tuple(int(digits) for digits in _DIGITS.findall(iri_of(term).partition("#")[2]))
        return 0, iri_of(term).partition("#")[0], numbers, term.value
    return 1, term.language or "", (), term.value
