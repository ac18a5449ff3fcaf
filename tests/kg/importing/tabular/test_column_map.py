"""The column map says which column is which, and errors in it are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import ImportSourceError
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from kg.importing.lesson import Lesson
    from tests.kg.importing.tabular.conftest import Sheets

TABLE = "Kood,Mis,Milles,Kaua,Kellele,Salajane\nx-1,Varjud,fys,2,7-9,ei ütle\n"


def mapped(sheets: Sheets, text: str, table: str = TABLE, **options: str) -> Lesson:
    (record,) = sheets.csv(table, columns=sheets.map(text), **options)
    assert record.lesson, record.cause
    return record.lesson


def test_columns_are_named_by_header_or_letter_and_values_stand_for_others(sheets: Sheets) -> None:
    lesson = mapped(
        sheets,
        """
language: et
licence: CC BY 4.0
lesson-minutes: 40
columns:
  title: Mis
  subjects: {column: C, values: {fys: Füüsika, muu: null}}
  minutes: {column: Kaua, unit: lessons}
  levels: {column: Kellele, separator: "-"}
  attribution: {value: Näite kool}
ignore: [Salajane]
""",
    )
    assert (lesson.identifier, lesson.title, lesson.subjects) == ("x-1", {UNDETERMINED: "Varjud"}, ("Füüsika",))
    assert (lesson.minutes, lesson.levels, lesson.languages) == (80, ("7", "9"), ("et",))
    assert (lesson.licence, lesson.attribution) == ("CC BY 4.0", "Näite kool")
    assert not any("Salajane" in note for note in sheets.notes)


def test_a_value_may_say_nothing(sheets: Sheets) -> None:
    lesson = mapped(sheets, "columns: {title: Mis, subjects: {column: Milles, values: {fys: null}}}")
    assert lesson.subjects == ()


def test_texts_of_several_languages_come_from_several_columns(sheets: Sheets) -> None:
    table = "Eesti,Inglise\nVarjud,Shadows\n"
    columns = "columns: {title: [{column: Eesti, language: et}, {column: Inglise, language: en}]}"
    assert mapped(sheets, columns, table).title == {"et": "Varjud", "en": "Shadows"}


def test_a_table_without_a_header_is_read_by_letters(sheets: Sheets) -> None:
    assert mapped(sheets, "header: 0\ncolumns: {title: B, identifier: A}", "x,Varjud\n").title == {
        UNDETERMINED: "Varjud"
    }


def test_a_header_further_down_can_be_named(sheets: Sheets) -> None:
    table = "Title,Subject\nhead,line\nNimi,Aine\nVarjud,Füüsika\n"
    assert mapped(sheets, "header: 3", table).subjects == ("Füüsika",)


def test_the_command_line_overrules_the_map(sheets: Sheets) -> None:
    assert mapped(sheets, "language: et\ncolumns: {title: Mis}", language="fi").languages == ("fi",)


def test_american_dates_are_read_as_asked(sheets: Sheets) -> None:
    lesson = mapped(sheets, "date-order: mdy", "Title,Date\nShadows,3/4/2026\n")
    assert lesson.published == "2026-03-04"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colums: {}", "colums: is unknown; there are: .*columns"),
        ("columns: {titel: Mis}", "columns.titel: is no field; there are: .*title"),
        ("columns: {title: {}}", "columns.title: names neither a column nor a value"),
        ("columns: {title: {column: Mis, seperator: x}}", "columns.title.seperator: is unknown"),
        ("columns: {minutes: {column: Kaua, unit: days}}", "columns.minutes.unit: 'days' is none of: minutes, hours"),
        ("header: [1, 3]", "header: must name two rows that follow each other"),
        ("header: first", "header: must be the number of the header's row"),
        ("unreadable: perhaps", "unreadable: 'perhaps' is none of: reject, keep"),
        ("lesson-minutes: long", "lesson-minutes: 'long' is no number of minutes"),
        ("activities: [a]", "activities: must be a mapping"),
        ("[a, b]", "must hold one mapping"),
        ("columns: {title: [unclosed", "is not readable YAML"),
    ],
)
def test_an_error_in_the_map_names_file_and_key(sheets: Sheets, text: str, message: str) -> None:
    with pytest.raises(ImportSourceError, match=rf"columns\.yaml: {message}"):
        mapped(sheets, text)


def test_a_column_that_the_table_lacks_is_named_with_those_it_has(sheets: Sheets) -> None:
    with pytest.raises(ImportSourceError, match=r"columns.minutes: has no column 'Kestab' \(there are: Kood, Mis"):
        mapped(sheets, "columns: {title: Mis, minutes: Kestab}")


def test_a_map_that_is_not_there_is_said(sheets: Sheets) -> None:
    with pytest.raises(ImportSourceError, match=r"nowhere.yaml: cannot be read: No such file"):
        sheets.csv(TABLE, columns=str(sheets.folder / "nowhere.yaml"))


def test_an_identifier_can_be_put_together_of_several_columns(sheets: Sheets) -> None:
    lesson = mapped(sheets, "columns: {title: Mis, identifier: [Milles, Mis]}")
    assert lesson.identifier == "fys Varjud"


def test_a_sheet_of_activities_has_a_map_of_its_own(sheets: Sheets) -> None:
    def add(workbook: Any) -> None:
        sheet = workbook.create_sheet("Etapid")
        sheet.append(("Tunni kood", "Mida teeme", "Aeg", "Töövorm", "Muu"))
        sheet.append(("x-1", "Vaatame", "10 min", "paaristöö", "-"))

    columns = sheets.map("""
columns: {title: Mis, identifier: Kood}
activities:
  sheet: Etapid
  columns: {scenario: Tunni kood, name: Mida teeme, minutes: Aeg}
  ignore: [Muu]
""")
    (record,) = sheets.xlsx(("Kood", "Mis"), ("x-1", "Varjud"), change=add, columns=columns)
    assert record.lesson
    (step,) = record.lesson.activities
    assert (step.name, step.minutes, step.grouping) == ({UNDETERMINED: "Vaatame"}, 10, "paaristöö")
    assert not any("not understood" in note for note in sheets.notes)
