"""Queries that are made to join by hash have the same solutions, and others are left alone."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.sparql.errors import MalformedQueryError
from kg.sparql.evaluation import Evaluator
from kg.sparql.joins import Joins, count_patterns
from kg.sparql.messages import WorkerQuery
from ontology.namespaces import PREFIXES

EX = "http://example.org/"
TYPE = NamedNode(PREFIXES["rdf"] + "type")
HEAD = f"PREFIX : <{EX}>\n"
LARGE = {f"{EX}{name}": 5000 for name in ("p", "q", "r")} | {f"a {EX}{name}": 5000 for name in ("A", "B")}
JOINS = Joins({**LARGE, f"{EX}rare": 10, f"{EX}huge": 10_000_000}, 8.0, {"ex": EX})


def small_store() -> Store:
    """Twelve nodes and two values in two graphs that say some things twice."""
    chance = random.Random(7)  # noqa: S311 - the same data each time
    nodes = [NamedNode(f"{EX}n{number}") for number in range(12)]
    values: list[NamedNode | Literal] = [*nodes, Literal("v"), Literal("w", language="en")]
    store = Store()
    for _ in range(160):
        subject, graph = chance.choice(nodes), NamedNode(EX + chance.choice("gh"))
        predicate = NamedNode(EX + chance.choice("pqr"))
        store.add(Quad(subject, predicate, chance.choice(values), graph))
        store.add(Quad(subject, TYPE, NamedNode(EX + chance.choice("AB")), graph))
    return store


STORE = small_store()


def solutions(text: str) -> Counter[tuple[str, ...]]:
    found = STORE.query(text, use_default_graph_as_union=True)
    names = sorted(variable.value for variable in found.variables)  # type: ignore[union-attr]
    return Counter(tuple(str(row[name]) for name in names) for row in found)  # type: ignore[union-attr]


VARIABLES = st.sampled_from(["?a", "?b", "$c", "?d"])
TRIPLES = st.one_of(
    st.builds("{} {} {}".format, VARIABLES, st.sampled_from([":p", ":q", f"<{EX}r>", "ex:p"]), VARIABLES),
    st.builds("{} a {}".format, VARIABLES, st.sampled_from([":A", ":B"])),
)
FILTERS = st.sampled_from(["", "FILTER(?a != ?b)", "FILTER isIRI(?b)", 'FILTER(STR(?c) > "h" || BOUND(?d)) .'])
FORMS = st.sampled_from(
    [
        "SELECT ?a ?b ?c ?d {{ {} }}",
        "SELECT DISTINCT ?a WHERE {{ {} }} ORDER BY ?a",
        "SELECT ?a (COUNT(*) AS ?n) (COUNT(DISTINCT ?b) AS ?m) {{ {} }} GROUP BY ?a",
        "SELECT (COUNT(*) AS ?n) {{ {} }}",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TRIPLES, min_size=2, max_size=4), FILTERS, FORMS)
def test_what_is_prepared_has_the_same_solutions(triples: list[str], condition: str, form: str) -> None:
    text = HEAD + f"PREFIX ex: <{EX}>\n" + form.format(" . ".join(triples) + f" . {condition}")
    assert solutions(JOINS.prepare(text)) == solutions(text)


@pytest.mark.parametrize(
    ("group", "selects"),
    [
        ("?s a :A ; :p ?o", 2),
        ("?s a :A ; :p ?o , ?x ; :q ?y .", 4),
        ("?s :p ?o . ?o :q ?x . FILTER(?x > 1)", 2),
        ("?o :q ?x . FILTER regex(str(?x), '[a-z}]') ?s :p ?o", 2),
        (f"?s <{PREFIXES['rdf']}type> ex:A . ?s ex:p ?o", 2),
    ],
)
def test_patterns_that_are_all_large_are_joined_by_hash(group: str, selects: int) -> None:
    text = HEAD + f"SELECT ?s {{ {group} }}"
    prepared = JOINS.prepare(text)
    assert prepared.count("SELECT") == 1 + selects
    assert solutions(prepared.replace("ex:", ":")) == solutions(text.replace("ex:", ":"))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?o { <http://example.org/n1> :p ?o ; :q ?x }",
        "SELECT ?s { ?s :p ?o }",
        "SELECT ?s { ?s :p ?o ; :rare ?x }",
        "SELECT ?s { ?s :p ?o ; :huge ?x }",
        "SELECT ?s { ?s :p ?o ; :unheard ?x }",
        "SELECT ?s { ?s :p ?o . ?t :q ?x }",
        "SELECT ?s { ?s :p ?o . ?t :q ?o }",
        "SELECT ?s { ?s :p ?o ; :q 'v' }",
        "SELECT ?s { ?s :p ?o ; :q/:r ?x }",
        "SELECT ?s { ?s :p ?o ; ^:q ?x }",
        "SELECT ?s { ?s :p ?o ; ?p ?x }",
        "SELECT ?s { ?s :p _:b . _:b :q ?x }",
        "SELECT ?s { ?s :p [ :q ?x ] }",
        "SELECT ?s { ?s :p ?o OPTIONAL { ?s :q ?x } }",
        "SELECT ?s { ?s :p ?o ; :q ?x FILTER NOT EXISTS { ?s :r ?y } }",
        "SELECT ?s { ?s :p ?o ; :q ?x BIND(1 AS ?z) }",
        "SELECT ?s { ?s :p ?o ; :q ?x VALUES ?o { :n1 } }",
        "SELECT ?s { ?s :p ?o ; :q ?x } VALUES ?o { :n1 }",
        "SELECT ?s { ?s :p ?o ; :q ?x } LIMIT 5",
        "SELECT * { ?s :p ?o ; :q ?x }",
        "SELECT DISTINCT * { ?s :p ?o ; :q ?x }",
        "SELECT ?s { ?s :p ?o ; :q ?x FILTER(?o <urn:x#>\n?x) }",
        "SELECT (EXISTS { ?s :p ?o ; :q ?x } AS ?e) {}",
        "SELECT ?s FROM :g { ?s :p ?o ; :q ?x }",
        "SELECT ?s { GRAPH ?g { ?s :p ?o ; :q ?x } }",
        "SELECT ?s { { ?s :p ?o ; :q ?x } UNION { ?s :r ?o } }",
        "ASK { ?s :p ?o ; :q ?x }",
        "CONSTRUCT { ?s :p ?o } { ?s :p ?o ; :q ?x }",
        "BASE <http://example.org/> SELECT ?s { ?s <p> ?o ; <q> ?x }",
        "SELECT ?s { ?s :p ?o ; :q ?x",
        "SELECT ?s { ?s :p ?o ; ; }",
        "SELECT ?s { ?s :p ?o ; :q ?x FILTER(",
        "SELECT ?s { ?s :p ?o ?s :q ?x }",
        "SELECT",
        "PREFIX",
        "",
    ],
)
def test_all_other_queries_are_left_as_they_are(query: str) -> None:
    text = HEAD + query
    assert JOINS.prepare(text) == text


def test_properties_and_classes_are_counted() -> None:
    counts = count_patterns(STORE)
    assert counts[f"a {EX}A"] == sum(1 for _ in STORE.quads_for_pattern(None, TYPE, NamedNode(EX + "A")))
    assert counts[f"{EX}p"] == sum(1 for _ in STORE.quads_for_pattern(None, NamedNode(EX + "p"), None))


def ask(text: str) -> WorkerQuery:
    return WorkerQuery(text, "json", "SELECT", False, None, None)


def test_an_answer_is_the_same_with_and_without() -> None:
    text = HEAD + "SELECT ?o (COUNT(?s) AS ?n) { ?s a :A ; :p ?o } GROUP BY ?o ORDER BY ?o"
    assert Evaluator(STORE, joins=JOINS).answer(ask(text)).body == Evaluator(STORE).answer(ask(text)).body


def test_an_error_is_told_with_its_place_in_the_text_that_was_sent() -> None:
    text = HEAD + "SELECT ?s { ?s :p ?o ; :q ?x\nFILTER(?x + ) }"
    assert JOINS.prepare(text) != text
    messages = []
    for evaluator in (Evaluator(STORE, joins=JOINS), Evaluator(STORE)):
        with pytest.raises(MalformedQueryError) as raised:
            evaluator.answer(ask(text))
        messages.append(str(raised.value))
    assert messages[0] == messages[1]
