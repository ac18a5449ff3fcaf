"""An entity's statements as a page shows them: grouped by property, with labels and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kg.graph import Text
from ontology.namespaces import PREFIXES
from webapp.languages import label, reader_languages
from webapp.presentation import document_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph import Graph, Statement

__all__ = ["Value", "inverse_view", "statement_view"]

_MOST_INVERSE: Final = 100
_SYNONYM: Final = PREFIXES["skos"] + "altLabel"
_SHOWN_ELSEWHERE: Final = frozenset({PREFIXES["skos"] + "prefLabel"})


class Value(NamedTuple):
    """One value: its text and language, and the address to link to, if any."""

    text: str
    language: str | None
    address: str | None


def statement_view(graph: Graph, iri: str) -> list[tuple[str, list[Value]]]:
    """Return the property labels and values of an entity, by label; synonyms only in the reader's languages."""
    return _grouped((s.predicate, s.object) for s in graph.statements(iri) if _is_shown(s))


def inverse_view(graph: Graph, iri: str) -> list[tuple[str, list[Value]]]:
    """Return what refers to an entity, by property label; the first hundred statements."""
    found: list[Statement] = [s for s, _ in zip(graph.referring(iri), range(_MOST_INVERSE), strict=False)]
    return _grouped((s.predicate, s.subject) for s in found)


def _is_shown(statement: Statement) -> bool:
    if statement.predicate == _SYNONYM and isinstance(statement.object, Text):
        return _is_read(statement.object.language)
    return statement.predicate not in _SHOWN_ELSEWHERE


def _is_read(language: str | None) -> bool:
    return (language or "").split("-")[0] in {tag.lower().split("-")[0] for tag in (*reader_languages(), "en")}


def _grouped(pairs: Iterable[tuple[str, str | Text]]) -> list[tuple[str, list[Value]]]:
    groups: dict[str, list[Value]] = {}
    for predicate, value in pairs:
        groups.setdefault(label(predicate)[0], []).append(_value(value))
    return sorted(groups.items())


def _value(value: str | Text) -> Value:
    if isinstance(value, Text):
        return Value(value.value, value.language, None)
    text, language = label(value)
    external = value if value.startswith(("http://", "https://")) else None
    return Value(text, language, document_address(value) or external)
