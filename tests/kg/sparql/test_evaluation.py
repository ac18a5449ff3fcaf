"""What the evaluator makes of the engine: semantics, serialisation, and errors that a person can read."""

from __future__ import annotations

import csv
import io
import json

import pytest
import rdflib
from lxml import etree
from pyoxigraph import RdfFormat, Store
from rdflib.compare import isomorphic

from kg.sparql.errors import (
    MalformedQueryError,
    ResultTooLargeError,
    SparqlError,
    UnrepresentableResultError,
    UnsupportedFunctionError,
)
from kg.sparql.evaluation import Evaluator
from kg.sparql.limits import Limits
from kg.sparql.messages import Answer, WorkerQuery
from kg.sparql.screening import screen

from .conftest import EX, quads_text

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store()
    store.bulk_load(quads_text(10).encode(), RdfFormat.N_QUADS)
    return store


@pytest.fixture
def evaluator(store: Store) -> Evaluator:
    return Evaluator(store, base_iri=EX, prefixes={"ex": EX, "skos": "http://www.w3.org/2004/02/skos/core#"})


def ask(
    evaluator: Evaluator,
    text: str,
    form: str = "json",
    default: tuple[str, ...] | None = None,
    named: tuple[str, ...] | None = None,
) -> Answer:
    query = screen(text, Limits(), protocol_dataset=default is not None)
    return evaluator.answer(WorkerQuery(query.text, form, query.form, query.has_dataset, default, named))


def count(evaluator: Evaluator, text: str, **dataset: tuple[str, ...]) -> int:
    body = json.loads(ask(evaluator, text, **dataset).body)  # type: ignore[arg-type]
    return int(body["results"]["bindings"][0]["n"]["value"])


def test_the_default_graph_is_the_union_where_the_service_says_so(store: Store) -> None:
    assert count(Evaluator(store, union_default=True), COUNT) == 40
    assert count(Evaluator(store, union_default=False), COUNT) == 0


def test_from_in_the_text_beats_the_union(evaluator: Evaluator) -> None:
    assert count(evaluator, COUNT.replace("WHERE", f"FROM <{EX}g0> WHERE")) == 20
    assert count(evaluator, COUNT.replace("WHERE", f"FROM NAMED <{EX}g0> WHERE")) == 0


def test_the_dataset_of_the_request_beats_from_in_the_text(evaluator: Evaluator) -> None:
    text = COUNT.replace("WHERE", f"FROM <{EX}g0> FROM <{EX}g1> WHERE")
    assert count(evaluator, text, default=(EX + "g1",), named=()) == 20
    assert count(evaluator, text, default=("urn:absent",), named=()) == 0


def test_a_request_with_named_graphs_only_has_an_empty_default_graph(evaluator: Evaluator) -> None:
    assert count(evaluator, COUNT, default=(), named=(EX + "g0",)) == 0
    assert (
        count(evaluator, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g {?s ?p ?o} }", default=(), named=(EX + "g0",))
        == 1
    )


def test_a_graph_name_that_is_no_iri_is_the_clients_mistake(evaluator: Evaluator) -> None:
    with pytest.raises(MalformedQueryError, match="default-graph-uri"):
        ask(evaluator, COUNT, default=("no iri",), named=())


def test_relative_iris_and_common_prefixes_need_no_declaration(evaluator: Evaluator) -> None:
    assert json.loads(ask(evaluator, "ASK { <s1> ex:next <s2> }").body)["boolean"] is True


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rows_are_counted_in_every_table_format(evaluator: Evaluator, form: str) -> None:
    tricky = 'SELECT ?s ?x { ?s ex:number ?n BIND("},{\\"a\\r\\n\\",\\"b}},{" AS ?x) }'
    assert ask(evaluator, tricky, form).rows == 10
    assert ask(evaluator, "SELECT ?s { ?s ex:absent ?o }", form).rows == 0


def test_rows_without_bindings_are_not_guessed(evaluator: Evaluator) -> None:
    assert ask(evaluator, "SELECT ?x { VALUES ?x { UNDEF 1 } }").rows is None


def test_triples_are_counted(evaluator: Evaluator) -> None:
    answer = ask(evaluator, "CONSTRUCT { ?s ex:is ?n } WHERE { ?s ex:number ?n }", "ttl")
    assert (answer.kind, answer.rows, answer.format) == ("graph", 10, "ttl")


@pytest.mark.parametrize("form", ["xml", "csv", "tsv", "json"])
def test_a_carriage_return_survives(evaluator: Evaluator, form: str) -> None:
    body = ask(evaluator, 'SELECT ("a\\rb\\r\\nc" AS ?x) {}', form).body
    if form == "xml":
        found = etree.fromstring(body).findtext(".//{*}literal")
    elif form == "csv":
        found = list(csv.reader(io.StringIO(body.decode(), newline="")))[1][0]
    elif form == "tsv":
        found = json.loads(body.decode().split("\n")[1])
    else:
        found = json.loads(body)["results"]["bindings"][0]["x"]["value"]
    assert found == "a\rb\r\nc"


def test_a_carriage_return_survives_rdf_xml(evaluator: Evaluator) -> None:
    body = ask(evaluator, 'CONSTRUCT { ex:a ex:b "a\\rb" } WHERE {}', "rdf").body
    assert [str(o) for _, _, o in rdflib.Graph().parse(data=body, format="xml")] == ["a\rb"]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('SELECT ("\\u0001" AS ?x) {}', "xml"),
        ('SELECT ("\\uFFFE" AS ?x) {}', "xml"),
        ('CONSTRUCT { ex:a ex:b "\\u0000" } WHERE {}', "rdf"),
        ("CONSTRUCT { ex:a ex:1 1 } WHERE {}", "rdf"),
        ("CONSTRUCT { ex:a <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> 1 } WHERE {}", "rdf"),
    ],
)
def test_what_xml_cannot_carry_is_refused_and_not_written_wrongly(evaluator: Evaluator, text: str, form: str) -> None:
    with pytest.raises(UnrepresentableResultError):
        ask(evaluator, text, form)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib uses what it deprecates
@pytest.mark.parametrize("form", ["ttl", "trig", "rdf", "nt", "nq", "jsonld"])
def test_graphs_read_back_from_every_format(evaluator: Evaluator, form: str) -> None:
    body = ask(evaluator, 'CONSTRUCT { ex:a ex:b "é\\n\\""@fr , 5 , _:x . _:x ex:c true } WHERE {}', form).body
    names = {"ttl": "turtle", "rdf": "xml", "nt": "nt", "nq": "nquads", "jsonld": "json-ld", "trig": "trig"}
    found = rdflib.Graph()
    for quad in rdflib.Dataset().parse(data=body, format=names[form]).quads():
        found.add(quad[:3])
    expected = rdflib.Graph().parse(
        data=f'<{EX}a> <{EX}b> "é\\n\\""@fr , 5 , _:x . _:x <{EX}c> true .', format="turtle"
    )
    assert isomorphic(found, expected)


def test_turtle_declares_the_prefixes_that_it_uses_and_no_others(evaluator: Evaluator) -> None:
    body = ask(evaluator, "CONSTRUCT { ex:a ex:b 1 } WHERE {}", "ttl").body.decode()
    assert "@prefix ex: " in body
    assert "skos" not in body


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p }", "SELECT (1 AS ?x) (2 AS ?x) {}", "SELECT ?x {} GROUP BY ?y"])
def test_mistakes_of_grammar_and_beyond_are_malformed(evaluator: Evaluator, text: str) -> None:
    with pytest.raises(MalformedQueryError):
        ask(evaluator, text)


def test_an_unknown_function_is_named(evaluator: Evaluator) -> None:
    with pytest.raises(UnsupportedFunctionError, match="urn:f"):
        ask(evaluator, "SELECT (<urn:f>(1) AS ?x) {}")


def test_an_answer_beyond_the_bound_is_refused_whole(store: Store) -> None:
    small = Evaluator(store, result_max_bytes=1000)
    ask(small, "SELECT * { ?s ?p ?o } LIMIT 1")
    for text, form in [("SELECT * { ?s ?p ?o }", "json"), ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "ttl")]:
        with pytest.raises(ResultTooLargeError):
            ask(small, text, form)


def test_every_failure_is_one_of_ours(evaluator: Evaluator) -> None:
    for text in (
        "ASK { ?s ?p ",
        "SELECT * { ?s <\\uD800> 1 }",
        "DESCRIBE",
        "ASK {} {}",
        "SELECT (SUM(?x, 1) AS ?y) {}",
    ):
        with pytest.raises(SparqlError):
            ask(evaluator, text)
