"""Why a work is a hit: the concepts, passage and words that matched, and the activity that filters hold for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from search.exact import as_looked_up, identifies, titles
from search.fields import SUGGESTED
from search.highlighting import matching_spans, tokens_of
from search.passages import passages_of
from search.results import ConceptReason, Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

    import numpy as np
    from numpy.typing import NDArray

    from search.columns import Columns
    from search.facets import FacetIndex
    from search.filters import Passing
    from search.lexical import LexicalIndex
    from search.passages import Passage
    from search.ranking import Ranking
    from search.request import SearchRequest

__all__ = ["Why"]

_CONCEPT_FIELDS: Final = ("competence", SUGGESTED, "subject", "tool")


class Why:
    """Makes hits of ranked works.

    Args:
        cards: The scenarios.
        columns: The scenarios of each work.
        passages: All passages.
        owners: The scenario of each passage, ascending.
        facets: Which scenarios have which concepts.
        lexical: Which words occur where.
    """

    def __init__(
        self,
        cards: Sequence[dict[str, Any]],
        columns: Columns,
        passages: Sequence[Passage],
        owners: NDArray[np.int32],
        facets: FacetIndex,
        lexical: LexicalIndex,
    ) -> None:
        self._cards = cards
        self._columns = columns
        self._passages = passages
        self._owners = owners
        self._facets = facets
        self._lexical = lexical

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
        occurring = {word for member in members for word in self._lexical.words_in(request.query, member)}
        tokens = tokens_of(self._lexical.terms(request.query))
        near = self._passages[int(ranking.passage[best])] if close else None
        shown = bool(near and matching_spans(near.text, near.language, tokens))
        worded = self._with_words(row, tokens) if occurring and not shown else None
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
        """Return which characters of a text match ``query``."""
        return matching_spans(text, language, tokens_of(self._lexical.terms(query)))

    def _with_words(self, row: int, tokens: AbstractSet[str]) -> Passage | None:
        """Return the scenario's passage with the most of ``tokens``, or None where none has one."""
        best, most = None, 0
        for number in passages_of(self._owners, row):
            passage = self._passages[number]
            matched = sum(end - start for start, end in matching_spans(passage.text, passage.language, tokens))
            if matched > most:
                best, most = passage, matched
        return best

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
