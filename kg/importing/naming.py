"""Choosing, among the ways in which a source names one concept, the one by which we know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.importing.mapping import FIELDS
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.vocabulary import ConceptIndex

__all__ = ["best_name", "is_known"]


def best_name(forms: Iterable[str], field: str, concepts: ConceptIndex) -> str | None:
    """Return the form that names a concept, else the first that people can read, else the first.

    A source gives an address, a code and labels in several languages for one and the same thing; reconciliation takes
    one word for it, and what it does not find is kept as a keyword, for which a label is better than an address.

    Args:
        forms: The ways in which the source names it.
        field: The field of a lesson, one of :data:`kg.importing.mapping.FIELDS`.
        concepts: The vocabularies.
    """
    stated = [form for form in forms if form.strip()]
    known = (form for form in stated if is_known(form, field, concepts))
    readable = (form for form in stated if "://" not in form)
    return next(known, None) or next(readable, None) or next(iter(stated), None)


def is_known(word: str, field: str, concepts: ConceptIndex) -> bool:
    """Tell whether the word names a concept of a class that the field takes."""
    return any(concepts.named(word, IHUB + class_name) for class_name in FIELDS[field])
