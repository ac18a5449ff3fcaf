"""Entities are dereferenced by Accept; all documents of one entity say the same, and lead to one another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.media_types import RDF_MEDIA_TYPES
from tests.webapp.linked_data import BASE, triples

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own parser uses what it deprecates

ENTITIES = [
    "scenario/robot-ka",
    "scenario/checking-a-photo",
    "work/fx-photo",
    "competence/digcomp22-1.2",
    "subject/mathematics",
    "language/ka",
    "scheme/subjects",
    "collection/classroom",
    "collection/inferred",
    "genid/c14n1",
]


def links(response: object) -> dict[str, list[str]]:
    """The targets of a response's links by relation."""
    found: dict[str, list[str]] = {}
    for target, parameters in re.findall(r"<([^>]*)>((?:; \w+=\"[^\"]*\")*)", response.headers["Link"]):  # type: ignore[attr-defined]
        for relation in re.search(r'rel="([^"]*)"', parameters)[1].split():
            found.setdefault(relation, []).append(target)
    return found


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/html", ""),
        ("*/*", ""),
        ("text/turtle", ".ttl"),
        ("application/ld+json", ".jsonld"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', ".jsonld"),
        ("application/json", ".jsonld"),
        ("application/rdf+xml;q=0.9, text/html;q=0.1", ".rdf"),
        ("application/xml", ".rdf"),
        ("application/n-triples", ".nt"),
        ("text/markdown, text/html;q=0.5", ".md"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ""),
    ],
)
def test_an_iri_redirects_by_accept(client: FlaskClient, accept: str, suffix: str) -> None:
    response = client.get("/id/scenario/robot-ka", headers={"Accept": accept})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/doc/scenario/robot-ka{suffix}"
    assert response.headers["Vary"] == "Accept"
    assert response.headers["Cache-Control"] == "no-store"


def test_what_cannot_be_had_is_406_and_says_what_can(client: FlaskClient) -> None:
    response = client.get("/id/scenario/robot-ka", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.mimetype == "application/problem+json"
    offered = {entry["type"]: entry["url"] for entry in response.json["alternatives"]}
    assert offered["text/turtle"] == "/doc/scenario/robot-ka.ttl"
    assert "text/markdown" in offered
    assert set(links(response)["alternate"]) == set(offered.values())
    assert "text/markdown" not in client.get("/id/subject/art", headers={"Accept": "image/png"}).text
    assert client.get("/ontology", headers={"Accept": "image/png"}).json["alternatives"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_all_serialisations_say_the_same(client: FlaskClient, entity: str) -> None:
    graphs = []
    for media in RDF_MEDIA_TYPES:
        response = client.get(f"/doc/{entity}.{media.suffix}")
        assert response.status_code == 200
        assert response.mimetype == media.media_type
        graphs.append(triples(response.data, media.suffix))
    assert all(graph == graphs[0] for graph in graphs)
    assert not any(isinstance(term, rdflib.BNode) for triple in graphs[0] for term in triple)
    name = entity.replace("genid/", ".well-known/genid/") if entity.startswith("genid") else f"id/{entity}"
    assert any(subject == rdflib.URIRef(BASE + name) for subject, _, _ in graphs[0])


def test_json_ld_is_one_tree_with_the_parts_where_they_belong(client: FlaskClient) -> None:
    document = client.get("/doc/scenario/checking-a-photo.jsonld").json
    assert document["id"] == f"{BASE}id/scenario/checking-a-photo"
    assert document["type"][0] == "LearningScenario"
    assert document["name"]["en"] == "Is this photo what it says it is?"
    assert [part["position"] for part in document["activity"]] == [1, 2]
    assert document["activity"][0]["name"] == {"en": "Guess"}
    neighbour = next(node for node in document["@included"] if node["id"] == document["teaches"])
    assert neighbour["prefLabel"]["et"]


def test_neighbours_come_with_labels(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/doc/scenario/robot-ka.ttl").data, format="turtle")
    assert graph.value(rdflib.URIRef(BASE + "id/subject/robotics"), rdflib.SKOS.prefLabel)


def test_what_refers_to_an_entity_comes_in_pages(client: FlaskClient) -> None:
    """Every statement by others is on exactly one page, in the documents and on the pages for people."""
    entity = rdflib.URIRef(BASE + "id/scheme/subjects")
    seen: list[object] = []
    address: str | None = "/doc/scheme/subjects.nt"
    while address:
        response = client.get(address)
        assert response.status_code == 200
        found = {s for s, p, o in triples(response.data, "nt") if (p, o) == (rdflib.SKOS.inScheme, entity)}
        assert len(found) <= 100
        seen += found
        turns = links(response)
        assert turns["first"] == [f"{BASE}doc/scheme/subjects.nt"]
        address = turns["next"][0].removeprefix(BASE.rstrip("/")) if "next" in turns else None
    assert len(seen) == len(set(seen)) > 150
    page = client.get("/doc/scheme/subjects?page=2")
    assert 'rel="prev" href="/doc/scheme/subjects"' in page.text
    assert f"{BASE}doc/scheme/subjects?page=3" in links(page)["next"]
    assert page.text.partition('id="inverse"')[2].partition("</main>")[0].count("<li") == 100 + len(RDF_MEDIA_TYPES)


@pytest.mark.parametrize("page", ["0", "-1", "1000", "x", "1e3", "9" * 30, "²"])
@pytest.mark.parametrize("suffix", ["", ".ttl"])
def test_a_page_that_is_not_there_is_404(client: FlaskClient, page: str, suffix: str) -> None:
    assert client.get(f"/doc/subject/mathematics{suffix}", query_string={"page": page}).status_code == 404


def test_documents_are_revalidated(client: FlaskClient) -> None:
    for suffix in ("", ".ttl", ".jsonld", ".md", ".amb.json", ".lom.xml"):
        address = f"/doc/scenario/robot-ka{suffix}"
        first = client.get(address)
        second = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (second.status_code, second.data) == (304, b"")
        assert second.headers["ETag"] == first.headers["ETag"]
        dated = client.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]})
        assert dated.status_code == 304
        early = client.get(address, headers={"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"})
        assert early.status_code == 200
        head = client.head(address)
        assert (head.status_code, head.data) == (200, b"")
        assert [head.headers[n] for n in ("ETag", "Content-Length", "Link")] == [
            first.headers[n] for n in ("ETag", "Content-Length", "Link")
        ]


def test_documents_that_differ_have_different_tags(client: FlaskClient) -> None:
    addresses = [f"/doc/scenario/robot-ka{suffix}" for suffix in ("", ".ttl", ".nt", "?lang=et", ".ttl?page=1")]
    tags = [client.get(address).headers["ETag"] for address in addresses]
    tags.append(client.get(addresses[0], headers={"Accept-Language": "ka"}).headers["ETag"])
    assert len(set(tags)) == len(tags)


def test_a_page_is_signposted(client: FlaskClient) -> None:
    """FAIR Signposting, level 1: https://signposting.org/FAIR/."""
    found = links(client.get("/doc/scenario/robot-ka"))
    document = f"{BASE}doc/scenario/robot-ka"
    assert found["cite-as"] == [f"{BASE}id/scenario/robot-ka"]
    assert found["canonical"] == [document]
    assert "https://schema.org/AboutPage" in found["type"]
    assert "https://schema.org/LearningResource" in found["type"]
    assert {f"{document}.{s}" for s in ("ttl", "jsonld", "rdf", "amb.json", "lom.xml")} <= set(found["describedby"])
    assert found["item"] == [f"{document}.md"]
    assert found["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert found["collection"] == [f"{BASE}id/collection/classroom"]
    assert len(client.get("/doc/scenario/robot-ka").headers["Link"]) < 3000


def test_documents_lead_back_to_the_page(client: FlaskClient) -> None:
    document = f"{BASE}doc/scenario/robot-ka"
    turtle = links(client.get("/doc/scenario/robot-ka.ttl"))
    assert set(turtle["describes"]) == {document, f"{BASE}id/scenario/robot-ka"}
    assert turtle["canonical"] == [f"{document}.ttl"]
    assert links(client.get("/doc/scenario/robot-ka.md"))["collection"] == [document]
    assert links(client.get("/doc/scenario/robot-ka.amb.json"))["profile"] == ["https://w3id.org/kim/amb/"]


@pytest.mark.parametrize(
    "address",
    ["/id/scenario/no", "/doc/scenario/no", "/doc/scenario/no.ttl", "/id/dragon/x", "/doc/x", "/id/genid/x"],
)
@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        ("application/json", "application/json"),
        ("text/html", "text/html"),
        ("text/plain", "text/plain"),
        ("text/turtle", "application/problem+json"),
    ],
)
def test_what_is_not_there_is_404_in_the_type_asked_for(
    client: FlaskClient, address: str, accept: str, answer: str
) -> None:
    response = client.get(address, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (404, answer)


@pytest.mark.parametrize("address", ["/doc/subject/art.md", "/doc/subject/art.amb.json", "/doc/subject/art.pdf"])
def test_formats_that_an_entity_does_not_have_are_404(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_data_may_be_read_from_anywhere(client: FlaskClient) -> None:
    assert client.get("/doc/scenario/robot-ka.ttl").headers["Access-Control-Allow-Origin"] == "*"


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_no_address_is_a_server_error(app: Flask, segment: str, slug: str) -> None:
    try:
        response = app.test_client().get(f"/doc/{segment}/{slug}")
    except (UnicodeEncodeError, ValueError):
        return  # cannot be sent over HTTP
    assert response.status_code < 500
