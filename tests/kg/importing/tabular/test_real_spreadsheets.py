"""Spreadsheets by others, in their original form, and small ones of the same shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.errors import ImportSourceError
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kg.importing.tabular.conftest import Sheets

OER_COMMONS = {
    "URL": "https://oer.example/1",
    "NAME": "Shadows",
    "TEACHER_OVERVIEW": '"<p>Pupils draw shadows; then&nbsp;compare.</p>"',
    "TEACHER_MATERIALS": "",
    "GRADE_SUBLEVELS": "lower-primary|upper-primary",
    "SUBJECTS": "physics|art",
    "EDUCATIONAL_USE": "curriculum-instruction",
    "LANGUAGES": "en",
    "KEYWORDS": "Light|Sun",
    "LICENSE_URL": "http://creativecommons.org/licenses/by-sa/4.0/",
    "LICENSE_TITLE": "cc-by-sa",
    "PROVIDER": "",
    "MATERIAL_TYPES": "Lesson Plan",
    "PRIMARY_USER": "teacher",
    "CREATE_DATE": "2016-08-04T16:12:57",
}
OER_COMMONS_MAP = "columns: {text: TEACHER_MATERIALS}\nattribution: OER Commons\n"


def test_an_export_of_oer_commons_is_understood_by_its_headers(sheets: Sheets) -> None:
    text = "\n".join((";".join(OER_COMMONS), ";".join(OER_COMMONS.values())))
    (record,) = sheets.csv(text, columns=sheets.map(OER_COMMONS_MAP))
    assert record.lesson, record.cause
    assert record.lesson.identifier == record.lesson.source_url == "https://oer.example/1"
    assert record.lesson.summary == {UNDETERMINED: "Pupils draw shadows; then compare."}
    assert (record.lesson.subjects, record.lesson.keywords) == (("physics", "art"), {UNDETERMINED: ("Light", "Sun")})
    assert (record.lesson.published, record.lesson.attribution) == ("2016-08-04", "OER Commons")
    assert record.lesson.levels == ("lower-primary", "upper-primary")


def test_a_table_that_maps_one_list_to_another_is_refused(sheets: Sheets) -> None:
    with pytest.raises(ImportSourceError, match=r"no column is understood as the title .* Elementarbereich, https"):
        sheets.csv("Elementarbereich\thttps://vocab.example/level_0\nPrimarbereich\thttps://vocab.example/level_1\n")


def test_the_real_export_is_read_whole(sheets: Sheets, shared: Path) -> None:
    path = shared / "corpus" / "metadata_samples" / "oer-commons-csv" / "oer_commons_open_licensed_sample.csv"
    records = sheets.read("csv", path, columns=sheets.map(OER_COMMONS_MAP))
    assert [record.cause for record in records if not record.lesson] == []
    assert len(records) == 60


def test_the_real_workbook_of_digcomp_is_read_through_a_map(sheets: Sheets, shared: Path) -> None:
    (path,) = (shared / "corpus" / "vocab" / "digcomp-3.0-sv" / "sources").glob("*.xlsx")
    columns = "sheet: 4 Learning Outcomes\ncolumns: {identifier: Learning Outcome ID, title: Learning Outcome}\n"
    records = sheets.read("xlsx", path, columns=sheets.map(columns))
    assert [record.cause for record in records if not record.lesson] == []
    assert len(records) == 523
    assert records[0].identifier == "LO1.1.01"


def test_real_tables_that_hold_no_lessons_are_refused_with_what_they_hold(sheets: Sheets, shared: Path) -> None:
    tables = [*(shared / "corpus" / "metadata_samples").rglob("*.tsv"), *(shared / "corpus" / "vocab").rglob("*.csv")]
    assert len(tables) == 30
    for path in tables:
        with pytest.raises(ImportSourceError, match="no column is understood as the title of a lesson; the first row"):
            sheets.read("csv", path)
