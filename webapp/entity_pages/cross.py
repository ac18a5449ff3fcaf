"""A table of scenarios by two facets for a page: counts that lead to their searches, and where there are none yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ontology.namespaces import IHUB, PREFIXES
from search.cross_table import cross_table
from search.fields import FIELDS
from search.request import SearchRequest
from webapp.entity_pages import told
from webapp.languages import served
from webapp.search_address import address
from webapp.search_labels import filter_title

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["cross_view"]

_MOST_ROWS: Final = 40
_MOST_COLUMNS: Final = 9
_NOTATION: Final = PREFIXES["skos"] + "notation"


def cross_view(name: str, value: str, rows: str, columns: str) -> dict[str, Any] | None:
    """Return the table of the scenarios that a filter finds, or None where it finds none.

    Args:
        name: The filter.
        value: Its value.
        rows: The facet of the rows: the main subjects, or all competences.
        columns: The facet of the columns: its values at the top.
    """
    engine = served().engine
    filters = {name: (value,)}
    tops = _tops(columns)[:_MOST_COLUMNS]
    wanted = frozenset(_tops(rows)) if rows == "subject" else None
    table = cross_table(engine, filters, rows, (columns, tops), lambda row: wanted is None or row in wanted)
    if not table.total:
        return None
    ordered = list(table.rows)[:_MOST_ROWS]
    if rows != "subject":
        ordered = _in_order(ordered)

    def cell(count: int, **more: str) -> dict[str, Any]:
        asked = SearchRequest(filters={**filters, **{field: (chosen,) for field, chosen in more.items()}})
        return {"count": count, "address": address(asked) if count else None}

    return {
        "row_title": filter_title(rows),
        "columns": [{"link": told.link(top), **cell(table.columns[top], **{columns: top})} for top in tops],
        "rows": [
            {
                "link": told.link(row),
                "cells": [cell(table.cells.get((row, top), 0), **{rows: row, columns: top}) for top in tops],
                **cell(table.rows[row], **{rows: row}),
            }
            for row in ordered
        ],
        "missing_rows": [told.link(row) for row in _in_order(_expected(rows)) if row not in table.rows],
        "missing_columns": [told.link(top) for top in tops if not table.columns[top]],
    }


def _tops(field: str) -> list[str]:
    """Return the values of a facet at the top of its tree, in order."""
    facets = served().engine.facets
    return _in_order(value for value in facets.values(field) if value not in facets.broader[field])


def _expected(field: str) -> list[str]:
    """Return what there could be scenarios for: the main subjects, or what is taught somewhere, at the finest."""
    if field == "subject":
        graph = served().graph
        known = {iri for name in FIELDS[field].classes for iri in graph.instances(IHUB + name)}
        return [iri for iri in known if not graph.iris(iri, PREFIXES["skos"] + "broader")]
    facets = served().engine.facets
    above = {parent for parents in facets.broader[field].values() for parent in parents}
    return [value for value in facets.values(field) if value not in above]


def _in_order(values: Iterable[str]) -> list[str]:
    """Return concepts by rank, then by notation where it is a number, then by name."""
    graph = served().graph

    def place(iri: str) -> tuple[float, str, list[int], str]:
        rank = graph.value(iri, IHUB + "rank")
        notation = graph.value(iri, _NOTATION) or ""
        numbers = [int(part) for part in notation.split(".")] if notation.replace(".", "").isdecimal() else []
        framework = graph.iri(iri, IHUB + "framework") or ""
        return float(rank or 0), framework, numbers, told.link(iri).text.casefold()

    return sorted(values, key=place)
