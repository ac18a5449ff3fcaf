"""Where entities are: the coordinates of their places, or of the places of what belongs to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.namespaces import IHUB, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph import Graph

__all__ = ["MEMBERS", "SCHOOLS", "STATED", "Position", "hub_position", "position"]

STATED: Final = "stated"
SCHOOLS: Final = "schools"
MEMBERS: Final = "members"


@dataclass(frozen=True)
class Position:
    """A point on the earth (WGS 84), in degrees.

    Attributes:
        latitude: To the north.
        longitude: To the east.
        basis: :data:`STATED` where the entity or its place has the coordinates; :data:`SCHOOLS` or :data:`MEMBERS` for
            the middle of a hub's schools or member organisations.
    """

    latitude: float
    longitude: float
    basis: str = STATED


def position(graph: Graph, iri: str) -> Position | None:
    """Return where an entity is: its own coordinates, else those of the first of its places that has some."""
    for candidate in (iri, *graph.iris(iri, IHUB + "place")):
        latitude = graph.value(candidate, SCHEMA + "latitude")
        longitude = graph.value(candidate, SCHEMA + "longitude")
        if latitude is not None and longitude is not None:
            return Position(float(latitude), float(longitude))
    return None


def hub_position(graph: Graph, iri: str) -> Position | None:
    """Return where a hub is: its place; without one, the middle of its schools, then of its member organisations."""
    if found := position(graph, iri):
        return found
    schools = graph.iris(iri, IHUB + "hasSchool")
    members = [member for member in graph.iris(iri, IHUB + "memberOrganisation") if member not in schools]
    return _middle(graph, schools, SCHOOLS) or _middle(graph, members, MEMBERS)


def _middle(graph: Graph, iris: Iterable[str], basis: str) -> Position | None:
    found = [where for iri in iris if (where := position(graph, iri))]
    if not found:
        return None
    latitude = sum(where.latitude for where in found) / len(found)
    return Position(latitude, sum(where.longitude for where in found) / len(found), basis)
