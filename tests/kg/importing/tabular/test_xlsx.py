"""Excel workbooks, with all that people and programs put into them; hostile and damaged ones end in a clear refusal."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import ImportSourceError
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kg.importing.tabular.conftest import Sheets

HEADER = ("Id", "Title", "Subject", "Minutes", "Date of publication", "Room")


def test_numbers_dates_and_durations_read_as_people_see_them(sheets: Sheets) -> None:
    header = (*HEADER, "Preparation time", "Needs devices for pupils")
    row = (7.0, "Shadows", "Physics", 45.0, dt.date(2026, 11, 22), 214, dt.time(1, 30), True)
    (record,) = sheets.xlsx(header, row)
    assert record.lesson
    assert (record.lesson.identifier, record.lesson.minutes, record.lesson.published) == ("7", 45, "2026-11-22")
    assert (record.lesson.preparation_minutes, record.lesson.needs_pupil_devices) == (90, True)


def test_dates_as_bare_numbers_are_dates(sheets: Sheets) -> None:
    (record,) = sheets.xlsx(HEADER, ("a", "Shadows", "Physics", 45, 46348, ""))
    assert record.lesson
    assert record.lesson.published == "2026-11-22"


def test_a_cell_merged_over_several_rows_counts_in_each(sheets: Sheets) -> None:
    def merge(workbook: Any) -> None:
        workbook.active.merge_cells("C2:C3")

    first, second = sheets.xlsx(
        HEADER, ("a", "Shadows", "Physics", 45, "", ""), ("b", "Light", None, 45, "", ""), change=merge
    )
    assert first.lesson
    assert second.lesson
    assert first.lesson.subjects == second.lesson.subjects == ("Physics",)


def test_a_merged_header_names_the_columns_below_it(sheets: Sheets) -> None:
    def merge(workbook: Any) -> None:
        workbook.active.merge_cells("A1:A2")
        workbook.active.merge_cells("B1:C1")

    (record,) = sheets.xlsx(
        ("Title", "Age", None, "Subject"), (None, "from", "to", None), ("Shadows", 12, 14, "Art"), change=merge
    )
    assert record.lesson
    assert (record.lesson.min_age, record.lesson.max_age, record.lesson.subjects) == (12, 14, ("Art",))
    assert record.number == 3


def test_a_lesson_merged_over_its_activities_is_one_lesson(sheets: Sheets) -> None:
    def merge(workbook: Any) -> None:
        workbook.active.merge_cells("A2:A3")

    columns = sheets.map("columns: {title: Lesson, activity.name: Step, activity.minutes: Time}\n")
    rows = (("Lesson", "Step", "Time"), ("Shadows", "Look", 10), (None, "Draw", 35), ("Light", "Ask", 45))
    shadows, light = sheets.xlsx(*rows, change=merge, columns=columns)
    assert shadows.lesson
    assert light.lesson
    assert [step.minutes for step in shadows.lesson.activities] == [10, 35]
    assert [step.minutes for step in light.lesson.activities] == [45]


def test_hidden_rows_are_read_and_reported_or_left_out_on_demand(sheets: Sheets) -> None:
    def hide(workbook: Any) -> None:
        workbook.active.row_dimensions[2].hidden = True

    rows = (HEADER, ("a", "Shadows", "Physics", 45, "", ""), ("b", "Light", "Physics", 45, "", ""))
    assert len(sheets.xlsx(*rows, change=hide)) == 2
    assert any("1 hidden row " in note for note in sheets.notes)
    (record,) = sheets.xlsx(*rows, change=hide, hidden_rows="skip")
    assert record.number == 3


def test_a_formula_without_a_stored_value_is_empty_and_reported(sheets: Sheets) -> None:
    (record,) = sheets.xlsx(HEADER, ("a", "Shadows", "Physics", "=40+5", "", ""))
    assert record.lesson
    assert record.lesson.minutes is None
    assert any("sheet 'Sheet': 1 cell holds a formula without a stored value" in note for note in sheets.notes)


def test_an_error_in_a_cell_is_named(sheets: Sheets) -> None:
    (record,) = sheets.xlsx(HEADER, ("a", "#REF!", "Physics", 45, "", ""))
    assert (record.cause, record.field) == ("holds the spreadsheet's error #REF!", "sheet Sheet, column B (Title)")


def test_several_sheets_are_read_and_numbers_stay_apart(sheets: Sheets) -> None:
    def add(workbook: Any) -> None:
        second = workbook.create_sheet("More")
        second.append(HEADER)
        second.append(("b", "Light", "Physics", 45, "", ""))
        second.append(("a", "Twice", "Physics", 45, "", ""))
        workbook.create_sheet("Notes").append(("Ask", "Mari"))

    first, second, third = sheets.xlsx(HEADER, ("a", "Shadows", "Physics", 45, "", ""), change=add)
    assert len({first.number, second.number, third.number}) == 3
    assert json.loads(second.raw)["sheet"] == "More"
    assert third.cause == "'a' stands in row 2 of sheet Sheet already; each scenario needs an identifier of its own"
    assert "sheet 'Notes': no column is understood as a title; passed over" in sheets.notes


def test_one_sheet_can_be_chosen_by_name_or_number(sheets: Sheets) -> None:
    def add(workbook: Any) -> None:
        second = workbook.create_sheet("More")
        second.append(HEADER)
        second.append(("b", "Light", "Physics", 45, "", ""))

    for name in ("more", "2"):
        (record,) = sheets.xlsx(HEADER, ("a", "Shadows", "Physics", 45, "", ""), change=add, sheet=name)
        assert record.identifier == "b"
    with pytest.raises(ImportSourceError, match=r"has no sheet 'Third' \(there are: Sheet, More\)"):
        sheets.xlsx(HEADER, ("a", "Shadows", "Physics", 45, "", ""), change=add, sheet="Third")


def activities(*rows: tuple[object, ...]) -> Any:
    def add(workbook: Any) -> None:
        sheet = workbook.create_sheet("Activities")
        for row in (("Scenario", "Position", "Name", "Minutes", "Class organisation", "Serves outcome"), *rows):
            sheet.append(row)

    return add


def test_a_sheet_of_activities_belongs_to_its_scenarios_by_identifier_or_name(sheets: Sheets) -> None:
    rows = (("shadows", 2, "Draw", 35, "Pair work", ""), ("a", 1, "Look", "10 min", "Whole class", ""))
    (record, lost) = sheets.xlsx(
        HEADER, ("a", "Shadows", "Physics", 45, "", ""), change=activities(*rows, ("b", 1, "Rest", 5, "", ""))
    )
    assert record.lesson
    assert [(s.name[UNDETERMINED], s.minutes, s.grouping) for s in record.lesson.activities] == [
        ("Look", 10, "Whole class"),
        ("Draw", 35, "Pair work"),
    ]
    assert len(json.loads(record.raw)["activities"]) == 2
    assert lost.field == "sheet Activities, column A (Scenario), row 4"
    assert lost.cause == "'b' is neither identifier nor name of a scenario in this file"


def test_two_activities_of_one_position_are_a_fault_of_their_scenario(sheets: Sheets) -> None:
    change = activities(("a", 1, "Look", 10, "", ""), ("a", 1, "Draw", 35, "", ""))
    (record,) = sheets.xlsx(HEADER, ("a", "Shadows", "Physics", 45, "", ""), change=change)
    assert (record.cause, record.field) == ("two activities have the position 1", "Activities")


def test_an_activity_serves_only_outcomes_that_are_there(sheets: Sheets) -> None:
    change = activities(("a", 1, "Look", 10, "", "2"))
    (record,) = sheets.xlsx(HEADER, ("a", "Shadows", "Physics", 45, "", ""), change=change)
    assert record.cause == "activity 1 serves outcome 2, but there are 0"


def refused(sheets: Sheets, content: bytes, message: str) -> None:
    path = sheets.folder / "bad.xlsx"
    path.write_bytes(content)
    with pytest.raises(ImportSourceError, match=message):
        sheets.read("xlsx", path)


def test_what_is_no_workbook_is_refused_with_the_way_out(sheets: Sheets) -> None:
    refused(
        sheets, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel workbook .* save it as an Excel workbook"
    )
    refused(sheets, b"Title;Subject\n", "is no Excel workbook .*imported as csv")
    refused(sheets, b"PK\x03\x04 broken", "is a damaged workbook")


def packed(path: Path, **parts: bytes) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return path.read_bytes()


def test_an_opendocument_sheet_is_named_as_such(sheets: Sheets) -> None:
    refused(sheets, packed(sheets.folder / "a.zip", content_xml=b"<a/>"), "OpenDocument")


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_does(sheets: Sheets) -> None:
    bomb = packed(sheets.folder / "bomb.zip", xl__workbook_xml=b"<a/>", xl__styles_xml=b" " * (33 << 20))
    assert len(bomb) < 100_000
    refused(sheets, bomb, "holds xl/styles.xml of more than 32 MiB")


def edited(sheets: Sheets, part: str, old: bytes, new: bytes) -> bytes:
    """Return a good workbook in which one part was changed by hand."""
    sheets.xlsx(HEADER, ("a", "Shadows", "Physics", 45, "", ""))
    source, target = sheets.folder / "lessons.xlsx", sheets.folder / "edited.xlsx"
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in archive.namelist():
            content = archive.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            changed.writestr(name, content)
    return target.read_bytes()


def test_entities_in_a_sheet_are_refused(sheets: Sheets) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet '
    refused(sheets, edited(sheets, "xl/worksheets/sheet1.xml", b"<worksheet ", bomb), "damaged")


def with_shared_text(sheets: Sheets, *, present: bool) -> Path:
    """Return a workbook whose cell refers to the first of the shared texts, as Excel writes it."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    path = sheets.folder / "shared.xlsx"
    path.write_bytes(
        edited(sheets, "xl/worksheets/sheet1.xml", b't="inlineStr"><is><t>Shadows</t></is>', b't="s"><v>0</v>')
    )
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if present:
        parts["xl/sharedStrings.xml"] = (
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Schatten</t></si></sst>'
        )
        override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_texts_that_cells_share_are_read(sheets: Sheets) -> None:
    (record,) = sheets.read("xlsx", with_shared_text(sheets, present=True))
    assert record.lesson
    assert record.lesson.title == {UNDETERMINED: "Schatten"}


def test_a_reference_to_a_shared_text_that_is_not_there_is_damage(sheets: Sheets) -> None:
    with pytest.raises(ImportSourceError, match="is damaged"):
        sheets.read("xlsx", with_shared_text(sheets, present=False))


def test_a_row_number_beyond_any_sheet_is_refused(sheets: Sheets) -> None:
    refused(sheets, edited(sheets, "xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="99999999"'), "more rows")


def test_a_sheet_that_lies_of_its_size_is_read_whole(sheets: Sheets) -> None:
    content = edited(sheets, "xl/worksheets/sheet1.xml", b'ref="A1:F2"', b'ref="A1:A1"')
    path = sheets.folder / "lying.xlsx"
    path.write_bytes(content)
    (record,) = sheets.read("xlsx", path)
    assert record.lesson
    assert record.lesson.subjects == ("Physics",)


def test_a_cut_off_workbook_is_refused(sheets: Sheets) -> None:
    sheets.xlsx(HEADER, ("a", "Shadows", "Physics", 45, "", ""))
    refused(sheets, (sheets.folder / "lessons.xlsx").read_bytes()[:2000], "damaged")


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_workbook_damaged_anywhere_is_read_or_refused(sheets: Sheets, data: st.DataObject) -> None:
    content = template_bytes(sheets)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    start = data.draw(st.integers(0, len(parts[name])))
    length = data.draw(st.integers(0, 40))
    noise = data.draw(
        st.one_of(st.binary(max_size=12), st.sampled_from([b"", b"<", b'"', b"0", b"-1", b"1e999", b"</c>"]))
    )
    parts[name] = parts[name][:start] + noise + parts[name][start + length :]
    path = sheets.folder / "noise.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    try:
        assert all(record.lesson or record.cause for record in sheets.read("xlsx", path))
    except ImportSourceError as error:
        assert "noise.xlsx" in str(error)


def template_bytes(sheets: Sheets) -> bytes:
    path = sheets.folder / "lessons.xlsx"
    if not path.exists():
        sheets.xlsx(HEADER, ("a", "Shadows", "Physics", 45, dt.date(2026, 11, 22), ""), change=activities())
    return path.read_bytes()
