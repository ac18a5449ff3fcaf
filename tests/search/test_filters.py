"""Every filter holds where it should, counts are what choosing a value gives, and an empty result says what to drop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from search.fields import FIELDS
from search.request import NUMBERS, SearchRequest

if TYPE_CHECKING:
    from search.engine import SearchEngine

BASE = "http://127.0.0.1:8000/id/"
PLAIN = {"language", "available", "devices"}


def asked(**parameters: str | tuple[str, ...] | int | bool) -> SearchRequest:
    """A request; values of filters are written as ``type/slug``."""
    filters, others = {}, {}
    for name, value in parameters.items():
        if isinstance(value, bool | int) or name == "query":
            others[name] = value
        else:
            values = (value,) if isinstance(value, str) else value
            plain = name in PLAIN or value == "any" or str(value).startswith("http")
            filters[name] = values if plain else tuple(BASE + v for v in values)
    return SearchRequest(filters=filters, **others)  # type: ignore[arg-type]


def found(engine: SearchEngine, request: SearchRequest) -> set[str]:
    return {engine.cards[hit.row]["identifier"].removeprefix("lab:") for hit in engine.search(request).hits}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"subject": "subject/physics"}, {"kite"}),
        ({"subject": ("subject/physics", "subject/history")}, {"kite", "silta"}),
        ({"competence": "competence/digcomp22-1"}, {"kite", "silta"}),
        ({"competence": "competence/digcomp22-2.1"}, set()),
        ({"competence": "competence/digcomp22-2.1", "suggested": True}, {"bridge"}),
        ({"competence": "competence/digcomp22-3.1", "suggested": True}, {"bridge"}),
        ({"level": "level/isced-3"}, {"silta"}),
        ({"grade": ("grade/ee-7", "grade/fi-7")}, {"kite", "bridge"}),
        ({"theme": "theme/technology-innovation"}, {"bridge"}),
        ({"language": "fi"}, {"silta"}),
        ({"available": "en"}, {"kite", "bridge", "silta", "spider"}),
        ({"available": "ka"}, {"spider"}),
        ({"devices": "none"}, {"bridge"}),
        ({"devices": ("none", "needed")}, {"kite", "bridge"}),
        ({"licence": "https://creativecommons.org/publicdomain/zero/1.0/"}, {"silta"}),
        ({"country": "country/EE"}, {"kite"}),
        ({"country": "country/LT"}, {"bridge"}),
        ({"hub": "hub/lab-hub"}, {"bridge"}),
        ({"practice": "practice/lab-practice"}, {"bridge"}),
        ({"evidence": "any"}, {"bridge"}),
        ({"evidence": "evidence-kind/testimonial"}, {"bridge"}),
        ({"collection": "collection/lab", "kind": "data-kind/original", "subject": "subject/biology"}, {"spider"}),
        ({"tool": "tool/kahoot"}, {"kite"}),
        ({"tool": "tool/cat-quiz"}, {"kite", "silta"}),
        ({"tool_not": "tool/cat-quiz"}, {"bridge", "spider"}),
        ({"tool_not": ("tool/kahoot", "tool/geogebra")}, {"bridge", "silta", "spider"}),
        ({"minutes_max": 45}, {"bridge", "spider"}),
        ({"minutes_min": 45, "minutes_max": 60}, {"bridge", "silta"}),
        ({"age": 17}, {"silta"}),
        ({"age": 10}, {"spider"}),
        ({"age": 14}, {"kite", "bridge"}),
    ],
)
def test_a_filter_passes_what_has_one_of_its_values(
    lab: SearchEngine, parameters: dict[str, str], expected: set[str]
) -> None:
    assert found(lab, asked(**parameters)) == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"organisation": "grouping/pair"}, {"kite", "bridge"}),
        ({"co_authorship": "co-authorship/creating"}, {"kite", "bridge"}),
        ({"organisation": "grouping/pair", "co_authorship": "co-authorship/creating"}, {"bridge"}),
        ({"organisation": "grouping/pair", "learning_type": "learning-type/production"}, {"bridge"}),
        ({"organisation": "grouping/pair", "tool": "tool/geogebra"}, set()),
        ({"organisation": "grouping/pair", "tool": "tool/cat-quiz"}, {"kite"}),
        ({"organisation": ("grouping/pair", "grouping/wholeClass"), "tool": "tool/geogebra"}, {"kite"}),
    ],
)
def test_filters_on_activities_hold_within_one_activity(
    lab: SearchEngine, parameters: dict[str, str], expected: set[str]
) -> None:
    assert found(lab, asked(**parameters)) == expected


def test_a_hit_names_the_activity_that_fits(lab: SearchEngine) -> None:
    (hit,) = lab.search(asked(organisation="grouping/pair", co_authorship="co-authorship/creating")).hits
    assert hit.activity == 2
    assert all(hit.activity is None for hit in lab.search(SearchRequest()).hits)


@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest(),
        SearchRequest(query="bridge"),
        asked(organisation="grouping/pair"),
        asked(organisation="grouping/pair", co_authorship="co-authorship/creating"),
        asked(tool_not="tool/kahoot", organisation=("grouping/pair", "grouping/wholeClass")),
        asked(suggested=True, minutes_max=60),
        asked(minutes_min=40),
        asked(age=13, language="en"),
    ],
    ids=str,
)
def test_counts_are_what_choosing_a_value_gives(lab: SearchEngine, request_: SearchRequest) -> None:
    """Also of fields of activities under filters on activities, and never zero."""
    for name, counts in lab.search(request_).facets.items():
        for value, count in counts.items():
            if name in NUMBERS:
                narrowed = replace(request_, **{name: int(value)})
            else:
                narrowed = replace(request_, filters={**request_.filters, name: (value,)})
            assert lab.search(narrowed).total == count > 0, (name, value)


def test_only_the_facets_asked_for_are_counted(lab: SearchEngine) -> None:
    assert set(lab.search(SearchRequest(facets=("level", "minutes_max"))).facets) == {"level", "minutes_max"}
    assert lab.search(SearchRequest(facets=())).facets == {}


def test_an_empty_result_says_what_to_drop_and_what_it_gives(lab: SearchEngine) -> None:
    nothing = asked(query="spider", level="level/isced-1", subject="subject/history", minutes_max=60)
    result = lab.search(nothing)
    assert result.total == 0
    drops = {relaxation.drop: relaxation.total for relaxation in result.relaxations}
    assert drops[("subject",)] == 1
    for drop, total in drops.items():
        kept = {name: values for name, values in nothing.filters.items() if name not in drop}
        minutes = None if "minutes_max" in drop else nothing.minutes_max
        query = "" if "q" in drop else nothing.query
        relaxed = SearchRequest(query=query, filters=kept, minutes_max=minutes)
        assert lab.search(relaxed).total == total > 0
    assert not lab.search(SearchRequest()).relaxations


def test_every_field_has_a_value_somewhere_in_these_tests(lab: SearchEngine) -> None:
    assert [name for name in FIELDS if not lab.facets.values(name)] == []


def test_trees_know_what_is_above(lab: SearchEngine) -> None:
    area = BASE + "competence/digcomp22-1"
    assert area in lab.facets.broader["competence"][BASE + "competence/digcomp22-1.2"]
    assert BASE + "tool/cat-quiz" in lab.facets.broader["tool"][BASE + "tool/kahoot"]
