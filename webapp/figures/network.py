"""A network of what two columns of IRIs connect."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from webapp.figures.columns import is_of_iris
from webapp.interface_language import gettext

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from webapp.sparql_results import Cell, Results

__all__ = ["Network", "Node", "network"]

_MOST_NODES: Final = 70
_MOST_NAMED: Final = 40
"""Nodes that are all named on the drawing; of more, only the hubs are."""
_HUB: Final = 3
_ROUNDS: Final = 120
_WIDTH, _HEIGHT, _EDGE = 960, 640, 60
_LONGEST_NAME: Final = 28
_NAME_WIDTH: Final = 190
"""Room that such a name takes on the drawing."""


@dataclass(frozen=True)
class Node:
    """A node on the drawing.

    Attributes:
        x: Where it is.
        y: Where it is.
        name: Its label in full.
        short: Its label, cut where it is long.
        link: Where it leads.
        is_source: Whether the first of the two columns has it.
        is_hub: Whether it has several neighbours; then its label stands above it.
        is_named: Whether there is room for its label.
        at_end: Whether its label stands to its left: away from its neighbours where there is room.
    """

    x: float
    y: float
    name: str
    short: str
    link: str
    is_source: bool
    is_hub: bool
    is_named: bool
    at_end: bool


@dataclass(frozen=True)
class Network:
    """Nodes and the lines between them.

    Attributes:
        title: The two columns.
        nodes: The nodes.
        lines: x and y of both ends of each line.
        drawn: How many rows are drawn.
        omitted: How many are not, because there would be too many nodes.
    """

    title: str
    nodes: list[Node]
    lines: list[tuple[float, float, float, float]]
    drawn: int
    omitted: int
    width: int = _WIDTH
    height: int = _HEIGHT


def network(results: Results) -> Network | None:
    """Return the network of the first two columns of IRIs, None where there are not two or only one row."""
    columns = [index for index in range(len(results.variables)) if is_of_iris(results, index)]
    if len(columns) < 2 or len(results.rows) < 2:
        return None
    start, end = columns[:2]
    nodes: dict[str, Cell] = {}
    edges: dict[tuple[str, str], None] = {}
    drawn = 0
    for row in results.rows:
        pair = (row[start], row[end])
        if not all(cell.value for cell in pair):
            continue
        if len({*nodes, pair[0].value, pair[1].value}) > _MOST_NODES:
            break
        nodes.update({cell.value: cell for cell in pair})
        edges[pair[0].value, pair[1].value] = None
        drawn += 1
    if not edges:
        return None
    numbers = {iri: number for number, iri in enumerate(nodes)}
    pairs = np.array([(numbers[a], numbers[b]) for a, b in edges])
    places = _layout(len(nodes), pairs)
    outwards = _away(places, pairs)
    sources = {first for first, _ in edges}
    degrees = Counter(iri for edge in edges for iri in edge)
    hubs = {iri for iri, degree in degrees.items() if degree >= _HUB}
    named = set(nodes) if len(nodes) <= _MOST_NAMED or not hubs else hubs
    shown = [
        _node(cell, place, outward, is_source=iri in sources, is_hub=iri in hubs, is_named=iri in named)
        for (iri, cell), place, outward in zip(nodes.items(), places, outwards, strict=True)
    ]
    lines = [(shown[numbers[a]].x, shown[numbers[a]].y, shown[numbers[b]].x, shown[numbers[b]].y) for a, b in edges]
    title = gettext("%(one)s and %(other)s", one=results.variables[start], other=results.variables[end])
    return Network(title, shown, lines, drawn, results.total - drawn)


def _node(
    cell: Cell, place: NDArray[np.float64], outward: float, *, is_source: bool, is_hub: bool, is_named: bool
) -> Node:
    short = cell.text if len(cell.text) <= _LONGEST_NAME else cell.text[: _LONGEST_NAME - 1].rstrip() + "…"
    x, y = round(float(place[0]), 1), round(float(place[1]), 1)
    at_end = x > _WIDTH - _NAME_WIDTH or (outward < 0 and x > _NAME_WIDTH)
    return Node(x, y, cell.text, short, cell.link, is_source, is_hub, is_named, at_end)


def _away(places: NDArray[np.float64], edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how far each node lies to the right of its neighbours, negative to the left; shape ``(nodes,)``."""
    away = np.zeros(len(places))
    across = places[edges[:, 1], 0] - places[edges[:, 0], 0]
    np.add.at(away, edges[:, 1], across)
    np.add.at(away, edges[:, 0], -across)
    return away


def _layout(count: int, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Place nodes so that the connected are near and the others apart (Fruchterman and Reingold 1991).

    It starts from a spiral, not from chance: the same answer is always drawn the same.

    Returns:
        x and y of each node within the drawing; shape ``(count, 2)``.
    """
    turn = np.arange(count) * 2.399963  # the golden angle
    places = np.sqrt((np.arange(count) + 0.5) / count)[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    distance = 1.6 / np.sqrt(count)
    for round_ in range(_ROUNDS):
        apart = places[:, None, :] - places[None, :, :]
        length = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-6)
        force = (apart * (distance**2 / length**2)[:, :, None]).sum(axis=1)
        pull = places[edges[:, 1]] - places[edges[:, 0]]
        pull *= np.sqrt((pull**2).sum(axis=1, keepdims=True)) / distance
        np.add.at(force, edges[:, 0], pull)
        np.add.at(force, edges[:, 1], -pull)
        force -= places * 0.4  # keeps parts that nothing connects from drifting off
        size = np.maximum(np.sqrt((force**2).sum(axis=1, keepdims=True)), 1e-6)
        places = places + force / size * np.minimum(size, 0.15 * (1 - round_ / _ROUNDS))
    low, high = places.min(axis=0), places.max(axis=0)
    spread = np.where(high > low, high - low, 1.0)
    room = np.array([_WIDTH - 2 * _EDGE, _HEIGHT - 2 * _EDGE])
    scaled: NDArray[np.float64] = _EDGE + (places - low) / spread * room
    return scaled
