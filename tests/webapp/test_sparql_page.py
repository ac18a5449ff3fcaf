"""The SPARQL page over a release: labels and links in the table, figures where columns allow, examples, the script."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

import webapp
from ontology.questions import questions

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

BROWSER = {"Accept": "text/html"}
CITIES = 'VALUES (?city ?lat ?long) { ("Tallinn" 59.4 24.7) ("Bergen" 60.4 5.3) ("Batumi" 41.6 41.6) }'
WKT = "<http://www.opengis.net/ont/geosparql#wktLiteral>"
BOUND = f'BIND(STRDT(CONCAT("POINT(", STR(?long), " ", STR(?lat), ")"), {WKT}) AS ?place)'


def ask(client: FlaskClient, query: str, language: str = "en") -> html.HtmlElement:
    answer = client.post("/sparql", data={"query": query}, headers={**BROWSER, "Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def figures(tree: html.HtmlElement) -> list[str]:
    return tree.xpath("//details[@class='figure']/@id")


@pytest.mark.parametrize(("language", "shown"), [("en", "Learning scenario"), ("et", "Õpistsenaarium")])
def test_iris_come_with_their_label_in_the_readers_language(client: FlaskClient, language: str, shown: str) -> None:
    tree = ask(client, "SELECT ?class { VALUES ?class { ihub:LearningScenario } }", language)
    assert tree.xpath("string(//td/a)") == shown
    assert tree.xpath("string(//td/a/@lang)") == language
    assert tree.xpath("string(//td/*[@class='cell-iri'])") == "ihub:LearningScenario"
    assert tree.xpath("string(//td/a/@href)") == "/ontology#LearningScenario"


def test_an_entity_leads_to_its_page_here(client: FlaskClient) -> None:
    tree = ask(client, "SELECT ?s { ?s a ihub:LearningScenario } ORDER BY ?s LIMIT 1")
    link = tree.xpath("string(//td/a/@href)")
    assert link.startswith("/doc/scenario/")
    assert client.get(link).status_code == 200


def test_a_category_and_a_number_make_bars(client: FlaskClient) -> None:
    tree = ask(client, 'SELECT ?what ?n { VALUES (?what ?n) { ("one" 1) ("four" 4) ("minus one" -1) } }')
    assert figures(tree) == ["chart", "programs"]
    rows = tree.xpath("//table[@class='bars']/tr")
    assert [row.xpath("string(th)") for row in rows] == ["one", "four", "minus one"]
    bars = [(bar.get("x"), bar.get("width")) for bar in tree.xpath("//table[@class='bars']//rect")]
    assert bars == [("20.0%", "20.0%"), ("20.0%", "80.0%"), ("0.0%", "20.0%")]


def test_a_date_or_a_number_against_a_number_makes_a_line(client: FlaskClient) -> None:
    years = 'VALUES (?year ?n) { ("2023"^^xsd:gYear 9) ("2021"^^xsd:gYear 3) ("2022"^^xsd:gYear 5) }'
    for query in (f"SELECT ?year ?n {{ {years} }}", "SELECT ?a ?b { VALUES (?a ?b) { (3 9) (1 3) (2 5) } }"):
        points = ask(client, query).xpath("string(//polyline/@points)").split()
        across, up = zip(*(map(float, point.split(",")) for point in points), strict=True)
        assert sorted(across) == list(across)
        assert sorted(up, reverse=True) == list(up), "the greater the higher, and y grows downwards"


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT ?city ?lat ?long {{ {CITIES} }}",
        f"SELECT ?city ?place {{ {CITIES} {BOUND} }}",
    ],
    ids=["latitude and longitude", "WKT"],
)
def test_places_make_a_map(client: FlaskClient, query: str) -> None:
    tree = ask(client, query)
    assert figures(tree) == ["map", "programs"]
    places = {dot.xpath("string(title)"): dot for dot in tree.xpath("//*[@class='place']")}
    assert set(places) == {"Tallinn", "Bergen", "Batumi"}
    assert float(places["Bergen"].get("cx")) < float(places["Tallinn"].get("cx")) < float(places["Batumi"].get("cx"))
    assert float(places["Bergen"].get("cy")) < float(places["Tallinn"].get("cy")) < float(places["Batumi"].get("cy"))


def test_two_columns_of_iris_make_a_network(client: FlaskClient) -> None:
    tree = ask(client, "SELECT ?a ?b { VALUES (?a ?b) { (ihub:Activity ihub:Material) (ihub:Activity ihub:School) } }")
    assert figures(tree) == ["network", "programs"]
    assert set(tree.xpath("//*[@id='network']//a/@aria-label")) == {"Activity", "Material", "School"}
    assert len(tree.xpath("//*[@class='edge']")) == 2


def test_a_network_that_is_too_large_is_drawn_in_part_and_says_so(client: FlaskClient) -> None:
    tree = ask(client, "SELECT ?a ?b { ?a skos:inScheme ?b }")
    assert "more rows are not drawn" in tree.xpath("string(//*[@id='network'])")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s a ihub:LearningScenario }",
        'SELECT ?x ?n { VALUES (?x ?n) { ("one" 1) ("none" "a word") } }',
        "SELECT ?lat ?long { VALUES (?lat ?long) { (1000 2000) } }",
        "SELECT ?x { FILTER(false) }",
        "ASK {}",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1",
    ],
)
def test_nothing_is_drawn_where_the_columns_do_not_allow_it(client: FlaskClient, query: str) -> None:
    assert figures(ask(client, query)) == ["programs"]


def test_hostile_values_stay_text_in_figures(client: FlaskClient) -> None:
    bad = "<script>alert(1)</script>"
    tree = ask(client, f'SELECT ?x ?n {{ VALUES (?x ?n) {{ ("{bad}" 1) ("b" 2) }} }}')
    assert tree.xpath("string(//table[@class='bars']/tr/th)") == bad
    assert not tree.xpath("//*[@id='outcome']//script")
    tree = ask(client, "SELECT ?a ?b { VALUES (?a ?b) { (<javascript:alert(1)> <urn:x>) (<urn:y> <urn:x>) } }")
    assert not tree.xpath("//*[starts-with(@href, 'javascript:')]")


def test_every_example_can_be_put_into_the_form_by_its_name(client: FlaskClient) -> None:
    tree = html.fromstring(client.get("/sparql", headers=BROWSER).text)
    names = [name for name in tree.xpath("//select[@name='example']//option/@value") if name]
    assert sorted(names) == sorted(question.name for question in questions())
    question = questions()[0]
    tree = html.fromstring(client.get("/sparql", query_string={"example": question.name}, headers=BROWSER).text)
    assert tree.xpath("string(//textarea)").strip() == question.query.strip()
    assert question.explanation in tree.text_content()
    assert not tree.xpath("//*[@id='answer']"), "it is shown, not run"


def test_a_query_too_long_for_a_link_is_downloaded_by_a_form(client: FlaskClient) -> None:
    query = "SELECT ?x { VALUES ?x { " + " ".join(map(str, range(3000))) + " } }"
    tree = ask(client, query)
    assert not tree.xpath("//a[@id='permalink']")
    form = tree.xpath("//section[@id='answer']//form")[0]
    fields = {**dict(form.form_values()), "format": "csv"}
    answer = client.post(form.get("action"), data=fields, headers=BROWSER)
    assert (answer.mimetype, len(answer.text.splitlines())) == ("text/csv", 3001)


def test_the_permanent_link_leads_to_the_same_answer(client: FlaskClient) -> None:
    query = "SELECT ?x { VALUES ?x { 1 2 } }"
    link = ask(client, query).xpath("string(//a[@id='permalink']/@href)")
    assert parse_qs(urlsplit(link).query)["query"] == [query]
    assert len(html.fromstring(client.get(link, headers=BROWSER).text).xpath("//tbody/tr")) == 2


def scripts(app: Flask) -> list[str]:
    """The editor's scripts: those that the set-up builds."""
    tree = html.fromstring(app.test_client().get("/sparql", headers=BROWSER).text)
    return tree.xpath("//script/@src[contains(., '/built/')]")


def test_the_script_is_left_out_where_it_was_not_built(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "static"
    shutil.copytree(Path(webapp.__file__).parent / "static", static, ignore=shutil.ignore_patterns("built"))
    monkeypatch.setattr(app, "static_folder", str(static))
    assert scripts(app) == []
    (static / "built").mkdir()
    (static / "built" / "query.js").write_text("export {};")
    (first,) = scripts(app)
    with app.test_client().get(first) as served:
        assert (served.status_code, served.mimetype) == (200, "text/javascript")
        assert "immutable" in served.headers["Cache-Control"]
    (static / "built" / "query.js").write_text("export const other = 1;")
    assert scripts(app) != [first], "a script that was built anew has a new address"
