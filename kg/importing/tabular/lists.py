"""The entries of the template's drop-down lists: concepts by their label in a language, which an import finds again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal

from kg.terms import iri_of
from kg.vocabulary import ConceptIndex, vocabulary_quads
from ontology.language import choose
from ontology.namespaces import IHUB, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LICENCES", "YES_NO", "Lists"]

LICENCES: Final = (
    "CC BY 4.0",
    "CC BY-SA 4.0",
    "CC0 1.0",
    "CC BY 3.0",
    "CC BY-SA 3.0",
    "CC BY-NC 4.0",
    "CC BY-NC-SA 4.0",
)
"""What the list of licences offers, the most open and most usual first."""

YES_NO: Final = "yes-no"

_TYPE: Final = PREFIXES["rdf"] + "type"
_PREF_LABEL: Final = PREFIXES["skos"] + "prefLabel"
_NOTATION: Final = PREFIXES["skos"] + "notation"
_NOT_OFFERED: Final = frozenset({"review-status/withdrawn"})


class Lists:
    """The vocabularies as lists of entries in one language.

    Args:
        language: Language tag.
        id_base: Base of the deployment's entities.
    """

    def __init__(self, language: str, id_base: str) -> None:
        quads = vocabulary_quads(id_base)
        self._language = language
        self._id_base = id_base
        self._index = ConceptIndex(quads)
        self._classes: dict[str, list[str]] = {}
        self._labels: dict[str, dict[str, str]] = {}
        self._notations: dict[str, str] = {}
        for quad in quads:
            subject, predicate, value = iri_of(quad.subject), quad.predicate.value, quad.object
            if predicate == _TYPE:
                self._classes.setdefault(iri_of(value), []).append(subject)
            elif predicate == _PREF_LABEL and isinstance(value, Literal):
                self._labels.setdefault(subject, {})[value.language or ""] = value.value
            elif predicate == _NOTATION and isinstance(value, Literal):
                self._notations.setdefault(subject, value.value)

    def entries(self, name: str, yes_no: Mapping[bool, str]) -> list[str]:
        """Return the entries of the list ``name``: a class of the ontology, ``licence`` or ``yes-no``."""
        if name == "licence":
            return list(LICENCES)
        if name == YES_NO:
            return [yes_no[True], yes_no[False]]
        offered = [iri for iri in self._classes[IHUB + name] if self._relative(iri) not in _NOT_OFFERED]
        return [self.entry(self._relative(iri), name) for iri in offered]

    def entry(self, concept: str, class_name: str) -> str:
        """Return the entry for one concept, such as ``subject/geography``.

        It is the label, with the last part of the identifier in brackets where the label alone would not be found
        again: several concepts may share it. Competences always have it, and their number before them.
        """
        iri = self._id_base + concept
        chosen = choose(self._labels[iri], [self._language])
        label = chosen[0] if chosen else concept
        slug = concept.split("/", 1)[1]
        if class_name == "Competence":
            notation = self._notations.get(iri, "")
            return f"{notation} {label} [{slug}]".strip()
        found = self._index.find(label, IHUB + class_name)
        return label if found == iri else f"{label} [{slug}]"

    def _relative(self, iri: str) -> str:
        return iri.removeprefix(self._id_base)
