"""Descriptions: the bounded set of triples that an entity's documents hold, and their serialisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from ontology.namespaces import PREFIXES, SCHEMA

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.media_types import RdfMediaType

__all__ = ["describe", "serialise"]

INVERSE_LINKS: Final = 100
"""Statements about an entity by others that its description holds at most."""

_LABELS: Final = (PREFIXES["skos"] + "prefLabel", SCHEMA + "name", PREFIXES["dcterms"] + "title")


def describe(graph: Graph, iri: str) -> list[ox.Triple]:
    """Return the triples about ``iri`` and its parts, the first statements of others about it, and neighbours' labels.

    The result is sorted and holds no blank node.
    """
    store = graph.store
    triples: set[ox.Triple] = set()
    for subject in (iri, *graph.parts(iri)):
        triples.update(quad.triple for quad in store.quads_for_pattern(ox.NamedNode(subject), None, None, None))
    for statement, _ in zip(graph.referring(iri), range(INVERSE_LINKS), strict=False):
        triples.add(ox.Triple(ox.NamedNode(statement.subject), ox.NamedNode(statement.predicate), ox.NamedNode(iri)))
    for neighbour in {term for t in triples for term in (t.subject, t.object) if isinstance(term, ox.NamedNode)}:
        for predicate in _LABELS:
            found = store.quads_for_pattern(neighbour, ox.NamedNode(predicate), None, None)
            triples.update(quad.triple for quad in found)
    return sorted(triples, key=str)


def serialise(triples: list[ox.Triple], media_type: RdfMediaType) -> bytes:
    """Return ``triples`` in the serialisation of ``media_type``, with our prefixes."""
    prefixes = {name: namespace for name, namespace in PREFIXES.items() if any(namespace in str(t) for t in triples)}
    return ox.serialize(triples, format=media_type.format, prefixes=prefixes) or b""
