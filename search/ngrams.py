"""Strings found by the character trigrams they share with another: candidates for what was meant by a misspelling."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
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
        grams: Number of each trigram.
        starts: Where the strings of each trigram start; shape ``(trigrams + 1,)``.
        rows: Strings by trigram.
        sizes: Number of distinct trigrams of each string.
    """

    def __init__(
        self,
        grams: dict[str, int],
        starts: NDArray[np.int64],
        rows: NDArray[np.int32],
        sizes: NDArray[np.int32],
    ) -> None:
        self._grams = grams
        self._starts = starts
        self._rows = rows
        self._sizes = sizes

    @classmethod
    def build(cls, strings: Sequence[str], directory: Path, name: str) -> None:
        """Index ``strings`` and save the index as two files of that ``name``."""
        found: dict[str, list[int]] = {}
        sizes = []
        for row, text in enumerate(strings):
            grams = trigrams(text)
            sizes.append(len(grams))
            for gram in grams:
                found.setdefault(gram, []).append(row)
        ordered = sorted(found)
        np.savez(
            directory / f"{name}.npz",
            starts=np.concatenate([[0], np.cumsum([len(found[gram]) for gram in ordered])]).astype(np.int64),
            rows=np.array([row for gram in ordered for row in found[gram]], np.int32),
            sizes=np.array(sizes, np.int32),
        )
        (directory / f"{name}.json").write_text(json.dumps(ordered, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, directory: Path, name: str) -> NgramIndex:
        """Open what :meth:`build` saved."""
        grams = json.loads((directory / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(directory / f"{name}.npz") as arrays:
            return cls({g: n for n, g in enumerate(grams)}, arrays["starts"], arrays["rows"], arrays["sizes"])

    def nearest(self, text: str, most: int, *, within: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """Return rows of strings with the largest share of trigrams in common, and that share.

        The share is Dice's coefficient: twice the common trigrams over the sum of both numbers, from 0 to 1.

        Args:
            text: What to look for.
            most: Strings to return at most.
            within: Which strings may be returned.
        """
        wanted = trigrams(text)
        numbers = [self._grams[gram] for gram in wanted if gram in self._grams]
        if not numbers:
            return []
        lists = [self._rows[self._starts[n] : self._starts[n + 1]] for n in numbers]
        rows, common = np.unique(np.concatenate(lists), return_counts=True)
        if within is not None:
            kept = within[rows]
            rows, common = rows[kept], common[kept]
        share = 2.0 * common / (self._sizes[rows] + len(wanted))
        if len(rows) > most:
            best = np.argpartition(-share, most)[:most]
            rows, share = rows[best], share[best]
        order = np.argsort(-share, kind="stable")
        return [(int(rows[i]), float(share[i])) for i in order]
