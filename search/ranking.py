"""Ranking: what matches a query and in which order, from words, meaning and concepts, before any filter.

A work is one scenario in all its languages; its scenarios stand or fall together, so that a query finds a text through
its translations. A work matches when a word of the query occurs in it, when it has a concept that the query names, or
when the cosine between the query and its best passage stands out from the cosines of all passages (by mean and
standard deviation, known exactly from the moments of the vectors). Whether it matches never depends on filters, so
filters lose no hit and counts are exact. Matches are ordered by reciprocal rank fusion (Cormack, Clarke and Büttcher
2009) of the three signals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from search.concepts import ConceptMatch, ConceptNames
from search.exact import as_looked_up, rows_by_name
from search.lexical import LexicalIndex, words
from search.passages import clip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.embedders import Embedder
    from search.facets import FacetIndex
    from search.vector_store import VectorStore

__all__ = ["Ranker", "Ranking"]

STANDS_OUT: Final = 2.0
"""Standard deviations above the mean cosine from which a passage counts as a match."""

RANK_CONSTANT: Final = 60
"""The constant of reciprocal rank fusion; 60 is the value of its authors."""

OTHER_WORDS: Final = 0.5
"""Weight of the words by which other languages name the concepts of the query, beside 1 for its own words."""

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


class Ranker:
    """Ranks the works of one release.

    Args:
        directory: The release's search part.
        cards: The scenarios.
        work_of: The work of each scenario, as numbers from 0; shape ``(scenarios,)``.
        facets: Which scenarios have which concepts.
        languages: Languages of the texts.
        embedder: Makes query vectors; None for ranking without meaning.
        store: Searches the release's vectors; None where it has none.
    """

    def __init__(
        self,
        directory: Path,
        cards: list[dict[str, Any]],
        work_of: NDArray[np.int64],
        facets: FacetIndex,
        languages: list[str],
        embedder: Embedder | None,
        store: VectorStore | None,
    ) -> None:
        self._count = len(cards)
        self._work_of = work_of
        self._works = int(work_of.max()) + 1 if len(work_of) else 0
        self._facets = facets
        self.lexical = LexicalIndex.open(directory / "lexical", self._count, languages)
        self._concepts = ConceptNames.open(directory / "concepts.json")
        self._named = rows_by_name(cards)
        self._owners = np.load(directory / "owners.npy", mmap_mode="r")
        self._embedder = embedder if store else None
        self._store = store
        if self._embedder:
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
        bm25 = self.lexical.scores(query)
        cosine, passage = self._meaning(query)
        concepts = tuple(self._concepts.find(query))
        others = _best(self.lexical.scores_of(self._concepts.other_words(concepts)), OTHERS_KEPT)
        weighted = ((bm25, 1.0), (cosine, 1.0), (self._graph(concepts), 1.0), (others, OTHER_WORDS))
        scores = self._exact(query)
        for signal, weight in weighted:
            scores += weight * _reciprocal_ranks(self._of_works(signal))
        works = np.flatnonzero(scores > 0)
        # Equal scores keep the order of IRIs, so that pages are stable.
        works = works[np.argsort(-scores[works], kind="stable")]
        return Ranking(works, scores[works], passage, cosine, bm25, concepts)

    def nearest(self, row: int, most: int, without: Sequence[int]) -> list[tuple[int, int, float]]:
        """Return scenarios near in meaning to that of ``row``: row, passage and cosine, the nearest first.

        Args:
            row: The scenario.
            most: Passages that are looked at.
            without: Scenarios that are left out.
        """
        own = np.flatnonzero(self._owners == row)
        if not self._store or not len(own):
            return []
        cosines, passages = self._store.nearest(self.vector(row), most, without)
        found = zip(passages, cosines, strict=True)
        return [(int(self._owners[passage]), int(passage), float(cosine)) for passage, cosine in found]

    def vector(self, row: int) -> NDArray[np.float32]:
        """Return the mean of the vectors of a scenario's passages, of length 1; it must have one."""
        if not self._store:
            raise LookupError("the release has no vectors")
        own = np.flatnonzero(self._owners == row)
        mean: NDArray[np.float32] = self._store.vectors([int(passage) for passage in own]).mean(axis=0)
        return mean / np.float32(max(float(np.linalg.norm(mean)), 1e-9))

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
        vector = self._embedder.query(clip(query, 1000))
        deviation = float(np.sqrt(max(vector @ self._covariance @ vector, 0.0)))
        threshold = float(self._mean @ vector) + STANDS_OUT * deviation
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
        exact[self._work_of[self._named.get(as_looked_up(query), [])]] = 1.0
        return exact


def _best(scores: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """Return ``scores`` with 0 in place of all but about the ``most`` best; equal ones stay or go together."""
    if len(scores) <= most:
        return scores
    least = np.partition(scores, len(scores) - most)[len(scores) - most]
    return np.where(scores >= least, scores, np.float32(0))


def _reciprocal_ranks(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return 1 / (constant + rank) for each positive score, equal scores sharing a rank, and 0 for the rest."""
    values = np.unique(scores[scores > 0])
    ranks = len(values) - np.searchsorted(values, scores)
    return np.where(scores > 0, 1.0 / (RANK_CONSTANT + ranks + 1), 0.0)
