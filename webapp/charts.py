"""Charts of what is in here: drawn when the release was built, labelled in the reader's language when shown."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, Response, abort, render_template
from markupsafe import Markup, escape

from search.charts.drawing import lettered
from search.charts.part import NUMBERS, minutes_label
from search.request import SearchRequest
from webapp.conditional import of_release
from webapp.interface_language import gettext, message
from webapp.languages import label, served
from webapp.search_address import address
from webapp.search_labels import filter_title, value_label

__all__ = ["blueprint"]

blueprint = Blueprint("charts", __name__)

_TEXTS: Final = {
    "languages-by-level": (
        message("Languages and levels"),
        message("For each language and level the number of scenarios; the larger the dot, the more there are."),
    ),
    "minutes": (message("Time"), message("How many scenarios take how many minutes of class time.")),
    "subjects": (message("Subjects"), message("How many scenarios there are in each subject.")),
    "competence-areas": (
        message("Areas of competence"),
        message("How many scenarios teach a competence of each area."),
    ),
    "data-kinds": (
        message("Kinds of data"),
        message("How many scenarios are original, adapted or written for this repository."),
    ),
}
"""Title and description of each chart."""


@blueprint.get("/charts")
def charts() -> str:
    """Show all charts, each with its numbers in a table."""
    return render_template("charts.html", charts=[_shown(chart) for chart in _charts()])


@blueprint.get("/charts/<name>.svg")
def drawing(name: str) -> Response:
    """Give one chart as a file, in the colours of a light page."""
    chart = next((chart for chart in _charts() if chart["name"] == name), None)
    if chart is None:
        abort(404)
    return of_release(lambda: Response(_drawing(chart), mimetype="image/svg+xml"), page=True)


def _charts() -> list[dict[str, Any]]:
    """Return the charts of the release; none where it was built without."""
    path = served().release.directory / "charts" / NUMBERS
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return [chart for chart in found if chart["name"] in _TEXTS]


def _shown(chart: dict[str, Any]) -> dict[str, Any]:
    title, description = (gettext(text) for text in _TEXTS[chart["name"]])
    rows = []
    for value, counts in zip(chart["rows"], chart["counts"], strict=True):
        filters = [{chart["field"]: (value,)}]
        if chart["column_field"]:
            filters = [{chart["field"]: (value,), chart["column_field"]: (column,)} for column in chart["columns"]]
        text, language = _named(chart["field"], value)
        cells = [
            (n, None if chart["field"] == "minutes" else address(SearchRequest(filters=asked)))
            for n, asked in zip(counts, filters, strict=True)
        ]
        rows.append({"label": text, "language": language, "cells": cells})
    return {
        "name": chart["name"],
        "title": title,
        "description": description,
        "drawing": Markup(_drawing(chart)),  # noqa: S704 - lxml made it, of texts as texts
        "row_title": gettext("Minutes") if chart["field"] == "minutes" else filter_title(chart["field"]),
        "columns": [_named(chart["column_field"], value) for value in chart["columns"]],
        "rows": rows,
    }


def _drawing(chart: dict[str, Any]) -> str:
    """Return the SVG with labels, title and description for this reader."""
    stored = (served().release.directory / "charts" / f"{chart['name']}.svg").read_text(encoding="utf-8")
    rows = [_named(chart["field"], value) for value in chart["rows"]]
    drawn = lettered(stored, rows, [_named(chart["column_field"], value) for value in chart["columns"]])
    title, description = (gettext(text) for text in _TEXTS[chart["name"]])
    marks = f'<svg role="img" aria-labelledby="{chart["name"]}-title" aria-describedby="{chart["name"]}-text"'
    head, _, rest = drawn.partition(">")
    named = f'<title id="{chart["name"]}-title">{escape(title)}</title>'
    return f'{head.replace("<svg", marks, 1)}>{named}<desc id="{chart["name"]}-text">{escape(description)}</desc>{rest}'


def _named(field: str, value: str) -> tuple[str, str]:
    """Return the label of a value, and the language of its words."""
    if field == "minutes":
        return minutes_label(value), "und"
    iri = f"{served().release.id_base}language/{value}" if field == "language" else value
    return value_label(field, value), label(iri)[1]
