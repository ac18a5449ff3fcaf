"""What is refused before any worker sees it, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QueryBoolean, Store

from kg.sparql.errors import (
    FederationRefusedError,
    MalformedQueryError,
    QueryTooComplexError,
    QueryTooLongError,
    SparqlError,
    UpdateRefusedError,
)
from kg.sparql.limits import Limits
from kg.sparql.screening import ScreenedQuery, screen

LIMITS = Limits()


def screened(text: str, *, protocol_dataset: bool = False) -> ScreenedQuery:
    return screen(text, LIMITS, protocol_dataset=protocol_dataset)


@pytest.mark.parametrize(
    "text",
    [
        "ASK { SERVICE <http://e/> { ?s ?p ?o } }",
        "ASK { service silent ?x { } }",
        "ASK { SERVICESILENT<http://e/>{} }",
        "ASK { ?s ?p true.SERVICE<http://e/>{} }",
        "ASK { ?s ?p 1SERVICE<http://e/>{} }",
        "PREFIX : <http://e/> ASK { SERVICE:x { ?s ?p ?o } }",
        "PREFIX ex: <http://e/> ASK { SERVICEex:x{} }",
        "PREFIX : <http://e/> ASK { OPTIONAL { SERVICESILENT:x {} } }",
        "ASK { FILTER(?a <2) SERVICE <http://e/> {} FILTER(3>2) }",
        "ASK { # \r SERVICE <http://e/> {} \n }",
        "ASK { ?s ?p '#' SERVICE <http://e/> {} }",
        'ASK { ?s ?p "\\u0022 SERVICE <http://e/> {} # \\u0022" }',
        'PREFIX x: <urn:x> ASK { FILTER(1<x:a#>"""\n) SERVICE <http://e/> {} #"""\n }',
        "PREFIX ex: <http://e/> ASK { ?s ex:a\\' ?o . SERVICE <http://e/> {} . ?s ex:b\\' ?o }",
    ],
)
def test_service_is_refused_however_it_is_dressed(text: str) -> None:
    with pytest.raises(FederationRefusedError):
        screened(text)


def test_service_in_escapes_is_refused_as_malformed_like_any_keyword_in_escapes() -> None:
    with pytest.raises(MalformedQueryError):
        screened("ASK { \\u0053ERVICE <http://e/> {} }")


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX service: <http://e/> SELECT ?service { ?service service:service service:x . }",
        "PREFIX service: <http://e/> ASK { GRAPH service:x { ?s ?p ?o } }",
        "PREFIX service: <http://e/> DESCRIBE service:x { ?s ?p ?o }",
        "ASK { ?s ?p 'SERVICE <http://e/> {}' } # SERVICE <http://e/> {}",
        'ASK { ?s <http://e/SERVICE> """ SERVICE <http://e/> { } """ }',
        "ASK { ?s ?p _:SERVICE . FILTER(LANG(?o) = 'x' || ?o = 'x'@service) }",
        "SELECT (COUNT(*) AS ?SERVICE) FROM <http://e/service> { ?s ?p ?o }",
    ],
)
def test_the_word_service_elsewhere_is_innocent(text: str) -> None:
    screened(text)


@pytest.mark.parametrize(
    "word", ["INSERT DATA {}", "delete where {}", "LOAD <http://e/>", "CLEAR ALL", "WITH <g> INSERT {}"]
)
def test_updates_are_named_as_such(word: str) -> None:
    with pytest.raises(UpdateRefusedError):
        screened(f"PREFIX ex: <http://e/> # SELECT\n{word}")


def test_a_query_about_updates_is_a_query() -> None:
    assert screened("PREFIX insert: <http://e/> SELECT ?delete { ?delete insert:load 'CLEAR' }").form == "SELECT"


def test_an_open_quote_is_reported_where_it_opens() -> None:
    with pytest.raises(MalformedQueryError) as caught:
        screened('ASK {\n  ?s ?p "open }')
    assert (caught.value.line, caught.value.column, caught.value.source_line) == (2, 9, '  ?s ?p "open }')


@pytest.mark.parametrize("text", ["", "  \n", "# only a comment"])
def test_an_empty_query_is_malformed(text: str) -> None:
    with pytest.raises(MalformedQueryError, match="empty"):
        screened(text)


def test_length_is_bounded_in_characters() -> None:
    screened("ASK {} #" + "é" * (LIMITS.query_max_chars - 8))
    with pytest.raises(QueryTooLongError, match="100,001"):
        screened("ASK {} #" + "é" * (LIMITS.query_max_chars - 7))


@pytest.mark.parametrize("opening", ["{", "(", "[", "{SELECT * {", "STR(", "<< "])
def test_nesting_is_bounded(opening: str) -> None:
    screened("ASK " + opening * 60)
    with pytest.raises(QueryTooComplexError):
        screened("ASK " + opening * 130)


@pytest.mark.parametrize(
    "link", ["+1", "&&?x", "!", "/<p>", "|<p>", "UNION{}", "OPTIONAL{}", "BIND(1 AS ?x)", ".?s ?p ?o", ",1", ";?p 1"]
)
def test_chains_are_bounded(link: str) -> None:
    screened("ASK { ?s ?p 1" + link * 400)
    with pytest.raises(QueryTooComplexError):
        screened("ASK { ?s ?p 1" + link * 1600)


def test_long_lists_of_values_and_arguments_are_not_chains() -> None:
    screened(
        "ASK { VALUES ?x { " + "-1 " * 20_000 + "} FILTER(?x IN (" + ",".join("1" * 9 for _ in range(3000)) + ")) }"
    )


def test_dataset_clauses_are_noticed_and_blanked_where_the_request_names_the_dataset() -> None:
    text = "SELECT * FROM <http://e/a>\nFROM NAMED ex:g WHERE { ?from ?p 'FROM <x>' . { SELECT ?x { ?x ?y ?z } } }"
    assert screened(text).has_dataset
    without = screened(text, protocol_dataset=True)
    assert not without.has_dataset
    assert without.text.split() == text.replace("FROM <http://e/a>\nFROM NAMED ex:g", "").split()
    assert [len(line) for line in without.text.split("\n")] == [len(line) for line in text.split("\n")]


@pytest.mark.parametrize("clause", ["FROM:g", "FROMNAMED<g>", "from named<g>"])
def test_dataset_clauses_without_spaces_are_noticed_as_the_engine_does(clause: str) -> None:
    assert screened(f"PREFIX : <http://e/> SELECT *{clause} {{}}").has_dataset


@pytest.mark.parametrize(
    "text", ["PREFIX from: <http://e/> DESCRIBE from:x", "PREFIX FROM: <http://e/> ASK {?s FROM:x 1}"]
)
def test_a_prefix_called_from_is_no_dataset_clause(text: str) -> None:
    assert not screened(text).has_dataset


def test_layout_and_comments_do_not_count_for_the_cache() -> None:
    assert screened("SELECT *\n{ ?s ?p 'a  b' } # x").normalised == screened("SELECT\t*  { ?s ?p 'a  b' }").normalised
    assert screened("SELECT * {?s ?p 'a b'}").normalised != screened("SELECT * {?s ?p 'a  b'}").normalised


def test_queries_that_may_rightly_differ_are_marked() -> None:
    assert screened("SELECT (rand() AS ?x) {}").volatile
    assert not screened("SELECT ?rand { ?rand ?now 'UUID()' }").volatile


def test_shape_forgets_names_and_values_only() -> None:
    assert (
        screened("ASK { ?s <http://e/p> 'a' FILTER(?s > 1) }").shape
        == screened('ASK{$x ex:q "b" FILTER(?y>2.5)}').shape
    )
    assert screened("ASK { ?s ?p ?o }").shape != screened("ASK { ?s ?p ?o . ?a ?b ?c }").shape


_STORE = Store()
_STORE.extend(Quad(NamedNode(f"urn:x:{n}"), NamedNode("urn:x:p"), Literal(n), DefaultGraph()) for n in range(3))
_NOWHERE = "<http://127.0.0.1:1/>"  # the engine refuses port 1 by itself: nothing is ever connected to
_PROLOGUE = "".join(f"PREFIX {name}: {_NOWHERE} " for name in ("", "urn", "ex", "service", "SERVICE"))
_FRAGMENTS = st.sampled_from(
    ["?a ?b ?c .", "?a ?b ?c", '?a ?b "x"', '"""', "'''", '"', "'", "#", "\n", "\r", " ", "FILTER(", ")", "?a<?b",
     "?a <",
     "<urn:x#>", "<x#>", ">", "SERVICE", "SILENT", f"SERVICE {_NOWHERE}{{}}", f"SERVICE{_NOWHERE}{{?x ?y ?z}}",
     "SERVICE:foo{}",
     "x:SERVICE", " SERVICE ?q{}", "service:x", "{", "}", "UNION", "OPTIONAL", "GRAPH ?g", "\\u0022",
     "\\u0053ERVICE", "\\", "@en",
     "^^<urn:x#>", "1", "1.", "true", "a", "ex:a", "ex:a.", "_:b", "VALUES ?x {", "BIND(", "AS ?z)", "EXISTS",
     "MINUS", "/", "|",
     "!", "=", ",", ";", ".", "[]", "ex:a\\'", "ex:a\\#", "é", "{?s ?p ?o}", "?a<:x#>", "1<urn:x#>", "?a<ex:a#>"]
)  # fmt: skip
_GLUE = st.sampled_from(["", "", " ", "\n"])
_BODY = st.lists(st.tuples(_FRAGMENTS, _GLUE).map("".join), max_size=5).map("".join)
_CALL = st.builds(
    "".join,
    st.tuples(
        st.sampled_from([" ", "", "} ", ") ", "\n", '"', "'", '"""', ".", "1", "true", ")", "}"]),
        st.sampled_from(["SERVICE", "service", "SERVICE SILENT", "SERVICESILENT"]),
        st.sampled_from([_NOWHERE, f" {_NOWHERE}", ":x", "?q", " :x"]),
        st.sampled_from(["{}", " {}", "\n{?s ?p ?o}"]),
        st.sampled_from(["", " ", "#", '#"""', "\n", "}"]),
    ),
)


def _engine_calls_out(text: str) -> bool:
    try:
        results = _STORE.query(text)
        if not isinstance(results, QueryBoolean):
            next(iter(results), None)
    except OSError:
        return True
    except (SyntaxError, RuntimeError, ValueError):
        return False
    return False


@settings(max_examples=2000)
@given(
    _BODY,
    _CALL,
    _BODY,
    st.sampled_from(["ASK {%s}", "SELECT * {%s}", "SELECT * { {%s} ?q ?r ?t }", "DESCRIBE ?x {%s}"]),
)
@example("", " SERVICE <http://127.0.0.1:1/>{}", "", "ASK {%s}")
def test_whatever_makes_the_engine_call_out_is_refused(before: str, call: str, after: str, frame: str) -> None:
    text = _PROLOGUE + frame % (before + call + after)
    if _engine_calls_out(text):
        with pytest.raises(SparqlError):
            screened(text)
