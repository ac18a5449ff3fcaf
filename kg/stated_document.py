"""A published entity as the document that it was made from: what a collection states, without what a build adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.documents import PART_TYPES
from kg.framing import frame
from kg.graph import INFERRED
from kg.terms import iri_of
from ontology.load import context

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["listed", "stated_document"]

_BUILT: Final = frozenset({"collection"})
"""Keys whose values the build writes."""


def stated_document(graph: Graph, iri: str, id_base: str) -> dict[str, Any]:
    """Return the document of an entity, in normal form but for lists of one value, which are that value.

    The order within lists of values is that of the values; parts are in the order of their positions or numbers.

    Args:
        graph: The graph that holds the entity.
        iri: The entity.
        id_base: Base of the entities' IRIs, which the document's identifiers leave out.
    """
    triples = [
        ox.Triple(quad.subject, quad.predicate, quad.object)
        for subject in [iri, *graph.parts(iri)]
        for quad in graph.quads(subject)
        if not iri_of(quad.graph_name).endswith(INFERRED)
    ]
    return _relative(frame(triples, iri, ""), id_base)


def listed(value: Any) -> list[Any]:
    """Return a value of a document as a list: of one where it is no list, of none for None."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _relative(node: dict[str, Any], id_base: str) -> dict[str, Any]:
    terms, found = context(), {}
    for key, value in node.items():
        if key not in terms or key.startswith("@") or key in _BUILT:
            continue
        if key in PART_TYPES:
            parts = listed(value)
            found[key] = [_relative(part, id_base) if isinstance(part, dict) else part for part in parts]
            found[key].sort(key=lambda part: part.get("position", 0) if isinstance(part, dict) else 0)
        elif key == "id" or (isinstance(terms[key], dict) and terms[key].get("@type") == "@id"):
            links = [link.removeprefix(id_base) for link in listed(value)]
            found[key] = links if isinstance(value, list) else links[0]
        else:
            found[key] = value
    return found
