"""Entities are dereferenced by Accept; all documents of one entity say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.media_types import RDF_MEDIA_TYPES

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt", "trig": "trig", "nq": "nquads"}
ENTITIES = [
    "scenario/robot-ka",
    "scenario/checking-a-photo",
    "competence/digcomp22-1.2",
    "subject/mathematics",
    "collection/classroom",
]


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
        ("application/n-triples", ".nt"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ""),
    ],
)
def test_an_iri_redirects_by_accept(client: FlaskClient, accept: str, suffix: str) -> None:
    response = client.get("/id/scenario/robot-ka", headers={"Accept": accept})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/doc/scenario/robot-ka{suffix}"
    assert response.headers["Vary"] == "Accept"
    assert response.headers["Cache-Control"] == "no-store"


def test_what_cannot_be_had_is_406(client: FlaskClient) -> None:
    assert client.get("/id/scenario/robot-ka", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own parser uses what it deprecates
@pytest.mark.parametrize("entity", ENTITIES)
def test_all_serialisations_say_the_same(client: FlaskClient, entity: str) -> None:
    graphs = []
    for media in RDF_MEDIA_TYPES:
        response = client.get(f"/doc/{entity}.{media.suffix}")
        assert response.status_code == 200
        assert response.mimetype == media.media_type
        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=response.data, format=FORMATS[media.suffix])
        graphs.append({triple[:3] for triple in dataset.quads()})
    assert all(graph == graphs[0] for graph in graphs)
    assert not any(isinstance(term, rdflib.BNode) for triple in graphs[0] for term in triple)
    about = rdflib.URIRef(f"http://127.0.0.1:8000/id/{entity}")
    assert any(subject == about for subject, _, _ in graphs[0])


def test_neighbours_come_with_labels(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/doc/scenario/robot-ka.ttl").data, format="turtle")
    robotics = rdflib.URIRef("http://127.0.0.1:8000/id/subject/robotics")
    assert graph.value(robotics, rdflib.SKOS.prefLabel)


def test_documents_are_revalidated(client: FlaskClient) -> None:
    for address in ("/doc/scenario/robot-ka.ttl", "/doc/scenario/robot-ka"):
        first = client.get(address)
        second = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (second.status_code, second.data) == (304, b"")
        assert client.head(address).headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    "address", ["/id/scenario/nobody", "/doc/scenario/nobody", "/doc/scenario/nobody.ttl", "/id/dragon/x", "/doc/x"]
)
def test_what_is_not_there_is_404(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert "json" in response.mimetype


def test_data_may_be_read_from_anywhere(client: FlaskClient) -> None:
    assert client.get("/doc/scenario/robot-ka.ttl").headers["Access-Control-Allow-Origin"] == "*"


def test_every_iri_in_the_graph_dereferences(client: FlaskClient, app: Flask) -> None:
    """Every subject of this deployment has a page and a description; parts have those of what they are part of."""
    base = "http://127.0.0.1:8000/id/"
    with app.test_request_context():
        store = app.extensions["ihub.site"].served().graph.store
    subjects = {quad.subject.value.split("#")[0] for quad in store.quads_for_pattern(None, None, None, None)}
    ours = sorted(iri.removeprefix(base) for iri in subjects if iri.startswith(base))
    assert len(ours) > 500
    for name in ours[::7]:
        assert client.get(f"/id/{name}").status_code == 303, name
        assert client.get(f"/doc/{name}.nt").status_code == 200, name


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_no_address_is_a_server_error(app: Flask, segment: str, slug: str) -> None:
    try:
        response = app.test_client().get(f"/doc/{segment}/{slug}")
    except (UnicodeEncodeError, ValueError):
        return  # cannot be sent over HTTP
    assert response.status_code < 500
