"""Which characters of a text match a query: whole words, in any of the forms that count as a word of the query."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from search.lexical import normalised, split_words, stems_of, word_spans

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from search.lexical import Term

__all__ = ["matching_spans", "tokens_of"]

_REMEMBERED: Final = 1024
"""Texts whose words are kept: those of some forty hits, which are looked at again for snippet, title and reasons."""


def tokens_of(terms: Iterable[Term]) -> set[str]:
    """Return everything that counts as one of ``terms``."""
    return {token for term in terms for token in term.variants}


def matching_spans(text: str, language: str, tokens: AbstractSet[str]) -> list[tuple[int, int]]:
    """Return start and end of each stretch of ``text`` that matches, as numbers of Unicode characters, in order.

    Neighbouring words that match, with nothing but one space between them, are one stretch.

    >>> matching_spans("Small robots leave", "en", {"robot", "leav"})
    [(6, 18)]
    """
    spans: list[tuple[int, int]] = []
    spoken, stemmed = _words(text, language)
    # Most texts have none of the tokens, and then nobody needs to know where their words stand.
    if tokens.isdisjoint(spoken) and tokens.isdisjoint(stemmed):
        return spans
    for (start, end), word, stem in zip(word_spans(text), spoken, stemmed, strict=True):
        if word not in tokens and stem not in tokens:
            continue
        if spans and text[spans[-1][1] : start] == " ":
            spans.append((spans.pop()[0], end))
        else:
            spans.append((start, end))
    return spans


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str, language: str) -> tuple[list[str], list[str]]:
    """Return the words of a text in their normal form, and their stems."""
    folded = normalised(text)
    # Where normalisation leaves every character in its place, all words are normalised at once. Composing characters
    # might do otherwise and still come out at the same length; folding case cannot.
    if len(folded) == len(text) and unicodedata.is_normalized("NFKC", text):
        spoken = split_words(folded)
    else:
        spoken = [normalised(text[start:end]) for start, end in word_spans(text)]
    return spoken, stems_of(spoken, language)
