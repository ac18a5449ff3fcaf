"""An entity's neighbours: both directions, parts counted as their whole, and no property crowds out the others."""

from __future__ import annotations

import pyoxigraph as ox

from kg.graph import Graph
from kg.neighbourhood import Neighbourhood, neighbourhood

BASE = "http://example.org/id/"
GRAPH = ox.NamedNode(BASE + "collection/a")
INVERSE = "http://www.w3.org/2002/07/owl#inverseOf"


def graph(*triples: tuple[str, str, str]) -> Graph:
    store = ox.Store()
    for triple in triples:
        store.add(ox.Quad(*(ox.NamedNode(iri if ":" in iri else BASE + iri) for iri in triple), GRAPH))
    return Graph(store)


def links(found: Neighbourhood) -> dict[tuple[str, bool], tuple[list[str], int]]:
    return {
        (link.predicate.removeprefix(BASE), link.outgoing): (
            [iri.removeprefix(BASE) for iri in link.neighbours],
            link.left_out,
        )
        for link in found.links
    }


def test_neighbours_are_found_in_both_directions_and_texts_and_others_are_not() -> None:
    found = neighbourhood(
        graph(("school/a", "p", "hub/h"), ("hub/h", "q", "place/x"), ("hub/h", "q", "http://other.org/y")),
        BASE + "hub/h",
        BASE,
        10,
    )
    assert links(found) == {("q", True): (["place/x"], 0), ("p", False): (["school/a"], 0)}


def test_a_part_counts_as_its_whole() -> None:
    data = graph(("scenario/s", "part", "scenario/s#1"), ("scenario/s#1", "tool", "tool/t"))
    assert links(neighbourhood(data, BASE + "scenario/s", BASE, 10)) == {("tool", True): (["tool/t"], 0)}
    assert links(neighbourhood(data, BASE + "tool/t", BASE, 10)) == {("tool", False): (["scenario/s"], 0)}


def test_what_a_part_repeats_of_its_whole_is_said_once() -> None:
    data = graph(
        *(("scenario/s", "part", "scenario/s#1"), ("scenario/s#1", "competence", "competence/c")),
        *(("scenario/s", "teaches", "competence/c"), ("scenario/s", "teaches", "competence/d")),
    )
    assert set(links(neighbourhood(data, BASE + "scenario/s", BASE, 10))) == {("teaches", True)}
    assert set(links(neighbourhood(data, BASE + "competence/c", BASE, 10))) == {("teaches", False)}


def test_an_inverse_property_is_said_once() -> None:
    data = graph(("hub/h", "has", "school/s"), ("school/s", "in", "hub/h"), ("has", INVERSE, "in"))
    assert set(links(neighbourhood(data, BASE + "hub/h", BASE, 10))) == {("has", True)}
    assert set(links(neighbourhood(data, BASE + "school/s", BASE, 10))) == {("in", True)}


def test_properties_take_turns_and_what_is_left_out_is_counted() -> None:
    many = [(f"scenario/{number:02}", "teaches", "competence/c") for number in range(30)]
    found = neighbourhood(graph(*many, ("competence/c", "broader", "competence/b")), BASE + "competence/c", BASE, 5)
    assert links(found)["broader", True] == (["competence/b"], 0)
    shown, left_out = links(found)["teaches", False]
    assert (len(shown), left_out) == (4, 26)


def test_a_neighbour_by_two_properties_takes_one_place() -> None:
    data = graph(*(("a/a", p, f"b/{n}") for p in ("p", "q") for n in range(3)))
    assert all(left == 0 for _, left in links(neighbourhood(data, BASE + "a/a", BASE, 3)).values())
