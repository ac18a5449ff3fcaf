"""Parameters are checked before anything is computed, and an error names the parameter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.request import (
    FILTERS,
    ParameterError,
    SearchRequest,
    clean_query,
    decode_cursor,
    encode_cursor,
    parse_request,
)

KNOWN = {name: {} for name in FILTERS} | {"subject": {"mathematics": "iri:m", "iri:m": "iri:m"}}


def parse(**parameters: str | list[str]) -> SearchRequest:
    lists = {name: [value] if isinstance(value, str) else value for name, value in parameters.items()}
    return parse_request(lists, KNOWN, "r1", longest=50, largest_page=100)


def test_values_become_iris_once() -> None:
    assert parse(subject=["mathematics", "iri:m", ""]).filters == {"subject": ("iri:m",)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", "x" * 51),
        ("subject", "alchemy"),
        ("subject", "\x1d"),
        ("limit", " 5"),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "ten"),
        ("limit", "²"),
        ("minutes_max", "-1"),
        ("minutes_max", "9" * 40),
        ("cursor", "!"),
        ("cursor", encode_cursor("other", 5)),
        ("cursor", "W10"),
    ],
)
def test_bad_values_name_their_parameter(name: str, value: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(**{name: value})
    assert caught.value.field == name


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(ParameterError, match="more than once"):
        parse(q=["a", "b"])


@given(st.text())
def test_cleaned_queries_hold_no_control_characters(text: str) -> None:
    cleaned = clean_query(text)
    assert cleaned == clean_query(cleaned)
    assert not any(ord(character) < 32 or "\ud800" <= character <= "\udfff" for character in cleaned)


@given(st.text(max_size=60))
def test_any_cursor_is_read_or_refused(text: str) -> None:
    try:
        assert decode_cursor(text, "r1") >= 0
    except ParameterError as error:
        assert error.field == "cursor"


@given(st.integers(0, 2**31 - 1))
def test_cursors_round_trip(offset: int) -> None:
    assert decode_cursor(encode_cursor("r1", offset), "r1") == offset
