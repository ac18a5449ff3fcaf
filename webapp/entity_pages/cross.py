"""A table of scenarios by two fields for a page: counts that lead to their searches, and where there are none yet."""

from __future__ import annotations

from typing import Any, Final

from search.coverage import CoverageRequest
from search.request import SearchRequest
from webapp.coverage_view import served_coverage
from webapp.entity_pages import told
from webapp.languages import served
from webapp.search_address import address
from webapp.search_labels import filter_title, value_label

__all__ = ["cross_view"]

_MOST_ROWS: Final = 40


def cross_view(name: str, value: str, rows: str, columns: str) -> dict[str, Any] | None:
    """Return the table of the scenarios that a filter finds, or None where it finds none.

    Args:
        name: The filter.
        value: Its value.
        rows: The field of the rows: subjects at the top of their tree, or competences with their areas.
        columns: The field of the columns: its values at the top.
    """
    search = SearchRequest(filters={name: (value,)})
    areas = frozenset(served().engine.facets.values("competence")) if rows == "competence" else frozenset[str]()
    asked = CoverageRequest(rows, columns, search, areas)
    table = served_coverage().table(asked, value_label)
    if not table.total:
        return None

    def cell(count: int, row: str | None, column: str | None) -> dict[str, Any]:
        return {"count": count, "address": address(asked.cell(row, column)) if count else None}

    found = [pair for pair in zip(table.rows, table.counts.tolist(), strict=True) if pair[0].total]
    return {
        "row_title": filter_title(rows),
        "columns": [{"link": told.link(column.value), "count": column.total} for column in table.columns],
        "rows": [
            {
                "link": told.link(row.value),
                "depth": row.depth,
                "cells": [
                    cell(count, row.value, column.value) for count, column in zip(counts, table.columns, strict=True)
                ],
                **cell(row.total, row.value, None),
            }
            for row, counts in found[:_MOST_ROWS]
        ],
        "missing_rows": [told.link(row.value) for row in table.rows if not row.total and not row.is_open],
        "missing_columns": [told.link(column.value) for column in table.columns if not column.total],
    }
