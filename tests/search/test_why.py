"""A hit tells what of the query it has, and which characters of its texts match."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlighting import matching_spans
from search.request import SearchRequest

if TYPE_CHECKING:
    from search.engine import Hit, SearchEngine


def first(engine: SearchEngine, query: str) -> Hit:
    return engine.search(SearchRequest(query=query, explain=True)).hits[0]


def test_words_are_told_as_they_were_typed(lab: SearchEngine) -> None:
    assert first(lab, "kite angle wombat").words == ("kite", "angle")


def test_the_passage_with_the_words_is_shown(lab: SearchEngine) -> None:
    hit = first(lab, "stapler")
    assert hit.passage
    spans = lab.why.spans(hit.passage.text, hit.passage.language, "stapler")
    assert [hit.passage.text[start:end] for start, end in spans] == ["stapler"]


def test_scores_by_signal_are_told_when_asked(lab: SearchEngine) -> None:
    assert first(lab, "kite").signals["bm25"] > 0
    assert lab.search(SearchRequest(query="kite")).hits[0].signals == {}


@pytest.mark.parametrize(
    ("query", "identifier"),
    [
        ("lab:silta", "lab:silta"),
        ("LAB:SILTA", "lab:silta"),
        ("silta", "lab:silta"),
        ("scenario/silta", "lab:silta"),
        ("http://127.0.0.1:8000/id/scenario/silta", "lab:silta"),
        ("http://127.0.0.1:8000/doc/scenario/silta", "lab:silta"),
        ("spider-ka", "lab:spider-ka"),
    ],
)
def test_an_identifier_finds_its_scenario_first(lab: SearchEngine, query: str, identifier: str) -> None:
    hit = first(lab, query)
    assert lab.cards[hit.row]["identifier"] == identifier
    assert hit.exact


@pytest.mark.parametrize(
    "query", ["the riddle of the old bridge", "„Vanhan  sillan arvoitus“", "Vanhan sillan arvoitus"]
)
def test_a_title_in_any_language_wins(lab: SearchEngine, query: str) -> None:
    hit = first(lab, query)
    assert lab.cards[hit.row]["identifier"] == "lab:silta"
    assert hit.title


def test_a_suggested_competence_is_a_reason_only_when_asked_for(lab: SearchEngine) -> None:
    query = "interacting through digital technologies bridge"
    for suggested in (False, True):
        hits = lab.search(SearchRequest(query=query, suggested=suggested)).hits
        fields = {reason.field for hit in hits for reason in hit.concepts}
        assert ("competence_suggested" in fields) == suggested


@pytest.mark.parametrize(
    ("text", "language", "tokens", "marked"),
    [
        ("Õpilased programmeerivad roboteid.", "et", {"programmeeri"}, ["programmeerivad"]),
        ("Robots, robots and ROBOT'S", "en", {"robot"}, ["Robots", "robots", "ROBOT'S"]),
        ("რობოტი და ბავშვი", "ka", {"რობოტი"}, ["რობოტი"]),
        ("ABC", "und", {"abc"}, ["ABC"]),
        ("nothing", "en", set(), []),
    ],
)
def test_whole_words_are_marked(text: str, language: str, tokens: set[str], marked: list[str]) -> None:
    assert [text[start:end] for start, end in matching_spans(text, language, tokens)] == marked


@given(st.text(), st.sets(st.text(max_size=4)))
def test_marks_are_in_order_and_within_the_text(text: str, tokens: set[str]) -> None:
    spans = matching_spans(text, "en", tokens)
    flat = [place for span in spans for place in span]
    assert flat == sorted(flat)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_what_else_there_is_for_a_competence_in_a_subject(lab: SearchEngine) -> None:
    base = "http://127.0.0.1:8000/id/"
    history, physics = base + "subject/history", base + "subject/physics"
    assert lab.more_like(base + "scenario/kite") == [], "itself does not count"
    (more,) = lab.more_like(base + "scenario/kite", [history, physics])
    assert more == (base + "competence/digcomp22-1.2", history, 1)
