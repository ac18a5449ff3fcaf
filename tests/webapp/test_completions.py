"""What the query editor completes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def names(client: FlaskClient, language: str = "en") -> dict[str, Any]:
    answer = client.get("/sparql/completions", headers={"Accept-Language": language})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.parametrize(("language", "shown"), [("en", "Learning scenario"), ("et", "Õpistsenaarium")])
def test_labels_are_in_the_readers_language(client: FlaskClient, language: str, shown: str) -> None:
    labels = {entry["name"]: entry["label"] for entry in names(client, language)["classes"]}
    assert labels["ihub:LearningScenario"] == shown


def test_every_name_can_be_used_in_a_query(client: FlaskClient) -> None:
    found = names(client)
    assert found["prefixes"] == PREFIXES
    terms = [entry["name"] for entry in found["classes"] + found["properties"]]
    terms += [f"<{entry['iri']}>" for entry in found["concepts"]]
    answer = client.post("/sparql", data={"query": f"ASK {{ VALUES ?x {{ {' '.join(terms)} }} }}", "format": "json"})
    assert answer.status_code == 200, answer.text


def test_properties_of_other_vocabularies_that_documents_use_are_there(client: FlaskClient) -> None:
    properties = {entry["name"] for entry in names(client)["properties"]}
    assert {"ihub:minutes", "schema:name", "schema:teaches", "skos:prefLabel", "rdf:type"} <= properties


def test_concepts_say_of_what_kind_they_are(client: FlaskClient) -> None:
    found = [entry for entry in names(client)["concepts"] if entry["label"] == "Mathematics"]
    assert any(entry["kind"] == "Subject" and entry["iri"].endswith("/subject/mathematics") for entry in found)


def test_they_are_sent_again_only_for_another_language_or_release(client: FlaskClient) -> None:
    first = client.get("/sparql/completions", headers={"Accept-Language": "en"})
    known = {"If-None-Match": first.headers["ETag"], "Accept-Language": "en"}
    assert client.get("/sparql/completions", headers=known).status_code == 304
    assert client.get("/sparql/completions", headers={**known, "Accept-Language": "et"}).status_code == 200
    assert "Accept-Language" in first.headers["Vary"]
