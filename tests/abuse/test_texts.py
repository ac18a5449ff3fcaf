"""Query texts made to hurt the parser: deep, long, strange. None of them is a server error, none ends the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.abuse.conftest import Arena

CONSTRUCTS: dict[str, Callable[[int], str]] = {
    "sub-selects": lambda n: "SELECT * {" + "{SELECT * {" * n + "?s ?p ?o" + "}}" * n + "}",
    "groups": lambda n: "SELECT * " + "{" * n + "?s ?p ?o" + "}" * n,
    "parentheses": lambda n: "ASK {FILTER" + "(" * n + "1" + ")" * n + "}",
    "function calls": lambda n: "ASK {FILTER(" + "STR(" * n + "1" + ")" * n + ")}",
    "blank nodes": lambda n: "ASK {?s ?p " + "[?p " * n + "1" + "]" * n + "}",
    "lists": lambda n: "ASK {?s ?p " + "(" * n + "1" + ")" * n + "}",
    "nested paths": lambda n: "ASK {?s " + "(" * n + "<x>" + ")*" * n + " ?o}",
    "inverse paths": lambda n: "ASK {?s " + "^(" * n + "<x>" + ")" * n + " ?o}",
    "sequence paths": lambda n: "ASK {?s <x>" + "/<x>" * n + " ?o}",
    "alternative paths": lambda n: "ASK {?s <x>" + "|<x>" * n + " ?o}",
    "negated paths": lambda n: "ASK {?s !(<x>" + "|<x>" * n + ") ?o}",
    "not": lambda n: "ASK {FILTER(" + "!" * n + "true)}",
    "minus": lambda n: "ASK {FILTER(" + "- " * n + "1)}",
    "sums": lambda n: "ASK {FILTER(1" + "+1" * n + ")}",
    "products": lambda n: "ASK {FILTER(1" + "*1" * n + ")}",
    "and": lambda n: "ASK {?s ?p ?o FILTER(?s=1" + "&&?s=1" * n + ")}",
    "or": lambda n: "ASK {?s ?p ?o FILTER(?s=1" + "||?s=1" * n + ")}",
    "unions": lambda n: "ASK {{?a ?b 1}" + "UNION{?a ?b 1}" * n + "}",
    "optionals": lambda n: "ASK {?a ?b 1 " + "OPTIONAL{?a ?b 1}" * n + "}",
    "nested optionals": lambda n: "ASK {?a ?b 1 " + "OPTIONAL{?a ?b 1 " * n + "}" * n + "}",
    "minuses": lambda n: "ASK {?a ?b 1 " + "MINUS{?a ?b 1}" * n + "}",
    "sibling groups": lambda n: "ASK {?a ?b 1 " + "{?a ?b 1}" * n + "}",
    "sibling sub-selects": lambda n: "ASK {?a ?b 1 " + "{SELECT * {?a ?b 1}}" * n + "}",
    "filters": lambda n: "ASK {?a ?b 1 " + "FILTER(?a=1)" * n + "}",
    "exists": lambda n: "ASK {?a ?b 1 " + "FILTER EXISTS{?a ?b 1}" * n + "}",
    "nested exists": lambda n: "ASK {?a ?b 1 " + "FILTER EXISTS{?a ?b 1 " * n + "}" * n + "}",
    "nested graphs": lambda n: "ASK {" + "GRAPH ?g {" * n + "}" * n + "}",
    "binds": lambda n: "ASK {?a ?b 1 " + "".join(f"BIND(1 AS ?v{i})" for i in range(n)) + "}",
    "values": lambda n: "ASK {VALUES ?x {" + "1 " * n + "}}",
    "values blocks": lambda n: "ASK {?a ?b 1 " + "VALUES ?x {1}" * n + "}",
    "in": lambda n: "ASK {?a ?b ?c FILTER(?c IN (1" + ",1" * n + "))}",
    "arguments": lambda n: "ASK {BIND(CONCAT('1'" + ",'1'" * n + ") AS ?x)}",
    "conditions": lambda n: "ASK {FILTER(" + "IF(true," * n + "1" + ",1)" * n + ")}",
    "triples": lambda n: "ASK {" + "?a ?b 1 ." * n + "}",
    "objects": lambda n: "ASK {?a ?b 1" + ",1" * n + "}",
    "predicates": lambda n: "ASK {?a ?b 1" + ";?b 1" * n + "}",
    "variables": lambda n: "SELECT " + "".join(f"?v{i} " for i in range(n)) + "{?v0 ?v1 ?v2}",
    "expressions": lambda n: "SELECT " + "".join(f"(1 AS ?v{i}) " for i in range(n)) + "{}",
    "order": lambda n: "SELECT * {?a ?b 1} ORDER BY " + "?a " * n,
    "group": lambda n: "SELECT (1 AS ?x) {?a ?b 1} GROUP BY " + "?a " * n,
    "prefixes": lambda n: "".join(f"PREFIX p{i}: <http://x/{i}>\n" for i in range(n)) + "ASK {}",
    "datasets": lambda n: "SELECT * " + "FROM <x:x> " * n + "{?s ?p ?o} LIMIT 1",
    "quoted triples": lambda n: "ASK {" + "<< " * n + "?s ?p ?o" + " >>" * n + " ?p ?o}",
    "annotations": lambda n: "ASK {?s ?p ?o " + "{| ?p ?o " * n + "|}" * n + "}",
    "templates": lambda n: "CONSTRUCT {?s ?p " + "[?p " * n + "1" + "]" * n + "} WHERE {}",
    "comments": lambda n: "ASK {" + "#\n" * n + "}",
    "only opening": lambda n: "ASK " + "{" * n,
    "only closing": lambda n: "ASK " + "}" * n,
    "quotes": lambda n: "ASK { ?s ?p " + "'" * n + " }",
}
WORDS = "SELECT ASK * { } ( ) [ ] ?s ?p ?o a 'x' 1 . ; , FILTER UNION OPTIONAL < > ! = || + / ^"
NO_SERVER_ERROR = {200, 400, 403, 413, 414, 422, 503, 504}


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_construct_thirty_thousand_deep_or_long_is_answered_or_refused(arena: Arena, construct: str) -> None:
    answer = arena.ask(CONSTRUCTS[construct](30_000))
    assert answer.status_code in NO_SERVER_ERROR
    assert arena.is_well()


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_construct_just_within_the_limits_does_not_end_a_worker(arena: Arena, construct: str) -> None:
    before = set(arena.workers())
    answer = arena.ask(CONSTRUCTS[construct](60))
    assert answer.status_code in {200, 400, 504}, answer.text[:300]
    if answer.status_code != 504:
        assert before & set(arena.workers())


@pytest.mark.long
@pytest.mark.parametrize("size", [100, 125, 400, 700, 1400, 3000, 10_000])
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_no_size_of_any_construct_ends_the_service(arena: Arena, construct: str, size: int) -> None:
    answer = arena.ask(CONSTRUCTS[construct](size))
    assert answer.status_code in NO_SERVER_ERROR
    assert arena.is_well()


@pytest.mark.parametrize("method", ["direct", "form", "get"])
def test_five_megabytes_are_refused_unread(arena: Arena, method: str) -> None:
    text = "ASK { ?s ?p '" + "x" * 5_000_000 + "' }"
    if method == "direct":
        answer = arena.ask(text)
    elif method == "form":
        answer = arena.client.post("/sparql", data={"query": text})
    else:
        answer = arena.client.get("/sparql", query_string={"query": text})
    assert answer.status_code in {413, 414}
    assert arena.is_well()


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "ASK {}\x00",
        "\x00ASK {}",
        "ASK { ?s ?p '\x00' }",
        "ASK { ?s ?p <\x00> }",
        "ASK {} # \x00",
        "\ufeffASK {}",
        "ASK\u00a0{}",
        "ASK { ?s ?p '\\u0000' }",
        "ASK { ?s ?p '\\uD800' }",
        "ASK { ?s ?p '\\U00110000' }",
        "ASK {\x0b}",
        "\u202eASK {}",
        "ASK {} \\",
    ],
)
def test_strange_characters_are_data_or_malformed(arena: Arena, text: str) -> None:
    assert arena.ask(text).status_code in {200, 400}
    assert arena.client.post("/sparql", data={"query": text}).status_code in {200, 400}
    assert arena.is_well()


@pytest.mark.parametrize(
    "text",
    [
        "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "ASK { SERVICESILENT<http://127.0.0.1:9/>{} }",
        "ASK { FILTER(?a <2) SERVICE <http://127.0.0.1:9/> {} FILTER(3>2) }",
        "ASK { #\rSERVICE <http://127.0.0.1:9/> {}\n }",
        'PREFIX u: <urn:> ASK { FILTER(1<u:a#>"""\n) SERVICE <http://127.0.0.1:9/> {} #"""\n }',
        "PREFIX : <http://127.0.0.1:9/> ASK { SERVICE:x { ?s ?p ?o } }",
    ],
)
def test_no_trick_reaches_another_server(arena: Arena, text: str) -> None:
    assert arena.ask(text).status_code in {400, 403}


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_no_bytes_are_a_server_error(arena: Arena, body: bytes) -> None:
    answer = arena.client.post("/sparql", data=body, content_type="application/sparql-query")
    assert answer.status_code in NO_SERVER_ERROR


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                "SELECT",
                "ASK",
                "*",
                "{",
                "}",
                "(",
                ")",
                "[",
                "]",
                "?s",
                "?p",
                "?o",
                "a",
                "'x'",
                "1",
                ".",
                ";",
                ",",
                "FILTER",
                "UNION",
                "OPTIONAL",
                "<",
                ">",
                "!",
                "=",
                "||",
                "+",
                "/",
                "^",
            ]
        ),
        max_size=30,
    )
)
def test_no_sequence_of_tokens_is_a_server_error(arena: Arena, words: list[str]) -> None:
    assert arena.ask("SELECT * {" + " ".join(words)).status_code in NO_SERVER_ERROR
