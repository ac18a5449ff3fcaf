"""Checking a collection as its editors would: shapes, links, near duplicates, texts, and what it promises to hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.quality.concern import Concern
from kg.quality.coverage import Coverage, measure, read_requirements, unmet
from kg.quality.languages import wrong_languages
from kg.quality.reading import read_collection
from kg.quality.texts import copied_runs, languages_missing, stock_phrases, thin_activities
from search.embedding_cache import embed_passages
from search.near_duplicates import near_duplicates
from search.passages import clip
from search.shipped_vectors import FILE_NAME, lookup, read_shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from kg.quality.reading import CollectionReading
    from kg.settings import Settings
    from search.embedders import Embedder

__all__ = ["CollectionCheck", "check_collection"]

COMMON_LANGUAGE: Final = "en"
"""Every scenario has title and summary in this language, so that all can be compared and found by everybody."""

FRAMEWORK: Final = "scheme/digcomp22"
"""The competences that coverage is counted by."""


@dataclass(frozen=True)
class CollectionCheck:
    """What a check found: the concerns, sorted, and the coverage."""

    concerns: list[Concern]
    coverage: Coverage


def check_collection(
    settings: Settings,
    directory: Path,
    beside: Sequence[Path],
    embedder: Embedder | None,
    *,
    executor: Executor | None = None,
    progress: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
) -> CollectionCheck:
    """Check the collection in ``directory``.

    Args:
        settings: The base IRI, and where embeddings are kept.
        directory: The collection's folder.
        beside: Folders of collections that it may refer to.
        embedder: Finds near duplicates; None leaves that check out.
        executor: Validates side by side.
        progress: Called with the step's name, what is done and what is to be done.

    Raises:
        CollectionError: The collection, or what it promises, cannot be read.
    """
    reading = read_collection(directory, beside, settings.id_base, executor)
    scenarios = reading.scenarios
    concerns = [*reading.concerns, *thin_activities(scenarios), *languages_missing(scenarios, COMMON_LANGUAGE)]
    concerns += [*wrong_languages(scenarios), *stock_phrases(scenarios), *copied_runs(scenarios, reading.related)]
    if embedder:
        cache = settings.home / "cache" / "embeddings.sqlite"
        concerns += _duplicates(reading, embedder, cache, lambda done, total: progress("embed", done, total))
    coverage = measure(reading.graph, scenarios, settings.id_base + FRAMEWORK)
    concerns += unmet(coverage, read_requirements(directory) or {})
    base = settings.id_base
    short = [Concern(c.kind, c.where.removeprefix(base), c.field, c.text.replace(base, "")) for c in concerns]
    return CollectionCheck(sorted(short), coverage)


def _duplicates(
    reading: CollectionReading, embedder: Embedder, cache: Path, progress: Callable[[int, int], None]
) -> Iterator[Concern]:
    compared = [s for s in reading.scenarios if COMMON_LANGUAGE in s.names and COMMON_LANGUAGE in s.descriptions]
    titles = [scenario.names[COMMON_LANGUAGE] for scenario in compared]
    # Worded as the passage that search embeds, so that one vector serves both.
    texts = [clip(f"{s.names[COMMON_LANGUAGE]}. {s.descriptions[COMMON_LANGUAGE]}") for s in compared]
    if len(texts) < 2:
        return
    shipped = [reading.collection.directory / FILE_NAME]
    vectors, _ = embed_passages(texts, embedder, cache, progress, lambda keys: lookup(read_shipped(shipped), keys))
    for pair in near_duplicates(titles, vectors):
        first, second = compared[pair.first].iri, compared[pair.second].iri
        if frozenset((first, second)) not in reading.related:
            text = f"tells of the same as {second} (cosine {pair.cosine:.2f}, titles {pair.title:.0f} % alike)"
            yield Concern("near-duplicate", first, "", text)
