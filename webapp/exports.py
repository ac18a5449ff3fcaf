"""The account of what scenarios lose in each export format, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, render_template

from kg.exporting.report import FILE_NAME, ExportReportPart, export_report
from webapp.conditional import of_release
from webapp.interface_language import message
from webapp.languages import served

if TYPE_CHECKING:
    from kg.release import Release

__all__ = ["SHOWN_TEXTS", "blueprint"]

blueprint = Blueprint("exports", __name__)
SHOWN_TEXTS: Final = (message("kept"), message("changed"), message("dropped"))
"""The effects that the report names; named here, because catalogues hold the texts of this package."""


@blueprint.get("/exports")
def exports() -> Response:
    """Show which fields each format keeps, changes and drops, and how many scenarios state each."""
    return of_release(_page, page=True)


def _page() -> Response:
    report = _report(served().release)
    fields = [row["field"] for row in report["formats"][0]["fields"]]
    effects = {row["label"]: {entry["field"]: entry for entry in row["fields"]} for row in report["formats"]}
    html = render_template("exports.html", report=report, fields=fields, effects=effects)
    return Response(html, content_type="text/html; charset=utf-8")


@blueprint.get("/exports.json")
def exports_json() -> Response:
    """Give the same as JSON."""
    return of_release(
        lambda: Response(json.dumps(_report(served().release), ensure_ascii=False), content_type="application/json")
    )


def _report(release: Release) -> dict[str, Any]:
    """Return the report of a release; one that was built without it gets it now."""
    path = release.directory / ExportReportPart.name / FILE_NAME
    if not path.is_file():
        return export_report(release.graph)
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report
