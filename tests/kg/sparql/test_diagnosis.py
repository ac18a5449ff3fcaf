"""A syntax error is reported where the mistake is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from kg.sparql.diagnosis import diagnose

if TYPE_CHECKING:
    from kg.sparql.errors import MalformedQueryError


def mistake(text: str) -> MalformedQueryError:
    try:
        Store().query(text)
    except SyntaxError as error:
        return diagnose(str(error), text)
    raise AssertionError(f"no mistake in {text}")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("SELECT *\r\nWHERE { ?s ?p }", (2, 15), "unexpected }"),
        ("SELEKT * {}", (1, 1), "unexpected SELEKT"),
        ("SELECT * {\n  ?s ?p ?o", (1, 10), "never closed"),
        ("SELECT * { ?s ?p ?o } }", (1, 23), "closes nothing"),
        ("SELECT * { FILTER(?x > 1 }", (1, 26), "still open"),
        ("SELECT * {\n ?s no:x ?o . }", (2, 5), "prefix no: is not declared"),
        ("SELECT * { ?s a ?o\n FILER(?o > 1) }", (2, 2), "unexpected FILER"),
        ("SELECT * { ?s ?p ?o } ORDR BY ?s", (1, 23), "unexpected ORDR"),
        ("SELECT * { ?s ?p ?o } LIMIT ten", (1, 29), "unexpected ten"),
        ("SELECT * { ?s ?p ?o OPTIONAL ?a }", (1, 30), "expected {"),
        ("SELECT * { ?s <http://e/a b> ?o }", (1, 15), "percent-encoded"),
        ("SELECT (1 AS ?x) (2 AS ?x) {}", (1, 29), "Duplicated variable name"),
        ("SELECT", (1, 7), "end of the query"),
    ],
)
def test_the_mistake_is_found(text: str, place: tuple[int, int], words: str) -> None:
    error = mistake(text)
    assert (error.line, error.column) == place
    assert words in error.cause
    assert error.source_line == text.split("\n")[place[0] - 1].rstrip("\r")


@given(st.text("SELCT*{}()[]?x:a<>'\"#\\n .;,12é", max_size=60))
def test_every_position_lies_within_the_query(text: str) -> None:
    try:
        Store().query(text)
    except SyntaxError as error:
        found = diagnose(str(error), text)
        if found.line is not None and found.column is not None:
            assert 1 <= found.line <= text.count("\n") + 1
            assert 1 <= found.column <= len(text.split("\n")[found.line - 1]) + 1
    except (OSError, RuntimeError):
        pass


def test_what_the_engine_says_in_another_form_is_kept() -> None:
    assert diagnose("something else", "ASK {}").cause == "something else"
