"""What the coverage page shows: labelled rows and cells with their shade, addresses, and the form that changes them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import current_app, request, url_for

from search.coverage import AXES, Coverage
from search.request import FILTERS, NUMBERS
from search.spellings import short_value
from webapp.answers import shared
from webapp.languages import label, served
from webapp.search_address import canonical_parameters, dropped, toggled
from webapp.search_labels import chip_label, filter_title, value_label
from webapp.search_texts import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.coverage import AxisValue, CoverageRequest, CoverageTable

__all__ = ["cell_addresses", "coverage_address", "page_view", "served_coverage", "steps"]

_THIN: Final = 5
"""Cells with fewer works than this are thin: too few for a teacher to choose from."""

_MOST_STEPS: Final = 5
_ROUND: Final = (10, 20, 50)


def served_coverage() -> Coverage:
    """Return what makes tables of the served release."""
    found: Coverage = current_app.extensions["ihub.coverage"].get(
        served().release.id, lambda: Coverage(served().engine, served().graph)
    )
    return found


def coverage_address(
    asked: CoverageRequest, *, endpoint: str = "coverage.coverage", absolute: bool = False, **changes: Any
) -> str:
    """Return the address of a table, with ``changes`` to its request, in the language that was asked for."""
    wanted = replace(asked, **changes)
    pairs = [("rows", wanted.rows), ("columns", wanted.columns), *canonical_parameters(wanted.search)]
    pairs += [("open", value) for value in _opened(wanted)]
    pairs += _language()
    return f"{url_for(endpoint, _external=absolute)}?{urlencode(pairs)}"


def cell_addresses(asked: CoverageRequest, *, absolute: bool = False) -> Callable[[str | None, str | None], str]:
    """Return a function that gives the address of the search for a row's and a column's value, None for all."""
    base = url_for("pages.search", _external=absolute)

    def address(row: str | None, column: str | None) -> str:
        pairs = [*canonical_parameters(asked.cell(row, column)), *_language()]
        return f"{base}?{urlencode(pairs)}" if pairs else base

    return address


def steps(largest: int) -> list[int]:
    """Return the least number of each shade but that of empty cells, for a table whose largest number is given.

    >>> steps(3), steps(12), steps(400)
    ([1], [1, 5, 10], [1, 5, 50, 100, 200])
    """
    bounds = [1, _THIN] if largest >= _THIN else [1]
    tens = (n * 10**power for power in range(9) for n in _ROUND)
    possible = [n for n in tens if n <= largest * 0.85]
    wanted = _MOST_STEPS - len(bounds)
    stride = max(1, len(possible) // wanted)
    return bounds + possible[::-1][: stride * wanted : stride][::-1]


def page_view(asked: CoverageRequest, table: CoverageTable) -> dict[str, Any]:
    """Return what the template shows."""
    counts = table.counts.tolist()
    bounds = steps(max((n for row in counts for n in row), default=0))
    address = cell_addresses(asked)
    columns = [_heading(asked, asked.columns, column, address(None, column.value)) for column in table.columns]
    rows = []
    for row, numbers in zip(table.rows, counts, strict=True):
        cells = [
            {"count": n, "step": bisect_right(bounds, n), "address": address(row.value, column.value)}
            for n, column in zip(numbers, table.columns, strict=True)
        ]
        rows.append({**_heading(asked, asked.rows, row, address(row.value, None)), "cells": cells})
    return {
        "asked": asked,
        "groups": [(label(scheme) if scheme else None, list(g)) for scheme, g in groupby(rows, lambda r: r["scheme"])],
        "columns": columns,
        "total": table.total,
        "total_address": address(None, None),
        "legend": _legend(bounds),
        "empty": sum(not n for row in counts for n in row),
        "thin": sum(0 < n < _THIN for row in counts for n in row),
        "cells": len(columns) * len(rows),
        "rows_title": filter_title(asked.rows),
        "columns_title": filter_title(asked.columns),
        "axes": [(name, filter_title(name)) for name in AXES],
        "opens": any(value.opens for value in (*table.rows, *table.columns)),
        "open_all": coverage_address(asked, opened=None),
        "close_all": coverage_address(asked, opened=frozenset()) if asked.opened != frozenset() else None,
        "turned": coverage_address(asked, rows=asked.columns, columns=asked.rows),
        "csv_address": coverage_address(asked, endpoint="coverage.coverage_csv"),
        "json_address": coverage_address(asked, endpoint="coverage.coverage_json"),
        "canonical": coverage_address(asked, absolute=True),
        **_form(asked),
    }


def _heading(asked: CoverageRequest, field: str, value: AxisValue, address: str) -> dict[str, Any]:
    text, language = _named(field, value.value)
    toggle = None
    if value.opens and asked.opened is not None:
        toggle = coverage_address(asked, opened=asked.opened ^ {value.value})
    return {
        "label": text,
        "language": language,
        "scheme": value.scheme,
        "depth": min(value.depth, 3),
        "is_open": value.is_open,
        "toggle": toggle,
        "key": f"{field}-{short_value(field, value.value)}",
        "total": value.total,
        "address": address,
    }


def _named(field: str, value: str) -> tuple[str, str]:
    """Return the label of a value and the language of its words."""
    iri = f"{served().release.id_base}language/{value}" if field == "language" else value
    return value_label(field, value), label(iri)[1]


def _legend(bounds: list[int]) -> list[dict[str, Any]]:
    """Return the shades with the numbers that each stands for; the last has no end."""
    ends = [bound - 1 for bound in bounds[1:]]
    entries: list[dict[str, Any]] = [{"step": 0, "least": 0, "most": 0}]
    for number, least in enumerate(bounds):
        entries.append({"step": number + 1, "least": least, "most": ends[number] if number < len(ends) else None})
    return entries


def _form(asked: CoverageRequest) -> dict[str, Any]:
    """Return the fields of the form: filters to choose from, what is kept as it is, and the filters that are set."""
    search = asked.search
    chosen = [n for n in AXES if n not in {asked.rows, asked.columns} and len(search.filters.get(n, ())) <= 1]
    selects = [_select(name, search.filters.get(name, ())) for name in chosen]
    kept = [pair for pair in canonical_parameters(search) if pair[0] not in {*chosen, "suggested"}]
    chips = [
        {"title": filter_title(name), "label": chip_label(name, (value,)), "search": toggled(search, name, value)}
        for name in FILTERS
        for value in search.filters.get(name, ())
    ]
    chips += [
        {"title": filter_title(name), "label": chip_label(name, (str(number),)), "search": dropped(search, (name,))}
        for name in NUMBERS
        if (number := getattr(search, name)) is not None
    ]
    return {
        "selects": [select for select in selects if len(select["options"]) > 1 or select["chosen"]],
        "hidden": [*kept, *(("open", value) for value in _opened(asked)), *_language()],
        "chips": [{**chip, "address": coverage_address(asked, search=chip["search"])} for chip in chips],
        "suggested_title": say("suggested"),
    }


def _select(name: str, values: tuple[str, ...]) -> dict[str, Any]:
    known = shared("coverage-options")
    if name not in known:
        entries = served_coverage().values(name, value_label)
        known[name] = [(short_value(name, v.value), "\u2003" * v.depth, *_named(name, v.value)) for v in entries]
    return {
        "name": name,
        "title": filter_title(name),
        "options": known[name],
        "chosen": short_value(name, values[0]) if values else "",
    }


def _opened(asked: CoverageRequest) -> list[str]:
    if asked.opened is None:
        return ["all"]
    return sorted({value.rsplit("/", 1)[-1] for value in asked.opened})


def _language() -> list[tuple[str, str]]:
    language = request.args.get("lang")
    return [("lang", language)] if language else []
