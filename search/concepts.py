"""Concepts that the words of a query name, through labels and synonyms in any language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from ontology.namespaces import IHUB, PREFIXES
from search.lexical import stems, words
from search.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kg.graph import Graph

__all__ = ["ConceptMatch", "ConceptNames"]

_CLASSES: Final = ("Subject", "Competence", "DigitalTool")
_LABELS: Final = tuple(PREFIXES["skos"] + name for name in ("prefLabel", "altLabel"))
_LONGEST: Final = 6
"""Words of the longest label that is looked for."""

_MOST_WORDS: Final = 60
"""Words of a query that are looked at; nobody names a concept further on."""


class ConceptMatch(NamedTuple):
    """A concept, and the words of the query that name it."""

    iri: str
    asked_as: str


class ConceptNames:
    """Finds concepts in queries; a label is found in any inflection that its language's stemmer undoes.

    Args:
        names: Concepts by their labels' stems, joined by spaces.
        stems: The stems of each concept's labels, in all languages.
        languages: The languages whose stemmers a query's words are put through.
    """

    def __init__(self, names: Mapping[str, list[str]], stems: Mapping[str, list[str]], languages: list[str]) -> None:
        self._names = names
        self._stems = stems
        self._languages = languages

    @classmethod
    def build(cls, graph: Graph, path: Path) -> None:
        """Write the labels of the release's concepts to ``path``."""
        names: dict[str, set[str]] = {}
        stemmed_labels: dict[str, set[str]] = {}
        languages: set[str] = set()
        for concept in (iri for name in _CLASSES for iri in graph.instances(IHUB + name)):
            for text in (text for predicate in _LABELS for text in graph.literals(concept, predicate)):
                language = (text.language or "und").split("-", maxsplit=1)[0]
                languages.add(language)
                stemmed = stems(text.value, language)
                stemmed_labels.setdefault(concept, set()).update(stemmed)
                for key in {" ".join(words(text.value)), " ".join(stemmed)}:
                    if key:
                        names.setdefault(key, set()).add(concept)
        body = {
            "languages": sorted(languages),
            "names": {key: sorted(found) for key, found in sorted(names.items())},
            "stems": {concept: sorted(found) for concept, found in sorted(stemmed_labels.items())},
        }
        path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> ConceptNames:
        """Read what :meth:`build` wrote."""
        body = json.loads(path.read_text(encoding="utf-8"))
        return cls(body["names"], body["stems"], body["languages"])

    def other_words(self, matches: Iterable[ConceptMatch]) -> list[str]:
        """Return the stems of all labels of the concepts that were found: the query in every other language."""
        return sorted({stem for match in matches for stem in self._stems.get(match.iri, ())})

    def find(self, query: str) -> list[ConceptMatch]:
        """Return the concepts that ``query`` names; longer names go first, and their words name nothing else."""
        phrases = Phrases(words(query)[:_MOST_WORDS], self._languages, _LONGEST)
        found: dict[str, ConceptMatch] = {}
        for span in phrases:
            if concepts := self._named(phrases, span):
                phrases.taken.update(span)
            for concept in concepts:
                found.setdefault(concept, ConceptMatch(concept, phrases.text(span)))
        return list(found.values())

    def _named(self, phrases: Phrases, span: range) -> list[str]:
        """Return what a stretch names: by its words, else by their stems in the first language that fits."""
        keys = (phrases.text(span), *(stemmed for _, stemmed in phrases.stemmed(span)))
        return next((self._names[key] for key in keys if key in self._names), [])
