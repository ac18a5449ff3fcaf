"""A chart of one category and one number: bars, or a line where the category is a number or a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from webapp.figures.columns import names
from webapp.figures.scale import ticks
from webapp.interface_language import gettext

if TYPE_CHECKING:
    from webapp.sparql_results import Cell, Results

__all__ = ["Bar", "Bars", "Line", "chart"]

_MOST_BARS: Final = 40
_TIMES: Final = {"xsd:date", "xsd:dateTime", "xsd:gYear", "xsd:gYearMonth"}
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 640, 300, 60, 28, 10, 16


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its value as the answer has it, and where it lies on the axis, in percent of the width."""

    name: str
    value: str
    start: float
    length: float


@dataclass(frozen=True)
class Bars:
    """Bars of one column.

    Attributes:
        title: What the bars show.
        bars: The bars in the order of the answer.
        omitted: Rows beyond the most that are drawn.
    """

    title: str
    bars: list[Bar]
    omitted: int


@dataclass(frozen=True)
class Line:
    """A line in a drawing of ``width`` by ``height``.

    Attributes:
        title: What the line shows.
        points: x, y and a description of each point, from left to right.
        path: The same points as the ``points`` of an SVG polyline.
        horizontal: Positions and labels of the marks on the x axis.
        vertical: Positions and labels of the marks on the y axis.
    """

    title: str
    points: list[tuple[float, float, str]]
    path: str
    horizontal: list[tuple[float, str]]
    vertical: list[tuple[float, str]]
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    baseline: int = _HEIGHT - _BOTTOM
    right: int = _WIDTH - _RIGHT


def chart(results: Results) -> Bars | Line | None:
    """Return the chart of an answer, None where it has no number or nothing to set it against."""
    numbers = results.numeric
    if len(results.rows) < 2 or not numbers or len(results.variables) < 2:
        return None
    axis = next((index for index in range(len(results.variables)) if _is_axis(results, index, numbers)), None)
    if axis is not None:
        value = next((index for index in numbers if index != axis), None)
        return _line(results, axis, value) if value is not None else None
    others = [index for index in range(len(results.variables)) if index not in numbers]
    return _bars(results, numbers[0], names(results, set(numbers))) if others else None


def _is_axis(results: Results, index: int, numbers: list[int]) -> bool:
    """Whether a column holds different positions in time, or among numbers only, different numbers."""
    found = results.bound(index)
    if len({cell.value for cell in found}) < len(results.rows):
        return False
    if all(cell.datatype in _TIMES and _position(cell) is not None for cell in found):
        return bool(numbers)
    return len(numbers) == len(results.variables) and index == numbers[0]


def _position(cell: Cell) -> float | None:
    """Return where a number or a date lies on its axis."""
    if cell.number is not None:
        return cell.number
    text = cell.value.removesuffix("Z")
    try:
        if cell.datatype == "xsd:gYear":
            return float(text[:5] if text.startswith("-") else text[:4])
        if cell.datatype == "xsd:gYearMonth":
            return int(text[:4]) + (int(text[5:7]) - 1) / 12
        return datetime.fromisoformat(text).replace(tzinfo=None).toordinal()
    except ValueError:
        return None


def _bars(results: Results, column: int, called: list[str]) -> Bars:
    rows = [
        (row[column], name) for row, name in zip(results.rows, called, strict=True) if row[column].number is not None
    ]
    drawn = rows[:_MOST_BARS]
    values = [cell.number or 0.0 for cell, _ in drawn]
    low, high = min(0.0, *values), max(0.0, *values)
    share = 100 / (high - low) if high > low else 0.0
    bars = [
        Bar(name, cell.text, round((min(value, 0) - low) * share, 2), round(abs(value) * share, 2))
        for (cell, name), value in zip(drawn, values, strict=True)
    ]
    return Bars(results.variables[column], bars, results.total - len(drawn))


def _line(results: Results, axis: int, column: int) -> Line | None:
    found = [
        (position, row[column].number, f"{row[axis].text}: {row[column].text}", row[axis].text)
        for row in results.rows
        if (position := _position(row[axis])) is not None and row[column].number is not None
    ]
    found.sort(key=lambda point: point[0])
    if len(found) < 2:
        return None
    values = [value or 0.0 for _, value, _, _ in found]
    marks = ticks(min(values), max(values))
    low, high = marks[0], marks[-1]
    first, last = found[0][0], found[-1][0]

    def x(position: float) -> float:
        return round(_LEFT + (position - first) / (last - first) * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _BOTTOM - _TOP), 1)

    points = [(x(position), y(value or 0.0), text) for position, value, text, _ in found]
    labelled = [found[0], found[len(found) // 2], found[-1]] if len(found) > 2 else [found[0], found[-1]]
    return Line(
        gettext("%(values)s by %(axis)s", values=results.variables[column], axis=results.variables[axis]),
        points,
        " ".join(f"{px},{py}" for px, py, _ in points),
        [(x(position), text) for position, _, _, text in labelled],
        [(y(mark), f"{mark:g}") for mark in marks],
    )
