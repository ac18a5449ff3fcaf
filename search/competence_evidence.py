"""Whether a scenario's own words bear out a suggested competence.

Embeddings find texts alike by topic: a lesson on parliament is near to scenarios on digital citizenship, though nothing
in it is digital. So a suggestion also needs a sign in the scenario itself: a subject that is about the digital world,
or a name or synonym of the competence, in the scenario's language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.quality.texts import texts_of
from ontology.namespaces import PREFIXES
from search.lexical import document_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph import Graph
    from kg.scenario import Scenario

__all__ = ["CompetenceEvidence"]

DIGITAL_SUBJECTS: Final = ("subject/informatics", "subject/media-education")
"""Subjects, with all beneath them, whose lessons are about the digital world."""

_SKOS: Final = PREFIXES["skos"]


class CompetenceEvidence:
    """Looks for signs of competences in scenarios.

    Args:
        graph: Holds the vocabularies.
        competences: IRIs of the competences.
        id_base: Base of the entities' IRIs.
    """

    def __init__(self, graph: Graph, competences: Iterable[str], id_base: str) -> None:
        self._subjects = _beneath(graph, [id_base + subject for subject in DIGITAL_SUBJECTS])
        self._names: dict[tuple[str, str], list[str]] = {}
        for competence in competences:
            for text in (t for kind in ("prefLabel", "altLabel") for t in graph.literals(competence, _SKOS + kind)):
                language = text.language or "und"
                if stems := document_tokens(text.value, language):
                    self._names.setdefault((competence, language), []).append(f" {' '.join(stems)} ")

    def is_digital(self, scenario: Scenario) -> bool:
        """Return whether the scenario belongs to a subject that is about the digital world."""
        return any(subject in self._subjects for subject in scenario.subjects)

    def words(self, scenario: Scenario) -> dict[str, str]:
        """Return the stems of its texts by language, as :meth:`names` wants them.

        The whole text of an imported lesson is left out: a word that is used once on its third page is no sign.
        """
        parts: dict[str, list[str]] = {}
        for _, texts in texts_of(scenario):
            for language, text in texts.items():
                parts.setdefault(language, []).append(" ".join(document_tokens(text, language.split("-")[0])))
        for language, words in scenario.keywords.items():
            parts.setdefault(language, []).extend(" ".join(document_tokens(word, language)) for word in words)
        # The bar keeps a name from running over the end of one text into the next.
        return {language: f" {' | '.join(found)} " for language, found in parts.items()}

    def words_of(self, texts: Iterable[str], language: str) -> dict[str, str]:
        """Return the stems of texts in one language, as :meth:`names` wants them."""
        return {language: f" {' | '.join(' '.join(document_tokens(text, language)) for text in texts)} "}

    def names(self, competence: str, words: dict[str, str]) -> bool:
        """Return whether ``words`` hold a name or synonym of ``competence`` in their own language."""
        return any(
            name in text
            for language, text in words.items()
            for name in self._names.get((competence, language.split("-", maxsplit=1)[0]), ())
        )


def _beneath(graph: Graph, subjects: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(subjects)
    while waiting:
        subject = waiting.pop()
        if subject not in found:
            found.add(subject)
            waiting += graph.subjects(_SKOS + "broader", subject)
    return found
