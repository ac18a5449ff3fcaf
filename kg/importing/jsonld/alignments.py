"""To what a resource is aligned: the properties of schema.org 2021 and later, and the alignment objects of LRMI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.importing.jsonld.nodes import Node, Text
from kg.importing.jsonld.values import concept_words, forms, texts
from kg.importing.mapping import FIELDS
from kg.importing.naming import best_name, is_known
from kg.importing.plain_text import plain

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
        self.subjects = concept_words(node, ("about", "educationalSubject"), "subjects", concepts)
        self.levels = concept_words(node, ("educationalLevel",), "levels", concepts)
        self.teaches: list[str] = []
        self.assesses: list[str] = []
        self.requires: list[str] = []
        self.outcomes: list[dict[str, str]] = []
        for name, words in (("teaches", self.teaches), ("assesses", self.assesses)):
            self._competences(node, name, words, language)
        self.requires += concept_words(node, ("competencyRequired",), "competences", concepts)
        for outcome in node.all("learningOutcome", "educationalObjective"):
            self._outcome(outcome, language)
        for alignment in node.nodes("educationalAlignment"):
            self._align(alignment)

    def _competences(self, node: Node, name: str, words: list[str], language: str) -> None:
        for value in node.all(name):
            word = best_name(forms(value), "competences", self._concepts)
            if word is None:
                continue
            known = is_known(word, "competences", self._concepts)
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
        target = _KINDS.get(kind)
        if target is None and not kind:
            # An alignment of no stated type is understood where only one vocabulary knows its target.
            found = [
                name for name in ("subjects", "levels") if any(is_known(form, name, self._concepts) for form in stated)
            ]
            target = found[0] if len(found) == 1 else None
        if target is None:
            return
        word = best_name(stated, target if target in FIELDS else "competences", self._concepts)
        words: list[str] = getattr(self, target)
        if word and word not in words:
            words.append(word)
