"""The scenarios that may fill a plan, as the columns of a set-cover problem, without those that others outdo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ontology.language import read_as

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from search.engine import SearchEngine
    from search.planning.goal import Goal

__all__ = ["Candidates", "candidates", "undominated"]

_MANY: Final = 4096
"""Above so many sets a table of all sets is quicker than comparing them."""

_TABLE_BITS: Final = 22
"""A table of that many competences takes 16 MB."""


@dataclass(frozen=True)
class Candidates:
    """Candidates side by side; all arrays have the shape ``(candidates,)``.

    Attributes:
        rows: The scenario of each, as its row in the engine.
        masks: What each covers: bit ``i`` stands for competence ``i`` of the goal.
        lessons: How many lessons each takes, at least one.
        minutes: Its minutes; whoever takes fewer minutes never takes more lessons.
        foreign: 1 where it is not in the reader's first language, else 0.
    """

    rows: NDArray[np.int64]
    masks: NDArray[np.uint64]
    lessons: NDArray[np.int64]
    minutes: NDArray[np.int64]
    foreign: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.rows)

    def take(self, places: NDArray[np.int64]) -> Candidates:
        """Return some of the candidates."""
        return Candidates(
            self.rows[places], self.masks[places], self.lessons[places], self.minutes[places], self.foreign[places]
        )


def candidates(
    engine: SearchEngine,
    goal: Goal,
    competences: Sequence[str],
    language: str,
    taken: Collection[int] = (),
) -> Candidates:
    """Return one candidate for each work that passes the goal's filters, covers something and states its time.

    Args:
        engine: The search engine.
        goal: Says which scenarios may be taken.
        competences: What is to be covered, at most 64.
        language: The reader's language: a work that exists in it is taken in it.
        taken: Works that the plan has already.
    """
    masks = np.zeros(len(engine.cards), np.uint64)
    for bit, competence in enumerate(competences):
        masks[engine.facets.rows(goal.competence_field, competence)] |= np.uint64(1 << bit)
    known = engine.columns
    minutes = np.asarray(known.minutes, np.int64)
    passing = engine.passing(goal.search()) & (masks != 0) & (minutes > 0)
    rows = np.flatnonzero(passing).astype(np.int64)
    works = known.work_of[rows]
    wanted = read_as(language)
    spoken = known.languages.index(wanted) if wanted in known.languages else -1
    native = known.language_of[rows] == spoken
    # The first of a work in this order stands for it: of its scenarios, one in the reader's language.
    order = np.lexsort((rows, ~native, works))
    _, first = np.unique(works[order], return_index=True)
    places = np.sort(order[first])
    places = places[~np.isin(works[places], np.fromiter(taken, np.int64, len(taken)))]
    chosen = rows[places]
    lessons = np.maximum(1, -(-minutes[chosen] // goal.lesson_minutes))
    return Candidates(chosen, masks[chosen], lessons, minutes[chosen], (~native[places]).astype(np.int64))


def undominated(columns: Candidates) -> NDArray[np.int64]:
    """Return the places of those that no other outdoes, in order of what they cost.

    One is outdone by another that covers at least as much and costs less by (minutes, language, place). Costs add up
    and are compared in this order, and lessons grow with minutes, so putting the other in its place never makes a plan
    worse: an optimum without outdone candidates is an optimum of all.
    """
    order = np.lexsort((np.arange(len(columns)), columns.foreign, columns.minutes))
    _, first = np.unique(columns.masks[order], return_index=True)
    order = order[np.sort(first)]  # the cheapest of those that cover the same
    return order[_maximal(columns.masks[order])]


def _maximal(masks: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which sets are no subset of one before them; no two are equal."""
    width = int(masks.max(initial=np.uint64(0))).bit_length()
    if len(masks) > _MANY and width <= _TABLE_BITS:
        return _maximal_by_table(masks.astype(np.int64), width)
    kept = np.zeros(len(masks), np.bool_)
    known = np.empty_like(masks)
    count = 0
    for place, mask in enumerate(masks):
        if not ((known[:count] & mask) == mask).any():
            kept[place] = True
            known[count] = mask
            count += 1
    return kept


def _maximal_by_table(masks: NDArray[np.int64], width: int) -> NDArray[np.bool_]:
    """Do the same by a table of all sets: for each, the first of ``masks`` that holds it."""
    places = np.arange(len(masks), dtype=np.int32)
    first = np.full(1 << width, len(masks), np.int32)
    first[masks] = places
    for bit in range(width):
        halves = first.reshape(-1, 2, 1 << bit)
        np.minimum(halves[:, 0], halves[:, 1], out=halves[:, 0])
    kept: NDArray[np.bool_] = first[masks] == places
    return kept
