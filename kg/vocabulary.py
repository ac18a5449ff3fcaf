"""The vocabularies as data: their quads, and concepts found by label, synonym, notation or IRI in any language."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from kg.terms import iri_of
from kg.triples import graph_name, read_turtle
from ontology.language import read_as
from ontology.load import ontology_files, vocabulary_files
from ontology.namespaces import ONTOLOGY_IRI, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["ConceptIndex", "ConceptLabel", "fold", "model_graph_name", "model_quads", "vocabulary_quads"]

_SKOS: Final = PREFIXES["skos"]
_LABELS: Final = {ox.NamedNode(_SKOS + name): name for name in ("prefLabel", "altLabel", "hiddenLabel", "notation")}
_EXACT: Final = ox.NamedNode(_SKOS + "exactMatch")
_CLOSE: Final = ox.NamedNode(_SKOS + "closeMatch")
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")


def vocabulary_quads(id_base: str) -> list[ox.Quad]:
    """Return the quads of every vocabulary, in the graph ``collection/vocabularies``."""
    graph = graph_name("vocabularies", id_base)
    return [quad for path in vocabulary_files() for quad in read_turtle(path, graph, id_base)]


def model_graph_name() -> ox.NamedNode:
    """Return the graph of the ontology: the ontology's own IRI."""
    return ox.NamedNode(ONTOLOGY_IRI)


def model_quads(id_base: str) -> list[ox.Quad]:
    """Return the quads of the ontology and its alignments, in the ontology's own graph.

    Class expressions and lists have no names of their own; they get IRIs (RDF 1.1 Concepts, section 3.5) from their
    canonical labels (RDF Dataset Canonicalization 1.0), so that the same ontology always gives the same quads.
    """
    graph = model_graph_name()
    dataset = ox.Dataset(quad for path in ontology_files() for quad in read_turtle(path, graph, id_base))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    genid = id_base.removesuffix("id/") + ".well-known/genid/"

    def named(term: ox.NamedNode | ox.BlankNode) -> ox.NamedNode:
        return ox.NamedNode(genid + term.value) if isinstance(term, ox.BlankNode) else term

    return [
        ox.Quad(named(q.subject), q.predicate, q.object if isinstance(q.object, ox.Literal) else named(q.object), graph)
        for q in dataset
    ]


def fold(text: str) -> str:
    """Return ``text`` in the form in which labels are compared: no case, no punctuation, single spaces.

    >>> fold("  Arts_and-Crafts ")
    'arts and crafts'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", " ", folded).strip()


class ConceptLabel(NamedTuple):
    """A word for a concept: as written, its language tag ("" for a notation) and the property that gives it."""

    text: str
    language: str
    kind: str


class ConceptIndex:
    """Finds concepts of a class by any of their labels, their notation or IRI, or the IRI of a concept that they match.

    Args:
        quads: The vocabularies' quads.
    """

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._classes: dict[str, set[str]] = defaultdict(set)
        self._labels: dict[str, list[ConceptLabel]] = defaultdict(list)
        self._by_label: dict[str, set[str]] = defaultdict(set)
        self._by_match: dict[ox.NamedNode, dict[str, set[str]]] = {_EXACT: defaultdict(set), _CLOSE: defaultdict(set)}
        for quad in quads:
            subject = iri_of(quad.subject)
            if quad.predicate == _TYPE:
                self._classes[iri_of(quad.object)].add(subject)
            elif quad.predicate in _LABELS and isinstance(quad.object, ox.Literal):
                label = ConceptLabel(quad.object.value, quad.object.language or "", _LABELS[quad.predicate])
                self._labels[subject].append(label)
                self._by_label[fold(label.text)].add(subject)
            elif quad.predicate in self._by_match:
                self._by_match[quad.predicate][_bare(iri_of(quad.object))].add(subject)

    def members(self, class_iri: str) -> frozenset[str]:
        """Return the IRIs of the concepts of a class."""
        return frozenset(self._classes.get(class_iri, ()))

    def has(self, text: str, class_iri: str) -> bool:
        """Whether ``text`` is the IRI of a concept of this class, whole or relative to the deployment's."""
        members = self._classes.get(class_iri, set())
        return text in members or any(iri.endswith("/id/" + text) for iri in members)

    def labels(self, concept: str) -> Sequence[ConceptLabel]:
        """Return the words for a concept, in no particular order."""
        return self._labels.get(concept, ())

    def find(self, text: str, class_iri: str, languages: Sequence[str] = ()) -> str | None:
        """Return the concept of ``class_iri`` that ``text`` names, or None when none or several do."""
        found = self.named(text, class_iri, languages)
        return found[0] if len(found) == 1 else None

    def named(self, text: str, class_iri: str, languages: Sequence[str] = ()) -> list[str]:
        """Return the concept of ``class_iri`` that ``text`` names: none, one, or several that match each other exactly.

        A word that names several is decided by the language of the text around it, then by the concept that has it as
        preferred label. What that does not decide is not guessed.

        Args:
            text: A label, a notation, an IRI (also relative to the deployment's, also of a matching foreign concept).
            class_iri: The class of the concept.
            languages: Language tags of the text in which the word stands.
        """
        members = self._classes.get(class_iri, set())
        if by_iri := self._by_iri(text.strip(), members):
            return by_iri
        folded = fold(text)
        found = self._by_label.get(folded, set()) & members
        if len(found) > 1:
            readers = {read_as(tag) for tag in languages}
            found = self._labelled(found, folded, lambda label: read_as(label.language) in readers) or found
        if len(found) > 1:
            preferred = self._labelled(found, folded, lambda label: label.kind == "prefLabel")
            found = preferred if len(preferred) == 1 else found
        return sorted(found) if len(found) == 1 or self._match_exactly(found) else []

    def ambiguous(self, text: str, class_iri: str) -> list[str]:
        """Return the concepts of ``class_iri`` that ``text`` names when there are several, else nothing."""
        found = self._by_label.get(fold(text), set()) & self._classes.get(class_iri, set())
        return sorted(found) if len(found) > 1 else []

    def _by_iri(self, text: str, members: set[str]) -> list[str]:
        if text in members:
            return [text]
        if "/" not in text:
            return []
        if relative := [iri for iri in members if iri.endswith("/id/" + text)]:
            return relative
        matching = [match.get(_bare(text), set()) & members for match in self._by_match.values()]
        return next((sorted(found) for found in matching if len(found) == 1), [])

    def _labelled(self, concepts: Iterable[str], folded: str, wanted: Callable[[ConceptLabel], bool]) -> set[str]:
        """Return those of ``concepts`` that have the folded label in a wanted way."""

        def has(concept: str) -> bool:
            return any(fold(label.text) == folded and wanted(label) for label in self.labels(concept))

        return {concept for concept in concepts if has(concept)}

    def _match_exactly(self, concepts: set[str]) -> bool:
        exact = self._by_match[_EXACT]
        return len(concepts) > 1 and all(
            one in exact.get(_bare(other), ()) or other in exact.get(_bare(one), ())
            for one in concepts
            for other in concepts - {one}
        )


def _bare(iri: str) -> str:
    """Return an IRI as far as it tells concepts apart: sources write one with http or https, a slash or none."""
    return iri.removeprefix("https://").removeprefix("http://").rstrip("/")
