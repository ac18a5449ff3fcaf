"""Ranking: what matches a query and in which order, from words, meaning and concepts, before any filter.

A work is one scenario in all its languages; its scenarios stand or fall together, so that a query finds a text through
its translations. A work matches when a word of the query occurs in it, when it has a concept that the query names, or
when the cosine between the query and its best passage stands out from the cosines of all passages (by mean and
standard deviation, known exactly from the moments of the vectors; in small collections from those of other works).
Whether it matches never depends on filters, so filters lose no hit and counts are exact. Matches are ordered by
reciprocal rank fusion (Cormack, Clarke and Büttcher 2009) of the signals, that by words times the share of the query
that a text has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from search.concepts import ConceptMatch, ConceptNames
from search.lexical import LexicalIndex, words
from search.mapped import open_array
from search.passages import clip, passages_of
from search.vector_space import VectorSpace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.columns import Columns
    from search.embedders import Embedder
    from search.exact import Names
    from search.facets import FacetIndex
    from search.vector_store import VectorStore

__all__ = ["WEIGHTS", "Ranker", "Ranking", "Signals", "Weights", "stands_out"]

STANDS_OUT: Final = 2.0
"""Standard deviations above the mean cosine from which a passage counts as a match."""

FEW: Final = 100
"""Works from which one of them alone hardly moves mean and standard deviation."""

RANK_CONSTANT: Final = 5
"""The constant of reciprocal rank fusion; small, since its signals are strong at their first ranks only."""


class Weights(NamedTuple):
    """What the ranks by each signal count for."""

    words: float
    meaning: float
    concepts: float
    other_words: float


WEIGHTS: Final = Weights(words=1, meaning=1.3, concepts=0.7, other_words=0.5)
"""Chosen on the development half of the judged queries and known items; see docs/search-quality.md."""

OTHERS_KEPT: Final = 100
"""Scenarios that match by those words at most; they are many and some are common."""

_CONCEPT_FIELDS: Final = ("competence", "subject", "tool")


@dataclass(frozen=True)
class Ranking:
    """All works that match a query, best first, and what is known of each scenario.

    Attributes:
        works: Numbers of works, best first.
        scores: Their scores, in the same order.
        passage: For each scenario its best passage, or -1; shape ``(scenarios,)``, like the next two.
        cosine: Cosine of that passage, or 0.
        bm25: Lexical score, or 0.
        concepts: Concepts that the query names.
    """

    works: NDArray[np.int64]
    scores: NDArray[np.float64]
    passage: NDArray[np.int32]
    cosine: NDArray[np.float32]
    bm25: NDArray[np.float32]
    concepts: tuple[ConceptMatch, ...] = ()


class Signals(NamedTuple):
    """What each signal says of each scenario for a query; arrays of shape ``(scenarios,)``, 0 for no match.

    Attributes:
        bm25: By the words of the query.
        share: How much of the query its words are, from 0 to 1.
        cosine: By meaning: inner product of the corrected vectors of query and best passage.
        concepts: By the concepts that the query names.
        other_words: By the words that name those concepts in other languages.
        passage: The best passage, or -1.
        named: Concepts that the query names.
        named_share: How much of the query names them, from 0 to 1; where it is nothing but a name they count double.
    """

    bm25: NDArray[np.float32]
    share: NDArray[np.float32]
    cosine: NDArray[np.float32]
    concepts: NDArray[np.float32]
    other_words: NDArray[np.float32]
    passage: NDArray[np.int32]
    named: tuple[ConceptMatch, ...]
    named_share: float


class Ranker:
    """Ranks the works of one release.

    Args:
        directory: The release's search part.
        columns: The work of each scenario.
        names: What scenarios are called and identified by.
        facets: Which scenarios have which concepts.
        languages: Languages of the texts.
        embedder: Makes query vectors; None for ranking without meaning.
        store: Searches the release's vectors; None where it has none.
    """

    def __init__(
        self,
        directory: Path,
        columns: Columns,
        names: Names,
        facets: FacetIndex,
        languages: list[str],
        embedder: Embedder | None,
        store: VectorStore | None,
    ) -> None:
        self._count = len(columns.work_of)
        self._work_of = columns.work_of
        self._works = columns.works
        self._facets = facets
        self.lexical = LexicalIndex(directory / "lexical", self._count, languages)
        self._concepts = ConceptNames.open(directory / "concepts.json")
        self._names = names
        self._owners: NDArray[np.int32] = open_array(directory / "owners.npy")
        self._embedder = embedder if store else None
        self._store = store
        if self._embedder:
            self._space = VectorSpace.open(directory)
            with np.load(directory / "moments.npz") as moments:
                self._mean, self._covariance = moments["mean"], moments["covariance"]

    @property
    def has_meaning(self) -> bool:
        """Whether there are vectors to compare."""
        return self._embedder is not None

    def everything(self) -> Ranking:
        """Return all works, in the order of their first scenario's IRI."""
        nothing = np.zeros(self._count, np.float32)
        passages = np.full(self._count, -1, np.int32)
        return Ranking(np.arange(self._works), np.ones(self._works), passages, nothing, nothing)

    def rank(self, query: str) -> Ranking:
        """Return the works that match a query that is not empty."""
        signals = self.signals(query)
        scores = self._exact(query) + self.fused(signals)
        works = np.flatnonzero(scores > 0)
        # Equal scores keep the order of IRIs, so that pages are stable.
        works = works[np.argsort(-scores[works], kind="stable")]
        return Ranking(works, scores[works], signals.passage, signals.cosine, signals.bm25, signals.named)

    def signals(self, query: str) -> Signals:
        """Return what each signal says of each scenario."""
        cosine, passage = self._meaning(query)
        named = tuple(self._concepts.find(query))
        others = _best(self.lexical.scores_of(self._concepts.other_words(named)), OTHERS_KEPT)
        bm25, share = self.lexical.matches(query)
        asked = set(words(query)) - self.lexical.stop
        naming = {word for match in named for word in words(match.asked_as)}
        named_share = len(asked & naming) / max(1, len(asked))
        return Signals(bm25, share, cosine, self._graph(named), others, passage, named, named_share)

    def fused(self, signals: Signals, weights: Weights = WEIGHTS) -> NDArray[np.float64]:
        """Return the score of each work, 0 where none of its scenarios matches; shape ``(works,)``."""
        scores = weights.words * _reciprocal_ranks(self._of_works(signals.bm25)) * self._of_works(signals.share)
        for signal, weight in (
            (signals.cosine, weights.meaning),
            (signals.concepts, weights.concepts * (1 + signals.named_share)),
            (signals.other_words, weights.other_words),
        ):
            scores += weight * _reciprocal_ranks(self._of_works(signal))
        return scores

    def nearest(self, row: int, most: int, without: Sequence[int]) -> list[tuple[int, int, float]]:
        """Return scenarios near in meaning to that of ``row``: row, passage and cosine, the nearest first.

        Args:
            row: The scenario.
            most: Passages that are looked at.
            without: Scenarios that are left out.
        """
        if not self._store or not len(self._passages_of(row)):
            return []
        cosines, passages = self._store.nearest(self.vector(row), most, without)
        found = zip(passages, cosines, strict=True)
        return [(int(self._owners[passage]), int(passage), float(cosine)) for passage, cosine in found]

    def vector(self, row: int) -> NDArray[np.float32]:
        """Return the mean of the vectors of a scenario's passages, of length 1; it must have one."""
        one: NDArray[np.float32] = self.vectors([row])[0]
        return one

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the same for several scenarios, at least one, in one go; shape ``(len(rows), dimension)``."""
        if not self._store:
            raise LookupError("the release has no vectors")
        passages = [self._passages_of(row) for row in rows]
        starts = np.cumsum([0, *(len(own) for own in passages[:-1])])
        wanted = [passage for own in passages for passage in own]
        sums: NDArray[np.float32] = np.add.reduceat(self._store.vectors(wanted), starts)
        found: NDArray[np.float32] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.float32(1e-9))
        return found

    def _passages_of(self, row: int) -> range:
        """Return the passages of a scenario."""
        return passages_of(self._owners, row)

    def _of_works(self, signal: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return for each work the best score of its scenarios."""
        best = np.zeros(self._works, np.float32)
        np.maximum.at(best, self._work_of, signal)
        return best

    def _meaning(self, query: str) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Return for each scenario the cosine of its best passage and that passage; 0 and -1 where none stands out."""
        cosine = np.zeros(self._count, np.float32)
        passage = np.full(self._count, -1, np.int32)
        # A query without a letter or digit has no meaning to compare.
        if not self._embedder or not self._store or not words(query):
            return cosine, passage
        vector = self._space.query(self._embedder.query(clip(query, 1000)))
        deviation = float(np.sqrt(max(vector @ self._covariance @ vector, 0.0)))
        threshold = float(self._mean @ vector) + stands_out(self._works) * deviation
        similarities, passages = self._store.above(vector, threshold)
        order = np.argsort(similarities, kind="stable")
        owners = self._owners[passages[order]]
        # Assignment in ascending order leaves the best passage of each scenario.
        cosine[owners] = similarities[order]
        passage[owners] = passages[order]
        return cosine, passage

    def _graph(self, concepts: tuple[ConceptMatch, ...]) -> NDArray[np.float32]:
        """Return for each scenario how much of what the query names it has; rare concepts count more."""
        scores = np.zeros(self._count, np.float32)
        for match in concepts:
            for field in _CONCEPT_FIELDS:
                rows = self._facets.rows(field, match.iri)
                if len(rows):
                    scores[rows] += np.log1p(self._count / len(rows))
        return scores

    def _exact(self, query: str) -> NDArray[np.float64]:
        """Return 1 for works with a scenario that the query names or identifies, so that they come first."""
        exact = np.zeros(self._works)
        exact[self._work_of[self._names.rows(query)]] = 1.0
        return exact


def stands_out(works: int) -> float:
    """Return how many standard deviations above the mean a passage of a collection of ``works`` is a match.

    In a small collection the passages of one good match raise mean and deviation so much that it cannot stand out from
    them: the mean of one work of five lies at most two deviations above that of all. What counts is whether it stands
    out from the rest. A work of m whose passages are all z deviations above the mean lies ``z * sqrt(m / (m - 1)) /
    sqrt(1 - z**2 / (m - 1))`` of the others' deviations above the mean of the others; solved for z.

    >>> stands_out(1000), round(stands_out(20), 2), round(stands_out(5), 2), stands_out(1)
    (2.0, 1.78, 1.33, 0.0)
    """
    if works >= FEW:
        return STANDS_OUT
    return STANDS_OUT * float(np.sqrt(max(works - 1, 0) / (works + STANDS_OUT**2)))


def _best(scores: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """Return ``scores`` with 0 in place of all but about the ``most`` best; equal ones stay or go together."""
    if len(scores) <= most:
        return scores
    least = np.partition(scores, len(scores) - most)[len(scores) - most]
    return np.where(scores >= least, scores, np.float32(0))


def _reciprocal_ranks(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return 1 / (constant + rank) for each positive score, equal scores sharing a rank, and 0 for the rest."""
    matching = np.flatnonzero(scores > 0)
    ranks = np.zeros(len(scores))
    if len(matching):
        order = matching[np.argsort(-scores[matching])]
        better = np.diff(scores[order]) < 0
        ranks[order] = 1.0 / (RANK_CONSTANT + 2 + np.cumsum(np.concatenate([[0], better])))
    return ranks
