"""The page about a regional innovation hub, and maps of what has a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.places import MEMBERS, SCHOOLS, hub_position, position
from ontology.namespaces import IHUB, SCHEMA
from webapp.entity_pages import general, told
from webapp.figures.place_map import PlaceMap, place_map
from webapp.interface_language import gettext, message
from webapp.languages import served

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.graph import Graph
    from kg.places import Position

__all__ = ["hub_entries", "map_of", "place_view", "relation", "view"]

_BASIS: Final = {
    SCHOOLS: message("Shown in the middle of its schools."),
    MEMBERS: message("Shown where its partners are."),
}
_SCHOOL: Final = IHUB + "School"
_MOST_RELATIONS: Final = 100


def view(iri: str) -> dict[str, Any]:
    """Return what the page about a hub shows."""
    graph = served().graph
    schools = graph.iris(iri, IHUB + "hasSchool")
    members = [member for member in graph.iris(iri, IHUB + "memberOrganisation") if member not in schools]
    places = [*graph.iris(iri, IHUB + "place"), *_places(graph, [*schools, *members])]
    facts = [
        told.fact(iri, gettext("Country"), (IHUB + "inCountry",)),
        told.fact(iri, gettext("Place"), (IHUB + "place",)),
        told.fact(iri, gettext("Project"), (IHUB + "project",)),
        told.fact(iri, gettext("On the web"), (SCHEMA + "url",)),
    ]
    relations = [
        entry for entry in graph.instances(IHUB + "MentoringRelation") if iri in graph.iris(entry, IHUB + "hub")
    ]
    return {
        **general.view(iri),
        "facts": [fact for fact in facts if fact],
        "map": _hub_map(iri, [place for place in dict.fromkeys(places) if position(graph, place)]),
        "unplaced": told.links(place for place in dict.fromkeys(places) if not position(graph, place)),
        "partners": told.links(members),
        "schools": [_school(graph, school) for school in _by_name(schools)],
        "practices": [_described(practice) for practice in _by_name(graph.iris(iri, IHUB + "usesPractice"))],
        "relations": [relation(entry) for entry in relations[:_MOST_RELATIONS]],
        "sections": [
            found
            for found in (
                general.section(iri, gettext("What those who took part tell"), "^ihub:hub of ihub:Evidence"),
                general.section(iri, gettext("Networks around it"), "^ihub:hub of ihub:StakeholderNetwork"),
                general.section(iri, gettext("Presented in"), "^ihub:presents"),
                general.section(iri, gettext("See also"), "rdfs:seeAlso"),
            )
            if found.total
        ],
    }


def _hub_map(iri: str, places: list[str]) -> PlaceMap | None:
    """Return the map of a hub's places; a single one is shown among the other hubs, since alone it says nothing."""
    graph = served().graph
    others = [other for other in graph.instances(IHUB + "RegionalInnovationHub") if other != iri]
    around = [where for other in others if (where := hub_position(graph, other))] if len(places) == 1 else []
    return map_of(places, around)


def relation(iri: str) -> dict[str, Any]:
    """Return a mentoring relation: who mentors whom, with what, when, and how far they are."""
    graph = served().graph
    mentors = [*graph.iris(iri, IHUB + "mentorSchool"), *graph.iris(iri, IHUB + "mentorOrganisation")]
    return {
        "link": told.link(iri),
        "mentors": told.links(mentors),
        "mentees": told.links(graph.iris(iri, IHUB + "menteeSchool")),
        "practices": told.links(graph.iris(iri, IHUB + "practice")),
        "phases": told.links(graph.iris(iri, IHUB + "phase")),
        "period": told.period(graph.value(iri, SCHEMA + "startDate"), graph.value(iri, SCHEMA + "endDate")),
    }


def hub_entries() -> list[dict[str, Any]]:
    """Return all hubs by name, with where they are and the numbers of their schools, partners and practices."""
    graph = served().graph
    found = []
    for iri in _by_name(graph.instances(IHUB + "RegionalInnovationHub")):
        schools = graph.iris(iri, IHUB + "hasSchool")
        members = [member for member in graph.iris(iri, IHUB + "memberOrganisation") if member not in schools]
        where = hub_position(graph, iri)
        found.append(
            {
                "iri": iri,
                "link": told.link(iri),
                "position": where,
                "basis": gettext(_BASIS[where.basis]) if where and where.basis in _BASIS else "",
                "description": told.description(iri),
                "countries": told.links(graph.iris(iri, IHUB + "inCountry")),
                "schools": len(schools),
                "partners": len(members),
                "practices": len(graph.iris(iri, IHUB + "usesPractice")),
            }
        )
    return found


def place_view(iri: str) -> dict[str, Any]:
    """Return what the page about a place shows."""
    return {**general.view(iri), "map": map_of([iri] if position(served().graph, iri) else [])}


def map_of(places: Sequence[str], around: Sequence[Position] = ()) -> PlaceMap | None:
    """Return the map of places that have coordinates, numbered in their order; beside them what is ``around``."""
    graph = served().graph
    found = []
    for iri in places:
        if where := position(graph, iri):
            link = told.link(iri)
            found.append((where, link.text, link.address or ""))
    return place_map(found, around)


def _places(graph: Graph, iris: Iterable[str]) -> list[str]:
    """Return the places of some entities, by name."""
    return _by_name({place for iri in iris for place in graph.iris(iri, IHUB + "place")})


def _school(graph: Graph, iri: str) -> dict[str, Any]:
    return {**_described(iri), "places": told.links(graph.iris(iri, IHUB + "place"))}


def _described(iri: str) -> dict[str, Any]:
    return {"link": told.link(iri), "description": told.description(iri)}


def _by_name(iris: Iterable[str]) -> list[str]:
    return sorted(iris, key=lambda iri: told.link(iri).text.casefold())
