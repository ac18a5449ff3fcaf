"""CSV files of teachers and portals become lessons; each fault names row and column."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kg.errors import ImportSourceError
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from kg.importing.adapter import Record
    from kg.importing.lesson import Lesson
    from tests.kg.importing.tabular.conftest import Sheets

ESTONIAN = "Pealkiri;Õppeaine;Klass;Kestus;Keel\nVarjud;Füüsika;7. klass;1,5 h;et\n"


def only(records: list[Record]) -> Lesson:
    (record,) = records
    assert record.lesson, record.cause
    return record.lesson


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1257", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(sheets: Sheets, encoding: str, delimiter: str) -> None:
    text = ESTONIAN.replace("1,5 h", "90 min").replace(";", delimiter)
    lesson = only(sheets.csv(text, encoding))
    assert (lesson.title, lesson.subjects, lesson.levels) == ({UNDETERMINED: "Varjud"}, ("Füüsika",), ("7. klass",))
    assert (lesson.minutes, lesson.languages) == (90, ("et",))


def test_a_named_encoding_is_believed(sheets: Sheets) -> None:
    assert only(sheets.csv("Title\tSubject\nТени\tФизика\n", "koi8-r", encoding="koi8-r")).subjects == ("Физика",)
    with pytest.raises(ImportSourceError, match="'klingon' is no encoding"):
        sheets.csv(ESTONIAN, encoding="klingon")


def test_the_line_by_which_excel_tells_the_delimiter_is_no_row(sheets: Sheets) -> None:
    assert only(sheets.csv("sep=;\n" + ESTONIAN)).minutes == 90


def test_empty_rows_and_columns_and_a_heading_above_are_passed_over(sheets: Sheets) -> None:
    text = "Minu tunnid;;;;;\n;;;;;\n;Pealkiri;;Aine;;Kestus\n;;;;;\n; Varjud ;;Füüsika;;45 min\n;;;;;\n"
    (record,) = sheets.csv(text)
    assert record.number == 5
    assert record.lesson
    assert (record.lesson.title[UNDETERMINED], record.lesson.minutes) == ("Varjud", 45)


def test_two_header_rows_form_one(sheets: Sheets) -> None:
    text = "Title;Subject;Age;;Students;\n;;from;to;min;max\nShadows;Physics;12;14;10;30\n"
    lesson = only(sheets.csv(text))
    assert (lesson.min_age, lesson.max_age) == (12, 14)
    assert (lesson.document["minStudents"], lesson.document["maxStudents"]) == (10, 30)


def test_the_first_row_of_data_is_no_second_header_row(sheets: Sheets) -> None:
    first, second = sheets.csv("Title;;Subject\nShadows;Material;Physics\nLight;;Physics\n")
    assert (first.number, first.identifier, second.identifier) == (2, "shadows", "light")


def test_commas_part_only_what_the_vocabulary_does_not_know_whole(sheets: Sheets) -> None:
    competence = "Browsing, searching and filtering data, information and digital content"
    lesson = only(sheets.csv(f'Title;Subject;Competence\nShadows;"Physics, Mathematics";"{competence}"\n'))
    assert lesson.subjects == ("Physics", "Mathematics")
    assert lesson.competences == (competence,)


def test_several_values_stand_on_lines_or_between_signs(sheets: Sheets) -> None:
    row = 'Shadows;"Physics\n- Art | Music";"light, shadow";"1. I measure; I compare.\n2. I explain."\n'
    lesson = only(sheets.csv("Title;Subjects;Keywords;Objectives\n" + row))
    assert lesson.subjects == ("Physics", "Art", "Music")
    assert lesson.keywords == {UNDETERMINED: ("light", "shadow")}
    assert lesson.outcomes == ({UNDETERMINED: "I measure; I compare."}, {UNDETERMINED: "I explain."})


def test_a_column_for_each_language_gives_one_lesson_in_several(sheets: Sheets) -> None:
    lesson = only(sheets.csv("Title (en);Title (et);Description_en;Kirjeldus [et]\nShadows;Varjud;We look.;Vaatame.\n"))
    assert lesson.title == {"en": "Shadows", "et": "Varjud"}
    assert lesson.summary == {"en": "We look.", "et": "Vaatame."}


def test_what_is_not_understood_is_reported_and_kept_raw(sheets: Sheets) -> None:
    (record,) = sheets.csv("Title;Subject;Room;Mood\nShadows;Physics;214;bright\n")
    assert any("not understood" in note and "Room, Mood" in note for note in sheets.notes)
    assert json.loads(record.raw)["cells"] == {
        "Title": "Shadows",
        "Subject": "Physics",
        "Room": "214",
        "Mood": "bright",
    }


def test_a_file_without_a_title_column_is_refused_with_its_headers(sheets: Sheets) -> None:
    with pytest.raises(
        ImportSourceError,
        match=r"no column is understood as the title of a lesson; the first row says: location, target",
    ):
        sheets.csv("location,target\na,b\n")


def test_a_second_row_of_the_same_identifier_is_refused(sheets: Sheets) -> None:
    first, second = sheets.csv("Id;Title;Subject\na1;Shadows;Physics\na1;Light;Physics\n")
    assert first.lesson
    assert second.lesson is None
    assert (second.number, second.field) == (3, "column A (Id)")
    assert second.cause == "'a1' stands in row 2 already; each scenario needs an identifier of its own"


def test_an_unreadable_cell_names_its_column_and_others_go_on(sheets: Sheets) -> None:
    bad, good = sheets.csv("Title;Subject;Minutes\nShadows;Physics;a while\nLight;Physics;45\n")
    assert (bad.number, bad.field, bad.identifier) == (2, "column C (Minutes)", "shadows")
    assert "'a while' is no duration" in str(bad.cause)
    assert good.lesson
    assert good.lesson.minutes == 45


def test_unreadable_cells_can_be_left_out_and_are_reported(sheets: Sheets) -> None:
    (record,) = sheets.csv("Title;Subject;Minutes\nShadows;Physics;a while\n", unreadable="keep")
    assert record.lesson
    assert record.lesson.minutes is None
    assert "left out, since it is not understood: minutes: 'a while' (1)" in sheets.notes


def test_a_row_without_a_title_is_refused(sheets: Sheets) -> None:
    (record,) = sheets.csv("Id;Title;Subject\na1;;Physics\n")
    assert (record.cause, record.field) == ("is empty", "column B (Title)")


def test_damaged_bytes_cost_only_their_row(sheets: Sheets) -> None:
    path = sheets.folder / "damaged.csv"
    rows = "".join(f"Tund {number};Füüsika õppetöö\n" for number in range(20))
    path.write_bytes(b"Pealkiri;Aine\nKatki \xff;F\n" + rows.encode())
    records = sheets.read("csv", path)
    assert [record.number for record in records if record.cause] == [2]
    assert len(records) == 21


def test_a_quotation_mark_that_never_closes_is_a_fault_and_not_the_end(sheets: Sheets) -> None:
    long = "x" * 100 + "\n"
    records = sheets.csv('Title;Subject\nShadows;Physics\n"Light;Physics\n' + long * 1400)
    assert records[0].lesson
    assert any("quotation mark" in str(record.cause) for record in records)


def test_html_becomes_text(sheets: Sheets) -> None:
    lesson = only(sheets.csv('Title;Description\nShadows;"<p>Look &amp; see.</p><p>Then <em>draw</em>.</p>"\n'))
    assert lesson.summary == {UNDETERMINED: "Look & see.\nThen draw."}


def test_without_identifier_address_or_title_and_language_tell_rows_apart(sheets: Sheets) -> None:
    records = sheets.csv("Title;Language;URL\nShadows;en;\nShadows;et;\nLight;en;https://kool.example/light\n")
    assert [r.identifier for r in records] == ["shadows-en", "shadows-et", "https://kool.example/light"]


def test_a_moved_row_is_the_same_record(sheets: Sheets) -> None:
    (first,) = sheets.csv("Title;Subject\nShadows;Physics\n")
    (_, moved) = sheets.csv("Title;Subject\nLight;Physics\nShadows;Physics\n")
    assert first.raw == moved.raw
    assert first.identifier == moved.identifier


def test_rows_below_a_title_without_one_are_its_activities(sheets: Sheets) -> None:
    sheets.map("columns: {title: Lesson, activity.name: Step, activity.minutes: Time}\nlanguage: en\n")
    text = "Lesson;Step;Time\nShadows;Look;10\n;Draw;35 min\nLight;Ask;45\n"
    shadows, light = sheets.csv(text, columns=str(sheets.folder / "columns.yaml"))
    assert shadows.lesson
    assert [(step.name, step.minutes) for step in shadows.lesson.activities] == [
        ({UNDETERMINED: "Look"}, 10),
        ({UNDETERMINED: "Draw"}, 35),
    ]
    assert light.number == 4


def test_activities_come_from_a_second_file(sheets: Sheets) -> None:
    steps = sheets.folder / "steps.csv"
    steps.write_text("Lesson;Activity;Minutes\nSHADOWS;Look;10\nShadows;Draw;35\nNowhere;Rest;5\n", encoding="utf-8")
    record, lost = sheets.csv("Title;Subject\nShadows;Physics\n", activities=str(steps))
    assert record.lesson
    assert [step.minutes for step in record.lesson.activities] == [10, 35]
    assert lost.cause == "'Nowhere' is neither identifier nor name of a scenario in this file"


def test_materials_have_name_address_and_licence(sheets: Sheets) -> None:
    text = 'Title;Materials\nShadows;"Sheet | https://kool.example/a.pdf | CC BY 4.0\nhttps://kool.example/video"\n'
    sheet, video = only(sheets.csv(text)).materials
    assert (sheet.name, sheet.url, sheet.licence) == (
        {UNDETERMINED: "Sheet"},
        "https://kool.example/a.pdf",
        "CC BY 4.0",
    )
    assert (video.name, video.url) == ({UNDETERMINED: "video"}, "https://kool.example/video")


def test_a_workbook_is_sent_to_the_other_adapter(sheets: Sheets) -> None:
    path = sheets.folder / "really.csv"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(ImportSourceError, match=r"is a workbook, not a CSV file \(import it with `ihub import xlsx`\)"):
        sheets.read("csv", path)
