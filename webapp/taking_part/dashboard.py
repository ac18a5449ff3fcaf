"""The dashboard of a hub: its own true numbers, from the graph and from the database, for its coordinators."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flask import Response, render_template, url_for

from kg.monitoring.hub_numbers import HUB_FIGURES, hub_numbers, hub_query
from kg.monitoring.means import BANDS
from search.coverage import CoverageRequest
from search.request import SearchRequest
from webapp.coverage_view import coverage_address, served_coverage
from webapp.figures.panels import Panel, band_panel, bar_panel, months_of
from webapp.interface_language import gettext, message
from webapp.languages import label, served
from webapp.search_labels import filter_title, value_label
from webapp.taking_part.assessment.rounds import this_month
from webapp.taking_part.assessment.summaries import tell_summaries
from webapp.taking_part.dashboard_numbers import (
    Reviewing,
    assessed_schools,
    members_by_role,
    mentoring,
    reviewing,
    summaries_by_dimension,
)
from webapp.taking_part.hubs import Hub, hub_or_404
from webapp.taking_part.state import blueprint, id_base, people

if TYPE_CHECKING:
    from collections.abc import Iterable

    from webapp.taking_part.assessment.models import AssessmentSummary

__all__ = ["dashboard", "dashboard_csv"]

_MONTHS: Final = 24
_LACKS: Final = ("competence", "level", "subject")
_GRAPH, _DATABASE = "graph", "database"

_TITLES: Final = {
    "submissions": message("Submissions"),
    "decisions": message("Decisions"),
    "assessed-schools": message("Schools that assessed themselves"),
}
"""Figures from the database; those of the graph are called by their indicators' names."""

_SOURCES: Final = {
    "submissions": message("Scenarios and stories that were submitted for review."),
    "decisions": message("Decisions of the hub's editors."),
    "assessed-schools": message("How many schools filled in a self-assessment for the month."),
}


@blueprint.get("/hub/<hub>/dashboard")
def dashboard(hub: str) -> str:
    """Show a hub's numbers to its coordinators."""
    place = hub_or_404(hub)
    _tell(place)
    with people().database.reading() as session:
        review = reviewing(session, place.identifier)
        summaries = summaries_by_dimension(session, place.identifier)
        shown = {
            "review": review,
            "members": members_by_role(session, place.identifier),
            "mentoring": mentoring(session, place.identifier),
            "figures": [
                _figure(place, *row) for row in _numbers(place, review, assessed_schools(session, place.identifier))
            ],
        }
    return render_template(
        "taking_part/dashboard.html",
        hub=place,
        lacks=[_lack(place, field) for field in _LACKS],
        summaries=summaries,
        summary_panels=_summary_panels(summaries),
        dimensions={slug: label(f"{id_base()}dimension/{slug}") for slug in summaries},
        bands=[(float(low), float(high)) for low, high in BANDS],
        **shown,
    )


@blueprint.get("/hub/<hub>/dashboard.csv")
def dashboard_csv(hub: str) -> Response:
    """Give the same numbers, of all months, for spreadsheets."""
    place = hub_or_404(hub)
    _tell(place)
    with people().database.reading() as session:
        review = reviewing(session, place.identifier)
        rows = _numbers(place, review, assessed_schools(session, place.identifier))
        summaries = summaries_by_dimension(session, place.identifier)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["figure", "time", "number", "from", "to", "schools", "source"])
    for slug, source, numbers in rows:
        writer.writerows([slug, month, number, "", "", "", source] for month, number in numbers.items())
    for dimension, told in summaries.items():
        for half, summary in told.items():
            low, high = (float(end) for end in BANDS[summary.band])
            writer.writerow([f"self-assessment.{dimension}", half, "", low, high, summary.schools, _DATABASE])
    response = Response(buffer.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="dashboard.csv"'
    return response


def _tell(place: Hub) -> None:
    """Tell the hub what became ready to be told of its schools together."""
    with people().database.writing() as session:
        tell_summaries(session, place.identifier)


def _numbers(place: Hub, review: Reviewing, assessed: dict[str, int]) -> list[tuple[str, str, dict[str, int]]]:
    """Return each figure with its source and its numbers by month."""
    of_graph = hub_numbers(served().graph, id_base() + place.identifier)
    return [
        *((slug, _GRAPH, of_graph[slug]) for slug in HUB_FIGURES),
        ("submissions", _DATABASE, review.submissions),
        ("decisions", _DATABASE, review.decisions),
        ("assessed-schools", _DATABASE, assessed),
    ]


def _figure(place: Hub, slug: str, source: str, numbers: dict[str, int]) -> dict[str, Any]:
    in_graph = source == _GRAPH
    title = label(f"{id_base()}indicator/{slug}") if in_graph else (gettext(_TITLES[slug]), "und")
    months = {month: numbers.get(month, 0) for month in months_of(this_month(), _MONTHS)}
    return {
        "slug": slug,
        "title": title,
        "text": "" if in_graph else gettext(_SOURCES[slug]),
        "total": sum(numbers.values()),
        "months": {month: number for month, number in numbers.items() if number},
        "panel": bar_panel(title, months, most=max(months.values())),
        "sparql": url_for("sparql.endpoint", query=hub_query(slug, id_base() + place.identifier)) if in_graph else "",
    }


def _lack(place: Hub, field: str) -> dict[str, Any]:
    """Return which values of a field no scenario of the hub has, and where the whole table is."""
    search = SearchRequest(filters={"hub": (id_base() + place.identifier,)})
    shown = CoverageRequest(field, "level" if field != "level" else "subject", search)
    # What stands on the columns does not matter here, so let it be little.
    rows = served_coverage().table(replace(shown, columns="kind", opened=None), value_label).rows
    return {
        "title": filter_title(field),
        "address": coverage_address(shown),
        "all": len(rows),
        "missing": [(value_label(field, row.value), label(row.value)[1]) for row in rows if not row.total],
    }


def _summary_panels(summaries: dict[str, dict[str, AssessmentSummary]]) -> list[Panel]:
    times = _half_years(half for told in summaries.values() for half in told)
    return [
        band_panel(label(f"{id_base()}dimension/{slug}"), {half: _ends(told.get(half)) for half in times})
        for slug, told in summaries.items()
        if times
    ]


def _ends(summary: AssessmentSummary | None) -> tuple[float, float] | None:
    if summary is None:
        return None
    low, high = BANDS[summary.band]
    return float(low), float(high)


def _half_years(told: Iterable[str]) -> list[str]:
    """Return all half-years from the first that was told to the last.

    >>> _half_years(["2027-H2", "2026-H2"])
    ['2026-H2', '2027-H1', '2027-H2']
    """
    places = [int(half[:4]) * 2 + int(half[-1]) - 1 for half in told]
    return [f"{p // 2}-H{p % 2 + 1}" for p in range(min(places), max(places) + 1)] if places else []
