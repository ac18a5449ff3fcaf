"""The account of what each export format keeps, changes and drops, for the model and for the scenarios of a release."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from kg.exporting.formats import EMBEDDED, EXPORT_FORMATS, ExportFormat
from kg.exporting.rules import MODEL_FIELDS, Effect, FieldEffect, effects
from kg.exporting.source import key_of
from kg.scenario import SCENARIO_CLASS
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.graph import Graph

__all__ = ["FILE_NAME", "ExportReportPart", "export_report", "formats_and_effects", "page"]

FILE_NAME: Final = "report.json"
"""The report's file, in the part's directory."""

_SAID: Final = f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a <{SCENARIO_CLASS}> ; %s ?p ?o }} GROUP BY ?p"
_FORMATS: Final = (*EXPORT_FORMATS, EMBEDDED)


def formats_and_effects() -> list[tuple[ExportFormat, list[FieldEffect]]]:
    """Return each format with what becomes of each field of the model in it."""
    return [(row, effects(row.rules)) for row in _FORMATS]


def export_report(graph: Graph) -> dict[str, Any]:
    """Return, for each format, what becomes of each field, and how many scenarios state that field.

    Returns:
        ``{"scenarios": n, "stated": {field: n}, "formats": [{"label", "suffix", "mediaType", "specification",
        "fields": [{"field", "effect", "target", "note", "readBack", "scenarios"}], "scenarios": {effect: n}}]}``.
        Fields of parts are written ``activity.minutes``. A format's own ``scenarios`` adds up its fields' by effect.
    """
    stated = _stated(graph)
    rows = []
    for export, found in formats_and_effects():
        fields = [
            {**e._asdict(), "readBack": e.field in export.read_back, "scenarios": stated.get(e.field, 0)} for e in found
        ]
        sums = {e.value: sum(f["scenarios"] for f in fields if f["effect"] == e) for e in Effect}
        about = {"label": export.label, "suffix": export.suffix, "mediaType": export.media_type}
        rows.append({**about, "specification": export.specification, "fields": fields, "scenarios": sums})
    return {"scenarios": len(graph.instances(SCENARIO_CLASS)), "stated": stated, "formats": rows}


def _stated(graph: Graph) -> dict[str, int]:
    """Return how many scenarios state each field; what was inferred is not counted."""
    stated: dict[str, int] = {}
    for parent in ("", *(field for field, parts in MODEL_FIELDS.items() if parts)):
        query = _SAID % (f"<{IHUB}{parent}> ?part . ?part" if parent else "")
        for row in graph.store.query(query, default_graph=graph.stated_graphs):  # type: ignore[union-attr]
            key = key_of(row["p"].value)
            field = f"{parent}.{key}" if parent else key
            known = key in (MODEL_FIELDS.get(parent, ()) if parent else MODEL_FIELDS)
            if key and field and known:
                stated[field] = int(row["n"].value)
    return dict(sorted(stated.items()))


class ExportReportPart:
    """The part of a release that holds its report."""

    name = "exports"

    def fingerprint(self) -> str:
        """Return a digest of all rules: another rule makes another report."""
        rules = [[row.label, sorted(row.read_back), *map(list, found)] for row, found in formats_and_effects()]
        return hashlib.sha256(json.dumps(rules).encode()).hexdigest()[:16]

    def build(self, graph: Graph, directory: Path, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
        """Write the report; return the sums for the manifest."""
        report = export_report(graph)
        (directory / FILE_NAME).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
        progress(self.name, 1, 1)
        return {"formats": {row["label"]: row["scenarios"] for row in report["formats"]}}


def page() -> str:
    """Return docs/exports.md; a test holds the file to it."""
    found = formats_and_effects()
    lines = [_HEAD, "| field | " + " | ".join(row.label for row, _ in found) + " |", "|---" * (len(found) + 1) + "|"]
    lines += [
        f"| `{cells[0].field}` | "
        + " | ".join(_told(cell, row) for cell, (row, _) in zip(cells, found, strict=True))
        + " |"
        for cells in zip(*(effects for _, effects in found), strict=True)
    ]
    for row, rules in found:
        name = f"`/doc/scenario/….{row.suffix}`, `{row.media_type}`" if row.suffix else "in the page of every scenario"
        lines += ["", f"## {row.label}", "", f"{name}; follows <{row.specification}>.", ""]
        lines += ["| field | where it stands | what changes |", "|---|---|---|"]
        lines += [f"| `{e.field}` | {e.target} | {e.note} |" for e in rules if e.effect is not Effect.DROPPED]
    return "\n".join(lines) + "\n"


def _told(effect: FieldEffect, row: ExportFormat) -> str:
    return f"{effect.effect.value}, read back" if effect.field in row.read_back else effect.effect.value


_HEAD: Final = """\
# Exports, and what they lose

A scenario can be had in the RDF serialisations, which hold everything that is said of it, and in the formats below,
each of which was made for something else. This page says field by field what a format **keeps** as it is, **changes**
(the tables below say how) and **drops**. It is made from the tables that the exporters themselves write by. `/exports`
shows it for the scenarios of a release, with how many of them state each field; `/exports.json` gives that to programs.

What is **read back** comes back as it was when ihub's own importer of the format reads the file. The others that are
kept are in the file as they were, but that importer takes only what lessons of many sources have in common.

To make this page anew after a change of the rules:

    python -c "from kg.exporting.report import page; print(page(), end='')" > docs/exports.md

A test holds it to the rules, and others hold the rules to what is in the files.

## All fields
"""
