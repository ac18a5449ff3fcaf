"""The model is served to people and programs, and its versions never change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib
from lxml import etree, html

from ontology.questions import questions

if TYPE_CHECKING:
    from flask.testing import FlaskClient

FORMATS = {"ttl": "turtle", "rdf": "xml", "nt": "nt"}


@pytest.mark.parametrize("suffix", FORMATS)
def test_programs_get_the_ontology(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"/ontology/1.0.0.{suffix}")
    graph = rdflib.Graph().parse(data=response.data, format=FORMATS[suffix])
    scenario = rdflib.URIRef("https://w3id.org/ihub/ns#LearningScenario")
    assert (scenario, rdflib.RDF.type, rdflib.OWL.Class) in graph
    assert "immutable" in response.headers["Cache-Control"]


def test_programs_are_sent_to_the_present_version(client: FlaskClient) -> None:
    response = client.get("/ontology", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.headers["Location"]) == (303, "/ontology/1.0.0.ttl")
    assert client.get("/ontology/0.9.ttl").status_code == 404


def test_people_read_terms_in_their_language(client: FlaskClient) -> None:
    tree = html.fromstring(client.get("/ontology", headers={"Accept": "text/html", "Accept-Language": "fi"}).text)
    assert tree.xpath("string(//*[@id='LearningScenario']/h3)") == "Oppimisskenaario"
    assert len(tree.xpath("//section[@class='term']")) > 150
    links = [link for link in tree.xpath("//section//a/@href") if link.startswith("/ontology#")]
    targets = {link.removeprefix("/ontology#") for link in links}
    assert targets <= set(tree.xpath("//section/@id")), "links between terms lead somewhere"


def test_the_diagram_is_drawn_from_the_ontology(client: FlaskClient) -> None:
    tree = etree.fromstring(client.get("/ontology/diagram.svg?lang=et").data)
    texts = [element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert "Õpistsenaarium" in texts
    assert len(tree.findall("{http://www.w3.org/2000/svg}line")) > 15


def test_shapes_and_context_are_served(client: FlaskClient) -> None:
    response = client.get("/shapes", follow_redirects=True)
    graph = rdflib.Graph().parse(data=response.data, format="turtle")
    assert (None, rdflib.RDF.type, rdflib.SH.NodeShape) in graph
    assert client.get("/context/v1.jsonld").get_json()["@context"]["LearningScenario"] == "ihub:LearningScenario"


def test_questions_are_a_gallery_and_rdf(client: FlaskClient) -> None:
    tree = html.fromstring(client.get("/sparql/examples", headers={"Accept": "text/html"}).text)
    assert len(tree.xpath("//section[@class='term']")) == len(questions()) >= 40
    graph = rdflib.Graph().parse(
        data=client.get("/sparql/examples", headers={"Accept": "text/turtle"}).data, format="turtle"
    )
    assert len(set(graph.subjects(rdflib.SH.select))) + len(set(graph.subjects(rdflib.SH.ask))) == len(questions())


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_every_question_is_answered_over_http(client: FlaskClient, question: object) -> None:
    response = client.get("/sparql", query_string={"query": question.query, "format": "json"})  # type: ignore[attr-defined]
    assert response.status_code == 200, response.text


def test_the_diagram_in_the_documentation_is_the_one_that_is_drawn(client: FlaskClient) -> None:
    drawn = client.get("/ontology/diagram.svg", headers={"Accept-Language": "en"}).text
    kept = (Path(__file__).parents[2] / "docs" / "model.svg").read_text(encoding="utf-8")
    assert kept == drawn + "\n", "write it anew: curl http://127.0.0.1:8000/ontology/diagram.svg > docs/model.svg"
