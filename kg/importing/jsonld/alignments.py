"""To what a resource is aligned: the properties of schema.org 2021 and later, and the alignment objects of LRMI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.importing.jsonld.nodes import Node, Text
from kg.importing.jsonld.values import concept_words, forms, texts
from kg.importing.naming import best_name
from kg.importing.plain_text import plain
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from kg.vocabulary import ConceptIndex

__all__ = ["Alignments"]

_KINDS: Final = {
    "educationalsubject": "subjects",
    "subject": "subjects",
    "educationallevel": "levels",
    "readinglevel": "levels",
    "gradelevel": "levels",
    "teaches": "teaches",
    "assesses": "assesses",
    "requires": "requires",
}
"""What LRMI's ``alignmentType`` says the target is; text complexity is none of ours."""

_SHORT: Final = 4
"""Words; a longer text that names no competence says what learners can do afterwards."""


class Alignments:
    """The subjects, levels, competences and outcomes of one resource.

    Args:
        node: The resource.
        language: Of texts that do not say theirs.
        concepts: To choose the word by which we know a concept.

    Attributes:
        subjects: Words for subjects.
        levels: Words for levels.
        teaches: Words for competences that it teaches.
        assesses: Words for competences that it assesses.
        requires: Words for competences that it builds on.
        outcomes: Outcomes by language.
    """

    def __init__(self, node: Node, language: str, concepts: ConceptIndex) -> None:
        self._concepts = concepts
        self.subjects = concept_words(node, ("about", "educationalSubject"), "Subject", concepts)
        self.levels = _known_levels(node, concepts)
        self.teaches: list[str] = []
        self.assesses: list[str] = []
        self.requires: list[str] = []
        self.outcomes: list[dict[str, str]] = []
        for name, words in (("teaches", self.teaches), ("assesses", self.assesses)):
            self._competences(node, name, words, language)
        self.requires += concept_words(node, ("competencyRequired",), "Competence", concepts)
        for outcome in node.all("learningOutcome", "educationalObjective"):
            self._outcome(outcome, language)
        for alignment in node.nodes("educationalAlignment"):
            self._align(alignment)

    def _competences(self, node: Node, name: str, words: list[str], language: str) -> None:
        for value in node.all(name):
            word = best_name(forms(value), "Competence", self._concepts)
            if word is None:
                continue
            known = self._concepts.find(word, IHUB + "Competence")
            if not known and "://" not in word and len(word.split()) > _SHORT:
                self._outcome(value, language)
            elif word not in words:
                words.append(word)

    def _outcome(self, value: Text | Node, language: str) -> None:
        if isinstance(value, Node):
            outcome = texts(value, "prefLabel", "name", "description", language=language)
        else:
            outcome = {value.language or language: plain(value.value)}
        if outcome and outcome not in self.outcomes:
            self.outcomes.append(outcome)

    def _align(self, alignment: Node) -> None:
        kind = (alignment.first("alignmentType") or "").replace(" ", "").rpartition("/")[2].lower()
        stated = forms(alignment)
        if not stated:
            return
        known = {
            name: best_name(stated, class_name, self._concepts)
            for name, class_name in (("subjects", "Subject"), ("levels", "EducationalLevel"))
        }
        target = _KINDS.get(kind)
        if target is None and not kind:
            # An alignment of no stated type is still understood where only one vocabulary knows its target.
            found = [
                name
                for name, class_name in (("subjects", "Subject"), ("levels", "EducationalLevel"))
                if self._concepts.find(known[name] or "", IHUB + class_name)
            ]
            target = found[0] if len(found) == 1 else None
        if target is None:
            return
        word = known[target] if target in known else best_name(stated, "Competence", self._concepts)
        words: list[str] = getattr(self, target)
        if word and word not in words:
            words.append(word)


def _known_levels(node: Node, concepts: ConceptIndex) -> list[str]:
    """Return words for levels; a national grade is a level too, under the name by which we know it."""
    found = []
    for value in node.all("educationalLevel"):
        stated = forms(value)
        word = best_name(stated, "EducationalLevel", concepts)
        if word and not concepts.find(word, IHUB + "EducationalLevel"):
            word = best_name(stated, "NationalGrade", concepts)
        if word and word not in found:
            found.append(word)
    return found
