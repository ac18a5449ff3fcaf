"""Exact set cover: the fewest lessons in which a plan covers a goal, and if that is too many the most they can cover.

Several aims in order of importance (lexicographic optimisation): cover the most competences, in the fewest lessons,
with the fewest minutes, with the fewest scenarios in other languages than the reader's. Each aim is an integer
programme for HiGHS (Huangfu and Hall 2018) in which the aims before it are kept at their optimum.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.errors import IhubError
from search.planning.candidates import undominated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from search.planning.candidates import Candidates

__all__ = ["SECONDS", "Selection", "SolverBusyError", "Unproven", "greedy", "solve"]

SECONDS: Final = 2.0
"""How long a solve may take before it ends with the best that it has."""

_ONE_AT_A_TIME: Final = Lock()  # a second solve beside the first would only halve the time that both have


class SolverBusyError(IhubError):
    """No solve was tried, since others went before for too long."""


@dataclass(frozen=True)
class Unproven:
    """Where the time was up.

    Attributes:
        aim: Which aim may not be at its best: ``competences``, ``lessons``, ``minutes`` or ``language``.
        bound: No plan does better than this in it.
    """

    aim: str
    bound: int


@dataclass(frozen=True)
class Selection:
    """What to add to a plan.

    Attributes:
        places: The chosen candidates, ascending.
        covered: What they cover, as a mask.
        lessons: Lessons that they take.
        minutes: Minutes that they take.
        lessons_for_all: The fewest lessons in which all that any candidate covers can be covered; None if not proven.
        unproven: Where the time was up; None where this is proven to be the best.
    """

    places: tuple[int, ...]
    covered: int
    lessons: int
    minutes: int
    lessons_for_all: int | None = None
    unproven: Unproven | None = None


def solve(columns: Candidates, most_lessons: int | None = None, seconds: float = SECONDS) -> Selection:
    """Return the best selection of candidates.

    Args:
        columns: The candidates.
        most_lessons: Lessons that may be used; None for any number.
        seconds: After so long the best found by then is returned, and said not to be proven.

    Raises:
        SolverBusyError: Another solve of this process took all this time.
    """
    start = time.monotonic()
    places = undominated(columns)
    reduced = columns.take(places)
    if not len(reduced):
        return Selection((), 0, 0, 0, lessons_for_all=0)
    if not _ONE_AT_A_TIME.acquire(timeout=seconds):
        raise SolverBusyError("is busy with another plan", hint="ask again in a few seconds")
    try:
        found = _staged(reduced, most_lessons, start + seconds)
    finally:
        _ONE_AT_A_TIME.release()
    if found.unproven:
        rough = greedy(reduced, most_lessons)
        if _rank(rough) < _rank(found):
            found = replace(rough, lessons_for_all=found.lessons_for_all, unproven=found.unproven)
    return replace(found, places=tuple(sorted(int(places[place]) for place in found.places)))


def greedy(columns: Candidates, most_lessons: int | None = None) -> Selection:
    """Return the selection that takes, again and again, what covers the most for each lesson (Chvátal 1979)."""
    open_ = int(np.bitwise_or.reduce(columns.masks, initial=np.uint64(0)))
    left = int(columns.lessons.sum()) if most_lessons is None else most_lessons
    chosen: list[int] = []
    while open_:
        gains = np.bitwise_count(columns.masks & np.uint64(open_)).astype(np.float64)
        gains[columns.lessons > left] = 0
        rates = gains / columns.lessons
        best = int(np.lexsort((columns.foreign, columns.minutes, -rates))[0])
        if not gains[best]:
            break
        chosen.append(best)
        open_ &= ~int(columns.masks[best])
        left -= int(columns.lessons[best])
    return _selection(columns, sorted(chosen))


def _selection(columns: Candidates, places: Sequence[int]) -> Selection:
    chosen = np.asarray(places, np.int64)
    covered = int(np.bitwise_or.reduce(columns.masks[chosen], initial=np.uint64(0)))
    return Selection(tuple(places), covered, int(columns.lessons[chosen].sum()), int(columns.minutes[chosen].sum()))


def _rank(found: Selection) -> tuple[int, int, int]:
    """Return what selections are compared by; the smaller, the better."""
    return -found.covered.bit_count(), found.lessons, found.minutes


def _staged(columns: Candidates, most_lessons: int | None, deadline: float) -> Selection:
    """Optimise one aim after the other until all are at their best or the time is up."""
    programme = _Programme(columns, deadline)
    whole = programme.minimise(columns.lessons, covered=programme.bits)
    lessons_for_all = whole.value if whole.proven else None
    covered = programme.bits
    if most_lessons is None or whole.value <= most_lessons:
        best, aim = whole, "lessons"
    elif not whole.proven and whole.bound <= most_lessons:
        return _stopped(greedy(columns, most_lessons), Unproven("competences", programme.bits), None)
    else:
        programme.limit(columns.lessons, most_lessons)
        most = programme.maximise_covered()
        covered = most.value
        if not most.proven:
            found = _selection(columns, most.places)
            return _stopped(found, Unproven("competences", most.bound), lessons_for_all)
        best, aim = programme.minimise(columns.lessons, covered=covered, known=most.places), "lessons"
    for coefficients, following in ((columns.minutes, "minutes"), (columns.foreign, "language"), (None, "")):
        if not best.proven:
            return _stopped(_selection(columns, best.places), Unproven(aim, best.bound), lessons_for_all)
        if coefficients is not None:
            programme.limit(columns.lessons if following == "minutes" else columns.minutes, best.value)
            best, aim = programme.minimise(coefficients, covered=covered, known=best.places), following
    return replace(_selection(columns, best.places), lessons_for_all=lessons_for_all)


def _stopped(found: Selection, unproven: Unproven, lessons_for_all: int | None) -> Selection:
    return replace(found, unproven=unproven, lessons_for_all=lessons_for_all)


@dataclass(frozen=True)
class _Optimum:
    """The value of an aim, the candidates that reach it, and the bound that is proven."""

    value: int
    places: list[int]
    proven: bool
    bound: int


class _Programme:
    """Integer programmes over the same candidates: which are taken (0 or 1), which competences are covered (0 or 1)."""

    def __init__(self, columns: Candidates, deadline: float) -> None:
        from scipy.sparse import csc_array, hstack, identity

        self._columns = columns
        self._deadline = deadline
        union = int(np.bitwise_or.reduce(columns.masks))
        shifts = [bit for bit in range(64) if union >> bit & 1]
        self.bits = len(shifts)
        teaches = np.array([(columns.masks >> np.uint64(bit)) & np.uint64(1) for bit in shifts], np.float64)
        # A competence is covered only if a candidate that is taken covers it: sum(x) - y >= 0.
        self._cover: Any = hstack([csc_array(teaches), -identity(self.bits)], format="csc")
        self._limits: list[tuple[NDArray[np.float64], float]] = []

    def limit(self, coefficients: NDArray[np.int64], most: int) -> None:
        """Let a sum over the candidates that are taken be at most so much, from now on."""
        # Coefficients are whole numbers: half of one keeps rounding from cutting off what is equal.
        self._limits.append((np.concatenate([coefficients, np.zeros(self.bits)]), most + 0.5))

    def minimise(self, coefficients: NDArray[np.int64], *, covered: int, known: Sequence[int] = ()) -> _Optimum:
        """Make a sum over the candidates that are taken as small as can be, with so many competences covered.

        Args:
            coefficients: What each candidate adds; whole numbers, none negative.
            covered: How many competences to cover.
            known: Candidates that do this within the limits; found by the greedy way where all are to be covered.
        """
        objective = np.concatenate([coefficients, np.zeros(self.bits)])
        places = list(known) or list(greedy(self._columns).places)
        return self._run(objective, covered, places, int(coefficients[places].sum()))

    def maximise_covered(self) -> _Optimum:
        """Cover as many competences as can be within the limits."""
        objective = np.concatenate([np.zeros(len(self._columns)), -np.ones(self.bits)])
        most = int(self._limits[-1][1])
        start = greedy(self._columns, most)
        found = self._run(objective, 0, list(start.places), -start.covered.bit_count())
        return replace(found, value=-found.value, bound=-found.bound)

    def _run(self, objective: NDArray[np.float64], covered: int, places: list[int], value: int) -> _Optimum:
        """Solve one programme; ``places`` and ``value`` are a solution, which stands if no better is found."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        left = self._deadline - time.monotonic()
        if left <= 0:
            return _Optimum(value, places, proven=False, bound=-self.bits if value < 0 else 0)
        n = len(self._columns)
        counted = np.concatenate([np.zeros(n), np.ones(self.bits)])
        constraints = [LinearConstraint(self._cover, lb=0), LinearConstraint(counted[None, :], lb=covered - 0.5)]
        constraints += [LinearConstraint(row[None, :], ub=most) for row, most in self._limits]
        found = milp(
            objective,
            integrality=np.ones(n + self.bits),
            bounds=Bounds(np.concatenate([np.zeros(n), np.full(self.bits, covered == self.bits)]), 1),
            constraints=constraints,
            options={"time_limit": max(left, 0.01), "mip_rel_gap": 0.0},
        )
        bound = found.mip_dual_bound
        lowest = int(np.ceil(bound - 1e-6)) if bound is not None and np.isfinite(bound) else min(0, value)
        if found.x is not None:
            taken = [int(place) for place in np.flatnonzero(found.x[:n] > 0.5)]
            reached = round(float(found.fun))
            if reached <= value:
                places, value = taken, reached
        return _Optimum(value, places, proven=found.status == 0 or lowest >= value, bound=lowest)
