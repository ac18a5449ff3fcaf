"""Competence frameworks as trees: a framework, its areas, the competences of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.namespaces import IHUB, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph import Graph

__all__ = ["Framework", "by_notation", "frameworks", "levels_of", "read_framework"]

_SKOS: Final = PREFIXES["skos"]
_COMPETENCE: Final = IHUB + "Competence"
_LEVEL: Final = IHUB + "ProficiencyLevel"


@dataclass(frozen=True)
class Framework:
    """A framework with its areas in order, and for each area the competences in it, in order; all of them IRIs."""

    iri: str
    areas: dict[str, list[str]]


def frameworks(graph: Graph) -> list[Framework]:
    """Return all competence frameworks, by IRI."""
    return [read_framework(graph, iri) for iri in graph.instances(IHUB + "CompetenceFramework")]


def read_framework(graph: Graph, iri: str) -> Framework:
    """Return the framework with this IRI."""
    members = [entry for entry in graph.subjects(IHUB + "framework", iri) if _COMPETENCE in graph.types(entry)]
    areas = [entry for entry in members if not graph.iris(entry, _SKOS + "broader")]
    return Framework(
        iri, {area: by_notation(graph, graph.subjects(_SKOS + "broader", area)) for area in by_notation(graph, areas)}
    )


def levels_of(graph: Graph, framework: str) -> list[str]:
    """Return the proficiency levels of a framework, scheme by scheme, the lowest of each first."""
    found = [entry for entry in graph.subjects(IHUB + "framework", framework) if _LEVEL in graph.types(entry)]
    scheme = {level: graph.iri(level, _SKOS + "inScheme") or "" for level in found}
    return sorted(found, key=lambda level: (scheme[level], graph.integer(level, IHUB + "rank") or 0, level))


def by_notation(graph: Graph, iris: Iterable[str]) -> list[str]:
    """Return concepts in the order of their notations, numbers as numbers: 1.2 before 1.10."""

    def key(iri: str) -> tuple[list[tuple[int, str]], str]:
        parts = (graph.value(iri, _SKOS + "notation") or "").split(".")
        return [(int(part), "") if part.isdecimal() else (1 << 30, part) for part in parts], iri

    return sorted(iris, key=key)
