"""What is typed becomes concepts and titles in any language, also when it is misspelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.request import SearchRequest

if TYPE_CHECKING:
    from search.engine import SearchEngine


def completed(engine: SearchEngine, typed: str) -> list[tuple[str, str]]:
    return [(s.field, s.iri.rsplit("/", 1)[-1]) for s in engine.complete(typed, 10)]


@pytest.mark.parametrize(
    ("typed", "field", "slug"),
    [
        ("phys", "subject", "physics"),
        ("füüs", "subject", "physics"),
        ("Ajal", "subject", "history"),
        ("matemaat", "subject", "mathematics"),
        ("ფიზ", "subject", "physics"),
        ("kaho", "tool", "kahoot"),
        ("allikak", "competence", "digcomp22-1.2"),
        ("Spiders as", "title", "spider"),
        ("engin", "title", "spider"),
        ("SILL", "title", "silta"),
        ("ობობა", "title", "spider-ka"),
    ],
)
def test_the_start_of_a_word_is_enough(lab: SearchEngine, typed: str, field: str, slug: str) -> None:
    assert (field, slug) in completed(lab, typed)


@pytest.mark.parametrize(
    ("typed", "slug"),
    [("phyiscs", "physics"), ("mathemtaics", "mathematics"), ("Spidres as", "spider"), ("allikkriit", "digcomp22-1.2")],
)
def test_misspellings_are_forgiven(lab: SearchEngine, typed: str, slug: str) -> None:
    assert slug in [found for _, found in completed(lab, typed)]


def test_concepts_come_before_titles_and_whole_labels_before_words_within(lab: SearchEngine) -> None:
    fields = [field for field, _ in completed(lab, "b")]
    assert "title" in fields
    assert fields == sorted(fields, key=lambda field: field == "title")


def test_a_concept_is_suggested_once_with_what_it_gives(lab: SearchEngine) -> None:
    found = lab.complete("phys", 10)
    assert len({s.iri for s in found}) == len(found)
    for s in found:
        if s.field != "title":
            assert lab.search(SearchRequest(filters={s.field: (s.iri,)})).total == s.works > 0


def test_nothing_typed_suggests_nothing(lab: SearchEngine) -> None:
    assert lab.complete(" ", 10) == []
    assert lab.complete("qqqqqqqq", 10) == []


@given(st.text(max_size=40))
def test_anything_may_be_typed(lab: SearchEngine, typed: str) -> None:
    assert len(lab.complete(typed, 5)) <= 5
