"""A map of numbered places: where each is, and its number beside it where no other number is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webapp.figures.map import Map, drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.places import Position

__all__ = ["Mark", "PlaceMap", "place_map"]

_APART: Final = 26
_BESIDE: Final = 30


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
    """The grid of the map and its places, in the order in which they were given."""

    grid: Map
    marks: list[Mark]


def place_map(places: Sequence[tuple[Position, str, str]]) -> PlaceMap | None:
    """Return the map of places, each with its name and link, numbered from 1; None where there is none."""
    if not places:
        return None
    grid = drawn([(where.latitude, where.longitude, name, link) for where, name, link in places])
    order = sorted(range(len(places)), key=lambda index: (grid.points[index].y, grid.points[index].x))
    taken: list[tuple[float, float]] = []
    labels: dict[int, tuple[float, float]] = {}
    for index in order:
        point = grid.points[index]
        x = point.x + _BESIDE if point.x < grid.width - 3 * _BESIDE else point.x - _BESIDE
        y = point.y
        while any(abs(y - other_y) < _APART and abs(x - other_x) < _APART for other_x, other_y in taken):
            y += _APART / 2
        if y > grid.height - _APART / 2:
            x, y = x + _APART, point.y
            while any(abs(y - other_y) < _APART and abs(x - other_x) < _APART for other_x, other_y in taken):
                y -= _APART / 2
        taken.append((x, y))
        labels[index] = (round(x, 1), round(y, 1))
    marks = [
        Mark(number, point.x, point.y, *labels[number - 1], point.name, point.link)
        for number, point in enumerate(grid.points, start=1)
    ]
    return PlaceMap(grid, marks)
