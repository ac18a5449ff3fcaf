"""Suggestions for a release: competences that scenarios may serve, and scenarios that may be the same work."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.errors import ReleaseError
from kg.scenario import read_scenarios
from kg.suggestions import SameWork, SuggestedCompetence
from ontology.namespaces import PREFIXES
from search.competence_evidence import CompetenceEvidence
from search.competence_model import CompetenceModel, Precision, cross_validate, precision
from search.embedding_cache import embed_passages
from search.learned_competences import LearnedCompetences
from search.near_duplicates import near_duplicates
from search.passages import clip, open_passages
from search.vector_space import VectorSpace
from search.vector_store import VECTORS_FILE, open_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kg.graph import Graph
    from kg.release import Release
    from kg.scenario import Scenario
    from search.embedders import Embedder

__all__ = ["SuggestionReport", "suggest"]

FRAMEWORK: Final = "scheme/digcomp22"
MOST: Final = 3
"""Suggestions for one scenario, at most."""

FEWEST_EXAMPLES: Final = 200
"""Scenarios with stated competences below which nothing is learned, and so nothing suggested."""

_SKOS: Final = PREFIXES["skos"]
_SHRINK: Final = 20.0  # passages' worth of the general mean in each language's own


@dataclass(frozen=True)
class SuggestionReport:
    """What was suggested, and how far it can be trusted.

    Attributes:
        competences: Suggested competences.
        same_work: Pairs that may be the same work.
        precision: Measured on scenarios with stated competences, each judged by a model that had not seen it.
        by_language: The same for each language.
        by_confidence: For each tenth of confidence (0.3 for 0.3 up to 0.4): suggestions, and the share that is right.
        unsupported: Suggestions that the model was sure of and no word of the scenario bears out; they are left out.
        learned: What was learned, for texts that are not in the release.
    """

    competences: list[SuggestedCompetence]
    same_work: list[SameWork]
    precision: Precision
    by_language: dict[str, Precision]
    by_confidence: dict[float, tuple[int, float]]
    unsupported: int
    learned: LearnedCompetences


def suggest(
    release: Release,
    embedder: Embedder,
    cache_file: Path,
    least: float,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> SuggestionReport:
    """Suggest competences for the scenarios that state none, and pairs that may be the same work.

    Args:
        release: A release with vectors by ``embedder``.
        embedder: Embeds the competences' texts.
        cache_file: Where vectors are kept.
        least: Confidence under which nothing is suggested, from 0 to 1.
        progress: Called with what is done and what is to be done.

    Raises:
        ReleaseError: The release has no vectors, or too few scenarios with stated competences.
    """
    base = release.id_base
    graph = release.graph
    scenarios = list(read_scenarios(graph))
    space = _Space(release, scenarios)
    competences = sorted(
        iri
        for iri in graph.subjects(_SKOS + "inScheme", base + FRAMEWORK)
        if not graph.subjects(_SKOS + "broader", iri)
    )
    directions = _directions(graph, competences, embedder, cache_file, progress)
    stated = np.array([[iri in scenario.competences for iri in competences] for scenario in scenarios], np.bool_)
    examples: NDArray[np.bool_] = np.any(stated, axis=1)
    if examples.sum() < FEWEST_EXAMPLES:
        cause = f"{int(examples.sum())} scenarios state competences, of at least {FEWEST_EXAMPLES} to learn from"
        raise ReleaseError(cause, file=release.directory)
    vectors, truth = space.vectors[examples], stated[examples]
    model = CompetenceModel.fit(vectors, truth, directions)
    unseen = cross_validate(vectors, truth, directions)
    languages = np.array([scenario.language for scenario in scenarios])[examples]
    asked = np.flatnonzero(~examples)
    found = [
        (scenarios[row], competences[column], value)
        for row, line in zip(asked, model.confidences(space.vectors[asked]), strict=True)
        for column, value in _best(line, least)
    ]
    supported = list(_supported(found, CompetenceEvidence(graph, competences, base)))
    return SuggestionReport(
        [SuggestedCompetence(s.iri.removeprefix(base), c.removeprefix(base), value) for s, c, value in supported],
        [SameWork(a.removeprefix(base), b.removeprefix(base)) for a, b in _same_work(scenarios, space)],
        precision(unseen, truth),
        {tag: precision(unseen[languages == tag], truth[languages == tag]) for tag in sorted(set(languages))},
        _calibration(model.probabilities(unseen), truth),
        len(found) - len(supported),
        LearnedCompetences(
            embedder.fingerprint, [iri.removeprefix(base) for iri in competences], model, space.means, space.general
        ),
    )


class _Space:
    """The scenarios of a release as vectors, comparable across languages.

    Attributes:
        vectors: The mean of each scenario's passages, unit length, shape ``(scenarios, d)``.
        means: The mean of the passages of each language, which their vectors are about.
        general: The mean of all passages.
    """

    def __init__(self, release: Release, scenarios: Sequence[Scenario]) -> None:
        directory = release.directory / "search"
        if not (directory / VECTORS_FILE).is_file():
            raise ReleaseError("has no vectors", file=release.directory, hint="build it with an embedder")
        index = open_index(directory)
        self._passages = list(open_passages(directory))
        self._owners = np.load(directory / "owners.npy")
        moved = index.reconstruct_n(0, index.ntotal)
        self._rows = VectorSpace.open(directory).restored(moved, self._passages, self._owners)
        total = np.zeros((len(scenarios), index.d), np.float32)
        languages = np.array([passage.language for passage in self._passages])
        self.general = self._rows.mean(axis=0)
        self.means = _language_means(self._rows, languages, self.general)
        np.add.at(total, self._owners, _about_language(self._rows, languages, self.means))
        self.vectors = _unit(total)

    def summaries(self, language: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the scenarios that have a summary in ``language``, and the embedder's vectors of the summaries."""
        found = [n for n, (kind, tag, _) in enumerate(self._passages) if kind == "summary" and tag == language]
        return self._owners[found].astype(np.int64), self._rows[found]


def _language_means(
    rows: NDArray[np.float32], languages: NDArray[np.str_], general: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """Return each language's mean, which is shrunk towards the general one where texts are few."""
    return {
        str(language): (rows[own].sum(axis=0) + _SHRINK * general) / (own.sum() + _SHRINK)
        for language in np.unique(languages)
        for own in [languages == language]
    }


def _about_language(
    rows: NDArray[np.float32], languages: NDArray[np.str_], means: dict[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Return unit vectors about the mean of their language."""
    moved = np.empty_like(rows)
    for language, mean in means.items():
        own = languages == language
        moved[own] = rows[own] - mean
    return _unit(moved)


def _directions(
    graph: Graph,
    competences: Sequence[str],
    embedder: Embedder,
    cache_file: Path,
    progress: Callable[[int, int], None],
) -> NDArray[np.float32]:
    """Return the direction of each competence: the mean of its definition and names, about that of all competences."""
    texts: list[tuple[int, str]] = []
    for number, iri in enumerate(competences):
        names = [text.value for kind in ("prefLabel", "altLabel") for text in graph.literals(iri, _SKOS + kind)]
        definitions = [text.value for text in graph.literals(iri, _SKOS + "definition")]
        texts += [(number, clip(text)) for text in [*definitions, *names]]
    rows, _ = embed_passages([text for _, text in texts], embedder, cache_file, progress)
    owners = np.array([number for number, _ in texts])
    means = np.stack([rows[owners == number].mean(axis=0) for number in range(len(competences))])
    return _unit(means - means.mean(axis=0))


def _best(line: NDArray[np.float64], least: float) -> Iterator[tuple[int, float]]:
    for column in np.argsort(-line, kind="stable")[:MOST]:
        if line[column] >= least:
            yield int(column), float(line[column])


def _supported(
    found: Sequence[tuple[Scenario, str, float]], evidence: CompetenceEvidence
) -> Iterator[tuple[Scenario, str, float]]:
    """Yield the suggestions that the scenario itself bears out."""
    for scenario, group in itertools.groupby(found, key=lambda suggestion: suggestion[0]):
        digital = evidence.is_digital(scenario)
        words = {} if digital else evidence.words(scenario)
        for suggestion in group:
            if digital or evidence.names(suggestion[1], words):
                yield suggestion


def _same_work(scenarios: Sequence[Scenario], space: _Space) -> Iterator[tuple[str, str]]:
    """Yield pairs of different collections and works whose titles and summaries in one language are nearly the same."""
    seen = set()
    for language in sorted({tag for scenario in scenarios for tag in scenario.descriptions}):
        rows, vectors = space.summaries(language)
        for pair in near_duplicates([scenarios[row].names[language] for row in rows], vectors):
            first, second = scenarios[rows[pair.first]], scenarios[rows[pair.second]]
            same = first.work is not None and first.work == second.work
            if first.collection != second.collection and not same and (first.iri, second.iri) not in seen:
                seen.add((first.iri, second.iri))
                yield first.iri, second.iri


def _calibration(probabilities: NDArray[np.float64], truth: NDArray[np.bool_]) -> dict[float, tuple[int, float]]:
    tenths = np.floor(probabilities * 10)
    return {
        float(tenth) / 10: (int((tenths == tenth).sum()), float(truth[tenths == tenth].mean()))
        for tenth in np.unique(tenths)
    }


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
