"""Near duplicates: pairs of texts that say almost the same, by the cosine of their embeddings and by their titles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from rapidfuzz import fuzz

from kg.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["Pair", "near_duplicates"]

ENOUGH: Final = 100
"""Texts from which their own mean is known well enough to compare them about it."""

COSINES: Final = {True: (0.65, 0.55), False: (0.935, 0.92)}
"""By whether vectors were centred: the cosine from which two summaries tell of the same lesson whatever their titles,
and the lower one that is enough where the titles are alike. Chosen on the pairs that the starter collection's authors
and its second readers called near duplicates."""

TITLE: Final = 80.0
"""Similarity of titles, from 0 to 100, from which they are alike (token set ratio of Levenshtein similarities)."""

_ROWS: Final = 512
"""Rows that are compared at a time: bounds the memory to 512 times the number of texts."""


class Pair(NamedTuple):
    """Two rows that are nearly the same: their numbers, the cosine, and the similarity of their titles (0 to 100)."""

    first: int
    second: int
    cosine: float
    title: float


def near_duplicates(titles: Sequence[str], vectors: NDArray[np.float32]) -> Iterator[Pair]:
    """Yield the pairs of near duplicates, each once, the first row before the second.

    Args:
        titles: One title for each row, all in one language.
        vectors: Unit vectors of the summaries, in the same language, shape ``(len(titles), d)``.
    """
    centring = len(titles) >= ENOUGH
    enough, enough_with_title = COSINES[centring]
    rows = _centred(vectors) if centring else vectors
    folded = [fold(title) for title in titles]
    for start in range(0, len(titles), _ROWS):
        cosines = rows[start : start + _ROWS] @ rows[start:].T
        for row, column in zip(*np.nonzero(cosines >= enough_with_title), strict=True):
            first, second = start + int(row), start + int(column)
            if first < second:
                cosine, title = float(cosines[row, column]), fuzz.token_set_ratio(folded[first], folded[second])
                if cosine >= enough or title >= TITLE:
                    yield Pair(first, second, cosine, title)


def _centred(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return unit vectors about the mean of ``vectors``, shape ``(n, d)``.

    Embeddings of one kind of text crowd into a narrow cone, in which everything is near everything; what tells texts
    apart is where they lie about its axis (Mu and Viswanath 2018, arXiv:1702.01417).
    """
    moved = vectors - vectors.mean(axis=0, keepdims=True)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (moved / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
