"""What is exported and imported again is what it was: the fields of which a format's table says so, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kg.documents import normalise
from kg.exporting.formats import EMBEDDED, EXPORT_FORMATS, ExportFormat
from kg.exporting.rules import Effect, effects
from kg.vocabulary import ConceptIndex, vocabulary_quads
from tests.kg.exporting.world import FULL, ID_BASE, PAGE, TEXT, source_of

if TYPE_CHECKING:
    from pathlib import Path

jsonld, lom, markdown = (
    pytest.importorskip(f"kg.importing.{name}.adapter", reason="needs the importers of these formats")
    for name in ("jsonld", "lom", "markdown")
)

ADAPTERS = {
    "md": markdown.MarkdownAdapter,
    "amb.json": jsonld.JsonLdAdapter,
    "lom.xml": lom.LomAdapter,
    "lom-strict.xml": lom.LomAdapter,
    "": jsonld.JsonLdAdapter,
}
FORMATS = [pytest.param(row, id=row.label) for row in (*EXPORT_FORMATS, EMBEDDED)]
# Every import says these of its own.
OF_THE_IMPORT = {"id", "dataKind", "completeness", "source", "sourceLocation", "identifier"}


def canonical(value: Any) -> Any:
    """A value in the form in which it is compared: in no order, and IRIs relative to the base."""
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        found = sorted((canonical(inner) for inner in value), key=str)
        return found[0] if len(found) == 1 else found
    return value.removeprefix(ID_BASE) if isinstance(value, str) else value


def brought_back(row: ExportFormat, folder: Path) -> dict[str, Any]:
    """The document that an import of the exported scenario gives."""
    from kg.importing.adapter import Run
    from kg.importing.reconcile import Reconciler

    file = folder / f"lesson.{row.suffix.rpartition('.')[2] or 'json'}"
    file.write_bytes(row.write(source_of(FULL), PAGE, TEXT))
    concepts = ConceptIndex(vocabulary_quads(ID_BASE))
    source = folder if row.suffix == "md" else file
    (record,) = ADAPTERS[row.suffix]().records(Run(str(source), concepts))
    assert record.lesson, record.cause
    made = Reconciler(concepts, ID_BASE, "back", "data-kind/original").reconcile(record.lesson)
    return normalise(made.document)


@pytest.mark.parametrize("row", FORMATS)
def test_fields_that_are_read_back_are_those_of_the_table(row: ExportFormat, tmp_path: Path) -> None:
    before = normalise(FULL)
    after = brought_back(row, tmp_path)
    kept = {e.field for e in effects(row.rules) if e.effect is Effect.KEPT}
    same = {key for key in before if key in after and canonical(after[key]) == canonical(before[key])}
    assert same & kept - OF_THE_IMPORT == row.read_back


@pytest.mark.parametrize("row", FORMATS)
def test_nothing_is_read_back_as_something_else(row: ExportFormat, tmp_path: Path) -> None:
    """Concepts come back in the field they left, or not at all."""
    before = normalise(FULL)
    after = brought_back(row, tmp_path)
    for key in ("teaches", "audience", "learningResourceType", "license", "minutes", "minAge", "maxAge"):
        stated = canonical(before[key])
        known = stated if isinstance(stated, list) else [stated]
        got = canonical(after.get(key, []))
        wrong = [value for value in (got if isinstance(got, list) else [got]) if value not in known]
        assert not wrong or key in {e.field for e in effects(row.rules) if e.effect is Effect.CHANGED}, (key, wrong)


def test_a_field_that_is_read_back_is_kept() -> None:
    for row in (*EXPORT_FORMATS, EMBEDDED):
        assert row.read_back <= {e.field for e in effects(row.rules) if e.effect is Effect.KEPT}, row.label
