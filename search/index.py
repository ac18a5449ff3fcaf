"""The search index of a release: built once as a part of the release, opened by every server process."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import faiss
import numpy as np

from kg.scenario import read_scenarios
from search.autocomplete import Autocomplete
from search.cards import CARDS_FILE, card, open_cards
from search.columns import Columns
from search.concepts import ConceptNames
from search.constraints import ConstraintNames
from search.embedding_cache import embed_passages
from search.exact import Names
from search.expansion import WordForm
from search.facets import FacetIndex
from search.lexical import LexicalIndex, analysed, has_stemmer, stop_tokens
from search.mapped import write_records
from search.occurrences import Occurrences
from search.passages import PASSAGES_FILE, Passage, passages
from search.shipped_vectors import lookup, read_shipped
from search.vector_space import VectorSpace
from search.vector_store import VECTORS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from kg.graph import Graph
    from kg.scenario import Scenario
    from search.embedders import Embedder

__all__ = ["FORMAT", "SearchPart"]

FORMAT: Final = "search-7"
"""Changes when the index is laid out in another way; an engine refuses another format."""

_BLOCK: Final = 4096
"""Scenarios whose vectors are moved at a time, which bounds the memory for it."""

_MAKERS: Final = (
    "alphabet",
    "autocomplete",
    "cards",
    "columns",
    "concepts",
    "constraint_patterns",
    "constraints",
    "exact",
    "expansion",
    "facets",
    "fields",
    "index",
    "lexical",
    "mapped",
    "ngrams",
    "occurrences",
    "passages",
    "stop_words",
    "vector_space",
)
"""The modules that decide what an index holds; their text is part of the fingerprint."""


class SearchPart:
    """Builds the ``search`` part of a release.

    Args:
        embedder: Makes the vectors; None leaves the dense index out.
        cache_file: Where vectors are kept between builds.
        shipped: Files of vectors that came with collections.
        executor: Embeds chunks side by side.
    """

    name = "search"

    def __init__(
        self,
        embedder: Embedder | None,
        cache_file: Path,
        shipped: Sequence[Path] = (),
        executor: Executor | None = None,
    ) -> None:
        self._embedder = embedder
        self._cache_file = cache_file
        self._shipped = shipped
        self._executor = executor

    def fingerprint(self) -> str:
        """Return the format of the index, the digest of the code that makes it, and the embedder's fingerprint."""
        return f"{FORMAT}.{_code_digest()}+{self._embedder.fingerprint if self._embedder else 'none'}"

    def build(self, graph: Graph, directory: Path, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
        """Index every scenario of ``graph``; see :class:`search.engine.SearchEngine` for what reads it."""
        scenarios = list(read_scenarios(graph))
        count = len(scenarios)
        languages = sorted({tag for scenario in scenarios for tag in scenario.languages})
        write_records(directory / CARDS_FILE, (card(scenario, graph) for scenario in scenarios))
        cards = open_cards(directory)
        works = Columns.build(cards, _folder(directory / "columns"))
        Names.build(cards, directory)
        analysis = _Analysis()
        LexicalIndex.build(map(analysis.tokens, scenarios), _folder(directory / "lexical"), analysis.forms())
        ConceptNames.build(graph, directory / "concepts.json")
        values = FacetIndex.build(scenarios, graph, works, _folder(directory / "facets"))
        ConstraintNames.build(graph, values, directory / "constraints.json")
        Autocomplete.build(scenarios, graph, values, _folder(directory / "autocomplete"))
        found = [list(passages(scenario)) for scenario in scenarios]
        owners = np.repeat(np.arange(count, dtype=np.int32), [len(entry) for entry in found])
        np.save(directory / "owners.npy", owners)
        flat = [passage for entry in found for passage in entry]
        write_records(directory / PASSAGES_FILE, flat)
        Occurrences.build(flat, LexicalIndex(directory / "lexical", count, languages), _folder(directory / "tokens"))
        del scenarios, found, analysis  # vectors take as much memory again
        embedded = self._build_dense(flat, owners, directory, progress)
        return {
            "scenarios": count,
            "passages": len(flat),
            "embedded": embedded,
            "languages": languages,
        }

    def _build_dense(
        self,
        flat: Sequence[Passage],
        owners: NDArray[np.int32],
        directory: Path,
        progress: Callable[[str, int, int], None],
    ) -> int:
        """Write the vectors with their mean and covariance; return how many texts were not in the cache."""
        if self._embedder is None or not flat:
            return 0
        texts = [passage.text for passage in flat]
        vectors, computed = embed_passages(
            texts,
            self._embedder,
            self._cache_file,
            lambda done, total: progress("embed", done, total),
            lambda keys: lookup(read_shipped(self._shipped), keys),
            self._executor,
        )
        space = VectorSpace.learn(vectors, flat)
        space.save(directory)
        for span in _blocks(owners):
            vectors[span] = space.passages(vectors[span], flat[span], owners[span])
        index = faiss.IndexFlatIP(self._embedder.dimension)
        index.add(vectors)
        faiss.write_index(index, str(directory / VECTORS_FILE))
        mean = vectors.mean(axis=0, dtype=np.float64)
        covariance = (vectors.T @ vectors) / len(vectors) - np.outer(mean, mean)
        np.savez(directory / "moments.npz", mean=mean.astype(np.float32), covariance=covariance.astype(np.float32))
        return computed


class _Analysis:
    """Splits scenarios into tokens, and remembers the words behind them."""

    def __init__(self) -> None:
        self._texts: Counter[tuple[str, str, bool]] = Counter()

    def tokens(self, scenario: Scenario) -> list[str]:
        """Return the tokens of a scenario, those of titles and keywords twice."""
        own: list[str] = []
        for text, language, times in _weighted_texts(scenario):
            found = analysed(text, language)
            own += [token for _, token in found] * times
            own += stop_tokens(text, language) * times
            # Foreign words in another script than the text's are no forms of a word of its language.
            foreign = sum(word.isascii() for word, _ in found) * 2 < len(found)
            stemmed = has_stemmer(language)
            self._texts.update({(word, token, stemmed or (foreign and word.isascii())) for word, token in found})
        return own

    def forms(self) -> Iterator[WordForm]:
        """Yield the words behind all tokens, sorted; to be read once all scenarios were."""
        for (word, token, stemmed), count in sorted(self._texts.items()):
            yield WordForm(word, token, count, stemmed)


def _weighted_texts(scenario: Scenario) -> Iterator[tuple[str, str, int]]:
    """Yield every text of a scenario with its language and how many times it counts."""
    activities = [texts for activity in scenario.activities for texts in (activity.names, activity.descriptions)]
    for texts in (scenario.descriptions, scenario.texts, *scenario.outcomes, *activities):
        for language, text in texts.items():
            yield text, language, 1
    for language, name in scenario.names.items():
        yield name, language, 2
    for language, words in scenario.keywords.items():
        yield " ".join(words), language, 2


@lru_cache(maxsize=1)
def _code_digest() -> str:
    digest = hashlib.sha256()
    for name in _MAKERS:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()[:8]


def _blocks(owners: NDArray[np.int32]) -> Iterator[slice]:
    """Yield stretches of passages, each with all of its scenarios' passages."""
    scenarios = int(owners[-1]) + 1
    ends = owners.searchsorted(np.arange(0, scenarios + _BLOCK, _BLOCK, dtype=np.int32))
    for first, last in itertools.pairwise(ends.tolist()):
        yield slice(first, last)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
