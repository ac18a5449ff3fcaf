"""What else a word of a query may stand for: inflected forms where no stemmer exists, and what a misspelling meant.

Both are looked for among the words that occur, by character trigrams. A word that occurs is never taken for a
misspelling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from search.ngrams import NgramIndex

__all__ = ["Expansion"]

SAME_WORD: Final = 0.6
"""Share of trigrams from which two words of a language without stemmer count as forms of one."""

SAME_START: Final = 0.4
"""The same for words that begin alike, since inflection changes their ends."""

MISSPELT: Final[Mapping[int, float]] = {1: 0.7, 2: 0.5}
"""Weight of a word at each distance (insertions, deletions, replacements, swaps of neighbours) from what was typed."""

_SHORTEST: Final = 5
"""Letters from which a word is looked at; shorter ones are like too many others."""

_LONG: Final = 10
"""Letters from which a word may have two mistakes, though not in its first letter."""

_CANDIDATES: Final = 200
_FORMS: Final = 12
_GUESSES: Final = 4


class Expansion:
    """Finds words like a given one.

    Args:
        words: The words that occur, in the order of ``ngrams``.
        ngrams: Their trigrams.
        unstemmed: Which of them come from texts in languages without a stemmer.
        frequency: How many texts have a word, by its number.
    """

    def __init__(
        self,
        words: Sequence[str],
        ngrams: NgramIndex,
        unstemmed: NDArray[np.bool_],
        frequency: Callable[[int], int],
    ) -> None:
        self._words = words
        self._ngrams = ngrams
        self._unstemmed = unstemmed if unstemmed.any() else None
        self._frequency = frequency

    def inflected(self, word: str) -> dict[str, float]:
        """Return forms of ``word`` in languages without stemmer, each with its likeness (0 to 1)."""
        if self._unstemmed is None or len(word) < _SHORTEST - 1 or any(map(str.isdigit, word)):
            return {}
        found = {}
        for row, share in self._ngrams.nearest(word, _CANDIDATES, within=self._unstemmed):
            other = self._words[row]
            if share >= SAME_WORD or (share >= SAME_START and _same_start(word, other)):
                found[other] = share
        return dict(list(found.items())[:_FORMS])

    def misspelt(self, forms: Sequence[str]) -> dict[str, float]:
        """Return the words that were most likely meant by a misspelling, with weights.

        Args:
            forms: The word as typed and what stemmers make of it.
        """
        guesses: dict[int, int] = {}
        word = forms[0]
        for form in forms:
            # Stemmers of other languages may leave a stump that is like many words.
            if len(form) < max(_SHORTEST, 0.6 * len(word)) or any(map(str.isdigit, form)):
                continue
            for row, _ in self._ngrams.nearest(form, _CANDIDATES):
                other = self._words[row]
                most = 2 if len(form) >= _LONG and other[:1] == form[0] else 1
                distance = OSA.distance(form, other, score_cutoff=most)
                if distance <= most and len(other) >= _SHORTEST - 1:
                    guesses[row] = min(distance, guesses.get(row, distance))
        if not guesses:
            return {}
        nearest = min(guesses.values())
        rows = [row for row, distance in guesses.items() if distance == nearest]
        rows.sort(key=lambda row: (-self._frequency(row), self._words[row]))
        return {self._words[row]: MISSPELT.get(nearest, 1.0) for row in rows[:_GUESSES]}


def _same_start(one: str, other: str) -> bool:
    """Whether two words begin with the same letters, at least three fifths of the shorter and not fewer than four."""
    common = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return common >= max(4, 0.6 * min(len(one), len(other)))
