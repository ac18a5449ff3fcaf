"""What a LOM record is classified under: taxon paths by purpose, and the curriculum paths of EstCore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.importing.lom.strings import langstrings, vocabulary_value
from kg.importing.mapping import FIELDS
from kg.importing.naming import best_name, is_known
from kg.importing.safe_xml import children, local_name, text_of
from kg.languages import UNDETERMINED
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from lxml import etree

    from kg.vocabulary import ConceptIndex

__all__ = ["Classification"]

_PURPOSES: Final = {
    "discipline": "subjects",
    "educationallevel": "levels",
    "educationlevel": "levels",
    "skilllevel": "levels",
    "schoollevel": "levels",
    "competency": "competences",
    "educationalobjective": "competences",
    "prerequisite": "requires",
}
_ESTONIAN_LEVELS: Final = {
    "preschoolTaxon": ("Early childhood education",),
    "basicSchoolTaxon": ("Primary education", "Lower secondary education"),
    "gymnasiumTaxon": ("General upper secondary education",),
    "vocationalTaxon": ("Vocational upper secondary education",),
}
"""EstCore puts the level of education into the name of the element that holds a path; basic school is grades 1 to 9."""


class Classification:
    """The words under which one record is classified.

    Args:
        record: The record.
        concepts: To choose, among the taxa of a path, the one that we know.

    Attributes:
        subjects: Words for subjects.
        levels: Words for levels.
        competences: Words for competences.
        requires: Words for competences that it builds on.
        themes: Concepts of cross-curricular themes.
        keywords: What only describes, by language.
    """

    def __init__(self, record: etree._Element, concepts: ConceptIndex) -> None:
        self._concepts = concepts
        self.subjects: list[str] = []
        self.levels: list[str] = []
        self.competences: list[str] = []
        self.requires: list[str] = []
        self.themes: list[str] = []
        self.keywords: dict[str, list[str]] = {}
        for classification in children(record, "classification"):
            purpose = vocabulary_value(next(children(classification, "purpose"), None))
            for path in children(classification, "taxonPath", "taxonpath"):
                self._path(path, _PURPOSES.get(purpose.replace(" ", "").lower()))
            for keyword in children(classification, "keyword"):
                for tag, word in langstrings(keyword):
                    self._keyword(word, tag)
            for group in children(classification, "crossCurricularThemesAndCompetences"):
                self._cross_curricular(group)

    def _path(self, path: etree._Element, target: str | None) -> None:
        for taxon in children(path, *_ESTONIAN_LEVELS):
            self._estonian(taxon)
        taxa = [_forms(taxon) for taxon in _taxa(path)]
        if not taxa:
            return
        if target is None:
            for tag, label in taxa[-1]:
                self._keyword(label, tag)
            return
        # The most specific taxon that we know says most; where we know none, the most specific is kept.
        field, words = target if target in FIELDS else "competences", self._words(target)
        for forms in reversed(taxa):
            word = best_name([text for _, text in forms], field, self._concepts)
            if word and is_known(word, field, self._concepts):
                self._add(words, word)
                return
        self._add(words, best_name([text for _, text in taxa[-1]], field, self._concepts))

    def _estonian(self, taxon: etree._Element) -> None:
        for level in _ESTONIAN_LEVELS[local_name(taxon)]:
            self._add(self.levels, level)
        parts = {local_name(part): text_of(part) for part in taxon.iter() if isinstance(part.tag, str)}
        named = [parts.get(name, "") for name in ("subject", "specialization", "domain")]
        self._add(self.subjects, best_name(named, "subjects", self._concepts))
        for name in ("module", "topic", "subtopic"):
            self._keyword(parts.get(name, ""))

    def _cross_curricular(self, group: etree._Element) -> None:
        for item in group.iter():
            if not isinstance(item.tag, str) or local_name(item) not in {"keyCompetence", "crossCurricularTheme"}:
                continue
            word = text_of(next(children(item, "subject"), None))
            if local_name(item) == "keyCompetence":
                self._add(self.competences, word)
            elif theme := self._concepts.find(word, IHUB + "CrossCurricularTheme"):
                self._add(self.themes, theme)
            else:
                self._keyword(word)

    def _words(self, target: str) -> list[str]:
        words: list[str] = getattr(self, target)
        return words

    @staticmethod
    def _add(words: list[str], word: str | None) -> None:
        if word and word not in words:
            words.append(word)

    def _keyword(self, word: str, tag: str = UNDETERMINED) -> None:
        if word:
            self._add(self.keywords.setdefault(tag, []), word)


def _taxa(path: etree._Element) -> list[etree._Element]:
    """Return the taxa from the widest to the most specific, whether they follow each other or stand in each other."""
    return [taxon for taxon in path.iter() if isinstance(taxon.tag, str) and local_name(taxon) == "taxon"]


def _forms(taxon: etree._Element) -> list[tuple[str, str]]:
    named = [form for entry in children(taxon, "entry") for form in langstrings(entry)]
    return named + [(UNDETERMINED, text_of(code)) for code in children(taxon, "id") if text_of(code)]
