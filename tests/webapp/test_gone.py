"""What was withdrawn is answered for: it says what it was, when it went and why, in the type asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib

from kg.settings import Settings
from search.index import SearchPart
from tests.kg.shelf import with_one_withdrawn
from tests.webapp.linked_data import BASE, triples
from webapp import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

IRI = rdflib.URIRef(BASE + "id/scenario/old")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site whose second release withdrew a scenario."""
    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("home")), "IHUB_EMBEDDER": "none"})
    with_one_withdrawn(settings, [SearchPart(None, settings.home / "cache" / "embeddings.sqlite")])
    app = create_app(settings)
    app.testing = True
    return app.test_client()


@pytest.mark.parametrize("address", ["/id/scenario/old", "/doc/scenario/old"])
@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        ("text/html", "text/html"),
        ("application/problem+json, application/json;q=0.1", "application/problem+json"),
    ],
)
def test_a_withdrawn_entity_is_410(client: FlaskClient, address: str, accept: str, answer: str) -> None:
    if address.startswith("/id/") and "json" in accept:
        accept = "application/json"
    response = client.get(address, headers={"Accept": accept})
    assert response.status_code == 410
    assert "Its licence was not what it seemed." in response.text
    assert "<old>" not in response.text or response.mimetype != "text/html"
    assert response.headers["Last-Modified"]
    if address.startswith("/doc/"):
        assert response.mimetype == answer
    if response.mimetype == "application/problem+json":
        assert response.json["name"] == {"en": "An <old> lesson"}
        assert response.json["withdrawnOn"]
        assert response.json["iri"] == str(IRI)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "rdf", "nt", "trig", "nq"])
def test_programs_get_a_tombstone_in_rdf(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"/doc/scenario/old.{suffix}")
    assert response.status_code == 410
    found = triples(response.data, suffix)
    properties = {predicate: value for _, predicate, value in found}
    assert properties[rdflib.SDO.name] == rdflib.Literal("An <old> lesson", lang="en")
    assert properties[rdflib.SKOS.changeNote] == rdflib.Literal("Its licence was not what it seemed.", lang="en")
    assert properties[rdflib.PROV.invalidatedAtTime]
    assert {subject for subject, _, _ in found} == {IRI}


def test_the_iri_answers_in_the_serialisation_asked_for(client: FlaskClient) -> None:
    response = client.get("/id/scenario/old", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.mimetype) == (410, "text/turtle")


@pytest.mark.parametrize("suffix", ["md", "amb.json", "lom.xml"])
def test_its_exports_are_gone_too(client: FlaskClient, suffix: str) -> None:
    assert client.get(f"/doc/scenario/old.{suffix}").status_code == 410


def test_what_never_was_is_404_and_what_is_there_is_not_gone(client: FlaskClient) -> None:
    assert client.get("/doc/scenario/never").status_code == 404
    assert client.get("/doc/scenario/new").status_code == 200
