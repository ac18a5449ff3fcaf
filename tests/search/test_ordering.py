"""Hits come in the order asked for, over the whole result, and pages of any order join without gap."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ontology.language import choose
from search.columns import Columns
from search.fields import FIELDS
from search.ordering import Orders
from search.request import ORDERS, ParameterError, SearchRequest, parse_request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from search.engine import SearchEngine


def card(**stated: Any) -> dict[str, Any]:
    names = {"en": "x"}
    return {"iri": None, "work": None, "language": "en", "names": names, "minutes": None, "ages": None} | {
        "published": None,
        **stated,
    }


def orders_of(cards: list[dict[str, Any]], directory: Path) -> Orders:
    directory.mkdir()
    Columns.build([{**each, "iri": each["iri"] or str(number)} for number, each in enumerate(cards)], directory)
    return Orders(Columns(directory))


@pytest.fixture
def ordered(tmp_path: Path) -> Callable[..., list[int]]:
    """Gives the places of cards in an order, each a work of its own."""
    folders = count()

    def places(order: str, cards: list[dict[str, Any]], *languages: str) -> list[int]:
        orders = orders_of(cards, tmp_path / str(next(folders)))
        everything = np.ones(len(cards), np.bool_)
        found: list[int] = orders.of(order, np.arange(len(cards)), everything, languages or ("en",)).tolist()
        return found

    return places


def test_the_shortest_come_first_and_what_states_no_time_last(ordered: Callable[..., list[int]]) -> None:
    assert ordered("shortest", [card(), card(minutes=90), card(minutes=45), card(minutes=90)]) == [2, 1, 3, 0]


def test_the_newest_come_first_and_the_undated_last(ordered: Callable[..., list[int]]) -> None:
    dates = [None, "2026-01-02", "2026-11-22", "2025-12-31T10:00:00Z"]
    assert ordered("newest", [card(published=date) for date in dates]) == [2, 1, 3, 0]


def test_among_equally_new_ones_those_in_the_readers_language_come_first(ordered: Callable[..., list[int]]) -> None:
    cards = [card(published="2026-01-02"), card(published="2026-01-02", language="nb"), card(published="2026-03-01")]
    assert ordered("newest", cards, "nn") == [2, 1, 0]
    assert ordered("newest", cards, "en") == [2, 0, 1]


def test_titles_follow_the_alphabet_of_the_reader(ordered: Callable[..., list[int]]) -> None:
    cards = [card(language="et", names={"et": name}) for name in ("Õhk", "zoo", "oja", "“Algus”")]
    assert ordered("title", cards, "et") == [3, 2, 1, 0]
    assert ordered("title", cards, "lt") == [3, 0, 2, 1]


def test_a_work_stands_under_the_title_that_its_reader_is_shown(tmp_path: Path) -> None:
    cards = [
        card(work="w", language="en", names={"en": "Apple"}),
        card(work="w", language="fi", names={"fi": "Yö"}),
        card(names={"en": "Middle"}),
    ]
    orders = orders_of(cards, tmp_path / "columns")
    passing = np.ones(3, np.bool_)
    assert orders.of("title", np.array([0, 1]), passing, ("fi",)).tolist() == [1, 0]
    assert orders.of("title", np.array([0, 1]), passing, ("en",)).tolist() == [0, 1]
    finnish_out = np.array([True, False, True])
    assert orders.of("title", np.array([0, 1]), finnish_out, ("fi",)).tolist() == [0, 1], "what is filtered out"


@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_each_order_join_to_the_whole(lab: SearchEngine, order: str) -> None:
    asked = SearchRequest(sort=order, limit=100, languages=("fi", "en"))
    whole = [hit.row for hit in lab.search(asked).hits]
    assert len(whole) == lab.search(asked).total >= 4
    pages = [lab.search(replace(asked, offset=offset, limit=3)).hits for offset in range(0, len(whole), 3)]
    assert [hit.row for page in pages for hit in page] == whole
    assert [hit.row for hit in lab.hits(asked)] == whole


def test_an_order_does_not_change_what_is_found(lab: SearchEngine) -> None:
    found = {order: lab.search(SearchRequest(query="data", sort=order, limit=100)) for order in ORDERS}
    assert len({frozenset(hit.row for hit in result.hits) for result in found.values()}) == 1
    minutes = [lab.cards[hit.row]["minutes"] for hit in found["shortest"].hits]
    stated = [number for number in minutes if number is not None]
    assert minutes[: len(stated)] == sorted(stated)
    titles = [(choose(lab.cards[hit.row]["names"], ("en",)) or ("", ""))[0] for hit in found["title"].hits]
    assert titles == sorted(titles, key=str.casefold)


def test_without_a_query_the_newest_come_first_unless_asked_otherwise() -> None:
    assert SearchRequest().order == "newest"
    assert SearchRequest(query="x").order == "relevance"
    assert SearchRequest(sort="title").order == "title"


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(ParameterError) as caught:
        parse_request({"sort": ["best"]}, {name: {} for name in FIELDS}, "r", longest=10, largest_page=10)
    assert caught.value.field == "sort"
    assert "newest" in (caught.value.hint or "")
