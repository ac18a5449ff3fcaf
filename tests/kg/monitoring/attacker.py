"""Somebody who works out what published numbers leave open, by integer programs over everything that belongs together.

What the attacker knows for sure: all that was told of one month, in one release or in two; which numbers were lowered
beyond rounding (more than anybody can see); that each thing has one hub and one level, at least one subject, any
competences, and each of them once; and that nothing was taken away from the first release to the second.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from kg.monitoring.disclosure import THRESHOLD, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.monitoring.disclosure import Told

TOTAL: Final = ("", "")
VALUES: Final = {
    "hub": ("north", "east", "south", "west"),
    "level": ("primary", "secondary"),
    "subject": ("art", "history", "music"),
    "competence": ("c1", "c2"),
}
EACH_ONE: Final = ("hub", "level")
AT_LEAST_ONE: Final = ("subject",)
MOST: Final = 1000


class Thing(NamedTuple):
    """Something that is counted."""

    hub: str
    level: str
    subjects: frozenset[str]
    competences: frozenset[str]

    def values(self, line: str) -> frozenset[str]:
        """What it counts for."""
        several = {"subject": self.subjects, "competence": self.competences}
        return several[line] if line in several else frozenset({self.hub if line == "hub" else self.level})


@dataclass
class Release:
    """A month of a release: what is true and what is told."""

    things: Sequence[Thing]
    lines: dict[str, dict[str, int]] = field(init=False)
    told: Told = field(init=False)

    def __post_init__(self) -> None:
        counted = {line: Counter(v for thing in self.things for v in thing.values(line)) for line in VALUES}
        self.lines = {line: {value: counted[line][value] for value in VALUES[line]} for line in VALUES}
        self.told = told(len(self.things), self.lines)

    def truth(self) -> dict[tuple[str, str], int]:
        """The true number of each cell."""
        cells = {(line, value): count for line, row in self.lines.items() for value, count in row.items()}
        return {TOTAL: len(self.things), **cells}

    def shown(self) -> dict[tuple[str, str], int | None]:
        """What is told of each cell."""
        cells = {(line, value): count for line, row in self.told.lines.items() for value, count in row.items()}
        return {TOTAL: self.told.total, **cells}


def range_of(truth: int, shown: int | None) -> tuple[int, int]:
    """What a number that is told so can be; one that was lowered has no upper end."""
    least = shown or 0
    lowered = truth - truth % THRESHOLD > least
    return least, MOST if lowered else least + THRESHOLD - 1


def leeway(releases: Sequence[Release], shown: Sequence[Mapping[tuple[str, str], int | None]] = ()) -> Leeway:
    """Return what the releases, each with the things of the one before, leave open; ``shown`` stands in for theirs."""
    return Leeway(releases, shown or [release.shown() for release in releases])


class Leeway:
    """The feasible ranges of single numbers and of their differences between releases."""

    def __init__(self, releases: Sequence[Release], shown: Sequence[Mapping[tuple[str, str], int | None]]) -> None:
        self.cells = list(releases[0].truth())
        self._count = len(releases)
        self._rows: list[np.ndarray] = []
        self._ends: list[tuple[float, float]] = []
        ranges = [
            range_of(release.truth()[cell], row[cell])
            for release, row in zip(releases, shown, strict=True)
            for cell in self.cells
        ]
        self._bounds = Bounds([low for low, _ in ranges], [high for _, high in ranges])
        for place in range(self._count):
            self._belongs_together(place)
        for before, after in pairwise(range(self._count)):
            self._only_grows(before, after)

    def _at(self, place: int, cell: tuple[str, str]) -> np.ndarray:
        row = np.zeros(self._count * len(self.cells))
        row[place * len(self.cells) + self.cells.index(cell)] = 1
        return row

    def _add(self, row: np.ndarray, least: float, most: float) -> None:
        self._rows.append(row)
        self._ends.append((least, most))

    def _belongs_together(self, place: int) -> None:
        total = self._at(place, TOTAL)
        for line, values in VALUES.items():
            cells = [self._at(place, (line, value)) for value in values]
            if line in EACH_ONE:
                self._add(np.sum(cells, axis=0) - total, 0, 0)
            if line in AT_LEAST_ONE:
                self._add(np.sum(cells, axis=0) - total, 0, np.inf)
            for cell in cells:
                self._add(total - cell, 0, np.inf)

    def _only_grows(self, before: int, after: int) -> None:
        more = self._at(after, TOTAL) - self._at(before, TOTAL)
        for cell in self.cells:
            grown = self._at(after, cell) - self._at(before, cell)
            self._add(grown, 0, np.inf)
            self._add(more - grown, 0, np.inf)

    def _ends_of(self, aim: np.ndarray) -> tuple[int, int]:
        low, high = zip(*self._ends, strict=True)
        rules = LinearConstraint(np.array(self._rows), low, high)
        whole = np.ones(len(aim))
        found = [milp(sign * aim, constraints=rules, bounds=self._bounds, integrality=whole) for sign in (1, -1)]
        assert all(end.success for end in found), [end.message for end in found]
        return round(found[0].fun), round(-found[1].fun)

    def number(self, cell: tuple[str, str], place: int = 0) -> tuple[int, int]:
        """The least and the most that a number of one release can be."""
        return self._ends_of(self._at(place, cell))

    def change(self, cell: tuple[str, str]) -> tuple[int, int]:
        """The least and the most by which a number can have grown from the first release to the second."""
        return self._ends_of(self._at(1, cell) - self._at(0, cell))
