"""Runs the systems that are compared on tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from search.evaluation.measures import ndcg, recall, reciprocal_rank
from search.ranking import WEIGHTS, Weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from search.engine import SearchEngine
    from search.evaluation.tasks import Task
    from search.ranking import Signals

__all__ = ["MEASURES", "SYSTEMS", "Outcome", "evaluate"]

SYSTEMS: Final[Mapping[str, Weights]] = {
    "lexical": Weights(1, 0, 0, 0),
    "dense": Weights(0, 1, 0, 0),
    "hybrid": WEIGHTS._replace(concepts=0, other_words=0),
    "hybrid+graph": WEIGHTS,
}

MEASURES: Final = ("ndcg@10", "recall@10", "recall@50", "mrr", "judged@10", "ndcg@10 strict")

_DEEPEST: Final = 1000


class Outcome(NamedTuple):
    """What one system did on one task: its values, in the order of ``MEASURES``, and its first 50 works."""

    task: Task
    system: str
    values: tuple[float, ...]
    first: tuple[int, ...]


def evaluate(engine: SearchEngine, tasks: Sequence[Task], progress: Callable[[int, int], None]) -> list[Outcome]:
    """Return the outcome of each system on each task.

    Works that nobody judged are left out of a list before it is measured (condensed lists, Sakai 2007), except in
    ``ndcg@10 strict``, where they count as not relevant. Known items know one relevant work and no unjudged ones.
    """
    outcomes = []
    for number, task in enumerate(tasks, 1):
        signals = _without(engine.ranker.signals(task.query), task.hidden)
        for system, weights in SYSTEMS.items():
            scores = engine.ranker.fused(signals, weights)
            found = [int(work) for work in np.argsort(-scores, kind="stable")[:_DEEPEST] if scores[work] > 0]
            outcomes.append(Outcome(task, system, _values(found, task), tuple(found[:50])))
        progress(number, len(tasks))
    return outcomes


def _values(found: Sequence[int], task: Task) -> tuple[float, ...]:
    grades = task.grades
    judged = found if task.target else [work for work in found if work in grades]
    share = 1.0 if task.target else sum(work in grades for work in found[:10]) / max(1, len(found[:10]))
    return (
        ndcg(judged, grades),
        recall(judged, grades, 10),
        recall(judged, grades, 50),
        reciprocal_rank(judged, grades),
        share,
        ndcg(found, grades),
    )


def _without(signals: Signals, hidden: tuple[int, ...]) -> Signals:
    """Return signals in which some scenarios do not match."""
    if not hidden:
        return signals
    rows = list(hidden)
    masked = {}
    for name in ("bm25", "share", "cosine", "concepts", "other_words"):
        masked[name] = getattr(signals, name).copy()
        masked[name][rows] = 0
    return signals._replace(**masked)
