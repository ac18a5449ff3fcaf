"""The vocabularies as data: their quads, and concepts found by label, synonym, notation or IRI in any language."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.terms import iri_of
from kg.triples import graph_name, read_turtle
from ontology.load import ontology_files, vocabulary_files
from ontology.namespaces import ONTOLOGY_IRI, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ConceptIndex", "fold", "model_graph_name", "model_quads", "vocabulary_quads"]

_SKOS: Final = PREFIXES["skos"]
_LABELS: Final = frozenset(ox.NamedNode(_SKOS + name) for name in ("prefLabel", "altLabel", "hiddenLabel", "notation"))
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


class ConceptIndex:
    """Finds concepts of a class by any of their labels.

    Args:
        quads: The vocabularies' quads.
    """

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        classes: dict[str, set[str]] = defaultdict(set)
        labels: list[tuple[str, str]] = []
        for quad in quads:
            if quad.predicate == _TYPE:
                classes[iri_of(quad.object)].add(iri_of(quad.subject))
            elif quad.predicate in _LABELS and isinstance(quad.object, ox.Literal):
                labels.append((fold(quad.object.value), iri_of(quad.subject)))
        by_label: dict[str, set[str]] = defaultdict(set)
        for label, iri in labels:
            by_label[label].add(iri)
        self._classes = dict(classes)
        self._by_label = dict(by_label)

    def find(self, text: str, class_iri: str) -> str | None:
        """Return the concept of ``class_iri`` that ``text`` names, or None when none or several do."""
        members = self._classes.get(class_iri, set())
        if text in members:
            return text
        found = self._by_label.get(fold(text), set()) & members
        return next(iter(found)) if len(found) == 1 else None
