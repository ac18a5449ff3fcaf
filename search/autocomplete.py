"""Completion of what is being typed: concepts and titles, in any language, that begin with what was typed or nearly so.

A label is found by the start of any of its words. Where too few are, those with similar trigrams are tried, which
forgives misspellings. Concepts stand before titles, and what more scenarios have before the rest.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from rapidfuzz import fuzz

from ontology.namespaces import PREFIXES
from search.lexical import normalised, word_spans
from search.mapped import Records, open_array, write_records
from search.ngrams import NgramIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kg.graph import Graph
    from kg.scenario import Scenario

__all__ = ["Autocomplete", "Completion"]

_LABELS: Final = tuple(PREFIXES["skos"] + name for name in ("prefLabel", "altLabel"))
_FIELDS: Final = ("subject", "competence", "tool", "theme", "level")
TITLE: Final = "title"
"""The field of completions that are titles of scenarios."""

_MOST: Final = 20_000
"""Labels that begin alike and are compared with each other; more only where one letter was typed."""
_CANDIDATES: Final = 150
_LIKE: Final = 80.0
"""Likeness (0 to 100) from which a label counts as misspelt."""
_SHORTEST_MISSPELT: Final = 4


class Completion(NamedTuple):
    """One completion.

    Attributes:
        field: A filter's name, or ``title``.
        iri: The concept, or the scenario.
        text: The label that matched.
        language: Its language tag.
        start: Where in the label the match starts; -1 where it is a misspelling.
        works: Works that have the concept; 1 for titles.
    """

    field: str
    iri: str
    text: str
    language: str
    start: int
    works: int


class Autocomplete:
    """Finds labels by the start of a word.

    Args:
        directory: Where :meth:`build` wrote the labels.
    """

    def __init__(self, directory: Path) -> None:
        # Field, IRI, text, language and count of each label.
        self._labels: Records[list[Any]] = Records(directory / "labels.jsonl", list)
        self._folded = Records(directory / "folded.jsonl", str)
        # Word starts (label and offset), sorted by the folded text that follows; shape ``(word starts, 2)``.
        self._order: NDArray[np.int32] = open_array(directory / "order.npy")
        self._weight: NDArray[np.float64] = open_array(directory / "weight.npy")
        self._ngrams = NgramIndex(directory, "trigrams")

    @staticmethod
    def build(
        scenarios: Sequence[Scenario], graph: Graph, values: Mapping[str, Sequence[str]], directory: Path
    ) -> None:
        """Write the labels of the scenarios' concepts and their titles to ``directory``."""
        labels = [*_concept_labels(scenarios, graph, values), *_titles(scenarios)]
        folded = [normalised(label[2]) for label in labels]
        order = [(row, start) for row, text in enumerate(folded) for start, _ in word_spans(text)]
        order.sort(key=lambda entry: (folded[entry[0]][entry[1] :], entry))
        np.save(directory / "order.npy", np.array(order, np.int32).reshape(-1, 2))
        NgramIndex.build(folded, directory, "trigrams")
        write_records(directory / "labels.jsonl", labels)
        write_records(directory / "folded.jsonl", folded)
        # Whole labels before words within them, concepts before titles, the frequent before the rare.
        concept = np.array([label[0] != TITLE for label in labels], np.float64)
        count = np.array([label[4] for label in labels], np.float64)
        np.save(directory / "weight.npy", 10 * concept + np.log1p(count))

    def find(self, typed: str, most: int) -> list[Completion]:
        """Return what ``typed`` may become, one completion for each concept or title, the likeliest first."""
        folded = " ".join(normalised(typed).split())
        if not folded:
            return []
        found: dict[tuple[str, str], Completion] = {}
        for row, start in self._beginning(folded, most):
            self._add(found, row, start)
        if len(found) < most and len(folded) >= _SHORTEST_MISSPELT:
            for row in self._like(folded):
                self._add(found, row, -1)
        return list(found.values())[:most]

    def _add(self, found: dict[tuple[str, str], Completion], row: int, start: int) -> None:
        field, iri, text, language, count = self._labels[row]
        found.setdefault((field, iri), Completion(field, iri, text, language, start, count))

    def _beginning(self, folded: str, most: int) -> list[tuple[int, int]]:
        """Return labels with a word that begins so, and where, the best first."""

        def following(number: int) -> str:
            row, start = self._order[number].tolist()
            text: str = self._folded[row]
            return text[start : start + len(folded)]

        numbers = range(len(self._order))
        first = bisect_left(numbers, folded, key=following)
        last = bisect_right(numbers, folded, lo=first, key=following)
        entries = self._order[first : min(last, first + _MOST)]
        # A label that begins so stands before one with such a word further on.
        weights = self._weight[entries[:, 0]] + 5 * (entries[:, 1] == 0)
        best = np.argsort(-weights, kind="stable")[: 8 * most]
        return [(int(row), int(start)) for row, start in entries[best]]

    def _like(self, folded: str) -> list[int]:
        """Return labels with a part that is nearly what was typed, the likest first."""
        near = [row for row, _ in self._ngrams.nearest(folded, _CANDIDATES)]
        # A label that is just a piece of what was typed would be like it for no reason.
        rows = [row for row in near if len(self._folded[row]) >= len(folded) - 2]
        scored = [(fuzz.partial_ratio(folded, self._folded[row]), row) for row in rows]
        scored = [entry for entry in scored if entry[0] >= _LIKE]
        scored.sort(key=lambda entry: (-entry[0], -self._weight[entry[1]], entry[1]))
        return [row for _, row in scored]


def _concept_labels(
    scenarios: Sequence[Scenario], graph: Graph, values: Mapping[str, Sequence[str]]
) -> Iterator[list[Any]]:
    counts: dict[str, int] = {}
    for scenario in scenarios:
        for iri in {*scenario.subjects, *scenario.competences, *scenario.all_tools, *scenario.themes, *scenario.levels}:
            counts[iri] = counts.get(iri, 0) + 1
    for field in _FIELDS:
        for iri in values[field]:
            for predicate in _LABELS:
                for text in graph.literals(iri, predicate):
                    yield [field, iri, text.value, text.language or "und", counts.get(iri, 1)]


def _titles(scenarios: Sequence[Scenario]) -> Iterator[list[Any]]:
    for scenario in scenarios:
        for language, name in scenario.names.items():
            yield [TITLE, scenario.iri, name, language, 1]
