"""A map of numbered places: where each is, and its number beside it where no other number is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webapp.figures.map import Map, drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.places import Position

__all__ = ["Mark", "PlaceMap", "place_map"]

_APART: Final = 38
_BESIDE: Final = 38
_RADIUS: Final = 17
_EDGE: Final = 90
_NARROWEST: Final = 360


@dataclass(frozen=True)
class Mark:
    """A place on the drawing: its point, the middle of its number, what it is called and where it leads."""

    number: int
    x: float
    y: float
    label_x: float
    label_y: float
    name: str
    link: str


@dataclass(frozen=True)
class PlaceMap:
    """The part of a map that has places.

    Attributes:
        grid: The whole map.
        marks: The places, in the order in which they were given.
        faint: The points that are shown for comparison.
        left: Where the part begins, in the units of the map.
        width: How wide it is; it is as high as the map.
    """

    grid: Map
    marks: list[Mark]
    faint: list[tuple[float, float]]
    left: float
    width: float


def place_map(places: Sequence[tuple[Position, str, str]], around: Sequence[Position] = ()) -> PlaceMap | None:
    """Return the map of places, each with its name and link, numbered from 1; None where there is none.

    Args:
        places: The places.
        around: Others that are shown for comparison, without numbers.
    """
    if not places:
        return None
    others = [(where.latitude, where.longitude, "", "") for where in around]
    grid = drawn([(where.latitude, where.longitude, name, link) for where, name, link in places] + others)
    points = [(point.x, point.y) for point in grid.points[: len(places)]]
    labels: dict[int, tuple[float, float]] = {}
    for index in sorted(range(len(points)), key=lambda index: (points[index][1], points[index][0])):
        labels[index] = _beside(points[index], points, list(labels.values()), grid)
    marks = [
        Mark(number, point.x, point.y, *labels[number - 1], point.name, point.link)
        for number, point in enumerate(grid.points[: len(places)], start=1)
    ]
    faint = [(point.x, point.y) for point in grid.points[len(places) :]]
    across = [x for mark in marks for x in (mark.x, mark.label_x)] + [x for x, _ in faint]
    left, right = min(across) - _EDGE, max(across) + _EDGE / 2
    spare = max(0.0, _NARROWEST - (right - left)) / 2
    left, right = max(0.0, left - spare), min(float(grid.width), right + spare)
    return PlaceMap(grid, marks, faint, round(left, 1), round(right - left, 1))


def _beside(
    point: tuple[float, float], points: list[tuple[float, float]], taken: list[tuple[float, float]], grid: Map
) -> tuple[float, float]:
    """Return the first place for a number, the near ones first, that covers no point and no other number."""
    x, y = point
    for distance in range(_BESIDE, _BESIDE * 8, _BESIDE // 2):
        for turn in (0, 45, -45, 90, -90, 135, -135, 180):
            at_x = round(x + distance * math.cos(math.radians(turn)), 1)
            at_y = round(y + distance * math.sin(math.radians(turn)), 1)
            inside = _RADIUS < at_x < grid.width - _RADIUS and _RADIUS < at_y < grid.height - _RADIUS
            free = all(math.dist((at_x, at_y), other) >= _APART for other in taken)
            if inside and free and all(math.dist((at_x, at_y), other) >= _RADIUS * 1.4 for other in points):
                return at_x, at_y
    return x, y
