"""From a document in normal form to its quads, through the shared JSON-LD context."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ontology.load import context
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.documents import Document

__all__ = ["document_quads", "graph_name", "read_turtle"]

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_MINUTES = ox.NamedNode(IHUB + "minutes")
_TIME_REQUIRED = ox.NamedNode(SCHEMA + "timeRequired")
_DURATION = ox.NamedNode(PREFIXES["xsd"] + "duration")
_EXAMPLE_OF_WORK = ox.NamedNode(SCHEMA + "exampleOfWork")
_WORK_EXAMPLE = ox.NamedNode(SCHEMA + "workExample")
_SCENARIO_WORK = ox.NamedNode(IHUB + "ScenarioWork")
_COLLECTION = ox.NamedNode(IHUB + "collection")


def graph_name(collection: str, id_base: str) -> ox.NamedNode:
    """Return the named graph of a collection: the collection's own IRI."""
    return ox.NamedNode(f"{id_base}collection/{collection}")


def document_quads(document: Document, graph: ox.NamedNode, id_base: str) -> list[ox.Quad]:
    """Return the quads of a document in ``graph``, with the few that follow from others by rule.

    Those are: the ISO 8601 duration beside the number of minutes (never a media duration), the type of the work that a
    scenario is an example of, and the collection that holds the entity.

    Raises:
        DocumentError: The document cannot be read as JSON-LD.
    """
    text = f'{{"@context":{_context_json()},{document.json[1:]}'
    try:
        triples = list(ox.parse(text.encode(), format=ox.RdfFormat.JSON_LD, base_iri=id_base))
    except (SyntaxError, ValueError) as error:
        raise document.error(f"is not readable JSON-LD: {error}") from error
    quads = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples]
    if any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object)):
        raise document.error("holds a nested description without an identifier")
    return [*quads, *_derived(quads, ox.NamedNode(id_base + document.identifier), graph)]


def _derived(quads: list[ox.Quad], entity: ox.NamedNode, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    for quad in quads:
        if quad.predicate == _MINUTES and isinstance(quad.object, ox.Literal) and quad.object.value.isdigit():
            duration = ox.Literal(f"PT{quad.object.value}M", datatype=_DURATION)
            yield ox.Quad(quad.subject, _TIME_REQUIRED, duration, graph)
        elif quad.predicate == _EXAMPLE_OF_WORK and isinstance(quad.object, ox.NamedNode):
            yield ox.Quad(quad.object, _TYPE, _SCENARIO_WORK, graph)
            yield ox.Quad(quad.object, _WORK_EXAMPLE, quad.subject, graph)
    if entity != graph:
        yield ox.Quad(entity, _COLLECTION, graph, graph)


@lru_cache(maxsize=1)
def _context_json() -> str:
    return json.dumps(context(), separators=(",", ":"))


def read_turtle(path: Path, graph: ox.NamedNode, id_base: str) -> list[ox.Quad]:
    """Return the triples of a Turtle file in ``graph``; relative IRIs resolve against ``id_base``."""
    triples = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=id_base)
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples]
