"""What filters and their values are called, for this reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.importing.licences import licence_name
from ontology.namespaces import PREFIXES
from webapp.languages import label, served
from webapp.search_texts import TEXTS, say

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["chip_label", "competence_label", "filter_title", "kind_text", "value_label", "value_text"]

_NOTATION: Final = PREFIXES["skos"] + "notation"


def filter_title(name: str) -> str:
    """Return the name of a filter or facet."""
    return say(name)


def value_label(field: str, value: str) -> str:
    """Return what a value of a filter by value is called."""
    return value_text(field, value)[0]


def value_text(field: str, value: str) -> tuple[str, str | None]:
    """Return what a value of a filter by value is called, and in which language; None for the interface's own."""
    if f"{field}.{value}" in TEXTS:
        return say(f"{field}.{value}"), None
    if field in {"language", "available"}:
        return label(f"{served().release.id_base}language/{value}")
    if field == "licence":
        return licence_name(value), None
    return _competence_text(value) if field == "competence" else label(value)


def kind_text(slug: str) -> tuple[str, str | None]:
    """Return what a kind of data is called, given by the last part of its IRI, and in which language."""
    return value_text("kind", f"{served().release.id_base}data-kind/{slug}")


def competence_label(iri: str) -> str:
    """Return the number and name of a competence."""
    return _competence_text(iri)[0]


def _competence_text(iri: str) -> tuple[str, str]:
    notation = served().graph.value(iri, _NOTATION) or ""
    name, language = label(iri)
    numbered = notation[:1].isdigit() and not name.startswith(notation)
    return (f"{notation} {name}" if numbered else name), language


def chip_label(name: str, values: Iterable[str]) -> str:
    """Return what a filter with these values says, such as "At most 45 min" or "Pair work, Whole class"."""
    key = f"chip.{name}"
    field = "tool" if name == "tool_not" else name
    if name in {"minutes_min", "minutes_max", "age"}:
        text = ", ".join(values)
    else:
        text = ", ".join(value_label(field, value) for value in values)
    return say(key, value=text) if key in TEXTS else text
