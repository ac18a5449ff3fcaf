"""The public cube: data sets and observations as quads of a graph of their own (RDF Data Cube, W3C 2014).

The structures are in the ontology. A withheld observation says so by ``ihub:suppressed`` and has no value at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.monitoring.counting import Facts, tables
from kg.monitoring.disclosure import Told, told
from kg.monitoring.indicators import BREAKDOWNS, GRAPH, INDICATORS, dataset_iri
from kg.triples import graph_name
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.monitoring.counting import Table

__all__ = ["Cell", "cells", "monitoring_quads"]

_NAMES: Final = {
    "en": "Monitoring",
    "et": "Seire",
    "fi": "Seuranta",
    "lt": "Stebėsena",
    "nb": "Overvåking",
    "ka": "მონიტორინგი",
}
_DESCRIPTION: Final = (
    "Numbers by month, counted from the other collections when the release was built. Counts that could tell of people "
    "or schools are told for months that are over, rounded down to multiples of five; smaller ones are withheld."
)
_LICENCE: Final = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_LABEL: Final = ox.NamedNode(PREFIXES["rdfs"] + "label")


@dataclass(frozen=True)
class Cell:
    """A number as it may be told: of an indicator, in a breakdown, a month and for a value; None is withheld.

    ``value`` is None for the totals, whose breakdown is ``month``.
    """

    indicator: str
    breakdown: str
    month: str
    value: str | None
    count: int | None


def cells(counted: Mapping[str, Table]) -> Iterator[Cell]:
    """Yield what may be told of the true counts.

    Of an indicator without protection, numbers above 0 are told. Of a protected one each month has a total; a month
    that is not over, or whose total is withheld, is not broken down at all, any other has a cell for each value.
    """
    for slug, table in counted.items():
        protected = INDICATORS[slug].protected
        for month, total in table.totals.items():
            lines = {name: line[month] for name, line in table.cells.items()}
            found = _protected(total, lines, over=month in table.over) if protected else _open(total, lines)
            if protected or total:
                yield Cell(slug, "month", month, None, found.total)
            for name, line in found.lines.items():
                for value, count in line.items():
                    yield Cell(slug, name, month, value, count)


def _open(total: int, lines: Mapping[str, Mapping[str, int]]) -> Told:
    return Told(total, {name: {value: n for value, n in line.items() if n} for name, line in lines.items()})


def _protected(total: int, lines: Mapping[str, Mapping[str, int]], *, over: bool) -> Told:
    found = told(total, lines) if over else Told(None, {})
    return found if found.total is not None else Told(None, {})


def monitoring_quads(quads: Sequence[ox.Quad], id_base: str) -> list[ox.Quad]:
    """Return the graph of a release's monitoring; nothing where nothing in it has a date.

    Args:
        quads: Everything else that the release says, the ontology included.
        id_base: Base of the entities' IRIs.
    """
    found = list(cells(tables(Facts(quads))))
    if not found:
        return []
    graph = graph_name(GRAPH, id_base)
    triples = [*_graph_triples(graph, id_base), *_dataset_triples(quads, id_base)]
    triples += [triple for cell in found for triple in _observation(cell, id_base)]
    return [ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]


def _ihub(name: str) -> ox.NamedNode:
    return ox.NamedNode(IHUB + name)


def _qb(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["qb"] + name)


def _about(subject: ox.NamedNode, names: Mapping[str, str], id_base: str) -> Iterator[ox.Triple]:
    for language, name in names.items():
        yield ox.Triple(subject, ox.NamedNode(SCHEMA + "name"), ox.Literal(name, language=language))
    yield ox.Triple(subject, ox.NamedNode(SCHEMA + "license"), _LICENCE)
    yield ox.Triple(subject, _ihub("dataKind"), ox.NamedNode(id_base + "data-kind/original"))


def _graph_triples(graph: ox.NamedNode, id_base: str) -> Iterator[ox.Triple]:
    yield ox.Triple(graph, _TYPE, _ihub("Collection"))
    yield ox.Triple(graph, ox.NamedNode(SCHEMA + "description"), ox.Literal(_DESCRIPTION, language="en"))
    yield from _about(graph, _NAMES, id_base)


def _dataset_triples(quads: Sequence[ox.Quad], id_base: str) -> Iterator[ox.Triple]:
    structures: dict[object, str] = {_ihub(row.structure): row.name for row in BREAKDOWNS.values()}
    names: dict[str, dict[str, str]] = {}
    for quad in quads:
        if quad.predicate == _LABEL and quad.subject in structures and isinstance(quad.object, ox.Literal):
            names.setdefault(structures[quad.subject], {})[quad.object.language or "en"] = quad.object.value
    for row in BREAKDOWNS.values():
        name, structure = row.name, _ihub(row.structure)
        dataset = ox.NamedNode(dataset_iri(name, id_base))
        for class_ in (_ihub("IndicatorDataset"), _qb("DataSet")):
            yield ox.Triple(dataset, _TYPE, class_)
        yield ox.Triple(dataset, _qb("structure"), structure)
        yield ox.Triple(dataset, ox.NamedNode(SCHEMA + "publisher"), _ihub("contributors"))
        yield ox.Triple(dataset, _ihub("collection"), graph_name(GRAPH, id_base))
        yield from _about(dataset, dict(sorted(names.get(name, {}).items())), id_base)


def _observation(cell: Cell, id_base: str) -> Iterator[ox.Triple]:
    dataset = dataset_iri(cell.breakdown, id_base)
    last = "." + cell.value.removeprefix(id_base).replace("/", ".").replace("#", ".") if cell.value else ""
    subject = ox.NamedNode(f"{dataset}#{cell.indicator}.{cell.month}{last}")
    for class_ in (_ihub("Observation"), _qb("Observation")):
        yield ox.Triple(subject, _TYPE, class_)
    yield ox.Triple(subject, _qb("dataSet"), ox.NamedNode(dataset))
    yield ox.Triple(subject, _ihub("indicator"), ox.NamedNode(f"{id_base}indicator/{cell.indicator}"))
    month = ox.Literal(cell.month, datatype=ox.NamedNode(PREFIXES["xsd"] + "gYearMonth"))
    yield ox.Triple(subject, _ihub("refPeriod"), month)
    if (dimension := BREAKDOWNS[cell.breakdown].dimension) and cell.value:
        yield ox.Triple(subject, _ihub(dimension), ox.NamedNode(cell.value))
    yield ox.Triple(subject, _ihub("unit"), ox.Literal(INDICATORS[cell.indicator].told_unit))
    yield ox.Triple(subject, _ihub("suppressed"), ox.Literal(cell.count is None))
    if cell.count is not None:
        number = ox.Literal(str(cell.count), datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))
        yield ox.Triple(subject, _ihub("value"), number)
