"""The search engine of one release: filters and groups what the ranker finds, and counts facets exactly.

A hit is a work: one scenario in all its languages, shown in the reader's. Filters hold for a single scenario: a work
passes when one of its scenarios passes all of them.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.errors import ReleaseError
from ontology.language import choose, read_as
from search.facets import FACETS, FacetIndex
from search.index import FORMAT
from search.passages import Passage, clip
from search.ranking import Ranker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kg.release import Release
    from search.concepts import ConceptMatch
    from search.embedders import Embedder
    from search.ranking import Ranking
    from search.request import SearchRequest

__all__ = ["Hit", "SearchEngine", "SearchResult"]

READER_BONUS: Final = 0.25 / 60
"""Added to the score of a work in the reader's first language: a quarter of a first place in one signal."""

_REMEMBERED_BYTES: Final = 32 << 20
_BYTES_PER_SCENARIO: Final = 32


@dataclass(frozen=True)
class Hit:
    """One work in a result.

    Attributes:
        row: The scenario that stands for it: the reader's language if it has it.
        others: The work's other scenarios, by row.
        score: The work's score.
        passage: The passage that matched best, if meaning did.
        words: Whether words of the query occur in it.
        concepts: Concepts that the query names and it has.
        signals: Scores by signal, when asked to explain.
    """

    row: int
    others: tuple[int, ...]
    score: float
    passage: Passage | None = None
    words: bool = False
    concepts: tuple[ConceptMatch, ...] = ()
    signals: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchResult:
    """A page of hits with the exact number of all, and for each facet the exact number of hits of each value."""

    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]]
    notices: tuple[str, ...] = ()


class SearchEngine:
    """Searches one release; safe to use from several threads.

    Args:
        release: A release with a ``search`` part.
        embedder: The embedder that made the release's vectors; None searches by words and concepts only.

    Raises:
        ReleaseError: The release's vectors were made by another embedder.
    """

    def __init__(self, release: Release, embedder: Embedder | None) -> None:
        directory = release.directory / "search"
        about = release.manifest["parts"]["search"]
        _check_fingerprint(release, embedder)
        self.release = release
        self.cards: list[dict[str, Any]] = json.loads((directory / "cards.json").read_text(encoding="utf-8"))
        passages = json.loads((directory / "passages.json").read_text(encoding="utf-8"))
        self._passages = [Passage(*entry) for entry in passages]
        self._work_of, self._members = _works(self.cards)
        minutes = [card["minutes"] if card["minutes"] is not None else -1 for card in self.cards]
        self._minutes = np.array(minutes, np.int64)
        self.facets = FacetIndex.open(directory, about["values"], self._work_of)
        self.values: Mapping[str, list[str]] = about["values"]
        self._rows = {card["iri"]: row for row, card in enumerate(self.cards)}
        self.ranker = Ranker(directory, self.cards, self._work_of, self.facets, about["languages"], embedder)
        self._readers = _readers(self.cards, self._work_of, len(self._members))
        self._rankings: OrderedDict[str, Ranking] = OrderedDict()
        self._remembered = max(4, _REMEMBERED_BYTES // (_BYTES_PER_SCENARIO * max(1, len(self.cards))))
        self._lock = Lock()

    def search(self, request: SearchRequest) -> SearchResult:
        """Return the page of hits that ``request`` asks for, with facet counts over all hits."""
        ranking = self._ranking(request.query)
        masks = self._masks(request)
        matches = np.isin(self._work_of, ranking.works) if request.query else np.ones(len(self.cards), np.bool_)
        passing = np.logical_and.reduce([matches, *masks.values()])
        has_passing = np.zeros(len(self._members), np.bool_)
        has_passing[self._work_of[passing]] = True
        kept = has_passing[ranking.works]
        works, scores = self._for_reader(ranking.works[kept], ranking.scores[kept], request)
        page = slice(request.offset, request.offset + request.limit)
        found = zip(works[page], scores[page], strict=True)
        hits = [self._hit(ranking, int(work), float(score), passing, request) for work, score in found]
        notices = () if self.ranker.has_meaning or not request.query else ("words-only",)
        return SearchResult(len(works), hits, self._facet_counts(matches, masks), notices)

    def passing(self, request: SearchRequest) -> NDArray[np.bool_]:
        """Return which scenarios pass the filters of ``request``, whatever its query; shape ``(scenarios,)``."""
        passing = np.ones(len(self.cards), np.bool_)
        for mask in self._masks(request).values():
            passing &= mask
        return passing

    def row(self, iri: str) -> int | None:
        """Return the row of the scenario with this IRI, or None."""
        return self._rows.get(iri)

    def similar(self, iri: str, limit: int, languages: tuple[str, ...] = ("en",)) -> list[Hit]:
        """Return the works nearest in meaning to the scenario with this IRI, without its own."""
        row = self._rows[iri]
        hits: dict[int, Hit] = {}
        for other, passage, cosine in self.ranker.nearest(row, 40 * limit):
            work = int(self._work_of[other])
            if work != self._work_of[row] and work not in hits:
                shown = self._representative(self._members[work], languages)
                others = tuple(member for member in self._members[work] if member != shown)
                hits[work] = Hit(shown, others, round(cosine, 6), self._passages[passage])
        return list(hits.values())[:limit]

    def snippet(self, hit: Hit) -> Passage:
        """Return what of the scenario to show under its title: the passage that matched, else its summary."""
        card = self.cards[hit.row]
        if hit.passage and hit.passage.kind in {"activity", "outcomes"}:
            return hit.passage
        language = card["language"]
        text = card["descriptions"].get(language) or next(iter(card["descriptions"].values()), "")
        return Passage("summary", language, clip(text, 280))

    def _masks(self, request: SearchRequest) -> dict[str, NDArray[np.bool_]]:
        masks = {name: self.facets.mask(name, values) for name, values in request.filters.items()}
        if request.minutes_max is not None:
            masks["minutes_max"] = (self._minutes >= 0) & (self._minutes <= request.minutes_max)
        return masks

    def _facet_counts(
        self, matches: NDArray[np.bool_], masks: Mapping[str, NDArray[np.bool_]]
    ) -> dict[str, dict[str, int]]:
        """Count each field under the filters of the others: what a value would give in place of the field's own."""
        counts = {}
        for name in FACETS:
            others = [mask for other, mask in masks.items() if other != name]
            counts[name] = self.facets.counts(name, np.logical_and.reduce([matches, *others]))
        return counts

    def _hit(
        self, ranking: Ranking, work: int, score: float, passing: NDArray[np.bool_], request: SearchRequest
    ) -> Hit:
        members = self._members[work]
        candidates = [row for row in members if passing[row]]
        named = [row for row in candidates if (self.cards[row]["identifier"] or "") == request.query]
        row = named[0] if named else self._representative(candidates, request.languages)
        if not request.query:
            return Hit(row, tuple(other for other in members if other != row), round(score, 6))
        # What is shown of a work is what its shown scenario has; what matched may be another of its languages.
        best = max(members, key=lambda member: (member == row and ranking.passage[member] >= 0, ranking.cosine[member]))
        passage = int(ranking.passage[best])
        values = {iri for other in members for iri in self.facets.values_of(other)}
        bm25 = float(max(ranking.bm25[other] for other in members))
        return Hit(
            row=row,
            others=tuple(other for other in members if other != row),
            score=round(score, 6),
            passage=self._passages[passage] if passage >= 0 else None,
            words=bm25 > 0,
            concepts=tuple(match for match in ranking.concepts if match.iri in values),
            signals={"cosine": float(ranking.cosine[best]), "bm25": bm25} if request.explain else {},
        )

    def _representative(self, rows: list[int], languages: tuple[str, ...]) -> int:
        """Return the row whose language the reader reads best; several in one language go by row."""
        by_language = {self.cards[row]["language"]: str(row) for row in reversed(rows)}
        chosen = choose(by_language, languages)
        return int(chosen[0]) if chosen else rows[0]

    def _for_reader(
        self, works: NDArray[np.int64], scores: NDArray[np.float64], request: SearchRequest
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Move works that the reader can read up a little: what is in a language of theirs goes first among equals."""
        wanted = request.languages[:1] if request.query else ()
        readable = next((self._readers[read_as(tag)] for tag in wanted if read_as(tag) in self._readers), None)
        if readable is None:
            return works, scores
        adjusted = scores + READER_BONUS * readable[works]
        order = np.argsort(-adjusted, kind="stable")
        return works[order], adjusted[order]

    def _ranking(self, query: str) -> Ranking:
        with self._lock:
            if query in self._rankings:
                self._rankings.move_to_end(query)
                return self._rankings[query]
        ranking = self.ranker.rank(query) if query else self.ranker.everything()
        with self._lock:
            self._rankings[query] = ranking
            if len(self._rankings) > self._remembered:
                self._rankings.popitem(last=False)
        return ranking


def _check_fingerprint(release: Release, embedder: Embedder | None) -> None:
    made_as, _, made_by = release.manifest["parts"]["search"]["fingerprint"].partition("+")
    if made_as.partition(".")[0] != FORMAT:
        raise ReleaseError("has a search index of another version", file=release.directory, hint="run ihub build")
    if embedder is not None and embedder.fingerprint != made_by:
        cause = f"holds vectors of {made_by}, but IHUB_EMBEDDER names {embedder.fingerprint}"
        raise ReleaseError(cause, file=release.directory, hint="run ihub build, or set IHUB_EMBEDDER back")


def _readers(cards: list[dict[str, Any]], work_of: NDArray[np.int64], works: int) -> dict[str, NDArray[np.bool_]]:
    """Return for each language which works can be read in it."""
    readers: dict[str, NDArray[np.bool_]] = {}
    for card, work in zip(cards, work_of, strict=True):
        readers.setdefault(read_as(card["language"]), np.zeros(works, np.bool_))[work] = True
    return readers


def _works(cards: list[dict[str, Any]]) -> tuple[NDArray[np.int64], list[list[int]]]:
    """Return the number of each scenario's work, and the scenarios of each work; works are in order of appearance."""
    numbers: dict[str, int] = {}
    members: list[list[int]] = []
    work_of = np.zeros(len(cards), np.int64)
    for row, card in enumerate(cards):
        number = numbers.setdefault(card["work"] or card["iri"], len(numbers))
        if number == len(members):
            members.append([])
        members[number].append(row)
        work_of[row] = number
    return work_of, members
