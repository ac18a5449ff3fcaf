"""Choosing, among the ways in which a source names one concept, the one by which we know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.vocabulary import ConceptIndex

__all__ = ["best_name"]


def best_name(forms: Iterable[str], class_name: str, concepts: ConceptIndex) -> str | None:
    """Return the form that names a concept of ``class_name``, else the first that people can read, else the first.

    A source gives an address, a code and labels in several languages for one and the same thing; reconciliation takes
    one word for it, and what it does not find is kept as a keyword, for which a label is better than an address.
    """
    stated = [form for form in forms if form.strip()]
    for form in stated:
        if concepts.find(form, IHUB + class_name):
            return form
    readable = [form for form in stated if "://" not in form]
    return next(iter(readable or stated), None)
