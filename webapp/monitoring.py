"""Monitoring: the numbers of the release's Data Cube as a page, CSV and JSON; docs/monitoring.md describes them."""

from __future__ import annotations

import csv
import io
from typing import Any, Final, NamedTuple

from flask import Blueprint, Response, jsonify, render_template, url_for

from kg.monitoring.indicators import BREAKDOWNS, INDICATORS
from kg.monitoring.reading import MonitoringTable, monitoring_query, monitoring_table
from webapp.answers import remembered
from webapp.conditional import of_release
from webapp.interface_language import gettext, message
from webapp.languages import label, pick, served
from webapp.parameters import choice, refuse_unknown
from webapp.search_export import safe_cell

__all__ = ["BREAKDOWN_NAMES", "PARAMETERS", "blueprint"]

blueprint = Blueprint("monitoring", __name__)

PARAMETERS: Final = frozenset({"indicator", "by", "lang"})
"""Everything that the table understands."""

BREAKDOWN_NAMES: Final = {
    "month": message("All together"),
    "hub": message("By hub"),
    "level": message("By level"),
    "subject": message("By subject"),
    "competence": message("By competence"),
}
"""What readers call the breakdowns."""

_TOTALS: Final = "month"
_MONTHS_SHOWN: Final = 12
_DEFINITION: Final = "http://www.w3.org/2004/02/skos/core#definition"


class _Asked(NamedTuple):
    """An indicator and a breakdown that it has."""

    indicator: str
    by: str


@blueprint.get("/monitoring")
def monitoring() -> str:
    """Show one table of numbers by month, with what leads to the others."""
    asked = _asked()
    return remembered(lambda: render_template("monitoring.html", **_view(asked, _table(asked))))


@blueprint.get("/monitoring.csv")
def monitoring_csv() -> Response:
    """Give the table for spreadsheets, with all of its months."""
    refuse_unknown(PARAMETERS)
    asked = _asked()
    return of_release(lambda: _csv(asked), page=True)


@blueprint.get("/api/monitoring")
def monitoring_json() -> Response:
    """Answer with the table as JSON."""
    refuse_unknown(PARAMETERS)
    asked = _asked()
    return of_release(lambda: jsonify(_json(asked)), page=True)


def _asked() -> _Asked:
    indicator = choice("indicator", INDICATORS) or next(iter(INDICATORS))
    return _Asked(indicator, choice("by", _breakdowns(indicator)) or _TOTALS)


def _base() -> str:
    return served().release.id_base


def _table(asked: _Asked) -> MonitoringTable:
    return monitoring_table(served().graph, *asked, _base())


def _named(value: str) -> tuple[str, str]:
    """Return what a row is called, and the language of it."""
    return label(value) if value else (gettext("All together"), "und")


def _sorted_rows(table: MonitoringTable) -> list[tuple[str, str, str, dict[str, int | None]]]:
    rows = [(value, *_named(value), numbers) for value, numbers in table.rows.items()]
    return sorted(rows, key=lambda row: (row[1].casefold(), row[0]))


def _view(asked: _Asked, table: MonitoringTable) -> dict[str, Any]:
    months = table.months[-_MONTHS_SHOWN:]
    rows = _sorted_rows(table)
    most = max((numbers.get(month) or 0 for *_, numbers in rows for month in months), default=0) or 1
    iri = f"{_base()}indicator/{asked.indicator}"
    return {
        "asked": asked,
        "title": label(iri),
        "definition": pick(served().graph.texts(iri, _DEFINITION)),
        "protected": INDICATORS[asked.indicator].protected,
        "indicators": [(slug, *label(f"{_base()}indicator/{slug}"), _address(slug, _TOTALS)) for slug in INDICATORS],
        "ways": [
            (by, gettext(BREAKDOWN_NAMES[by]), _address(asked.indicator, by)) for by in _breakdowns(asked.indicator)
        ],
        "months": months,
        "earlier": len(table.months) - len(months),
        "rows": [
            (text, language, [_cell(numbers, month, most) for month in months]) for _, text, language, numbers in rows
        ],
        "csv_address": url_for("monitoring.monitoring_csv", **asked._asdict()),
        "json_address": url_for("monitoring.monitoring_json", **asked._asdict()),
        "sparql_address": url_for("sparql.endpoint", query=monitoring_query(*asked, _base())),
    }


def _breakdowns(indicator: str) -> list[str]:
    return [by for by in BREAKDOWNS if by == _TOTALS or by in INDICATORS[indicator].breakdowns]


def _address(indicator: str, by: str) -> str:
    return url_for("monitoring.monitoring", indicator=indicator, by=by)


def _cell(numbers: dict[str, int | None], month: str, most: int) -> dict[str, Any]:
    """Return what a cell shows: ``number`` is absent where there is none, and None where it is withheld."""
    if month not in numbers:
        return {"width": 0}
    return {"number": numbers[month], "width": round(100 * (numbers[month] or 0) / most, 1)}


def _csv(asked: _Asked) -> Response:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["indicator", "month", "label", "value", "number", "withheld"])
    for value, text, _, numbers in _sorted_rows(_table(asked)):
        for month, number in sorted(numbers.items()):
            shown = "" if number is None else number
            withheld = "true" if number is None else "false"
            writer.writerow([asked.indicator, month, safe_cell(text), safe_cell(value), shown, withheld])
    response = Response(buffer.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="monitoring.csv"'
    return response


def _json(asked: _Asked) -> dict[str, Any]:
    table = _table(asked)
    return {
        "release": served().release.id,
        **asked._asdict(),
        "query": monitoring_query(*asked, _base()),
        "observations": [
            {"value": value or None, "label": text, "month": month, "number": number, "withheld": number is None}
            for value, text, _, numbers in _sorted_rows(table)
            for month, number in sorted(numbers.items())
        ],
    }
