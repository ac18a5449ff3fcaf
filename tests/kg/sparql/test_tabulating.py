"""Queries that are worked out by columns have the same solutions, and others are left alone."""

from __future__ import annotations

import math
import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.sparql.errors import MalformedQueryError, SparqlError, UnsupportedFunctionError
from kg.sparql.evaluation import Evaluator
from kg.sparql.messages import WorkerQuery
from kg.sparql.tabulating import Tabulator
from ontology.namespaces import PREFIXES
from tests.kg.columns.conftest import columns_of

if TYPE_CHECKING:
    from pathlib import Path

    from kg.columns.files import Columns

EX = "http://example.org/"
TYPE = NamedNode(PREFIXES["rdf"] + "type")
DATE = NamedNode(PREFIXES["xsd"] + "date")
HEAD = f"PREFIX : <{EX}>\nPREFIX ex: <{EX}>\n"


def small_store() -> Store:
    """A dozen nodes and some values in two graphs, which both say some things with the property ``twice``."""
    chance = random.Random(7)  # noqa: S311 - the same data each time
    nodes = [NamedNode(f"{EX}n{number}") for number in range(12)] + [NamedNode(f"{EX}n1/õ")]
    texts = ["Water", "wäter", 'a "quoted\\" text\nof two lines', "\x01", "", "STRASSE", "Straße"]
    values: list[NamedNode | Literal] = [*nodes, *map(Literal, texts), *map(Literal, (3, 3.5, True, -7))]
    values += [Literal(text, language=tag) for text in ("Water", "vesi") for tag in ("en", "en-gb", "et")]
    graphs = [NamedNode(EX + "g"), NamedNode(EX + "h")]
    store = Store()
    for _ in range(220):
        subject = chance.choice(nodes)
        graph = graphs[nodes.index(subject) % 2]
        store.add(Quad(subject, NamedNode(EX + chance.choice("pqr")), chance.choice(values), graph))
        store.add(Quad(subject, NamedNode(EX + "number"), Literal(chance.randrange(-5, 40)), graph))
        store.add(Quad(subject, TYPE, NamedNode(EX + chance.choice("AB")), graph))
        store.add(Quad(subject, NamedNode(EX + "large"), Literal(2**63 - 1 - chance.randrange(3)), graph))
        day = f"2026-11-{chance.randrange(10, 30)}"
        store.add(Quad(subject, NamedNode(EX + "day"), Literal(day, datatype=DATE), graph))
        store.add(Quad(subject, NamedNode(EX + "zoned"), Literal(f"{day}+02:00", datatype=DATE), graph))
        store.add(Quad(subject, NamedNode(EX + "twice"), chance.choice(nodes), chance.choice(graphs)))
    return store


STORE = small_store()


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    return columns_of(STORE, tmp_path_factory.mktemp("columns") / "made")


def integers(text: str) -> list[int]:
    return [int(row[0].value) for row in STORE.query(text, use_default_graph_as_union=True)]  # type: ignore[union-attr, index]


@pytest.fixture(scope="module")
def tabulator(columns: Columns) -> Tabulator:
    return Tabulator(columns, {"ex": EX}, integers, least=0, worth=math.inf)


def listed(text: str) -> list[tuple[str, ...]]:
    found = STORE.query(text, use_default_graph_as_union=True)
    names = [variable.value for variable in found.variables]  # type: ignore[union-attr]
    return [tuple(f"{name}={row[name]}" for name in names) for row in found]  # type: ignore[union-attr]


VARIABLES = st.sampled_from(["?a", "?b", "$c", "?d"])
PROPERTIES = st.sampled_from([":p", ":q", f"<{EX}r>", "ex:p", ":number", "a", ":unheard", ":twice"])
TRIPLES = st.one_of(
    st.builds("{} {} {}".format, VARIABLES, PROPERTIES, VARIABLES),
    st.builds("{} a {}".format, VARIABLES, st.sampled_from([":A", ":B"])),
    st.builds("{} {} {}".format, st.sampled_from([":n1", "ex:n2"]), PROPERTIES, VARIABLES),
    st.builds("{} {} {}".format, VARIABLES, PROPERTIES, st.sampled_from([":n1", ":n3", ":none"])),
)
CONDITIONS = st.sampled_from(
    [
        "",
        "FILTER(?a != ?b)",
        "FILTER isIRI(?b)",
        'FILTER(STR(?c) > "h" || BOUND(?d)) .',
        'FILTER(CONTAINS(LCASE(STR(?b)), "water"))',
        'FILTER REGEX(?b, "^wa.er", "i")',
        'FILTER(LANG(?b) = "en")',
        'FILTER(LANGMATCHES(LANG(?b), "en") && ?a != :n1) .',
        "FILTER(?b > 3) FILTER(?b < 30)",
        "FILTER(?b + 1 > 3)",
        "FILTER(?b IN (:n1, 3, 'Water'@en))",
        "FILTER NOT EXISTS { ?b :q ?x }",
        "FILTER EXISTS { ?a :p ?b . ?b a :A }",
        "FILTER NOT EXISTS { ?a :q :n1 . } FILTER(?d != 3)",
    ]
)
FORMS = st.sampled_from(
    [
        "SELECT ?a ?b ?c ?d {{ {} }}",
        "SELECT ?a (STR(?b) AS ?text) WHERE {{ {} }}",
        "SELECT DISTINCT ?a WHERE {{ {} }} ORDER BY ?a",
        "SELECT DISTINCT ?a ?b {{ {} }}",
        "SELECT ?a {{ {} }} ORDER BY ?a LIMIT 3",
        "SELECT ?a (COUNT(*) AS ?n) (COUNT(DISTINCT ?b) AS ?m) {{ {} }} GROUP BY ?a",
        "SELECT ?a (COUNT(?b) AS ?n) (MAX(?b) AS ?most) (MIN(?a) AS ?least) {{ {} }} GROUP BY ?a ORDER BY DESC(?n) ?a",
        "SELECT ?a (SUM(?b) AS ?n) (AVG(?b) AS ?m) (SUM(DISTINCT ?b) AS ?k) {{ {} }} GROUP BY ?a",
        "SELECT ?c ?a (ROUND(AVG(?b) * 10) / 10 AS ?n) {{ {} }} GROUP BY ?a ?c HAVING(COUNT(DISTINCT ?b) > 1)",
        "SELECT (COUNT(*) AS ?n) {{ {} }}",
        "SELECT (COUNT(DISTINCT ?a) AS ?n) (AVG(?b) AS ?m) {{ {} }}",
        "SELECT ?b {{ {} }} GROUP BY ?b ORDER BY ?b",
    ]
)


@settings(max_examples=400, deadline=None)
@given(triples=st.lists(TRIPLES, min_size=1, max_size=4), condition=CONDITIONS, form=FORMS)
def test_what_is_prepared_has_the_same_solutions(
    tabulator: Tabulator, triples: list[str], condition: str, form: str
) -> None:
    text = HEAD + form.format(" . ".join(triples) + f" . {condition}")
    try:
        expected = listed(text)
    except SyntaxError:
        with pytest.raises(SyntaxError):
            listed(tabulator.prepare(text))
        return
    found = listed(tabulator.prepare(text))
    assert Counter(found) == Counter(expected)
    if "ORDER BY ?a" in text:
        assert found == expected


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?s { ?s a :A ; :p ?o }", None),
        ("SELECT ?s { ?s a :A ; :p ?o , ?x ; :q ?y . }", None),
        ("SELECT ?o { ?o :number ?x FILTER(?x > 10) }", None),
        ("SELECT ?o { ?o :q ?x . FILTER regex(str(?x), '[a-z}]') ?s :p ?o }", None),
        (f"SELECT ?s {{ ?s <{PREFIXES['rdf']}type> ex:A }} ORDER BY ?s LIMIT 2", 2),
        (f"SELECT ?s {{ ?s <{PREFIXES['rdf']}type> ex:A }} ORDER BY ASC(?s) LIMIT 2 OFFSET 1", 3),
        ("SELECT DISTINCT ?s { ?s a :A ; :p ?o }", 13),
        ("SELECT ?type (COUNT(*) AS ?n) { ?s a ?type } GROUP BY ?type", 2),
        ("SELECT ?type (AVG(?n) AS ?mean) { ?s a ?type ; :number ?n } GROUP BY ?type", None),
        ("SELECT ?type (MAX(?n) AS ?most) (MIN(?s) AS ?first) { ?s a ?type ; :number ?n } GROUP BY ?type", None),
        ("SELECT (MAX(?day) AS ?last) { ?s :day ?day }", 20),
        ("SELECT (COUNT(*) AS ?n) { ?s a :A FILTER NOT EXISTS { ?s :p ?o } }", 1),
        ('SELECT (COUNT(*) AS ?n) { ?s :p ?o FILTER(LANG(?o) = "en") }', 1),
    ],
)
def test_large_joins_and_counts_are_done_by_columns(tabulator: Tabulator, query: str, rows: int | None) -> None:
    prepared = tabulator.prepare(HEAD + query)
    assert "VALUES" in prepared
    assert listed(prepared) == listed(HEAD + query) or "ORDER" not in query
    assert Counter(listed(prepared)) == Counter(listed(HEAD + query))
    if rows is not None:
        assert prepared.count("(", prepared.index("VALUES")) - 1 - prepared.count("ASC(") == rows


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s :p ?o . ?t :q ?x }",
        "SELECT ?s { ?s :p ?o ; :q 'v' }",
        "SELECT ?s { ?s :p ?o ; :q/:r ?x }",
        "SELECT ?s { ?s :p ?o ; ^:q ?x }",
        "SELECT ?s { ?s :p ?o ; ?p ?x }",
        "SELECT ?s { ?s :p _:b . _:b :q ?x }",
        "SELECT ?s { ?s :p [ :q ?x ] }",
        "SELECT ?s { ?s :p ?o OPTIONAL { ?s :q ?x } }",
        "SELECT ?s { ?s :p ?o MINUS { ?s :q ?x } }",
        "SELECT ?s { ?s :p ?o FILTER NOT EXISTS { ?s :r ?y FILTER(?y > ?o) } }",
        "SELECT ?s { ?s :p ?o FILTER NOT EXISTS { ?t :r ?y } }",
        "SELECT ?s { ?s :p ?o FILTER(?o > 1 && NOT EXISTS { ?s :r ?y }) }",
        "SELECT ?s { ?s :p ?o ; :q ?x BIND(1 AS ?z) }",
        "SELECT ?s { ?s :p ?o ; :q ?x VALUES ?o { :n1 } }",
        "SELECT ?s { ?s :p ?o ; :q ?x } VALUES ?o { :n1 }",
        "SELECT ?s { ?s :p ?o ; :q ?x } LIMIT 5",
        "SELECT * { ?s :p ?o ; :q ?x }",
        "SELECT DISTINCT * { ?s :p ?o ; :q ?x }",
        "SELECT ?s { ?s :twice ?o }",
        "SELECT ?s { ?s :p ?o FILTER NOT EXISTS { ?s :twice ?x } }",
        "SELECT ?s { ?s :p ?o FILTER(RAND() < 0.5) }",
        "SELECT ?s { ?s :p ?o ; :q ?x FILTER(?o <urn:x#>\n?x) }",
        "SELECT (EXISTS { ?s :p ?o ; :q ?x } AS ?e) {}",
        "SELECT ?s FROM :g { ?s :p ?o ; :q ?x }",
        "SELECT ?s { GRAPH ?g { ?s :p ?o ; :q ?x } }",
        "SELECT ?s { { ?s :p ?o ; :q ?x } UNION { ?s :r ?o } }",
        "SELECT (COUNT(?s) AS ?s) { ?s :p ?o }",
        "SELECT (GROUP_CONCAT(?s) AS ?n) { ?s :p ?o }",
        "SELECT (COUNT(?o + 1) AS ?n) { ?s :number ?o }",
        "SELECT (SUM(?o) AS ?n) { ?s :p ?o }",
        "SELECT (MAX(?o) AS ?n) { ?s :p ?o }",
        "SELECT (SAMPLE(?s) AS ?n) { ?s :p ?o }",
        "SELECT (AVG(?o) AS ?n) { ?s :large ?o }",
        "SELECT (MIN(?o) AS ?n) { ?s :zoned ?o }",
        'SELECT ?s { ?s :p ?o } HAVING(STR(?s) > "h") ORDER BY ?s LIMIT 2',
        "SELECT ?s (COUNT(?o) AS ?c) { ?s :p ?o } GROUPBY ?s",
        "SELECT ?s { ?s :p ?o } ORDER BY ?s LIMIT 2 OFFSET2",
        "SELECT ?s { ?s :p ?o } ORDER BY ?s LIMIT 2OFFSET3",
        "SELECT ?s { ?s :p ?o } GROUP BY ?s ORDER BYCOUNT(?o)",
        "SELECT ?s (COUNT(*) AS ?n) { ?s :p ?o FILTER(?s != ?o) } GROUP BY ?s",
        "SELECT (COUNT(*) AS ?n) { ?s :p ?o } GROUP BY STR(?s)",
        "SELECT (COUNT(*) AS ?n) { ?s :p ?o } GROUP BY (STR(?s) AS ?t)",
        "SELECT ?ihub__0 { ?ihub__0 :p ?o }",
        "ASK { ?s :p ?o ; :q ?x }",
        "CONSTRUCT { ?s :p ?o } { ?s :p ?o ; :q ?x }",
        "BASE <http://example.org/> SELECT ?s { ?s <p> ?o ; <q> ?x }",
        "SELECT ?s { ?s <p> ?o }",
        "SELECT ?s { ?s <http://example.org/./p> ?o }",
        "SELECT ?s { ?s :p ?o ; :q ?x",
        "SELECT ?s { ?s :p ?o ; ; }",
        "SELECT ?s { ?s :p ?o ; :q ?x FILTER(",
        "SELECT ?s { ?s :p ?o ?s :q ?x }",
        "SELECT (COUNT(?s AS ?n) { ?s :p ?o }",
        "SELECT",
        "PREFIX",
        "",
    ],
)
def test_all_other_queries_are_left_as_they_are(tabulator: Tabulator, query: str) -> None:
    text = HEAD + query
    assert tabulator.prepare(text) == text


def test_small_patterns_and_large_results_are_the_engines(columns: Columns) -> None:
    text = HEAD + "SELECT ?s ?o { ?s :p ?o }"
    assert Tabulator(columns, {}, integers).prepare(text) == text
    assert Tabulator(columns, {}, integers, least=0).prepare(text) == text
    assert Tabulator(columns, {}, integers, least=0, worth=math.inf).prepare(text) != text
    assert Tabulator(columns, {}, integers, least=0, worth=math.inf, most_rows=10).prepare(text) == text
    grouped = HEAD + "SELECT ?o (COUNT(*) AS ?n) { ?s :p ?o } GROUP BY ?o"
    assert Tabulator(columns, {}, integers, least=0, most_rows=10).prepare(grouped) == grouped


def test_iris_that_the_engine_would_resolve_are_left_to_it(tmp_path: Path) -> None:
    store = Store()
    store.add(Quad(NamedNode(EX + "a/../b"), NamedNode(EX + "p"), Literal("x"), NamedNode(EX + "g")))
    text = HEAD + "SELECT ?s { ?s :p ?o }"
    made = Tabulator(columns_of(store, tmp_path / "made"), {}, integers, least=0, worth=math.inf)
    assert made.prepare(text) == text


def ask(text: str, columns: Columns | None, result: str = "json", **dataset: tuple[str, ...]) -> bytes | str:
    """Answer, or the error's words."""
    query = WorkerQuery(text, result, "SELECT", False, dataset.get("default"), None)
    try:
        return Evaluator(STORE, columns=columns, prefixes={"ex": EX}).answer(query).body
    except SparqlError as error:
        return f"{type(error).__name__}: {error}"


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch, columns: Columns) -> Columns:
    monkeypatch.setattr("kg.sparql.evaluation.Tabulator", lambda *args: Tabulator(*args, least=0, worth=math.inf))
    return columns


@pytest.mark.parametrize("result", ["json", "xml", "csv", "tsv"])
def test_an_answer_is_the_same_with_and_without(always: Columns, result: str) -> None:
    text = "SELECT ?o (COUNT(?s) AS ?n) (AVG(?x) AS ?m) { ?s a ex:A ; ex:p ?o ; ex:number ?x } GROUP BY ?o ORDER BY ?o"
    assert ask(text, always, result) == ask(text, None, result)


def test_a_request_that_names_its_dataset_is_the_engines(always: Columns) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?s ex:p ?o }"
    graph = (EX + "g",)
    assert ask(text, always, default=graph) == ask(text, None, default=graph) != ask(text, always)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT ?s { ?s ex:p ?o\nFILTER(?o + ) }", MalformedQueryError),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ex:p ?o } GROUP BY ?o", MalformedQueryError),
        ("SELECT (COUNT(*) AS ?n) { ?s ex:p ?o\nFILTER(?x + ) }", MalformedQueryError),
        ("SELECT ?s { ?s ex:p ?o FILTER(ex:unheard(?o)) }", UnsupportedFunctionError),
        ("SELECT ?s { ?s ex:none ?o FILTER(ex:unheard(?o)) }", UnsupportedFunctionError),
        ("SELECT (ex:unheard(?s) AS ?x) { ?s ex:none ?o }", UnsupportedFunctionError),
        ("SELECT ?s { ?s ex:p ?o FILTER NOT EXISTS { ?s <http://example.org/%zz> ?y } }", MalformedQueryError),
        ("PREFIX q: <http://x:> SELECT ?s { ?s ex:p ?o ; q:abc ?x }", MalformedQueryError),
        ("SELECT ?s { ?s ex:number ?o } GROUP BY ?s ORDER BY DESC AVG(?o)", MalformedQueryError),
        ("SELECT ?s (STR AVG(?o) AS ?y) { ?s ex:number ?o } GROUP BY ?s", MalformedQueryError),
    ],
)
def test_an_error_is_told_of_the_text_that_was_sent(always: Columns, text: str, error: type[SparqlError]) -> None:
    told = ask(text, always)
    assert told == ask(text, None)
    assert str(told).startswith(error.__name__)
