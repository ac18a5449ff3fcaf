"""The template: filled in and imported, in any of its languages, it gives a complete scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner

from kg.collection import Collection
from kg.documents import Document
from kg.importing.adapter import load_adapter
from kg.importing.licences import licence_iri
from kg.importing.pipeline import ImportReport, import_source
from kg.importing.tabular.columns import LANGUAGES, ColumnSet, scenario_columns, step_columns
from kg.importing.tabular.lists import LICENCES, Lists
from kg.importing.tabular.template import template_workbook
from kg.vocabulary import ConceptIndex, fold
from ontology.load import context, ontology_files
from ontology.namespaces import IHUB, PREFIXES
from webapp.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings
    from tests.kg.importing.tabular.conftest import Sheets

BASE = "http://127.0.0.1:8000/id/"
FURTHER = {
    "keywords": "varjud, valgus",
    "grades": "grade/ee-8",
    "min_age": 13,
    "max_age": "15",
    "themes": "theme/environment-sustainability",
    "assesses": "competence/digcomp22-1.3",
    "required": "competence/digcomp22-1.1",
    "preparation_minutes": "0,5 h",
    "min_students": 12,
    "max_students": "30,0",
    "tools": "tool/qgis\ntool/cat-spreadsheet",
    "interactivity": "interactivity/active",
    "access": "access/no-login",
    "accessibility_features": "captions",
    "accessibility_hazards": "noFlashingHazard",
    "adaptation": "One thermometer is enough.",
    "materials": "Sheet | https://www.school.example/sheet.pdf | CC BY 4.0",
    "attribution": "Example school, 2026",
    "modified": "23.11.2026",
    "source_url": "https://www.school.example/heat",
    "based_on": "https://www.school.example/older",
    "adaptation_note": "Shorter.",
    "work": "heat",
    "text": "=SUM(A1) is how we add up.",
}


def fill(workbook: Any, **further: object) -> None:
    """Make the example a teacher's own row, with further cells by field; concepts are given by identifier."""
    for sheet in workbook.worksheets[:2]:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("#example", "my-own")
    shown = [column for column in scenario_columns().columns if column.template]
    for index, column in enumerate(shown, start=1):
        if column.field in further:
            cell = workbook.worksheets[0].cell(2, index)
            cell.value = further[column.field]
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type


def imported(settings: Settings, path: Path) -> tuple[ImportReport, dict[str, Any]]:
    report = import_source(settings, load_adapter("xlsx"), path, "own", {})
    collection = Collection.open(settings.collections / "own")
    documents = [d for d in collection.documents() if isinstance(d, Document) and d.identifier.startswith("scenario/")]
    return report, dict(documents[0].data) if documents else {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_filled_template_is_understood_in_each_language(language: str, sheets: Sheets) -> None:
    workbook = template_workbook(language, BASE)
    fill(workbook)
    workbook.save(sheets.folder / "filled.xlsx")
    (record,) = sheets.read("xlsx", sheets.folder / "filled.xlsx")
    assert record.lesson, record.cause
    assert not any(note.startswith("left out") for note in sheets.notes)
    assert record.lesson.document["completeness"] == "completeness/complete"


@pytest.mark.parametrize("language", ["ka"])
def test_the_filled_template_gives_a_complete_scenario(language: str, settings: Settings, tmp_path: Path) -> None:
    workbook = template_workbook(language, BASE)
    fill(workbook)
    workbook.save(tmp_path / "filled.xlsx")
    report, document = imported(settings, tmp_path / "filled.xlsx")
    assert (report.accepted, report.rejections, report.unresolved) == (1, [], {})
    assert document["completeness"] == "completeness/complete"
    assert document["inLanguage"] == [language]
    assert document["about"] == ["subject/geography"]
    assert document["teaches"] == ["competence/digcomp22-1.3"]
    assert document["alignment"][0]["proficiencyLevel"] == "proficiency/digcomp22-4"
    assert [activity["grouping"] for activity in document["activity"]] == ["grouping/smallGroup", "grouping/wholeClass"]
    assert document["activity"][0]["outcome"] == [f"{document['id']}#outcome-1"]


def test_every_column_reaches_the_document(settings: Settings, tmp_path: Path) -> None:
    workbook = template_workbook("et", BASE)
    fill(workbook, **FURTHER)
    workbook.save(tmp_path / "filled.xlsx")
    report, document = imported(settings, tmp_path / "filled.xlsx")
    assert (report.rejections, report.unresolved) == ([], {})
    assert document["completeness"] == "completeness/complete"
    keys = {context_key(column.term) for column in scenario_columns().columns if column.template and column.term}
    without = {"proficiencyLevel", "machineTranslated", "url"}  # a part's key, false, and kept as the source
    assert keys - without <= document.keys()
    assert document["source"] == "https://www.school.example/heat"
    assert document["tool"] == ["tool/qgis", "tool/cat-spreadsheet"]
    assert document["crossCurricularTheme"] == ["theme/environment-sustainability"]
    assert (document["preparationMinutes"], document["maxStudents"], document["dateModified"]) == (30, 30, "2026-11-23")
    assert document["text"]["et"] == FURTHER["text"]


def context_key(term: str) -> str:
    return (
        next(key for key, value in context().items() if isinstance(value, dict) and value.get("@id") == term)
        if (term not in context().values())
        else next(key for key, value in context().items() if value == term)
    )


def test_a_row_that_says_less_is_not_complete_and_the_report_says_what_lacks(sheets: Sheets) -> None:
    workbook = template_workbook("en", BASE)
    fill(workbook, publisher=None)
    workbook.save(sheets.folder / "filled.xlsx")
    (record,) = sheets.read("xlsx", sheets.folder / "filled.xlsx")
    assert record.lesson
    assert "completeness" not in record.lesson.document
    assert "1 of 1 scenarios are not complete; what lacks most often: Publisher (1)" in sheets.notes


def test_the_example_and_the_help_are_no_scenarios(sheets: Sheets) -> None:
    template_workbook("lt", BASE).save(sheets.folder / "empty.xlsx")
    assert sheets.read("xlsx", sheets.folder / "empty.xlsx") == []
    assert sheets.notes == ["sheet 'Scenarijai': the template of ihub", "sheet 'Veiklos': the template of ihub"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_of_a_list_is_found_again(language: str, concepts: ConceptIndex) -> None:
    lists = Lists(language, BASE)
    classes = {c.list for s in (scenario_columns(), step_columns()) for c in s.columns} - {None, "licence", "yes-no"}
    for name in sorted(filter(None, classes)):
        entries = lists.entries(name, {})
        assert entries
        for entry in entries:
            assert entry.endswith("]") or concepts.find(entry, IHUB + name), entry
        assert len(set(entries)) == len(entries)


def test_every_licence_offered_is_known() -> None:
    assert all(licence_iri(name) for name in LICENCES)


@pytest.mark.parametrize("columns", [scenario_columns(), step_columns()])
def test_columns_are_called_as_the_ontology_calls_them(columns: ColumnSet) -> None:
    from rdflib import RDFS, Graph, URIRef

    graph = Graph()
    for path in ontology_files():
        graph.parse(path)
    compared = 0
    for column in columns.columns:
        if column.term and column.term.startswith("ihub:"):
            labels = list(graph.objects(URIRef(IHUB + column.term.removeprefix("ihub:")), RDFS.label))
            ours = {language: fold(column.label[language]) for language in LANGUAGES}
            assert {label.language: fold(str(label)) for label in labels if label.language in LANGUAGES} == ours
            compared += 1
    assert compared > 5


@pytest.mark.parametrize("columns", [scenario_columns(), step_columns()])
def test_every_column_has_its_words_in_six_languages(columns: ColumnSet) -> None:
    for column in columns.columns:
        assert tuple(column.label) == LANGUAGES
        if column.template:
            assert tuple(column.help) == LANGUAGES
            assert column.term is None or column.term.split(":")[0] in PREFIXES
        for label in column.label.values():
            assert columns.recognise(label) == (column, None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_tells_of_every_column_and_of_the_example(language: str) -> None:
    workbook = template_workbook("en", BASE)
    (sheet,) = (sheet for sheet in workbook if sheet.title.endswith(f"({language})"))
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any("#example" in str(line[0]) for line in lines)
    described = {line[0]: line[2] for line in lines if line[2]}
    for columns in (scenario_columns(), step_columns()):
        for column in columns.columns:
            assert not column.template or column.label[language] in described


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_of_a_template_differ(language: str) -> None:
    for columns in (scenario_columns(), step_columns()):
        assert len({fold(header) for header in columns.headers(language)}) == len(columns.headers(language))


def test_the_command_writes_a_workbook_with_lists_help_and_a_frozen_header(tmp_path: Path) -> None:
    path = tmp_path / "mall.xlsx"
    result = CliRunner().invoke(main, ["template", "xlsx", str(path), "--language", "et"])
    assert result.exit_code == 0, result.output
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames[:3] == ["Stsenaariumid", "Tegevused", "Abi (et)"]
    assert len([name for name in workbook.sheetnames if name.endswith(")")]) == 6
    sheet = workbook.worksheets[0]
    assert sheet.freeze_panes == "C2"
    assert workbook.worksheets[-1].sheet_state == "hidden"
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert {rule.formula1 for rule in lists} >= {"=list_Subject", "=list_Competence", "=list_licence"}
    assert {rule.formula1.lstrip("=") for rule in lists} <= set(workbook.defined_names)


def test_the_command_does_not_replace_what_somebody_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    path.write_bytes(b"mine")
    result = CliRunner().invoke(main, ["template", "xlsx", str(path)])
    assert result.exit_code == 1
    assert "--force" in result.output
    assert path.read_bytes() == b"mine"


def test_a_text_that_begins_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    from kg.importing.tabular.template import _put

    workbook = openpyxl.Workbook()
    _put(workbook.active["A1"], "=HYPERLINK(1)")
    workbook.save(tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active["A1"].data_type == "s"
