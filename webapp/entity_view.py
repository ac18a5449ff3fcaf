"""An entity's statements as a page shows them: by property, labelled and linked, in the reader's language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.graph import Text
from ontology.language import choose
from ontology.namespaces import PREFIXES
from webapp.addresses import document_address
from webapp.languages import label, reader_languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.graph import Graph, Statement

__all__ = ["Value", "inverse_view", "property_name", "statement_view"]

_SHOWN_ELSEWHERE: Final = frozenset({PREFIXES["skos"] + "prefLabel"})


class Value(NamedTuple):
    """One value: its text and language, and the address to link to, if any."""

    text: str
    language: str | None
    address: str | None


def statement_view(graph: Graph, iri: str) -> list[tuple[str, list[Value]]]:
    """Return the property labels and values of an entity, by label; texts in the language that suits the reader."""
    return _grouped((s.predicate, s.object) for s in graph.statements(iri) if s.predicate not in _SHOWN_ELSEWHERE)


def inverse_view(statements: Iterable[Statement], counts: Mapping[str, int]) -> list[tuple[str, int, list[Value]]]:
    """Return what refers to an entity: the label of each property, how often it does, and the values of this page.

    Args:
        statements: The statements of this page.
        counts: How many there are on all pages, by predicate.
    """
    totals: dict[str, int] = {}
    for predicate, count in counts.items():
        name = property_name(predicate)[0]
        totals[name] = totals.get(name, 0) + count
    return [(name, totals[name], values) for name, values in _grouped((s.predicate, s.subject) for s in statements)]


def _grouped(pairs: Iterable[tuple[str, str | Text]]) -> list[tuple[str, list[Value]]]:
    groups: dict[str, list[str | Text]] = {}
    for predicate, value in pairs:
        groups.setdefault(property_name(predicate)[0], []).append(value)
    return sorted((name, [_value(value) for value in _for_reader(values)]) for name, values in groups.items())


def property_name(predicate: str) -> tuple[str, str]:
    """Return the label of a property and its language; those without a label go by their name in words, in English."""
    text, language = label(predicate)
    if language != "und":
        return text, language
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower(), "en"


def _for_reader(values: list[str | Text]) -> list[str | Text]:
    """Leave out texts in other languages where there are some in the reader's; values without a language stay."""
    tags = {value.language: value.language for value in values if isinstance(value, Text) and value.language}
    chosen = choose(tags, reader_languages())
    kept = {None, chosen[1]} if chosen else {None}
    return [value for value in values if not isinstance(value, Text) or value.language in kept]


def _value(value: str | Text) -> Value:
    if isinstance(value, Text):
        return Value(value.value, value.language, None)
    text, language = label(value)
    external = value if value.startswith(("http://", "https://")) else None
    if external and language == "und":
        return Value(value, None, document_address(value) or external)
    return Value(text, language, document_address(value) or external)
