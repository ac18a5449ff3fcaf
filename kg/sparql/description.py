"""The service description (SPARQL 1.1 Service Description): what the endpoint speaks, and which graphs it has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from kg.sparql.formats import GRAPH_FORMATS, TABLE_FORMATS, formats_for, named_format
from kg.sparql.messages import Answer, QueryRequest, digest
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.sparql.client import SparqlService

__all__ = ["describe"]

_SD: Final = PREFIXES["sd"]
_VOID: Final = PREFIXES["void"]
_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_XSD_INTEGER: Final = NamedNode(PREFIXES["xsd"] + "integer")
_GRAPHS: Final = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
_ABOUT: Final = (
    "CONSTRUCT { ?g ?p ?o } WHERE { { SELECT DISTINCT ?g WHERE { GRAPH ?g { ?a ?b ?c } } } GRAPH ?d { ?g ?p ?o } }"
)


def describe(service: SparqlService, endpoint: str, name: str) -> Answer:
    """Describe the service.

    The graphs are counted by a query, whose answer the service keeps for as long as its release is served.

    Args:
        service: The service to describe and to ask.
        endpoint: Address of the endpoint, which is the IRI of the service too.
        name: Name of an RDF format.

    Raises:
        SparqlError: The service does not answer.

    """
    row = named_format(name, "CONSTRUCT") or formats_for("CONSTRUCT")[0]
    graphs = json.loads(service.execute(QueryRequest(_GRAPHS)).body)["results"]["bindings"]
    counts = [(graph["g"]["value"], int(graph["n"]["value"])) for graph in graphs]
    about = service.execute(QueryRequest(_ABOUT, "nt")).body
    triples = [*_service(endpoint, union=service.union_default), *_dataset(endpoint, counts)]
    triples += [quad.triple for quad in parse(about, RdfFormat.N_TRIPLES)]
    prefixes = {prefix: PREFIXES[prefix] for prefix in ("sd", "void", "dcterms", "dcat", "prov")}
    body = serialize(triples, format=row.serializer, prefixes=prefixes)  # type: ignore[arg-type]  # an RDF format
    return Answer(body or b"", row.name, "graph", len(triples), 0.0, digest(service.release, endpoint, row.name).hex())


def _service(endpoint: str, *, union: bool) -> Iterator[Triple]:
    service = NamedNode(endpoint)

    def says(property_: str, value: str) -> Triple:
        return Triple(service, NamedNode(_SD + property_), NamedNode(value))

    yield Triple(service, _TYPE, NamedNode(_SD + "Service"))
    yield says("endpoint", endpoint)
    yield says("supportedLanguage", _SD + "SPARQL11Query")
    if union:
        yield says("feature", _SD + "UnionDefaultGraph")
    for row in (*TABLE_FORMATS, *GRAPH_FORMATS):
        yield says("resultFormat", row.iri)
    yield says("defaultDataset", endpoint + "#dataset")


def _dataset(endpoint: str, counts: list[tuple[str, int]]) -> Iterator[Triple]:
    dataset, default = NamedNode(endpoint + "#dataset"), NamedNode(endpoint + "#default-graph")
    yield Triple(dataset, _TYPE, NamedNode(_SD + "Dataset"))
    yield Triple(dataset, _TYPE, NamedNode(_VOID + "Dataset"))
    yield Triple(dataset, NamedNode(_VOID + "sparqlEndpoint"), NamedNode(endpoint))
    total = sum(triples for _, triples in counts)
    yield Triple(dataset, NamedNode(_VOID + "triples"), Literal(str(total), datatype=_XSD_INTEGER))
    yield Triple(dataset, NamedNode(_SD + "defaultGraph"), default)
    yield Triple(default, _TYPE, NamedNode(_SD + "Graph"))
    for number, (iri, triples) in enumerate(counts, 1):
        named, graph = NamedNode(f"{endpoint}#named-graph-{number}"), NamedNode(f"{endpoint}#graph-{number}")
        yield Triple(dataset, NamedNode(_SD + "namedGraph"), named)
        yield Triple(named, _TYPE, NamedNode(_SD + "NamedGraph"))
        yield Triple(named, NamedNode(_SD + "name"), NamedNode(iri))
        yield Triple(named, NamedNode(_SD + "graph"), graph)
        yield Triple(graph, _TYPE, NamedNode(_SD + "Graph"))
        yield Triple(graph, NamedNode(_VOID + "triples"), Literal(str(triples), datatype=_XSD_INTEGER))
