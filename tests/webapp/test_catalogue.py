"""The catalogue is valid, its addresses answer, and its numbers are those that SPARQL gives."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, RDF, SH, VOID

from kg.media_types import RDF_MEDIA_TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from kg.release import Release

# rdflib's own JSON-LD parser uses what rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.*(Dataset|ConjunctiveGraph):DeprecationWarning")

BASE = "http://127.0.0.1:8000/"


def graph_of(client: FlaskClient, path: str, form: str = "turtle") -> rdflib.Graph:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return rdflib.Graph().parse(data=answer.data, format=form)


def select(client: FlaskClient, query: str) -> list[dict[str, str]]:
    answer = client.get("/sparql", query_string={"query": query})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [{name: cell["value"] for name, cell in row.items()} for row in answer.get_json()["results"]["bindings"]]


def test_it_is_valid_by_the_shapes_of_dcat_ap(client: FlaskClient, shared: Path) -> None:
    import pyshacl

    folder = shared / "corpus" / "vocab" / "dcat-ap-3.0.1" / "releases" / "3.0.1" / "html" / "shacl"
    if not folder.is_dir():
        pytest.skip("needs the shapes of DCAT-AP 3.0.1")
    shapes = rdflib.Graph()
    for name in ("shapes.ttl", "range.ttl", "shapes_recommended.ttl"):
        shapes.parse(folder / name)
    _, report, text = pyshacl.validate(graph_of(client, "/catalog.ttl"), shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    assert (None, SH.resultSeverity, SH.Violation) not in report, text
    # What is recommended is there too, but for what does not apply or nobody has said.
    left = {str(path).rsplit("/", 1)[-1] for path in report.objects(None, SH.resultPath)}
    assert left <= {"spatial", "temporal", "type", "dcat#endpointDescription", "license", "language", "dcat#keyword"}


def test_every_collection_is_a_data_set_with_its_own_words(client: FlaskClient) -> None:
    graph = graph_of(client, "/catalog.ttl")
    collection = rdflib.URIRef(f"{BASE}id/collection/classroom")
    assert (collection, RDF.type, DCAT.Dataset) in graph
    assert (collection, DCTERMS.description, rdflib.Literal("Scenarios written for the tests.", "en")) in graph
    assert (rdflib.URIRef(f"{BASE}catalog"), DCAT.dataset, collection) in graph
    assert len(list(graph.objects(collection, DCAT.distribution))) == 5


def test_every_address_in_it_answers(client: FlaskClient) -> None:
    graph = graph_of(client, "/catalog.ttl")
    wanted = (DCAT.downloadURL, DCAT.endpointURL, DCAT.landingPage, DCTERMS.conformsTo)
    addresses = {str(o) for p in wanted for o in graph.objects(None, p) if str(o).startswith(BASE)}
    assert len(addresses) > 10
    for address in addresses:
        status = client.get(urlsplit(address).path, headers={"Accept": "*/*"}, buffered=True).status_code
        assert status in {200, 303}, address


def test_all_serialisations_say_the_same(client: FlaskClient) -> None:
    for path in ("/catalog", "/void"):
        turtle = graph_of(client, f"{path}.ttl")
        assert set(graph_of(client, f"{path}.rdf", "xml")) == set(turtle)
        assert set(graph_of(client, f"{path}.nt", "nt")) == set(turtle)
        assert set(graph_of(client, f"{path}.jsonld", "json-ld")) == set(turtle)


@pytest.mark.parametrize("media", RDF_MEDIA_TYPES, ids=lambda media: media.suffix)
def test_catalogue_and_void_are_found_by_negotiation(client: FlaskClient, media: object) -> None:
    accept = {"Accept": media.media_type}  # type: ignore[attr-defined]
    for path, target in (("/catalog", "/catalog"), ("/.well-known/void", "/void")):
        answer = client.get(path, headers=accept)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{target}.{media.suffix}")  # type: ignore[attr-defined]
    assert client.get("/catalog", headers={"Accept": "text/html"}).headers["Location"] == "/dumps/"


def test_void_counts_what_sparql_counts(client: FlaskClient, release: Release) -> None:
    graph = graph_of(client, "/void.ttl")
    whole = rdflib.URIRef(f"{BASE}catalog#all")
    total = select(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"]
    assert str(graph.value(whole, VOID.triples)) == total
    subjects = select(client, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }")[0]["n"]
    assert str(graph.value(whole, VOID.distinctSubjects)) == subjects
    by_graph = {
        row["g"]: row["n"] for row in select(client, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    }
    subsets = [s for s in graph.objects(whole, VOID.subset) if (s, RDF.type, VOID.Linkset) not in graph]
    assert {str(s): str(graph.value(s, VOID.triples)) for s in subsets} == by_graph
    collection = rdflib.URIRef(f"{BASE}id/collection/classroom")
    classes = {
        str(graph.value(p, VOID["class"])): str(graph.value(p, VOID.entities))
        for p in graph.objects(collection, VOID.classPartition)
    }
    query = f"SELECT ?c (COUNT(?s) AS ?n) {{ GRAPH <{collection}> {{ ?s a ?c }} }} GROUP BY ?c"
    assert classes == {row["c"]: row["n"] for row in select(client, query)}
    properties = {
        str(graph.value(p, VOID.property)): str(graph.value(p, VOID.triples))
        for p in graph.objects(collection, VOID.propertyPartition)
    }
    query = f"SELECT ?p (COUNT(*) AS ?n) {{ GRAPH <{collection}> {{ ?s ?p ?o }} }} GROUP BY ?p"
    assert properties == {row["p"]: row["n"] for row in select(client, query)}
    assert int(graph.value(whole, VOID.properties)) == len(select(client, "SELECT DISTINCT ?p { ?s ?p ?o }"))
    entities = len(list(release.history.state()))
    assert int(graph.value(whole, VOID.entities)) == entities


def test_linksets_count_the_links_that_sparql_finds(client: FlaskClient) -> None:
    graph = graph_of(client, "/void.ttl")
    whole = rdflib.URIRef(f"{BASE}catalog#all")
    linksets = [s for s in graph.objects(whole, VOID.subset) if (s, RDF.type, VOID.Linkset) in graph]
    assert linksets
    for linkset in linksets:
        predicate = graph.value(linkset, VOID.linkPredicate)
        space = graph.value(graph.value(linkset, VOID.objectsTarget), VOID.uriSpace)
        query = (
            f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?o {{ ?s <{predicate}> ?o "
            f'FILTER(ISIRI(?o) && STRSTARTS(STR(?o), "{space}") '
            f'&& !REGEX(STRAFTER(STR(?o), "{space}"), "[/#]")) }} }}'
        )
        assert select(client, query)[0]["n"] == str(graph.value(linkset, VOID.triples)), (predicate, space)


def test_the_api_catalogue_leads_to_every_service(client: FlaskClient) -> None:
    answer = client.get("/.well-known/api-catalog")
    assert answer.headers["Content-Type"].startswith("application/linkset+json")
    (items,) = [entry["item"] for entry in answer.get_json()["linkset"] if "item" in entry]
    paths = {urlsplit(item["href"]).path for item in items}
    assert {"/sparql", "/oai", "/feed", "/api/search", "/atom"} == paths


def test_an_unchanged_catalogue_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/catalog.ttl")
    assert client.get("/catalog.ttl", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get("/catalog.doc").status_code == 404
