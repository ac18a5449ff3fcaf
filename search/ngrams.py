"""Strings found by the character trigrams they share with another: candidates for what was meant by a misspelling.

What is needed for that is mapped from files, the trigrams themselves as a trie (marisa-trie) that numbers them.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

import marisa_trie
import numpy as np

from search.mapped import open_array

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["NgramIndex", "trigrams"]

_LENGTH: Final = 3
_EDGE: Final = "\x02"
"""Marks the start and the end of a string, so that its first and last letters count for more."""


def trigrams(text: str) -> set[str]:
    r"""Return the distinct trigrams of ``text`` between two edges.

    >>> sorted(gram.strip("\x02") for gram in trigrams("abc"))
    ['ab', 'abc', 'bc']
    """
    marked = f"{_EDGE}{text}{_EDGE}"
    return {marked[i : i + _LENGTH] for i in range(len(marked) - _LENGTH + 1)}


class NgramIndex:
    """Finds strings by trigrams.

    Args:
        directory: Where :meth:`build` saved the index.
        name: Under which name.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self._grams = marisa_trie.Trie()
        self._grams.mmap(str(directory / f"{name}.marisa"))
        self._starts: NDArray[np.int64] = open_array(directory / f"{name}.starts.npy")
        self._rows: NDArray[np.int32] = open_array(directory / f"{name}.rows.npy")
        self._sizes: NDArray[np.int32] = open_array(directory / f"{name}.sizes.npy")

    @staticmethod
    def build(strings: Iterable[str], directory: Path, name: str) -> None:
        """Index ``strings`` and save the index as files of that ``name``."""
        found: dict[str, array[int]] = {}
        sizes = array("i")
        for row, text in enumerate(strings):
            grams = trigrams(text)
            sizes.append(len(grams))
            for gram in grams:
                found.setdefault(gram, array("i")).append(row)
        numbers = marisa_trie.Trie(found)
        numbers.save(str(directory / f"{name}.marisa"))
        ordered = [found[numbers.restore_key(number)] for number in range(len(numbers))]
        rows = np.concatenate([np.array(own, np.int32) for own in ordered]) if ordered else np.empty(0, np.int32)
        np.save(directory / f"{name}.starts.npy", np.cumsum([0, *map(len, ordered)], dtype=np.int64))
        np.save(directory / f"{name}.rows.npy", rows)
        np.save(directory / f"{name}.sizes.npy", np.array(sizes, np.int32))

    def nearest(self, text: str, most: int) -> list[tuple[int, float]]:
        """Return rows of strings with the largest share of trigrams in common, and that share.

        The share is Dice's coefficient: twice the common trigrams over the sum of both numbers, from 0 to 1.

        Args:
            text: What to look for.
            most: Strings to return at most.
        """
        wanted = trigrams(text)
        known = (self._grams.get(gram) for gram in wanted)
        numbers = [number for number in known if number is not None]
        if not numbers:
            return []
        lists = [self._rows[self._starts[n] : self._starts[n + 1]] for n in numbers]
        rows, common = np.unique(np.concatenate(lists), return_counts=True)
        share = 2.0 * common / (self._sizes[rows] + len(wanted))
        if len(rows) > most:
            best = np.argpartition(-share, most)[:most]
            rows, share = rows[best], share[best]
        order = np.argsort(-share, kind="stable")
        return [(int(rows[i]), float(share[i])) for i in order]
