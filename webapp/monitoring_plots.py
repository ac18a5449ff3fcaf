"""Monitoring in pictures: for each indicator small panels of its numbers by month, withheld ones drawn as withheld.

They are drawn when asked for, not by Vega at the build as the charts of what a release holds: their words are in the
reader's language throughout, and coordinators' dashboards show what is in no release by the same panels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, render_template, url_for

from kg.monitoring.indicators import BREAKDOWNS, INDICATORS
from kg.monitoring.reading import MonitoringTable, monitoring_query, monitoring_table
from webapp.answers import remembered
from webapp.figures.panels import bar_panel, months_of
from webapp.interface_language import gettext
from webapp.languages import label, served
from webapp.monitoring import BREAKDOWN_NAMES
from webapp.parameters import choice

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["blueprint"]

blueprint = Blueprint("monitoring_plots", __name__)

_TOTALS: Final = "month"
_MONTHS: Final = 24
_MOST_PANELS: Final = 12


@blueprint.get("/monitoring/plots")
def plots() -> str:
    """Show panels of every indicator, in one breakdown."""
    by = choice("by", BREAKDOWNS) or _TOTALS
    return remembered(lambda: render_template("monitoring_plots.html", **_view(by)))


def _base() -> str:
    return served().release.id_base


def _view(by: str) -> dict[str, Any]:
    slugs = [slug for slug, indicator in INDICATORS.items() if by == _TOTALS or by in indicator.breakdowns]
    tables = {slug: monitoring_table(served().graph, slug, by, _base()) for slug in slugs}
    months = _months()
    return {
        "by": by,
        "totals": by == _TOTALS,
        "ways": [
            (name, gettext(text), url_for("monitoring_plots.plots", by=name)) for name, text in BREAKDOWN_NAMES.items()
        ],
        "sections": [_section(slug, by, table, months) for slug, table in tables.items()],
    }


def _months() -> list[str]:
    """Return the last months that the cube counts; a protected indicator's totals stand in all that it does."""
    slugs = [slug for slug, indicator in INDICATORS.items() if indicator.protected]
    counted = {month for slug in slugs for month in monitoring_table(served().graph, slug, _TOTALS, _base()).months}
    return [month for month in months_of(max(counted), _MONTHS) if month >= min(counted)] if counted else []


def _section(slug: str, by: str, table: MonitoringTable, months: list[str]) -> dict[str, Any]:
    iri = f"{_base()}indicator/{slug}"
    asked: dict[str, Any] = {"indicator": slug, "by": by}
    rows = {value: _shown(slug, numbers, months) for value, numbers in table.rows.items()}
    told = [value for value, numbers in rows.items() if any(number or number is None for number in numbers.values())]
    names = {value: label(value or iri) for value in told}
    order = sorted(told, key=lambda value: (-sum(number or 0 for number in rows[value].values()), names[value][0]))
    drawn = order[:_MOST_PANELS]
    most = max((number or 0 for value in drawn for number in rows[value].values()), default=0)
    return {
        "slug": slug,
        "title": label(iri),
        "panels": [bar_panel(names[value], rows[value], most=most) for value in drawn],
        "more": len(order) - len(drawn),
        "withheld": INDICATORS[slug].protected and bool(months),  # that there is no row tells of no number then
        "table": url_for("monitoring.monitoring", **asked),
        "csv": url_for("monitoring.monitoring_csv", **asked),
        "sparql": url_for("sparql.endpoint", query=monitoring_query(slug, by, _base())),
    }


def _shown(slug: str, numbers: Mapping[str, int | None], months: list[str]) -> dict[str, int | None]:
    """Return the number of each month that is drawn.

    What the cube leaves out is none where all numbers are told; else the month's total is withheld, and so is this.
    """
    missing = None if INDICATORS[slug].protected else 0
    return {month: numbers.get(month, missing) for month in months}
