"""How much the site is used, as a page, CSV and JSON; docs/usage.md describes it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Blueprint, Response, jsonify, render_template, url_for

from kg.exporting.formats import EXPORT_FORMATS
from kg.media_types import RDF_MEDIA_TYPES
from webapp.addresses import document_address
from webapp.companions import COMPANIONS
from webapp.interface_language import gettext, language_in_words, message
from webapp.languages import label, served
from webapp.parameters import choice, refuse_unknown
from webapp.search_export import safe_cell
from webapp.usage.kinds import DETAILS, ITEM_KINDS, KINDS
from webapp.usage.reading import PERIODS, UsageTable, kind_usage, scenario_usage

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PARAMETERS", "SCENARIOS", "blueprint", "scenario_rows"]

blueprint = Blueprint("usage", __name__)

PARAMETERS: Final = frozenset({"of", "per", "lang"})
"""Everything that the tables understand."""

SCENARIOS: Final = {f"scenario-{kind}": kind for kind in ITEM_KINDS}
"""What ``of`` may be besides a kind: single scenarios, by month."""

_ASKED: Final = (*KINDS, *SCENARIOS)
_TITLES: Final = KINDS | {
    "scenario-page": message("Views of scenarios"),
    "scenario-download": message("Downloads of scenarios"),
}
_PER: Final = {"day": message("By day"), "month": message("By month")}
_WORDS: Final = {
    "home": message("Home page"),
    "search": message("Pages of results"),
    "scenario": message("Scenarios"),
    "plan": message("Plans"),
    "other": message("Other pages"),
    "found": message("With results"),
    "nothing": message("Without results"),
    "search.csv": message("Results as a spreadsheet"),
    "plan.csv": message("Plans as a spreadsheet"),
    "plan.ics": message("Plans as a calendar"),
    "plan.jsonld": message("Plans as JSON-LD"),
    "oai": message("OAI-PMH repository"),
    "ldes": message("Event stream"),
    "sparql": message("SPARQL endpoint"),
    "dumps": message("Dumps"),
    "atom": message("Atom feed"),
    "api": message("Search API"),
    "mcp": message("Tools of assistants (MCP)"),
}
_FORMATS: Final = {row.suffix: row.label for row in EXPORT_FORMATS}
_FORMATS.update({row.suffix: row.label for row in COMPANIONS})
_FORMATS.update({row.suffix: row.label for row in RDF_MEDIA_TYPES})
_SHOWN: Final = {"day": 10, "month": 12}
_MOST: Final = 50
_KEPT: Final = "public, max-age=600"  # numbers change once a day


class _Asked(NamedTuple):
    """What is counted, and by what period it is told."""

    of: str
    per: str


@blueprint.get("/monitoring/usage")
def usage() -> Response:
    """Show the numbers of one kind, of people and of programs apart."""
    asked = _asked()
    return _kept(Response(render_template("usage.html", **_view(asked)), content_type="text/html; charset=utf-8"))


@blueprint.get("/monitoring/usage.csv")
def usage_csv() -> Response:
    """Give the same for spreadsheets, with all periods."""
    refuse_unknown(PARAMETERS)
    asked = _asked()
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["of", "period", "programs", "name", "label", "number", "withheld"])
    for row in _observations(asked):
        programs, withheld = ("true" if row[name] else "false" for name in ("programs", "withheld"))
        number = "" if row["number"] is None else row["number"]
        named = (safe_cell(row["name"]), safe_cell(row["label"]))
        writer.writerow([asked.of, row["period"], programs, *named, number, withheld])
    response = Response(buffer.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="usage.csv"'
    return _kept(response)


@blueprint.get("/api/usage")
def usage_json() -> Response:
    """Answer with the same as JSON."""
    refuse_unknown(PARAMETERS)
    asked = _asked()
    return _kept(jsonify({**asked._asdict(), "observations": list(_observations(asked))}))


def scenario_rows(table: UsageTable, periods: list[str]) -> list[dict[str, Any]]:
    """Return a table of scenarios for a page: what each is called, where its page is, and its numbers."""
    base = served().release.id_base
    return [
        {"name": item, **_scenario(base + item, item), "cells": _cells(table, item, periods)} for item in table.rows
    ]


def _scenario(iri: str, item: str) -> dict[str, Any]:
    """Return what a scenario is called; one that was withdrawn since, by its identifier."""
    if iri not in served().graph:
        return {"text": item, "language": None, "address": None}
    text, language = label(iri)
    return {"text": text, "language": language, "address": document_address(iri)}


def _asked() -> _Asked:
    of = choice("of", _ASKED) or _ASKED[0]
    periods = PERIODS if of in KINDS else ("month",)
    return _Asked(of, choice("per", periods) or "month")


def _table(asked: _Asked, *, robots: bool) -> UsageTable:
    if asked.of in SCENARIOS:
        return scenario_usage(SCENARIOS[asked.of], robots=robots)
    return kind_usage(asked.of, asked.per, robots=robots)


def _word(of: str, detail: str) -> str:
    if of == "language":
        return language_in_words(detail)
    return gettext(_WORDS[detail]) if detail in _WORDS else _FORMATS.get(detail, detail)


def _rows(asked: _Asked, table: UsageTable, periods: list[str]) -> list[dict[str, Any]]:
    if asked.of in SCENARIOS:
        return scenario_rows(table, periods)
    order = [detail for detail in DETAILS[asked.of] if detail in table.rows]
    return [
        {"name": name, "text": _word(asked.of, name), "language": None, "cells": _cells(table, name, periods)}
        for name in order
    ]


def _cells(table: UsageTable, name: str, periods: list[str]) -> list[dict[str, Any]]:
    """Return the cells of a row, each with a bar as long as its share of the greatest number that is shown."""
    most = max((row.get(period) or 0 for row in table.rows.values() for period in periods), default=0) or 1
    numbers = [table.rows[name].get(period) for period in periods]
    return [{"number": number, "width": round(100 * (number or 0) / most, 1)} for number in numbers]


def _view(asked: _Asked) -> dict[str, Any]:
    tables = []
    for robots in (False, True):
        table = _table(asked, robots=robots)
        periods = table.periods[-_SHOWN[asked.per] :]
        title = gettext("Programs that say they are programs") if robots else gettext("People")
        rows = _rows(asked, table, periods)
        tables.append({"title": title, "periods": periods, "rows": rows[:_MOST], "more": len(rows) > _MOST})
    return {
        "asked": asked,
        "title": gettext(_TITLES[asked.of]),
        "tables": tables,
        "kinds": [(of, gettext(_TITLES[of]), url_for("usage.usage", of=of)) for of in _ASKED],
        "ways": [
            (per, gettext(_PER[per]), url_for("usage.usage", of=asked.of, per=per))
            for per in (PERIODS if asked.of in KINDS else ())
        ],
        "csv_address": url_for("usage.usage_csv", **asked._asdict()),
        "json_address": url_for("usage.usage_json", **asked._asdict()),
    }


def _observations(asked: _Asked) -> Iterator[dict[str, Any]]:
    for robots in (False, True):
        table = _table(asked, robots=robots)
        for row in _rows(asked, table, table.periods):
            for period, cell in zip(table.periods, row["cells"], strict=True):
                yield {
                    "period": period,
                    "programs": robots,
                    "name": row["name"],
                    "label": row["text"],
                    "number": cell["number"],
                    "withheld": cell["number"] is None,
                }


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = _KEPT
    response.vary.add("Accept-Language")
    return response
