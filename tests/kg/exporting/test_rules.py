"""What the account of losses says is so: kept fields are in the files, dropped ones are not; the page is current."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.exporting.formats import EMBEDDED, EXPORT_FORMATS, ExportFormat
from kg.exporting.report import ExportReportPart, export_report, formats_and_effects, page
from kg.exporting.rules import MODEL_FIELDS, Effect, FieldEffect
from kg.graph import Graph
from ontology.load import context
from ontology.namespaces import PREFIXES
from tests.kg.exporting.world import FULL, PAGE, TEXT, source_of

if TYPE_CHECKING:
    from kg.exporting.source import Source

ROOT = Path(__file__).parents[3]
FORMATS = (*EXPORT_FORMATS, EMBEDDED)
CASES = [
    pytest.param(row, effect, id=f"{row.label}-{effect.field}")
    for row, effects in formats_and_effects()
    for effect in effects
]


@pytest.fixture(scope="module")
def full() -> Source:
    return source_of(FULL)


@pytest.fixture(scope="module")
def files(full: Source) -> dict[str, str]:
    """Each format's file, without the escapes of XML and JSON."""
    return {row.label: html.unescape(row.write(full, PAGE, TEXT).decode()) for row in FORMATS}


def _values(source: Source, field: str) -> list[tuple[Source, str]]:
    key, _, inner = field.partition(".")
    if not inner:
        return [(source, value) for value in source.values(key)]
    return [(part, value) for part in source.parts(key) for value in part.values(inner)]


def _spellings(source: Source, field: str, value: str) -> list[str]:
    """How a format may write a value and still keep it."""
    spelled = {
        "minutes": [f"PT{value}M", f"minutes: {value}", f'"{value}"', f">{value}<"],
        "minAge": [f"{value}-", f"minAge: {value}"],
        "maxAge": [f"-{value}", f"maxAge: {value}"],
        "material": [f'id="{value.partition("#")[2]}"'],
        "position": [f'"position": {value}', f">{value}<"],
        "interactivityType": ["interactivityType/expositive", "<value>expositive<", "interactivity/expositive"],
    }.get(field.rpartition(".")[2])
    same = source.matches(value, "http") if value.startswith("http") else []
    return spelled or [value, *(match.iri for match in same)]


@pytest.mark.parametrize(("row", "effect"), CASES)
def test_a_field_fares_as_the_account_says(
    full: Source, files: dict[str, str], row: ExportFormat, effect: FieldEffect
) -> None:
    values = _values(full, effect.field)
    has_parts = bool(MODEL_FIELDS.get(effect.field))
    if effect.effect is Effect.KEPT and not has_parts:
        assert values or effect.field == "collection"
        for source, value in values:
            assert any(s in files[row.label] for s in _spellings(source, effect.field, value)), value
    elif effect.effect is Effect.DROPPED and not has_parts:
        for _, value in values:
            if len(value) > 4 and not value.startswith("true") and "#" not in value:
                assert value not in _elsewhere_too(row, effect.field, files[row.label]), value
    elif effect.effect is Effect.CHANGED:
        assert effect.note
        assert effect.target


def _elsewhere_too(row: ExportFormat, field: str, text: str) -> str:
    """The file without what says the same of something else: both activities and the scenario have minutes."""
    return "" if field in {"activity.minutes", "material.license"} and row.label == "schema.org" else text


def test_every_rule_is_for_a_field_of_the_model() -> None:
    for row in FORMATS:
        fields = [rule.field for rule in row.rules]
        assert len(set(fields)) == len(fields), row.label
        assert set(fields) <= set(MODEL_FIELDS), row.label
        for rule in row.rules:
            assert {part.field for part in rule.parts} <= set(MODEL_FIELDS[rule.field]), rule.field


def test_the_model_has_no_other_fields() -> None:
    """Every key that the page on the data model lists for scenarios and their parts is accounted for."""
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    section = text[text.index("### LearningScenario") : text.index("### Schools, hubs")]
    rows = [line for line in section.splitlines() if line.startswith(("| `", "| Activity", "| Learning", "| Material"))]
    keys = {key for line in rows for key in re.findall(r"[`*](\w+)[`*]", line) if key in context()}
    known = set(MODEL_FIELDS) | {part for parts in MODEL_FIELDS.values() for part in parts}
    assert {key for key in keys if key[0].islower() and key not in PREFIXES and key not in {"id", "type"}} <= known
    assert known <= set(context())


def test_the_shipped_scenarios_state_no_other_fields() -> None:
    fields = set(FULL) - {"id", "type"}
    assert fields | {"collection"} == set(MODEL_FIELDS)


def test_the_page_on_exports_is_current() -> None:
    assert (ROOT / "docs" / "exports.md").read_text(encoding="utf-8") == page()


def test_a_release_gets_its_report(release: Any) -> None:
    report = export_report(Graph.open(release.store_directory))
    assert report["scenarios"] == 7
    assert report["stated"]["name"] == 7
    assert report["stated"]["activity"] == 1
    assert report["stated"]["activity.tool"] == 1
    assert "hasPart" not in report["stated"]  # that an activity is a part is inferred
    amb = next(row for row in report["formats"] if row["label"] == "AMB")
    grouping = next(field for field in amb["fields"] if field["field"] == "activity.grouping")
    assert (grouping["effect"], grouping["scenarios"]) == ("dropped", 1)
    assert amb["scenarios"]["dropped"] >= 1


def test_the_report_is_written_at_build(release: Any, tmp_path: Path) -> None:
    part = ExportReportPart()
    told = part.build(Graph.open(release.store_directory), tmp_path, lambda *_: None)
    assert set(told["formats"]) == {row.label for row in FORMATS}
    assert (tmp_path / "report.json").is_file()
    assert part.fingerprint() == ExportReportPart().fingerprint()
