"""What a plan covers of its goal, what to add to it, and why the rest cannot be covered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from search.planning.candidates import candidates
from search.planning.goal import lessons_of
from search.planning.solver import SECONDS, solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.engine import SearchEngine
    from search.planning.goal import Goal
    from search.planning.solver import Unproven

__all__ = ["GAP_REASONS", "Gap", "Proposal", "covering", "propose"]

GAP_REASONS: Final = ("nowhere", "filters", "time", "lessons")
"""Why a competence stays open: no scenario teaches it; none that the filters let pass; none of those states its time;
there are some, but not within the lessons that are left."""


@dataclass(frozen=True)
class Gap:
    """A competence that stays open: why, and how many works teach it and pass the filters."""

    competence: str
    reason: str
    works: int


@dataclass(frozen=True)
class Proposal:
    """What to add to a plan.

    Attributes:
        rows: The scenarios, as rows of the engine.
        lessons: Lessons that they take.
        minutes: Minutes that they take.
        gaps: What stays open, in the goal's order.
        lessons_for_all: The fewest lessons, beside those of the plan, that cover everything but what no candidate
            teaches; None if that was not found out.
        unproven: Where the time for the search was up; None where there is no better proposal.
    """

    rows: tuple[int, ...]
    lessons: int
    minutes: int
    gaps: tuple[Gap, ...]
    lessons_for_all: int | None
    unproven: Unproven | None


def covering(engine: SearchEngine, goal: Goal, competences: Sequence[str], rows: Sequence[int]) -> dict[str, list[int]]:
    """Return for each competence which of some scenarios teach it, in their order."""
    field = goal.competence_field
    return {c: [row for row in rows if engine.facets.has(field, c, row)] for c in competences}


def propose(
    engine: SearchEngine,
    goal: Goal,
    competences: Sequence[str],
    plan: Sequence[int],
    language: str,
    seconds: float = SECONDS,
) -> Proposal:
    """Return the best scenarios to add to a plan, which itself stays as it is.

    Args:
        engine: The search engine.
        goal: The goal.
        competences: What the goal asks for, areas replaced by what is in them.
        plan: The scenarios of the plan, as rows of the engine.
        language: The reader's language.
        seconds: Time for the search.
    """
    covered = covering(engine, goal, competences, plan)
    open_ = [competence for competence in competences if not covered[competence]]
    left = None
    if goal.lessons is not None:
        used = sum(lessons_of(_minutes(engine, row), goal.lesson_minutes) for row in plan)
        left = max(0, goal.lessons - used)
    columns = candidates(engine, goal, open_, language, {engine.work(row) for row in plan})
    found = solve(columns, left, seconds)
    reachable = int(np.bitwise_or.reduce(columns.masks, initial=np.uint64(0)))
    gaps = [
        _gap(engine, goal, competence, reachable=bool(reachable >> bit & 1))
        for bit, competence in enumerate(open_)
        if not found.covered >> bit & 1
    ]
    rows = tuple(int(columns.rows[place]) for place in found.places)
    return Proposal(rows, found.lessons, found.minutes, tuple(gaps), found.lessons_for_all, found.unproven)


def _minutes(engine: SearchEngine, row: int) -> int | None:
    minutes: int | None = engine.cards[row]["minutes"]
    return minutes


def _gap(engine: SearchEngine, goal: Goal, competence: str, *, reachable: bool) -> Gap:
    works = engine.total(goal.search(competence=(competence,)))
    if not len(engine.facets.rows(goal.competence_field, competence)):
        return Gap(competence, "nowhere", 0)
    if not works:
        return Gap(competence, "filters", 0)
    return Gap(competence, "lessons" if reachable else "time", works)
