"""Coverage: where the collections are thin, as a page, a CSV table and JSON; docs/coverage.md describes it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, render_template, request

from search.coverage import AXES, CoverageRequest
from search.request import FILTERS, NUMBERS, ParameterError, SearchRequest
from search.spellings import short_value
from webapp.answers import remembered
from webapp.api import search_request
from webapp.conditional import of_release
from webapp.coverage_view import cell_addresses, coverage_address, page_view, served_coverage
from webapp.languages import served
from webapp.parameters import choice, refuse_unknown
from webapp.search_export import safe_cell
from webapp.search_labels import filter_title, value_label

if TYPE_CHECKING:
    from search.coverage import AxisValue, CoverageTable

__all__ = ["PARAMETERS", "blueprint", "coverage_request"]

blueprint = Blueprint("coverage", __name__)

PARAMETERS: Final = frozenset({"rows", "columns", "open", "suggested", "lang", *FILTERS, *NUMBERS})
"""Everything that the table understands."""

OPEN_ALL: Final = "all"
"""The value of ``open`` that opens every value."""

_DEFAULT: Final = CoverageRequest()


@blueprint.get("/coverage")
def coverage() -> str:
    """Show the table as a heat map; each number leads to its search."""
    asked = coverage_request()
    return remembered(lambda: render_template("coverage.html", **page_view(asked, _table(asked))))


@blueprint.get("/coverage.csv")
def coverage_csv() -> Response:
    """Give the table for spreadsheets."""
    refuse_unknown(PARAMETERS)
    asked = coverage_request()
    return of_release(lambda: _csv(asked), page=True)


@blueprint.get("/api/coverage")
def coverage_json() -> Response:
    """Answer with the table as JSON."""
    refuse_unknown(PARAMETERS)
    asked = coverage_request()
    return of_release(lambda: jsonify(_json(asked)), page=True)


def coverage_request() -> CoverageRequest:
    """Return the table that this HTTP request asks for; columns that are the same as the rows give way.

    Raises:
        ParameterError: A parameter cannot be used.
    """
    rows = choice("rows", AXES) or _DEFAULT.rows
    columns = choice("columns", AXES)
    if columns in {"", rows}:
        columns = next(name for name in (_DEFAULT.columns, _DEFAULT.rows) if name != rows)
    search = replace(search_request(), query="", limit=SearchRequest.limit, offset=0)
    return CoverageRequest(rows, columns, search, _opened())


def _opened() -> frozenset[str] | None:
    """Return the values to open; None for all. Those of fields that are on no axis now do no harm."""
    known = served().filter_values
    opened: set[str] = set()
    for text in request.args.getlist("open"):
        if text == OPEN_ALL:
            return None
        found = {known[name][text] for name in AXES if text in known[name]}
        if text and not found:
            raise ParameterError(f"{text[:80]!r} is not known", field="open", hint="rows and columns list the values")
        opened |= found
    return frozenset(opened)


def _table(asked: CoverageRequest) -> CoverageTable:
    return served_coverage().table(asked, value_label)


def _csv(asked: CoverageRequest) -> Response:
    table = _table(asked)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    head = [value_label(asked.columns, column.value) for column in table.columns]
    writer.writerow([safe_cell(text) for text in (filter_title(asked.rows), "value", "total", *head)])
    for row, counts in zip(table.rows, table.counts.tolist(), strict=True):
        writer.writerow([safe_cell(value_label(asked.rows, row.value)), safe_cell(row.value), row.total, *counts])
    writer.writerow(["", "", table.total, *(column.total for column in table.columns)])
    response = Response(buffer.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="coverage.csv"'
    return response


def _json(asked: CoverageRequest) -> dict[str, Any]:
    table = _table(asked)
    address = cell_addresses(asked, absolute=True)
    return {
        "release": served().release.id,
        "address": coverage_address(asked, absolute=True),
        "total": table.total,
        "rows": _axis(asked.rows, table.rows, {row.value: address(row.value, None) for row in table.rows}),
        "columns": _axis(asked.columns, table.columns, {c.value: address(None, c.value) for c in table.columns}),
        "counts": table.counts.tolist(),
    }


def _axis(field: str, values: list[AxisValue], addresses: dict[str, str]) -> dict[str, Any]:
    shown = [
        {
            "value": short_value(field, value.value),
            "iri": value.value if "/" in value.value else None,
            "label": value_label(field, value.value),
            "depth": value.depth,
            "opens": value.opens,
            "open": value.is_open,
            "total": value.total,
            "url": addresses[value.value],
        }
        for value in values
    ]
    return {"field": field, "label": filter_title(field), "values": shown}


@blueprint.record_once
def _remember(state: Any) -> None:
    from search.remembering import Memory

    state.app.extensions["ihub.coverage"] = Memory(2)  # of the current release and, while one is replaced, the next
