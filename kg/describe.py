"""Descriptions: the bounded set of triples that an entity's documents hold, and their serialisation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.framing import frame
from kg.xml_text import without_invalid
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    import datetime as dt

    from kg.graph import Graph, Statement
    from kg.history import EntityHistory
    from kg.media_types import RdfMediaType

__all__ = ["INVERSE_LINKS", "Description", "describe", "describe_withdrawn", "serialise"]

INVERSE_LINKS: Final = 100
"""Statements about an entity by others that one page of its description holds at most."""

_WITHDRAWN_ON: Final = IHUB + "withdrawnOn"
_LABELS: Final = tuple(
    ox.NamedNode(iri) for iri in (PREFIXES["skos"] + "prefLabel", SCHEMA + "name", PREFIXES["dcterms"] + "title")
)


@dataclass(frozen=True)
class Description:
    """One page of what is said about an entity.

    Attributes:
        iri: The entity.
        triples: What the page holds, sorted, without blank nodes: on the first page what the entity and its parts say
            of themselves; on every page some of the statements by others, and labels of all that is mentioned.
        page: Its number, from 1.
        pages: How many there are; at least 1.
        inverse: The statements by others on this page.
        inverse_total: How many there are on all pages.
    """

    iri: str
    triples: list[ox.Triple]
    page: int
    pages: int
    inverse: list[Statement]
    inverse_total: int


def describe(graph: Graph, iri: str, page: int = 1) -> Description:
    """Return a page of the description of ``iri``; one beyond the last holds labels only.

    Args:
        graph: The graph to read.
        iri: The entity.
        page: Number of the page, from 1. The entity's own statements are on the first.
    """
    counts = graph.referring_counts(iri)
    total = sum(counts.values())
    inverse = graph.referring_page(iri, counts, (page - 1) * INVERSE_LINKS, INVERSE_LINKS)
    triples: set[ox.Triple] = set()
    if page == 1:
        for subject in (iri, *graph.parts(iri)):
            triples.update(quad.triple for quad in graph.quads(subject))
    entity = ox.NamedNode(iri)
    triples.update(ox.Triple(ox.NamedNode(s.subject), ox.NamedNode(s.predicate), entity) for s in inverse)
    mentioned = {term for t in triples for term in (t.subject, t.object) if isinstance(term, ox.NamedNode)}
    neighbours = {term.value for term in mentioned | {entity}}
    graph.prefetch(neighbours)
    for neighbour in neighbours:
        for predicate in _LABELS:
            triples.update(quad.triple for quad in graph.quads(neighbour, predicate.value))
    return Description(iri, sorted(triples, key=str), page, max(1, -(-total // INVERSE_LINKS)), inverse, total)


def describe_withdrawn(iri: str, history: EntityHistory) -> Description:
    """Return what is still said of a withdrawn entity: what it was called, when it was there and why it went."""
    entity = ox.NamedNode(iri)
    said: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (PREFIXES["rdf"] + "type", ox.NamedNode(PREFIXES["prov"] + "Entity")),
        (PREFIXES["prov"] + "generatedAtTime", _time(history.created)),
    ]
    said += [(SCHEMA + "name", _tagged(text, tag)) for tag, text in history.title.items()]
    if history.deleted:
        said += [(name, _time(history.deleted)) for name in (PREFIXES["prov"] + "invalidatedAtTime", _WITHDRAWN_ON)]
    if history.reason:
        said.append((PREFIXES["skos"] + "changeNote", ox.Literal(history.reason, language="en")))
    triples = [ox.Triple(entity, ox.NamedNode(predicate), value) for predicate, value in said]
    return Description(iri, sorted(triples, key=str), 1, 1, [], 0)


def _time(moment: dt.datetime) -> ox.Literal:
    text = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    return ox.Literal(text, datatype=ox.NamedNode(PREFIXES["xsd"] + "dateTime"))


def _tagged(text: str, tag: str) -> ox.Literal:
    return ox.Literal(text) if tag in {"", "und"} else ox.Literal(text, language=tag)


def serialise(description: Description, media_type: RdfMediaType, context_address: str) -> bytes:
    """Return ``description`` in the serialisation of ``media_type``, with our prefixes.

    Args:
        description: What to write.
        media_type: The serialisation.
        context_address: Where the JSON-LD context is published.
    """
    triples = description.triples
    if media_type.suffix == "jsonld":
        document = frame(triples, description.iri, context_address)
        return json.dumps(document, ensure_ascii=False, indent=1).encode()
    if media_type.suffix in {"nt", "nq"}:
        return ox.serialize(triples, format=media_type.format) or b""
    terms = {namespace for triple in triples for namespace in _namespaces(triple)}
    prefixes = {name: namespace for name, namespace in PREFIXES.items() if namespace in terms}
    text = ox.serialize(triples, format=media_type.format, prefixes=prefixes) or b""
    return without_invalid(text.decode()).encode() if media_type.suffix == "rdf" else text


def _namespaces(triple: ox.Triple) -> list[str]:
    """Return what stands before the local names of a triple's IRIs."""
    datatype = triple.object.datatype if isinstance(triple.object, ox.Literal) else None
    terms = (triple.subject, triple.predicate, triple.object, datatype)
    iris = [term.value for term in terms if isinstance(term, ox.NamedNode)]
    return [iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in iris]
