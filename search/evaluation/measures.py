"""Measures of ranked lists, and their bootstrap intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["RELEVANT", "Interval", "interval", "ndcg", "recall", "reciprocal_rank"]

RELEVANT: Final = 2
"""Grade from which a document counts as relevant where a measure knows two grades only."""

_SAMPLES: Final = 2000


class Interval(NamedTuple):
    """A mean and where 95 % of the means of resampled queries lie."""

    mean: float
    low: float
    high: float


def ndcg(ranked: Sequence[int], grades: Mapping[int, int], most: int = 10) -> float:
    """Return the normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), with gains of 2^grade - 1.

    >>> ndcg([7, 8], {7: 3, 9: 0})
    1.0
    """
    best = _gain(sorted(grades.values(), reverse=True)[:most])
    return _gain([grades.get(document, 0) for document in ranked[:most]]) / best if best else 0.0


def recall(ranked: Sequence[int], grades: Mapping[int, int], most: int) -> float:
    """Return the share of relevant documents among the first ``most``; of ``most``, where more are relevant.

    >>> recall([7, 8], {7: 3, 9: 2}, 10)
    0.5
    """
    relevant = {document for document, grade in grades.items() if grade >= RELEVANT}
    return len(relevant.intersection(ranked[:most])) / min(most, len(relevant)) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[int], grades: Mapping[int, int]) -> float:
    """Return 1 / rank of the first relevant document, 0 where there is none.

    >>> reciprocal_rank([8, 7], {7: 3})
    0.5
    """
    ranks = (rank for rank, document in enumerate(ranked, 1) if grades.get(document, 0) >= RELEVANT)
    return 1 / next(ranks, np.inf)


def interval(values: NDArray[np.float64]) -> Interval:
    """Return the mean of one value a query with its interval by the percentile bootstrap (Efron 1979).

    The same resamples are drawn for the same number of queries, so that the interval of differences is a paired one.
    """
    drawn = np.random.default_rng(0).integers(0, len(values), (_SAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return Interval(float(values.mean()), float(low), float(high))


def _gain(grades: Sequence[int]) -> float:
    return float(sum((2**grade - 1) / np.log2(rank + 2) for rank, grade in enumerate(grades)))
