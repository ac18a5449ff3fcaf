"""What a school tells of itself for mentoring, and how near what one offers is to what another needs."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ontology.namespaces import PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.graph import Graph

__all__ = ["FULL", "Hierarchy", "Profile", "hierarchy_of", "kilometres"]

FULL: Final = 100
"""Points of one need that an offer meets exactly."""

_STEPS: Final = (FULL, FULL // 2, FULL // 4)
"""Points by the number of steps between an offer and a need, one of which is broader than the other."""

_EARTH: Final = 6371.0  # km, the mean radius


@dataclass(frozen=True)
class Profile:
    """One school's side of mentoring.

    Attributes:
        key: By which the school is told from others; decides ties, so it should not change.
        offers: What it can share: identifiers of practices, competences and tools.
        needs: What it looks for.
        languages: Languages in which it can work, as tags.
        position: Latitude and longitude in degrees; None where nobody has said.
        mentor_places: Relations that it can still take as a mentor.
        mentee_places: Relations that it can still take as a mentee.
        mentored: Relations that it already has as a mentee.
        synthetic: Whether it is made up; such schools are matched with each other only.
    """

    key: str
    offers: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    position: tuple[float, float] | None = None
    mentor_places: int = 1
    mentee_places: int = 1
    mentored: int = 0
    synthetic: bool = False


@dataclass(frozen=True)
class Hierarchy:
    """Which concepts are broader than which.

    Attributes:
        broader: For a concept, those directly broader.
    """

    broader: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def points(self, need: str, offer: str) -> int:
        """Return how much of a need an offer meets, in points: all, half one step broader or narrower, a quarter two.

        >>> tools = Hierarchy({"qgis": frozenset({"maps"})})
        >>> tools.points("qgis", "qgis"), tools.points("qgis", "maps"), tools.points("maps", "qgis")
        (100, 50, 50)
        """
        steps = min(self._above(need).get(offer, len(_STEPS)), self._above(offer).get(need, len(_STEPS)))
        return _STEPS[steps] if steps < len(_STEPS) else 0

    def kin(self, concept: str) -> dict[str, int]:
        """Return every concept that meets some of a need for this one, with its points."""
        found = {above: _STEPS[steps] for above, steps in self._above(concept).items()}
        for below, steps in self._below(concept).items():
            found[below] = max(found.get(below, 0), _STEPS[steps])
        return found

    def _above(self, concept: str) -> dict[str, int]:
        return _reached(concept, self.broader)

    def _below(self, concept: str) -> dict[str, int]:
        return _reached(concept, self._narrower)

    @cached_property
    def _narrower(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for below, aboves in self.broader.items():
            for above in aboves:
                found.setdefault(above, set()).add(below)
        return found


def _reached(concept: str, links: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return the concepts that few enough links lead to, with their number."""
    found, waiting = {concept: 0}, deque([concept])
    while waiting:
        here = waiting.popleft()
        if found[here] + 1 < len(_STEPS):
            for there in sorted(links.get(here, ())):
                if there not in found:
                    found[there] = found[here] + 1
                    waiting.append(there)
    return found


def hierarchy_of(graph: Graph, id_base: str, concepts: Iterable[str]) -> Hierarchy:
    """Return what stands above these concepts: broader concepts, and practices and tools that they are a part of.

    Args:
        graph: A release's graph.
        id_base: Base of the entities' IRIs.
        concepts: Identifiers relative to it.
    """
    broader: dict[str, frozenset[str]] = {}
    waiting = set(concepts)
    for _ in _STEPS[1:]:
        above = {
            concept: frozenset(
                iri.removeprefix(id_base)
                for predicate in (PREFIXES["skos"] + "broader", SCHEMA + "isPartOf")
                for iri in graph.iris(id_base + concept, predicate)
                if iri.startswith(id_base)
            )
            for concept in waiting
            if concept not in broader
        }
        broader |= above
        waiting = {concept for found in above.values() for concept in found}
    return Hierarchy({concept: found for concept, found in broader.items() if found})


def kilometres(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    """Return the distance of two points in a straight line over the ground; None where one is not known.

    >>> round(kilometres((59.44, 24.75), (58.38, 26.73)))  # Tallinn and Tartu
    164
    """
    if one is None or other is None:
        return None
    (lat1, lon1), (lat2, lon2) = (map(math.radians, point) for point in (one, other))
    chord = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(chord)))
