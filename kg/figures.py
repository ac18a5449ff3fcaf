"""Reported figures: what sources say something amounts to, and where they contradict each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, groupby
from typing import TYPE_CHECKING, Final

from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph import Graph

__all__ = ["Figure", "FigureGroup", "contradict", "figures_of", "grouped", "read_figure"]

_SOURCE: Final = PREFIXES["dcterms"] + "source"
_MORE: Final = IHUB + "moreThan"


@dataclass(frozen=True)
class Figure:
    """One figure as its source gives it: IRIs, a number, texts by language tag, dates as written (ISO 8601)."""

    iri: str
    of: str | None
    quantity: str | None
    value: float
    qualifier: str | None
    status: str | None
    unit: str | None
    scope: dict[str, str]
    start: str | None
    end: str | None
    countries: tuple[str, ...]
    places: tuple[str, ...]
    reporters: tuple[str, ...]
    reported_on: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class FigureGroup:
    """The figures of one quantity, and whether two of them contradict each other."""

    quantity: str | None
    figures: list[Figure]
    disagree: bool


def read_figure(graph: Graph, iri: str) -> Figure:
    """Return the figure with this IRI; the graph must hold it."""
    sources = [*graph.iris(iri, _SOURCE), *(text.value for text in graph.literals(iri, _SOURCE))]
    return Figure(
        iri=iri,
        of=graph.iri(iri, IHUB + "figureOf"),
        quantity=graph.iri(iri, IHUB + "quantityKind"),
        value=float(graph.value(iri, IHUB + "value") or "nan"),
        qualifier=graph.iri(iri, IHUB + "valueQualifier"),
        status=graph.iri(iri, IHUB + "figureStatus"),
        unit=graph.value(iri, IHUB + "unit"),
        scope=graph.texts(iri, IHUB + "scope"),
        start=graph.value(iri, SCHEMA + "startDate"),
        end=graph.value(iri, SCHEMA + "endDate"),
        countries=tuple(graph.iris(iri, IHUB + "inCountry")),
        places=tuple(graph.iris(iri, IHUB + "place")),
        reporters=tuple(graph.iris(iri, IHUB + "reportedBy")),
        reported_on=graph.value(iri, IHUB + "reportedOn"),
        sources=tuple(sources),
    )


def figures_of(graph: Graph, iri: str) -> list[Figure]:
    """Return the figures about an entity, by IRI."""
    return [read_figure(graph, figure) for figure in graph.subjects(IHUB + "figureOf", iri)]


def contradict(one: Figure, other: Figure) -> bool:
    """Whether two figures give different numbers for the same thing from different sources.

    The same rule as the question ``contradicting-figures``: figures whose periods do not overlap, whose countries
    differ or of which the smaller says "more than" are no contradiction.
    """
    small, large = sorted((one, other), key=lambda figure: figure.value)
    alike = (small.of, small.quantity, small.status) == (large.of, large.quantity, large.status)
    if not alike or small.value == large.value or small.qualifier == _MORE:
        return False
    if not any(a != b for a in small.sources for b in large.sources):
        return False
    if any(a != b for a in small.countries for b in large.countries):
        return False
    return _overlap(small, large)


def _overlap(one: Figure, other: Figure) -> bool:
    if not (one.start and one.end and other.start and other.end):
        return True
    return one.start <= other.end and other.start <= one.end


def grouped(figures: Iterable[Figure]) -> list[FigureGroup]:
    """Return figures by quantity, those of a quantity by status (what was reached first), then by period and number."""

    def key(figure: Figure) -> tuple[str, str, str, float, str]:
        return (figure.quantity or "", figure.status or "", figure.start or "", figure.value, figure.iri)

    groups = [(quantity, list(found)) for quantity, found in groupby(sorted(figures, key=key), lambda f: f.quantity)]
    return [
        FigureGroup(quantity, found, any(contradict(a, b) for a, b in combinations(found, 2)))
        for quantity, found in groups
    ]
