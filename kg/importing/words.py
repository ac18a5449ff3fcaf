"""A lesson's words for concepts: found in the vocabularies, by the mapping file, or kept as keywords and reported."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.importing.mapping import FIELDS, IGNORE, KEYWORD
from ontology.language import read_as
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.importing.mapping import WordMapping
    from kg.vocabulary import ConceptIndex

__all__ = ["Ages", "WordResolver", "Words"]

_FIRST_LANGUAGE: Final = {
    (language, f"subject/{subject}"): f"subject/{subject}-first-language"
    for language, subject in (
        ("en", "english"),
        ("de", "german"),
        ("ru", "russian"),
        ("sv", "swedish"),
        ("pl", "polish"),
    )
}
"""By language and the subject that is called after it: the subject of those who grow up with the language.

A lesson in English about "English" comes from an English-speaking school, where that is the mother tongue.
"""

_COUNTRY: Final = {"et": "ee", "fi": "fi", "lt": "lt", "no": "no", "ka": "ge"}
"""By language: the country whose grades a bare number means."""

_DASH: Final = r"\s*(?:-|\u2013|\u2014|to)\s*"
_RANGE: Final = re.compile(
    rf"(?P<before>\D*?)(?P<first>\d{{1,2}})\.?{_DASH}(?P<last>\d{{1,2}})(?P<after>\.?\D*)", re.IGNORECASE
)
_AGES: Final = re.compile(rf"(?<!\d)(\d{{1,2}}){_DASH}(\d{{1,2}})(?!\d)", re.IGNORECASE)
_AGE_WORD: Final = re.compile(
    r"\bages?\b|\byears?\b|\bold\b|\bvanus|\baasta|\bikä|\bvuotia|\bvuotta|\bamžius|\bmet(?:ų|ai|ams)\b"
    r"|\bår\b|\balder|\bwiek|წლ|\bJahre|\b(?:\u043b\u0435\u0442)\b",
    re.IGNORECASE,
)
"""What says in a source's language that numbers are ages; the last is Russian."""

Ages = tuple[int, int]
"""Youngest and oldest learners, in years."""


@dataclass
class Words:
    """What became of one lesson's words.

    Attributes:
        concepts: Concepts by the segment of their IRI (``subject``, ``level`` ...), relative, in the order found.
        keywords: Words that name no concept.
        unresolved: Those of them that nobody has decided about, by field.
        counts: Words by field: those that name a concept, and all.
        ages: What a word for a level said of the learners' age.
    """

    concepts: dict[str, list[str]] = field(default_factory=dict)
    keywords: list[str] = field(default_factory=list)
    unresolved: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    ages: Ages | None = None

    def leave(self, name: str, word: str) -> None:
        """Keep a word that names nothing as a keyword, to be reported."""
        self.keywords.append(word)
        self.unresolved.setdefault(name, []).append(word)

    def add(self, concepts: Iterable[str]) -> None:
        """Add concepts, each once."""
        for concept in concepts:
            known = self.concepts.setdefault(concept.split("/")[0], [])
            if concept not in known:
                known.append(concept)


class WordResolver:
    """Finds what words stand for.

    Args:
        concepts: The vocabularies.
        mapping: What people have said about words.
        id_base: Base of this deployment's entities.
    """

    def __init__(self, concepts: ConceptIndex, mapping: WordMapping, id_base: str) -> None:
        self._concepts = concepts
        self._mapping = mapping
        self._id_base = id_base

    def take(self, words: Words, name: str, texts: Sequence[str], languages: Sequence[str]) -> list[str]:
        """Resolve the words of one field into ``words``; return the concepts.

        Args:
            words: Filled in place.
            name: The field, one of :data:`kg.importing.mapping.FIELDS`.
            texts: The words.
            languages: Tags of the languages of the text around them.
        """
        found: list[str] = []
        for text in texts:
            word = " ".join(text.split())
            if word:
                found += self._one(words, name, word, languages)
        return found

    def _one(self, words: Words, name: str, word: str, languages: Sequence[str]) -> list[str]:
        targets = self._mapping.look_up(name, word)
        if targets == (IGNORE,):
            return []
        concepts = [] if targets == (KEYWORD,) else list(targets or self._named(name, word, languages))
        resolved, total = words.counts.get(name, (0, 0))
        settled = bool(concepts) or targets is not None or (name == "levels" and self._is_age(words, word))
        words.counts[name] = (resolved + settled, total + 1)
        if concepts:
            words.add(concepts)
        elif targets == (KEYWORD,):
            words.keywords.append(word)
        elif not settled:
            words.leave(name, word)
        return concepts

    def _named(self, name: str, word: str, languages: Sequence[str]) -> list[str]:
        if name == "levels":
            return self._levels(word, languages)
        for kind in FIELDS[name]:
            if found := self._find(word, kind, languages):
                return [_own_language(concept, languages) for concept in found]
        return []

    def _find(self, word: str, kind: str, languages: Sequence[str]) -> list[str]:
        return [iri.removeprefix(self._id_base) for iri in self._concepts.named(word, IHUB + kind, languages)]

    def _levels(self, word: str, languages: Sequence[str]) -> list[str]:
        """Return levels and grades: of a name, a bare number in the text's country, a range such as "7.-9. klass"."""
        if word.rstrip(".").isdigit():
            # A bare number is a grade, never an ISCED level, and only where the language says in which country.
            countries = {_COUNTRY[read_as(tag)] for tag in languages if read_as(tag) in _COUNTRY}
            notations = [f"{country}-{int(word.rstrip('.'))}" for country in countries]
            found = [concept for text in notations for concept in self._find(text, "NationalGrade", languages)]
            return found if len(found) == 1 else []
        named = [*self._find(word, "EducationalLevel", languages), *self._find(word, "NationalGrade", languages)]
        return [*named, *self._grade_range(word, languages)]

    def _grade_range(self, word: str, languages: Sequence[str]) -> list[str]:
        match = _RANGE.fullmatch(word)
        if not match or _AGE_WORD.search(word) or not (int(match["first"]) < int(match["last"]) <= 13):
            return []
        grades = []
        for number in range(int(match["first"]), int(match["last"]) + 1):
            text = f"{match['before']}{number}{match['after']}".rstrip(". ")
            found = self._levels(text, languages)
            if not found:
                return []
            grades += found
        return grades

    @staticmethod
    def _is_age(words: Words, word: str) -> bool:
        match = _AGES.search(word)
        if not match or not _AGE_WORD.search(word) or not int(match[1]) <= int(match[2]):
            return False
        words.ages = words.ages or (int(match[1]), int(match[2]))
        return True


def _own_language(concept: str, languages: Sequence[str]) -> str:
    primary = languages[0].split("-")[0] if languages else ""
    return _FIRST_LANGUAGE.get((primary, concept), concept)
