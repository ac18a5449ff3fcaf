"""Why a work is a hit: the concepts, passage and words that matched, and the activity that filters hold for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from search.exact import as_looked_up, identifies, titles
from search.fields import SUGGESTED
from search.highlighting import matching_spans, tokens_of
from search.results import ConceptReason, Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from search.columns import Columns
    from search.facets import FacetIndex
    from search.filters import Passing
    from search.lexical import LexicalIndex
    from search.occurrences import Occurrences
    from search.passages import Passage
    from search.ranking import Ranking
    from search.request import SearchRequest

__all__ = ["Why"]

_REMEMBERED: Final = 256
"""Queries whose words are kept, for all the texts of a page that are compared with them; and as many texts."""

_CONCEPT_FIELDS: Final = ("competence", SUGGESTED, "subject", "tool")


class _Asked(NamedTuple):
    """What counts as a word of a query: tokens, and their numbers, ascending."""

    tokens: frozenset[str]
    numbers: NDArray[np.int32]


class Why:
    """Makes hits of ranked works.

    Args:
        cards: The scenarios.
        columns: The scenarios of each work.
        passages: All passages.
        facets: Which scenarios have which concepts.
        lexical: Which words occur in which scenario.
        occurrences: Which words occur in which passage.
    """

    def __init__(
        self,
        cards: Sequence[dict[str, Any]],
        columns: Columns,
        passages: Sequence[Passage],
        facets: FacetIndex,
        lexical: LexicalIndex,
        occurrences: Occurrences,
    ) -> None:
        self._cards = cards
        self._columns = columns
        self._passages = passages
        self._facets = facets
        self._lexical = lexical
        self._occurrences = occurrences
        self._asked = lru_cache(maxsize=_REMEMBERED)(self._find_asked)
        # A text is looked at as the passage that matched, as snippet and as a reason.
        self._spans = lru_cache(maxsize=_REMEMBERED)(self._find_spans)

    def hit(
        self,
        ranking: Ranking,
        work: tuple[int, float],
        passing: Passing,
        request: SearchRequest,
        choose: Callable[[list[int]], int],
    ) -> Hit:
        """Return the hit of a work.

        Args:
            ranking: What is known of the query's matches.
            work: The work's number and score.
            passing: What passes the request's filters.
            request: The request.
            choose: Chooses the row to show among several.
        """
        number, score = work
        members = self._columns.members(number)
        candidates = [row for row in members if passing.passes(row)]
        named = [row for row in candidates if request.query and identifies(request.query, self._cards[row])]
        row = named[0] if named else choose(candidates)
        others = tuple(other for other in members if other != row)
        activity = passing.activity(row, self._cards[row]["activities"])
        if not request.query:
            return Hit(row, others, round(score, 6), activity=activity)
        # What is shown of a work is what its shown scenario has; what matched may be another of its languages.
        best = max(members, key=lambda member: (member == row and ranking.passage[member] >= 0, ranking.cosine[member]))
        close = int(ranking.passage[best]) >= 0
        worded_members = [member for member in members if ranking.bm25[member] > 0]
        occurring = {word for member in worded_members for word in self._lexical.words_in(request.query, member)}
        asked = self._asked(request.query)
        nearest = int(ranking.passage[best])
        near = self._passages[nearest] if close else None
        shown = bool(occurring) and close and self._matched(nearest, asked, request.query) > 0
        worded = self._with_words(row, asked, request.query) if occurring and not shown else None
        return Hit(
            row,
            others,
            round(score, 6),
            passage=near or worded,
            close=close,
            words=tuple(term.word for term in self._lexical.terms(request.query) if term.word in occurring),
            words_passage=worded if near else None,
            concepts=tuple(self._concepts(ranking, members, suggested=request.suggested)),
            exact=bool(named),
            title=as_looked_up(request.query) in set().union(*(titles(self._cards[member]) for member in members)),
            activity=activity,
            signals=_signals(ranking, members) if request.explain else {},
        )

    def spans(self, text: str, language: str, query: str) -> list[tuple[int, int]]:
        """Return which characters of a text match ``query``; the list is shared and not to be changed."""
        return self._spans(text, language, query)

    def _find_spans(self, text: str, language: str, query: str) -> list[tuple[int, int]]:
        return matching_spans(text, language, self._asked(query).tokens)

    def _with_words(self, row: int, asked: _Asked, query: str) -> Passage | None:
        """Return the scenario's passage with the most of what was asked for, or None where none has any."""
        best, most = None, 0
        for number in self._occurrences.within(row, asked.numbers):
            matched = self._matched(number, asked, query)
            if matched > most:
                best, most = number, matched
        return None if best is None else self._passages[best]

    def _matched(self, number: int, asked: _Asked, query: str) -> int:
        """Return how many characters of a passage are of words that were asked for."""
        if not self._occurrences.has(number, asked.numbers):
            return 0
        passage = self._passages[number]
        return sum(end - start for start, end in self._spans(passage.text, passage.language, query))

    def _find_asked(self, query: str) -> _Asked:
        tokens = tokens_of(self._lexical.terms(query))
        return _Asked(frozenset(tokens), np.array(sorted(self._lexical.numbers(tokens)), np.int32))

    def _concepts(self, ranking: Ranking, members: Sequence[int], *, suggested: bool) -> list[ConceptReason]:
        found = []
        for match in ranking.concepts:
            for field in _CONCEPT_FIELDS:
                if field == SUGGESTED and not suggested:
                    continue
                if any(self._facets.has(field, match.iri, member) for member in members):
                    found.append(ConceptReason(match.iri, match.asked_as, field))
                    break
        return found


def _signals(ranking: Ranking, members: Sequence[int]) -> dict[str, float]:
    """Return the best scores of a work's scenarios, by signal."""
    rows = list(members)
    return {"cosine": float(ranking.cosine[rows].max()), "bm25": float(ranking.bm25[rows].max())}
