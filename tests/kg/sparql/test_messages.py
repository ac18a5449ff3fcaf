"""What passes between the processes arrives as it was sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sparql import errors
from kg.sparql.cache import AnswerCache
from kg.sparql.messages import PREAMBLE_BYTES, Answer, Preamble, WorkerQuery, digest

DIGESTS = st.binary(min_size=16, max_size=16)
TEXTS = st.text(max_size=50)
GRAPHS = st.none() | st.lists(TEXTS, max_size=3).map(tuple)


@given(st.integers(0, 2**32 - 1), DIGESTS, DIGESTS, DIGESTS)
def test_a_preamble_reads_back(length: int, client: bytes, query: bytes, shape: bytes) -> None:
    preamble = Preamble(length, client, query, shape)
    assert len(preamble.encode()) == PREAMBLE_BYTES
    assert Preamble.decode(preamble.encode()) == preamble


@given(st.binary(min_size=PREAMBLE_BYTES, max_size=PREAMBLE_BYTES).filter(lambda data: not data.startswith(b"SPQ1")))
def test_other_bytes_are_no_preamble(data: bytes) -> None:
    assert Preamble.decode(data) is None


@given(TEXTS, TEXTS, TEXTS, st.booleans(), GRAPHS, GRAPHS)
def test_a_query_reads_back(
    text: str, format_: str, form: str, has: bool, default: tuple[str], named: tuple[str]
) -> None:
    query = WorkerQuery(text, format_, form, has, default, named)
    read = WorkerQuery.decode(query.encode())
    assert (read.text, read.format, read.form, read.has_dataset) == (text, format_, form, has)
    assert [None if graphs is None else tuple(graphs) for graphs in (read.default_graphs, read.named_graphs)] == [
        default,
        named,
    ]


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"text": 1}', b"\xff", b"null", b'{"surplus": 1}'])
def test_other_bytes_are_no_query(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's message is not ours
        WorkerQuery.decode(body)


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_digests_differ_where_the_parts_do(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


def everything_that_can_go_wrong() -> list[errors.SparqlError]:
    kinds = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]
    return [kind("cause", hint="hint") for kind in kinds]


@pytest.mark.parametrize("error", everything_that_can_go_wrong(), ids=lambda error: error.outcome)
def test_every_error_reads_back(error: errors.SparqlError) -> None:
    read = errors.error_from_frame(error.to_frame())
    assert isinstance(read, type(error) if type(error) is not errors.SparqlError else errors.SparqlError)
    assert (read.cause, read.hint, read.retry_after) == ("cause", "hint", None)


def test_every_error_has_an_outcome_of_its_own() -> None:
    outcomes = [error.outcome for error in everything_that_can_go_wrong()]
    assert len(outcomes) == len(set(outcomes))


def answer(size: int) -> Answer:
    return Answer(b"x" * size, "json", "bindings", 1, 0.0)


def test_the_cache_stays_within_its_bytes_and_drops_the_longest_unused() -> None:
    cache = AnswerCache(4000)
    cache.put("a", answer(400))
    cache.put("b", answer(400))
    for name in "cde":
        cache.get("a")
        cache.put(name, answer(400))
    assert cache.get("a")
    assert cache.get("b") is None


def test_an_answer_that_would_fill_the_cache_is_not_kept() -> None:
    cache = AnswerCache(4000)
    cache.put("a", answer(2000))
    assert cache.get("a") is None
