"""Stretches of words in a query, with the forms in which a label may be known."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from search.lexical import stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Phrases"]


@lru_cache(maxsize=8192)
def _stemmed(word: str, language: str) -> str:
    """Return the stem of one word, which keeps words and stems in step: a word never falls into two."""
    return " ".join(stems(word, language))


class Phrases:
    """The stretches of a list of words, the longest first; those whose words are taken are passed over.

    Args:
        spoken: The words, as :func:`search.lexical.words` gives them.
        languages: Languages whose stemmers they are put through.
        longest: Words of the longest stretch.
    """

    def __init__(self, spoken: Sequence[str], languages: Sequence[str], longest: int) -> None:
        self._words = spoken
        self._longest = longest
        self._stems = {language: [_stemmed(word, language) for word in spoken] for language in languages}
        self.taken: set[int] = set()

    def __iter__(self) -> Iterator[range]:
        """Yield stretches as ranges of word numbers."""
        for length in range(min(self._longest, len(self._words)), 0, -1):
            for start in range(len(self._words) - length + 1):
                span = range(start, start + length)
                if not self.taken.intersection(span):
                    yield span

    def text(self, span: range) -> str:
        """Return the words of a stretch, joined by spaces."""
        return " ".join(self._words[span.start : span.stop])

    def stemmed(self, span: range) -> Iterator[tuple[str, str]]:
        """Yield each language and the stems of a stretch in it, joined by spaces."""
        for language, found in self._stems.items():
            yield language, " ".join(found[span.start : span.stop])
