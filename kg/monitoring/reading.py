"""Reading the cube of a release again: tables for pages, and the SPARQL that gives the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.monitoring.indicators import BREAKDOWNS, GRAPH, dataset_iri
from ontology.namespaces import IHUB, PREFIXES

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["MonitoringTable", "monitoring_query", "monitoring_table"]


@dataclass(frozen=True)
class MonitoringTable:
    """The numbers of an indicator in a breakdown.

    Attributes:
        months: The months that there are numbers of, in order.
        rows: By value the numbers by month, None where one is withheld; the totals stand under ``""``. A month that is
            missing has no number: it is 0, or its total is withheld.
    """

    months: list[str]
    rows: dict[str, dict[str, int | None]]


def monitoring_table(graph: Graph, indicator: str, breakdown: str, id_base: str) -> MonitoringTable:
    """Return the numbers of an indicator, by their names in :mod:`kg.monitoring.indicators`."""
    dimension = BREAKDOWNS[breakdown].dimension
    start = f"{dataset_iri(breakdown, id_base)}#{indicator}."
    names = graph.subjects(PREFIXES["qb"] + "dataSet", dataset_iri(breakdown, id_base))
    found = [iri for iri in names if iri.startswith(start)]
    graph.prefetch(found)
    rows: dict[str, dict[str, int | None]] = {}
    for iri in found:
        value = (graph.iri(iri, IHUB + dimension) or "") if dimension else ""
        rows.setdefault(value, {})[graph.value(iri, IHUB + "refPeriod") or ""] = _number(graph, iri)
    return MonitoringTable(sorted({month for row in rows.values() for month in row}), rows)


def _number(graph: Graph, iri: str) -> int | None:
    number = graph.value(iri, IHUB + "value")
    return int(number.split(".")[0]) if number is not None else None


def monitoring_query(indicator: str, breakdown: str, id_base: str) -> str:
    """Return the query whose answer is the table of :func:`monitoring_table`."""
    dimension = BREAKDOWNS[breakdown].dimension
    value = f" ;\n       ihub:{dimension} ?value" if dimension else ""
    return f"""\
PREFIX ihub: <{IHUB}>
PREFIX qb: <{PREFIXES["qb"]}>
SELECT ?month{" ?value" if dimension else ""} ?number ?withheld
FROM <{id_base}collection/{GRAPH}>
WHERE {{
  ?obs qb:dataSet <{dataset_iri(breakdown, id_base)}> ;
       ihub:indicator <{id_base}indicator/{indicator}> ;
       ihub:refPeriod ?month ;
       ihub:suppressed ?withheld{value} .
  OPTIONAL {{ ?obs ihub:value ?number }}
}}
ORDER BY {"?value " if dimension else ""}?month
"""  # noqa: S608 - of names from our own tables
