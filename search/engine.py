"""The search engine of one release: filters and groups what the ranker finds, and counts facets exactly.

A hit is a work: one scenario in all its languages, shown in the reader's. Filters hold for a single scenario: a work
passes when one of its scenarios passes all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from prometheus_client import Histogram

from kg.errors import ReleaseError
from ontology.language import choose
from search.autocomplete import TITLE, Autocomplete
from search.cards import open_cards
from search.columns import Columns
from search.constraints import ConstraintNames
from search.exact import Names
from search.facets import FacetIndex
from search.fields import FACETS, TIME
from search.filters import Passing
from search.index import FORMAT
from search.mapped import open_array
from search.occurrences import Occurrences
from search.offers import offers, relaxations
from search.ordering import Orders
from search.passages import Passage, clip, open_passages
from search.ranking import Ranker
from search.remembering import Memory
from search.request import SearchRequest
from search.results import Hit, More, SearchResult
from search.similar import diverse
from search.vector_store import open_vectors
from search.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kg.release import Release
    from search.autocomplete import Completion
    from search.embedders import Embedder
    from search.ranking import Ranking

__all__ = ["Hit", "SearchEngine", "SearchResult"]

READER_BONUS: Final = 0.04
"""Added to the score of a work in the reader's first language: a quarter of a first place in one signal."""

_SECONDS: Final = Histogram(
    "ihub_search_seconds",
    "Time of a search in the engine.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
_REMEMBERED_BYTES: Final = 32 << 20
_BYTES_PER_SCENARIO: Final = 32
_REMEMBERED_RESULTS: Final = 128


class SearchEngine:
    """Searches one release; safe to use from several threads.

    Args:
        release: A release with a ``search`` part.
        embedder: The embedder that made the release's vectors; None searches by words and concepts only.
        vector_store: What searches the vectors: ``faiss``, or ``milvus:`` and the address of a server.

    Raises:
        ReleaseError: The release's vectors were made by another embedder.
        StoreError: The vector store does not answer.
    """

    def __init__(self, release: Release, embedder: Embedder | None, vector_store: str = "faiss") -> None:
        directory = release.directory / "search"
        about = release.manifest["parts"]["search"]
        _check_fingerprint(release, embedder)
        self.release = release
        self.embedder = embedder
        self.cards: Sequence[dict[str, Any]] = open_cards(directory)
        self._passages = open_passages(directory)
        self._columns = Columns(directory / "columns")
        self._names = Names(directory, self.cards)
        self.facets = FacetIndex(directory / "facets", len(self.cards))
        store = open_vectors(release, vector_store) if embedder else None
        self.ranker = Ranker(directory, self._columns, self._names, self.facets, about["languages"], embedder, store)
        owners = open_array(directory / "owners.npy")
        occurrences = Occurrences(directory / "tokens", owners)
        self.why = Why(self.cards, self._columns, self._passages, self.facets, self.ranker.lexical, occurrences)
        self._constraints = ConstraintNames.open(directory / "constraints.json")
        self._autocomplete = Autocomplete(directory / "autocomplete")
        self._orders = Orders(self._columns)
        remembered = max(4, _REMEMBERED_BYTES // (_BYTES_PER_SCENARIO * max(1, len(self.cards))))
        self._rankings: Memory[Ranking] = Memory(remembered)
        self._results: Memory[SearchResult] = Memory(_REMEMBERED_RESULTS)
        self._similar: Memory[list[Hit]] = Memory(_REMEMBERED_RESULTS)

    @_SECONDS.time()
    def search(self, request: SearchRequest) -> SearchResult:
        """Return the page of hits that ``request`` asks for, with facet counts over all hits."""
        return self._results.get(request.key, lambda: self._search(request))

    def hits(self, request: SearchRequest) -> Iterator[Hit]:
        """Yield the hits of ``request`` without facets, from its offset to its limit, one at a time."""
        ranking = self._ranking(request.query)
        passing = self._passing(request, ranking)
        yield from self._page(request, ranking, passing, *self._ordered(request, ranking, passing.scenarios()))

    def total(self, request: SearchRequest) -> int:
        """Return the number of hits of ``request``."""
        passing = self._passing(request, self._ranking(request.query))
        return passing.works(passing.scenarios())

    def passing(self, request: SearchRequest) -> NDArray[np.bool_]:
        """Return which scenarios pass the filters of ``request``, whatever its query; shape ``(scenarios,)``."""
        everything = np.ones(len(self.cards), np.bool_)
        return Passing(request, everything, self.facets, self._columns).scenarios()

    def row(self, iri: str) -> int | None:
        """Return the row of the scenario with this IRI, or None."""
        return self._names.row(iri)

    @property
    def columns(self) -> Columns:
        """What is known of every scenario at once."""
        return self._columns

    def work(self, row: int) -> int:
        """Return the work of the scenario in ``row``."""
        return int(self._columns.work_of[row])

    def members(self, work: int) -> list[int]:
        """Return the rows of a work's scenarios."""
        return self._columns.members(work)

    def similar(self, iri: str, limit: int, languages: tuple[str, ...] = ("en",)) -> list[Hit]:
        """Return works near in meaning to the scenario with this IRI, without its own and not all alike."""
        return self._similar.get(
            (iri, limit, languages), lambda: self._find_similar(self._known(iri), limit, languages)
        )

    def more_like(self, iri: str, subjects: Sequence[str] = ()) -> list[More]:
        """Return what else there is for each competence of a scenario in its subjects, or in ``subjects``."""
        row = self._known(iri)
        found = []
        for competence in self.cards[row]["competences"]:
            for subject in subjects or self.cards[row]["subjects"]:
                asked = SearchRequest(filters={"competence": (competence,), "subject": (subject,)})
                others = self.total(asked) - self.facets.has("subject", subject, row)
                if others > 0:
                    found.append(More(competence, subject, others))
        return sorted(found, key=lambda more: -more.others)

    def snippet(self, hit: Hit) -> Passage:
        """Return what of the scenario to show under its title: the passage that matched, else its summary."""
        card = self.cards[hit.row]
        if hit.passage and hit.passage.kind in {"activity", "outcomes"}:
            return hit.passage
        language = card["language"]
        text = card["descriptions"].get(language) or next(iter(card["descriptions"].values()), "")
        return Passage("summary", language, clip(text, 280))

    def complete(self, typed: str, most: int) -> list[Completion]:
        """Return concepts and titles that ``typed`` may become, with the number of works that each would give."""
        counts = self.search(SearchRequest(limit=0)).facets
        found = self._autocomplete.find(typed, most)
        return [s if s.field == TITLE else s._replace(works=counts[s.field][s.iri]) for s in found]

    def _known(self, iri: str) -> int:
        row = self.row(iri)
        if row is None:
            raise LookupError(f"there is no scenario {iri}")
        return row

    def _search(self, request: SearchRequest) -> SearchResult:
        ranking = self._ranking(request.query)
        passing = self._passing(request, ranking)
        works, scores = self._ordered(request, ranking, passing.scenarios())
        hits = list(self._page(request, ranking, passing, works, scores))
        notices = () if self.ranker.has_meaning or not request.query else ("words-only",)
        wanted = (*FACETS, TIME) if request.facets is None else request.facets
        counts = {name: passing.times() if name == TIME else passing.counts(name) for name in wanted}
        read = self._constraints.find(request.query) if request.constraints else ()
        return SearchResult(
            total=len(works),
            hits=hits,
            facets=counts,
            notices=notices,
            offers=tuple(offers(request, read, self.total, self._has_hits)),
            relaxations=() if len(works) else tuple(relaxations(request, passing)),
        )

    def _has_hits(self, request: SearchRequest) -> bool:
        """Whether a request has hits; looks at words first, which needs no embedding."""
        by_words = self.ranker.lexical.scores(request.query) > 0
        passing = Passing(request, by_words, self.facets, self._columns)
        return passing.works(passing.scenarios()) > 0 or self.total(request) > 0

    def _passing(self, request: SearchRequest, ranking: Ranking) -> Passing:
        matches = np.ones(len(self.cards), np.bool_)
        if request.query:
            matching = np.zeros(self._columns.works, np.bool_)
            matching[ranking.works] = True
            matches = matching[self._columns.work_of]
        return Passing(request, matches, self.facets, self._columns)

    def _ordered(
        self, request: SearchRequest, ranking: Ranking, scenarios: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the works of ``scenarios`` in the order of their hits, and their scores."""
        has_passing = np.zeros(self._columns.works, np.bool_)
        has_passing[self._columns.work_of[scenarios]] = True
        kept = has_passing[ranking.works]
        works, scores = self._for_reader(ranking.works[kept], ranking.scores[kept], request)
        if request.order != "relevance":
            places = self._orders.of(request.order, works, scenarios, request.languages)
            works, scores = works[places], scores[places]
        return works, scores

    def _page(
        self,
        request: SearchRequest,
        ranking: Ranking,
        passing: Passing,
        works: NDArray[np.int64],
        scores: NDArray[np.float64],
    ) -> Iterator[Hit]:
        page = slice(request.offset, request.offset + request.limit)
        for work, score in zip(works[page], scores[page], strict=True):
            yield self.why.hit(
                ranking,
                (int(work), float(score)),
                passing,
                request,
                lambda rows: self._representative(rows, request.languages),
            )

    def _find_similar(self, row: int, limit: int, languages: tuple[str, ...]) -> list[Hit]:
        nearest: dict[int, tuple[int, int, float]] = {}
        for other, passage, cosine in self.ranker.nearest(row, 40 * limit, self.members(self.work(row))):
            nearest.setdefault(self.work(other), (other, passage, round(cosine, 6)))
        if not nearest:
            return []
        works, found = list(nearest), list(nearest.values())
        vectors = self.ranker.vectors([other for other, _, _ in found])
        chosen = diverse([cosine for _, _, cosine in found], vectors, limit)
        return [self._similar_hit(works[place], *found[place][1:], languages) for place in chosen]

    def _similar_hit(self, work: int, passage: int, cosine: float, languages: tuple[str, ...]) -> Hit:
        members = self.members(work)
        shown = self._representative(members, languages)
        others = tuple(member for member in members if member != shown)
        return Hit(shown, others, cosine, self._passages[passage], close=True)

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
        readable = self._columns.readable(wanted[0]) if wanted else None
        if readable is None:
            return works, scores
        adjusted = scores + READER_BONUS * readable[works]
        order = np.argsort(-adjusted, kind="stable")
        return works[order], adjusted[order]

    def _ranking(self, query: str) -> Ranking:
        return self._rankings.get(query, lambda: self.ranker.rank(query) if query else self.ranker.everything())


def _check_fingerprint(release: Release, embedder: Embedder | None) -> None:
    made_as, _, made_by = release.manifest["parts"]["search"]["fingerprint"].partition("+")
    if made_as.partition(".")[0] != FORMAT:
        raise ReleaseError("has a search index of another version", file=release.directory, hint="run ihub build")
    if embedder is not None and embedder.fingerprint != made_by:
        cause = f"holds vectors of {made_by}, but IHUB_EMBEDDER names {embedder.fingerprint}"
        raise ReleaseError(cause, file=release.directory, hint="run ihub build, or set IHUB_EMBEDDER back")
