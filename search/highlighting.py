"""Which characters of a text match a query: whole words, in any of the forms that count as a word of the query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.lexical import normalised, stems_of, word_spans

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from search.lexical import Term

__all__ = ["matching_spans", "tokens_of"]


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
    if not tokens:
        return spans
    found = list(word_spans(text))
    spoken = [normalised(text[start:end]) for start, end in found]
    for (start, end), word, stem in zip(found, spoken, stems_of(spoken, language), strict=True):
        if word not in tokens and stem not in tokens:
            continue
        if spans and text[spans[-1][1] : start] == " ":
            spans.append((spans.pop()[0], end))
        else:
            spans.append((start, end))
    return spans
