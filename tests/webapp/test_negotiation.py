"""Content negotiation chooses what the client prefers and no header upsets it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.negotiation import negotiate, parse_accept

OFFERS = ("text/turtle", "application/ld+json", "application/rdf+xml", "text/html")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "text/turtle"),
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("*; q=.2", "text/turtle"),
        ("text/html, */*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/ld+json", "application/ld+json"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "application/ld+json"),
        ('application/ld+json;profile="a,b;q=0";q=0.9, text/turtle;q=0.1', "application/ld+json"),
        ("Application/LD+JSON", "application/ld+json"),
        ("text/turtle;q=0.5, application/rdf+xml;q=0.7", "application/rdf+xml"),
        ("text/turtle;q=0, */*;q=0.1", "application/ld+json"),
        ("application/*", "application/ld+json"),
        ("application/*;q=0.9, text/*;q=0.8", "application/ld+json"),
        ("application/*, application/ld+json;q=0.1", "application/rdf+xml"),
        ("image/png, application/rdf+xml;q=0.001", "application/rdf+xml"),
        ("image/png", None),
        ("text/turtle;q=0", None),
        ("text/turtle;q=oops", "text/turtle"),
        ("text/turtle;q=-1, text/html;q=0.1", "text/html"),
        ("text/turtle;q=7", "text/turtle"),
        ("text/turtle;q=nan", "text/turtle"),
        ("garbage", "text/turtle"),
        (",,;;,", "text/turtle"),
        ("text/html ; q = 0.3 , text/turtle ; charset=utf-8", "text/turtle"),
        ('text/turtle;a="unclosed', "text/turtle"),
    ],
)
def test_the_preferred_offer_is_chosen(accept: str | None, chosen: str | None) -> None:
    assert negotiate(accept, OFFERS) == chosen


def test_nothing_is_chosen_from_nothing() -> None:
    assert negotiate("*/*", ()) is None
    assert negotiate(None, ()) is None


@given(st.text(max_size=300))
def test_any_header_gives_an_offer_or_none(header: str) -> None:
    assert negotiate(header, OFFERS) in {*OFFERS, None}


@given(st.text('atx/*+;,q=0.1"\\ ', max_size=200))
def test_weights_stay_between_nothing_and_one(header: str) -> None:
    assert all(0.0 <= item.weight <= 1.0 for item in parse_accept(header))


@given(
    st.sampled_from(OFFERS),
    st.lists(st.sampled_from(["*/*;q=0.9", "text/*;q=0.5", "image/png", "application/*;q=0.2"])),
)
def test_a_type_named_with_full_weight_is_chosen_over_ranges_with_less(wanted: str, others: list[str]) -> None:
    assert negotiate(", ".join([*others, wanted]), OFFERS) == wanted


def test_an_endless_header_is_read_in_part() -> None:
    assert negotiate("image/png," * 10_000 + "text/html", OFFERS) is None
    assert negotiate('"' * 100_000, OFFERS) == "text/turtle"
