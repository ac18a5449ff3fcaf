"""The concepts whose names are most like a word that names none: suggestions for a person, never a decision."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz import fuzz, process

from kg.importing.mapping import FIELDS
from kg.vocabulary import fold
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from kg.vocabulary import ConceptIndex

__all__ = ["Nearest", "NearestConcepts"]

_KINDS: Final = {**FIELDS, "languages": ("Language",)}
_SHOWN: Final = 3
_WORTH_SHOWING: Final = 60.0
"""Likeness in percent below which a name only shares some letters with the word."""


class Nearest(NamedTuple):
    """A concept (relative), the label that is like the word, and how like it is (0 to 1)."""

    concept: str
    label: str
    score: float


class NearestConcepts:
    """Finds the concepts nearest to words.

    Args:
        concepts: The vocabularies.
        id_base: Base of this deployment's entities.
    """

    def __init__(self, concepts: ConceptIndex, id_base: str) -> None:
        self._concepts = concepts
        self._id_base = id_base
        self._labels: dict[str, list[tuple[str, str, str]]] = {}

    def find(self, field: str, word: str) -> list[Nearest]:
        """Return the three concepts nearest to ``word``, best first; fewer where nothing is near.

        A word that names more than three is as near as can be to each: then it is all of these.
        """
        labels = self._of_field(field)
        folded = _plain(word)
        if not folded or not labels:
            return []
        plain = [label for label, _, _ in labels]
        best: dict[str, Nearest] = {}
        # Words in another order are nearly as good: "algebra basics" for "basics of algebra", but not 1.2 for 2.1.
        for scorer, weight in ((fuzz.ratio, 1.0), (fuzz.token_sort_ratio, 0.95)):
            for _, score, position in process.extract(folded, plain, scorer=scorer, limit=_SHOWN * 6):
                _, concept, text = labels[position]
                found = Nearest(concept, text, round(score * weight / 100, 2))
                if score >= _WORTH_SHOWING and (concept not in best or best[concept].score < found.score):
                    best[concept] = found
        ordered = sorted(best.values(), key=lambda item: -item.score)
        return ordered[: max(_SHOWN, sum(item.score == 1 for item in ordered))]

    def _of_field(self, field: str) -> list[tuple[str, str, str]]:
        """Return folded label, concept and label of every word for the concepts that a field may name."""
        if field not in self._labels:
            members = [iri for kind in _KINDS.get(field, ()) for iri in sorted(self._concepts.members(IHUB + kind))]
            self._labels[field] = [
                (_plain(label.text), iri.removeprefix(self._id_base), label.text)
                for iri in members
                for label in self._concepts.labels(iri)
            ]
        return self._labels[field]


def _plain(text: str) -> str:
    """Return folded text without accents: "música" is nearer to "music" than its bytes say."""
    decomposed = unicodedata.normalize("NFD", fold(text))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
