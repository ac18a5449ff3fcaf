"""The search engine: ranks the scenarios of one release for a request, and counts facets exactly.

A scenario matches a query when one of its words occurs in it, or when the cosine between the query and its best passage
stands out from the cosines of all passages (by their mean and standard deviation, known exactly from the moments of
the vectors). Whether it matches never depends on the filters, so filters lose no hit and counts are exact. Matches are
ranked by reciprocal rank fusion (Cormack, Clarke and Büttcher 2009) of both signals.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import faiss
import numpy as np

from kg.errors import ReleaseError
from search.facets import FACETS, FacetIndex
from search.lexical import LexicalIndex, words
from search.passages import Passage, clip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kg.release import Release
    from search.embedders import Embedder
    from search.request import SearchRequest

__all__ = ["Hit", "SearchEngine", "SearchResult"]

STANDS_OUT: Final = 2.0
"""Standard deviations above the mean cosine from which a passage counts as a match."""

RANK_CONSTANT: Final = 60
"""The constant of reciprocal rank fusion; 60 is the value of its authors."""

_REMEMBERED: Final = 128
"""Rankings kept: each takes some 32 bytes a scenario."""


@dataclass(frozen=True)
class Hit:
    """One scenario in a result: its row, its score, the passage that matched best, and why it is here."""

    row: int
    score: float
    passage: Passage | None
    reasons: tuple[str, ...]
    signals: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchResult:
    """A page of hits with the exact number of all, and exact counts of each facet's values."""

    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Ranking:
    """All matches of a query before filters, best first: rows, scores, and for each row its best passage (or -1)."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    best_passage: NDArray[np.int64]
    cosine: NDArray[np.float32]
    bm25: NDArray[np.float32]


class SearchEngine:
    """Searches one release; safe to use from several threads.

    Args:
        release: A release with a ``search`` part.
        embedder: The embedder that made the release's vectors; None searches by words only.

    Raises:
        ReleaseError: The release's vectors were made by another embedder.
    """

    def __init__(self, release: Release, embedder: Embedder | None) -> None:
        directory = release.directory / "search"
        about = release.manifest["parts"]["search"]
        self._check_fingerprint(release, embedder)
        self.release = release
        self.cards: list[dict[str, Any]] = json.loads((directory / "cards.json").read_text(encoding="utf-8"))
        self._passages = [
            Passage(*entry) for entry in json.loads((directory / "passages.json").read_text(encoding="utf-8"))
        ]
        self._owners = np.load(directory / "owners.npy", mmap_mode="r")
        self._count = len(self.cards)
        self._minutes = np.array(
            [card["minutes"] if card["minutes"] is not None else -1 for card in self.cards], np.int64
        )
        self._lexical = LexicalIndex.open(directory / "lexical", self._count, about["languages"])
        self.facets = FacetIndex.open(directory, about["values"], self._count)
        self.values: Mapping[str, list[str]] = about["values"]
        self._rows = {card["iri"]: row for row, card in enumerate(self.cards)}
        self._named = _rows_by_name(self.cards)
        self._embedder = embedder if (directory / "vectors.faiss").is_file() else None
        if self._embedder:
            self._index = faiss.read_index(str(directory / "vectors.faiss"), faiss.IO_FLAG_MMAP)
            with np.load(directory / "moments.npz") as moments:
                self._mean, self._covariance = moments["mean"], moments["covariance"]
        self._rankings: OrderedDict[str, _Ranking] = OrderedDict()
        self._lock = Lock()

    @staticmethod
    def _check_fingerprint(release: Release, embedder: Embedder | None) -> None:
        made_by = release.manifest["parts"]["search"]["fingerprint"].split("+", 1)[1]
        if embedder is not None and embedder.fingerprint != made_by:
            cause = f"holds vectors of {made_by}, but IHUB_EMBEDDER names {embedder.fingerprint}"
            raise ReleaseError(cause, file=release.directory, hint="run ihub build, or set IHUB_EMBEDDER back")

    def search(self, request: SearchRequest) -> SearchResult:
        """Return the page of hits that ``request`` asks for, with facet counts over all hits."""
        ranking = self._ranking(request.query)
        masks = self._masks(request)
        matches = np.zeros(self._count, np.bool_)
        matches[ranking.rows] = True
        passing = np.logical_and.reduce([matches, *masks.values()])
        order = ranking.rows[passing[ranking.rows]]
        scores = ranking.scores[passing[ranking.rows]]
        page = slice(request.offset, request.offset + request.limit)
        hits = [
            self._hit(ranking, int(row), float(score), request)
            for row, score in zip(order[page], scores[page], strict=True)
        ]
        notices = () if self._embedder or not request.query else ("words-only",)
        return SearchResult(len(order), hits, self._facet_counts(matches, masks), notices)

    def row(self, iri: str) -> int | None:
        """Return the row of the scenario with this IRI, or None."""
        return self._rows.get(iri)

    def similar(self, iri: str, limit: int) -> list[Hit]:
        """Return the scenarios nearest in meaning to that with this IRI, without other languages of the same work."""
        row = self._rows[iri]
        if not self._embedder:
            return []
        own = np.flatnonzero(self._owners == row)
        vector = np.mean([self._index.reconstruct(int(passage)) for passage in own], axis=0)
        work = self.cards[row]["work"]
        found, seen = [], {work} if work else set()
        similarities, nearest = self._index.search(
            vector[None].astype(np.float32), min(20 * limit, len(self._passages))
        )
        rows = {row}
        for similarity, passage in zip(similarities[0], nearest[0], strict=True):
            other = int(self._owners[passage])
            its_work = self.cards[other]["work"] or self.cards[other]["iri"]
            if other in rows or its_work in seen:
                continue
            rows.add(other)
            seen.add(its_work)
            found.append(Hit(other, float(similarity), self._passages[passage], ("meaning",)))
        return found[:limit]

    def _masks(self, request: SearchRequest) -> dict[str, NDArray[np.bool_]]:
        masks = {name: self.facets.mask(name, values) for name, values in request.filters.items()}
        if request.minutes_max is not None:
            masks["minutes_max"] = (self._minutes >= 0) & (self._minutes <= request.minutes_max)
        return masks

    def _facet_counts(
        self, matches: NDArray[np.bool_], masks: Mapping[str, NDArray[np.bool_]]
    ) -> dict[str, dict[str, int]]:
        """Count each field under the filters of the other fields: what choosing one more of its values would add."""
        counts = {}
        for name in FACETS:
            others = [mask for other, mask in masks.items() if other != name]
            counts[name] = self.facets.counts(name, np.logical_and.reduce([matches, *others]))
        return counts

    def _hit(self, ranking: _Ranking, row: int, score: float, request: SearchRequest) -> Hit:
        best = int(ranking.best_passage[row])
        reasons = tuple(
            reason
            for reason, holds in (("words", ranking.bm25[row] > 0), ("meaning", best >= 0))
            if request.query and holds
        )
        signals = {"cosine": float(ranking.cosine[row]), "bm25": float(ranking.bm25[row])} if request.explain else {}
        return Hit(row, round(score, 6), self._passages[best] if best >= 0 else None, reasons, signals)

    def snippet(self, hit: Hit) -> Passage:
        """Return what of the scenario to show under its title: the passage that matched, else its summary."""
        card = self.cards[hit.row]
        if hit.passage and hit.passage.kind in {"activity", "outcomes"}:
            return hit.passage
        language = card["language"]
        text = card["descriptions"].get(language) or next(iter(card["descriptions"].values()), "")
        return Passage("summary", language, clip(text, 280))

    def _ranking(self, query: str) -> _Ranking:
        with self._lock:
            if query in self._rankings:
                self._rankings.move_to_end(query)
                return self._rankings[query]
        ranking = self._rank(query) if query else self._all()
        with self._lock:
            self._rankings[query] = ranking
            if len(self._rankings) > _REMEMBERED:
                self._rankings.popitem(last=False)
        return ranking

    def _all(self) -> _Ranking:
        nothing = np.zeros(self._count, np.float32)
        return _Ranking(np.arange(self._count), np.ones(self._count), np.full(self._count, -1), nothing, nothing)

    def _rank(self, query: str) -> _Ranking:
        bm25 = self._lexical.scores(query)
        cosine, best = self._dense(query)
        title = self._exact_titles(query)
        scores = _reciprocal_ranks(bm25) + _reciprocal_ranks(cosine) + title
        rows = np.flatnonzero(scores > 0)
        # Equal scores keep the order of IRIs, so that pages are stable.
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        return _Ranking(rows, scores[rows], best, cosine, bm25)

    def _dense(self, query: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return for each scenario the cosine of its best passage and that passage; 0 and -1 where none stands out."""
        cosine = np.zeros(self._count, np.float32)
        best = np.full(self._count, -1, np.int64)
        # A query without a letter or digit has no meaning to compare.
        if not self._embedder or not words(query):
            return cosine, best
        vector = self._embedder.query(clip(query, 1000))
        deviation = float(np.sqrt(max(vector @ self._covariance @ vector, 0.0)))
        threshold = float(self._mean @ vector) + STANDS_OUT * deviation
        _, similarities, passages = self._index.range_search(vector[None], threshold)
        order = np.argsort(similarities, kind="stable")
        owners = self._owners[passages[order]]
        # Assignment in ascending order leaves the best passage of each scenario.
        cosine[owners] = similarities[order]
        best[owners] = passages[order]
        return cosine, best

    def _exact_titles(self, query: str) -> NDArray[np.float64]:
        """Return 1 for scenarios whose title or source identifier is the query, so that they come first."""
        exact = np.zeros(self._count)
        exact[self._named.get(query.casefold(), [])] = 1.0
        return exact


def _rows_by_name(cards: list[dict[str, Any]]) -> dict[str, list[int]]:
    """Return the rows of scenarios by title, in any language, and by source identifier, in lower case."""
    rows: dict[str, list[int]] = {}
    for row, card in enumerate(cards):
        names = [*card["names"].values(), *([card["identifier"]] if card["identifier"] else [])]
        for name in {" ".join(name.casefold().split()) for name in names}:
            rows.setdefault(name, []).append(row)
    return rows


def _reciprocal_ranks(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return 1 / (constant + rank) for each positive score, equal scores sharing a rank, and 0 for the rest."""
    values = np.unique(scores[scores > 0])
    ranks = len(values) - np.searchsorted(values, scores)
    return np.where(scores > 0, 1.0 / (RANK_CONSTANT + ranks + 1), 0.0)
