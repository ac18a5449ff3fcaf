"""A map of points: two columns of latitude and longitude, or one of WKT points (GeoSPARQL 1.1)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webapp.figures.columns import names
from webapp.figures.scale import ticks

if TYPE_CHECKING:
    from webapp.sparql_results import Cell, Results

__all__ = ["Map", "Point", "drawn", "point_map"]

_LATITUDE: Final = re.compile(r"(?:.*_)?lat(?:itude)?|.*Lat(?:itude)?", re.IGNORECASE)
_LONGITUDE: Final = re.compile(r"(?:.*_)?(?:lon|long|lng|longitude)|.*(?:Lon|Long|Lng|Longitude)", re.IGNORECASE)
_WKT: Final = re.compile(r"\s*(?:<([^>]*)>)?\s*POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)\s*", re.IGNORECASE)
_LATITUDE_FIRST: Final = "EPSG/0/4326"
_WIDTH, _HEIGHT, _EDGE = 640, 420, 36
_LEAST_DEGREES: Final = 0.2


@dataclass(frozen=True)
class Point:
    """A point on the drawing: where it is, what it is called, where it leads."""

    x: float
    y: float
    name: str
    link: str


@dataclass(frozen=True)
class Map:
    """Points in an equirectangular projection that is true to scale in the middle of the map.

    Attributes:
        points: The points.
        meridians: Position and label of each meridian.
        parallels: Position and label of each parallel.
    """

    points: list[Point]
    meridians: list[tuple[float, str]]
    parallels: list[tuple[float, str]]
    width: int = _WIDTH
    height: int = _HEIGHT


def point_map(results: Results) -> Map | None:
    """Return the map of an answer, or None where it has no places."""
    columns, places = _places(results)
    called = names(results, columns)
    found = [
        (*place, name, next((cell.link for cell in row if cell.link), ""))
        for place, name, row in zip(places, called, results.rows, strict=True)
        if place
    ]
    return drawn(found) if found else None


def _places(results: Results) -> tuple[set[int], list[tuple[float, float] | None]]:
    """Return the columns that say where, and latitude and longitude of each row."""
    numeric = {results.variables[index]: index for index in results.numeric}
    latitude = next((index for name, index in numeric.items() if _LATITUDE.fullmatch(name)), None)
    longitude = next((index for name, index in numeric.items() if _LONGITUDE.fullmatch(name)), None)
    if latitude is not None and longitude is not None:
        rows = [_on_earth(row[latitude].number, row[longitude].number) for row in results.rows]
        return {latitude, longitude}, rows
    for index in range(len(results.variables)):
        found = results.bound(index)
        if found and all(_from_wkt(cell) for cell in found):
            return {index}, [_from_wkt(cell) for cell in (row[index] for row in results.rows)]
    return set(), [None] * len(results.rows)


def _on_earth(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def _from_wkt(cell: Cell) -> tuple[float, float] | None:
    match = _WKT.fullmatch(cell.text)
    if not match:
        return None
    try:
        first, second = float(match[2]), float(match[3])
    except ValueError:
        return None
    reversed_axes = match[1] and match[1].endswith(_LATITUDE_FIRST)
    return _on_earth(first, second) if reversed_axes else _on_earth(second, first)


def drawn(places: list[tuple[float, float, str, str]]) -> Map:
    """Return the map of places, each with its latitude, longitude, name and link; there must be at least one."""
    latitudes, longitudes = [place[0] for place in places], [place[1] for place in places]
    middle = ((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)
    narrowing = max(0.1, math.cos(math.radians(middle[0])))
    tall = max(max(latitudes) - min(latitudes), _LEAST_DEGREES)
    wide = max(max(longitudes) - min(longitudes), _LEAST_DEGREES)
    scale = min((_HEIGHT - 2 * _EDGE) / tall, (_WIDTH - 2 * _EDGE) / (wide * narrowing))

    def x(longitude: float) -> float:
        return round(_WIDTH / 2 + (longitude - middle[1]) * narrowing * scale, 1)

    def y(latitude: float) -> float:
        return round(_HEIGHT / 2 - (latitude - middle[0]) * scale, 1)

    half_tall, half_wide = _HEIGHT / 2 / scale, _WIDTH / 2 / scale / narrowing
    meridians = [(x(at), _degrees(at, "E", "W")) for at in ticks(middle[1] - half_wide, middle[1] + half_wide)[1:-1]]
    parallels = [(y(at), _degrees(at, "N", "S")) for at in ticks(middle[0] - half_tall, middle[0] + half_tall)[1:-1]]
    points = [Point(x(longitude), y(latitude), name, link) for latitude, longitude, name, link in places]
    return Map(points, meridians, parallels)


def _degrees(value: float, positive: str, negative: str) -> str:
    side = positive if value > 0 else negative if value < 0 else ""
    return f"{abs(value):g}°{side}"
