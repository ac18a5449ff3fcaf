"""Near in meaning, but not all alike: maximal marginal relevance (Carbonell and Goldstein 1998)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["diverse"]

RELEVANCE: Final = 0.7
"""Weight of likeness to the scenario, beside that of unlikeness to what was chosen before."""


def diverse(relevance: Sequence[float], vectors: NDArray[np.float32], most: int) -> list[int]:
    """Return places of up to ``most`` candidates, each chosen for its relevance less its likeness to the chosen ones.

    Args:
        relevance: Cosine of each candidate with what is asked for.
        vectors: Unit vectors of the candidates, shape ``(candidates, dimension)``.
        most: How many to choose.
    """
    waiting = list(range(len(relevance)))
    likeness = np.zeros(len(relevance))
    chosen: list[int] = []
    while waiting and len(chosen) < most:
        best = max(waiting, key=lambda i: (RELEVANCE * relevance[i] - (1 - RELEVANCE) * likeness[i], -i))
        waiting.remove(best)
        chosen.append(best)
        likeness = np.maximum(likeness, vectors @ vectors[best])
    return chosen
