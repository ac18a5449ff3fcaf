"""Words of queries read as filters in six languages; they are offered, never applied, and never lead to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.constraint_patterns import read_patterns
from search.offers import with_constraint
from search.request import SearchRequest, clean_query

if TYPE_CHECKING:
    from search.engine import SearchEngine


def read(query: str) -> list[tuple[str, dict[str, tuple[str, ...]]]]:
    return [(query[r.start : r.end], dict(r.parameters)) for r in read_patterns(query)]


@pytest.mark.parametrize(
    ("query", "text", "parameters"),
    [
        ("kites 45 min", "45 min", {"minutes_max": ("45",)}),
        ("kites 45min", "45min", {"minutes_max": ("45",)}),
        ("1 h", "1 h", {"minutes_max": ("60",)}),
        ("1.5 hours", "1.5 hours", {"minutes_max": ("90",)}),
        ("1 h 30 min", "1 h 30 min", {"minutes_max": ("90",)}),
        ("max 45", "max 45", {"minutes_max": ("45",)}),
        ("min 60", "min 60", {"minutes_min": ("60",)}),
        ("30-45 min", "30-45 min", {"minutes_min": ("30",), "minutes_max": ("45",)}),
        ("kuni 45 minutit", "kuni 45 minutit", {"minutes_max": ("45",)}),
        ("2 tundi", "2 tundi", {"minutes_max": ("120",)}),
        ("vähintään 90 minuuttia", "vähintään 90 minuuttia", {"minutes_min": ("90",)}),
        ("45 minučių", "45 minučių", {"minutes_max": ("45",)}),
        ("2 valandos", "2 valandos", {"minutes_max": ("120",)}),
        ("45 minutter", "45 minutter", {"minutes_max": ("45",)}),
        ("45 წუთი", "45 წუთი", {"minutes_max": ("45",)}),
        ("2 საათი", "2 საათი", {"minutes_max": ("120",)}),
        ("grade 7", "grade 7", {"grade": ("ee-7", "fi-7", "lt-7", "no-7", "ge-7")}),
        ("7th graders", "7th graders", {"grade": ("ee-7", "fi-7", "lt-7", "no-7", "ge-7")}),
        ("7. klassile", "7. klassile", {"grade": ("ee-7",)}),
        ("7. luokka", "7. luokka", {"grade": ("fi-7",)}),
        ("7. luokalle", "7. luokalle", {"grade": ("fi-7",)}),
        ("7 klasė", "7 klasė", {"grade": ("lt-7",)}),
        ("7. trinn", "7. trinn", {"grade": ("no-7",)}),
        ("მე-7 კლასი", "მე-7 კლასი", {"grade": ("ge-7",)}),
        ("12-year-olds", "12-year-olds", {"age": ("12",)}),
        ("12-aastastele", "12-aastastele", {"age": ("12",)}),
        ("12-vuotiaille", "12-vuotiaille", {"age": ("12",)}),
        ("12 metų", "12 metų", {"age": ("12",)}),
        ("12-åringer", "12-åringer", {"age": ("12",)}),
        ("12 წლის", "12 წლის", {"age": ("12",)}),
        ("no devices", "no devices", {"devices": ("none",)}),
        ("ilma seadmeteta", "ilma seadmeteta", {"devices": ("none",)}),
        ("ilman laitteita", "ilman laitteita", {"devices": ("none",)}),
        ("be įrenginių", "be įrenginių", {"devices": ("none",)}),
        ("uten skjerm", "uten skjerm", {"devices": ("none",)}),
        ("მოწყობილობების გარეშე", "მოწყობილობების გარეშე", {"devices": ("none",)}),
        ("DigComp 1.2", "DigComp 1.2", {"competence": ("digcomp22-1.2",)}),
        ("digcomp 3.0 1.2", "digcomp 3.0 1.2", {"competence": ("digcomp30-1.2",)}),
        ("suomeksi", "suomeksi", {"language": ("fi",)}),
        ("på norsk", "på norsk", {"language": ("nb",)}),
        ("evidence-based", "evidence-based", {"evidence": ("any",)}),
    ],
)
def test_numbers_and_phrases_are_read(query: str, text: str, parameters: dict[str, tuple[str, ...]]) -> None:
    assert read(query)[0] == (text, parameters)


@pytest.mark.parametrize(
    "query", ["100 m jooks", "1984", "Apollo 13", "max 45 euros", "the year 1918", "grade 13 steel"]
)
def test_other_numbers_are_left_alone(query: str) -> None:
    assert read(query) == []


def offered(engine: SearchEngine, query: str) -> dict[str, tuple[str, tuple[str, ...], str, int | None]]:
    result = engine.search(SearchRequest(query=query))
    found = {}
    for offer in result.offers:
        for name, values in offer.constraint.parameters:
            short = tuple(value.rsplit("/", 1)[-1] for value in values)
            found[name] = (offer.constraint.text, short, offer.constraint.rest, offer.total)
    return found


def test_what_is_read_is_offered_and_not_applied(lab: SearchEngine) -> None:
    offers = offered(lab, "bridge 45 min pair work")
    assert offers["minutes_max"][:3] == ("45 min", ("45",), "bridge pair work")
    assert offers["organisation"][:3] == ("pair work", ("pair",), "bridge 45 min")
    assert (
        lab.search(SearchRequest(query="bridge 45 min pair work")).total
        == lab.search(SearchRequest(query="bridge 45 min pair work", constraints=False)).total
    )


@pytest.mark.parametrize(
    "query", ["paaristöö", "parityö", "darbas poromis", "pararbeid", "წყვილებში მუშაობა", "In pairs"]
)
def test_names_are_read_in_every_language(lab: SearchEngine, query: str) -> None:
    assert offered(lab, query)["organisation"] == (query, ("pair",), "", 2)


@pytest.mark.parametrize(
    ("query", "field", "values", "rest"),
    [
        ("primary spiders", "level", ("isced-1",), "spiders"),
        ("alakoulu", "level", ("isced-1",), ""),
        ("kites Kahoot", "tool", ("kahoot",), "kites Kahoot"),
        ("spiders without Kahoot", "tool_not", ("kahoot",), "spiders"),
        ("sillat ilman Kahoot", "tool_not", ("kahoot",), "sillat"),
        ("matemaatika", "subject", ("mathematics",), "matemaatika"),
        ("bridge CC0 1.0", "licence", ("",), "bridge"),
        ("silta suomeksi", "language", ("fi",), "silta"),
        ("kites DigComp 1.2", "competence", ("digcomp22-1.2",), "kites DigComp 1.2"),
        ("kites grade 7", "grade", ("ee-7", "fi-7"), "kites"),
        ("kites grade 7", "age", ("13",), "kites"),
    ],
)
def test_concepts_are_read(lab: SearchEngine, query: str, field: str, values: tuple[str, ...], rest: str) -> None:
    assert offered(lab, query)[field][1:3] == (values, rest)


def test_what_no_scenario_has_is_not_offered(lab: SearchEngine) -> None:
    assert offered(lab, "grade 11") == {}
    assert "minutes_max" not in offered(lab, "kites 5 min"), "nothing takes so little"


def test_what_is_set_is_not_offered_again(lab: SearchEngine) -> None:
    request = SearchRequest(query="bridge 45 min", minutes_max=45)
    assert lab.search(request).offers == ()


def test_an_accepted_offer_gives_what_it_says(lab: SearchEngine) -> None:
    for query in ("bridge 45 min", "primary spiders", "pair work bridge", "kites Kahoot", "spider 30 min primary"):
        request = SearchRequest(query=query)
        offers = lab.search(request).offers
        assert offers
        for offer in offers:
            accepted = with_constraint(request, offer.constraint)
            assert accepted
            total = lab.search(accepted).total
            assert total > 0
            assert offer.total in {None, total}


@given(st.text(max_size=80))
def test_any_text_is_read(lab: SearchEngine, text: str) -> None:
    query = clean_query(text)
    for constraint in lab._constraints.find(query):
        assert query[constraint.start : constraint.end] == constraint.text
        assert all(values for _, values in constraint.parameters)
