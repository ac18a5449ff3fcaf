"""A hub's own numbers are true, small ones too, and its queries give the same."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.graph import Graph
from kg.monitoring.hub_numbers import HUB_FIGURES, hub_numbers, hub_query
from tests.kg.monitoring.worlds import BASE, story, turtle, world

NAMELESS = """<evidence/n1> a ihub:Evidence, ihub:ImplementationStory ; ihub:evidenceFor <scenario/a2> ;
    schema:datePublished "2027-02-05"^^xsd:date .
"""


@pytest.fixture(scope="module")
def graph() -> Graph:
    store = ox.Store()
    store.bulk_extend([*world(), *turtle(NAMELESS + story(700, "east", "2027-01"))])
    return Graph(store)


def test_small_numbers_are_told(graph: Graph) -> None:
    assert hub_numbers(graph, f"{BASE}hub/east") == {
        "contributions": {},
        "uses": {"2027-01": 1, "2027-03": 2},
        "reuse": {},
        "reuse-chains": {},
    }


def test_a_story_without_a_hub_counts_for_the_hub_of_its_scenario(graph: Graph) -> None:
    found = hub_numbers(graph, f"{BASE}hub/north")
    assert found["uses"] == {"2027-02": 1, "2027-03": 9}
    assert found["contributions"] == {"2027-01": 1, "2027-03": 2}
    assert found["reuse"] == {"2027-03": 2}
    assert found["reuse-chains"] == {"2027-03": 1}


@pytest.mark.parametrize("hub", ["north", "south", "east"])
@pytest.mark.parametrize("figure", HUB_FIGURES)
def test_the_query_gives_the_same(graph: Graph, hub: str, figure: str) -> None:
    iri = f"{BASE}hub/{hub}"
    found = graph.store.query(hub_query(figure, iri), use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    by_query = {row["month"].value: int(row["number"].value) for row in found if row["month"]}
    assert by_query == hub_numbers(graph, iri)[figure]
