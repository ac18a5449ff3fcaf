"""What else a word of a query may stand for: inflected forms where no stemmer exists, and what a misspelling meant.

Both are looked for among the words that occur, by character trigrams. A word that occurs is never taken for a
misspelling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA

from search.mapped import Records, open_array, write_records
from search.ngrams import NgramIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Expansion", "WordForm"]

SAME_WORD: Final = 0.6
"""Share of trigrams from which two words of a language without stemmer count as forms of one."""

SAME_START: Final = 0.4
"""The same for words that begin alike, since inflection changes their ends."""

MISSPELT: Final[Mapping[int, float]] = {1: 0.7, 2: 0.5}
"""Weight of a word at each distance (insertions, deletions, replacements, swaps of neighbours) from what was typed."""

_SHORTEST: Final = 5
"""Letters from which a word is looked at; shorter ones are like too many others."""

_LONG: Final = 10
"""Letters from which a word may have two mistakes."""

_CANDIDATES: Final = 200
_INFLECTED: Final = 12
_GUESSES: Final = 4

_FORMS: Final = "forms.jsonl"
_UNSTEMMED: Final = "forms.unstemmed.npy"


class WordForm(NamedTuple):
    """A word as it stands in texts: its token, how many texts have it, and whether a stemmer made the token."""

    word: str
    token: str
    texts: int
    stemmed: bool


class Expansion:
    """Finds words like a given one, and returns their tokens.

    Args:
        directory: Where :meth:`build` saved the words.
    """

    def __init__(self, directory: Path) -> None:
        self._forms = Records(directory / _FORMS, lambda line: WordForm(*line))
        self._ngrams = NgramIndex(directory, "trigrams")
        # Apart, so that a word in another script than theirs costs nothing.
        self._unstemmed = NgramIndex(directory, "unstemmed")
        self._unstemmed_forms: NDArray[np.int32] = open_array(directory / _UNSTEMMED)

    @staticmethod
    def build(forms: Iterable[WordForm], directory: Path) -> None:
        """Save what is needed to find ``forms`` in ``directory``; those that are too short to compare are left out."""
        kept = [form for form in forms if len(form.word) >= _SHORTEST - 1 and not any(map(str.isdigit, form.word))]
        NgramIndex.build((form.word for form in kept), directory, "trigrams")
        unstemmed = [number for number, form in enumerate(kept) if not form.stemmed]
        NgramIndex.build((kept[number].word for number in unstemmed), directory, "unstemmed")
        np.save(directory / _UNSTEMMED, np.array(unstemmed, np.int32))
        write_records(directory / _FORMS, kept)

    def inflected(self, word: str) -> dict[str, float]:
        """Return tokens of forms of ``word`` in languages without stemmer, each with its likeness (0 to 1)."""
        if len(word) < _SHORTEST - 1:
            return {}
        found: dict[str, float] = {}
        for row, share in self._unstemmed.nearest(word, _CANDIDATES):
            if share < SAME_START:
                break  # the rest are even less like it
            form = self._forms[int(self._unstemmed_forms[row])]
            if share >= SAME_WORD or (share >= SAME_START and _same_start(word, form.word)):
                found.setdefault(form.token, share)
        return dict(list(found.items())[:_INFLECTED])

    def misspelt(self, word: str) -> dict[str, float]:
        """Return the tokens of what was most likely meant by a misspelling, with weights."""
        if len(word) < _SHORTEST or any(map(str.isdigit, word)):
            return {}
        guesses: dict[int, list[WordForm]] = {}
        for row, _ in self._ngrams.nearest(word, _CANDIDATES):
            form = self._forms[row]
            # Two mistakes only in long words, and not in the first letter.
            most = 2 if len(word) >= _LONG and form.word[0] == word[0] else 1
            distance = OSA.distance(word, form.word, score_cutoff=most)
            if distance <= most:
                guesses.setdefault(distance, []).append(form)
        if not guesses:
            return {}
        nearest = min(guesses)
        likely = sorted(guesses[nearest], key=lambda form: (-form.texts, form.word))[:_GUESSES]
        return {form.token: MISSPELT.get(nearest, 1.0) for form in likely}


def _same_start(one: str, other: str) -> bool:
    """Whether two words begin with the same letters, at least three fifths of the shorter and not fewer than four."""
    common = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return common >= max(4, 0.6 * min(len(one), len(other)))
