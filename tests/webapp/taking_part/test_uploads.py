"""A filled spreadsheet becomes drafts; bad rows are told by sheet, row and field, and bad files refused."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from kg.errors import ImportSourceError
from kg.importing import apart
from kg.importing.apart import read_apart
from tests.webapp.taking_part.test_contributing import BASE, save
from webapp.taking_part.draft_models import Upload
from webapp.taking_part.models import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

GOOD = {
    "Name": "How loud is our canteen?",
    "Description": "Pupils measure the noise in the canteen on three days and tell where it could be quieter.",
    "Language": "English",
    "Licence": "CC BY-SA 4.0",
    "Subject": "Physics; Flying carpets",
    "Educational level": "Lower secondary education",
    "Youngest age": 13,
    "Competence taught": "1.3 Managing data, information and digital content [digcomp22-1.3]",
    "Learning outcome": "I can measure noise.\nI can compare places.",
    "Minutes": 45,
    "Tool": "Spreadsheet",
    "Product": "A map of the canteen.",
    "Credit line": "Mari's school",
}
STEPS = [
    {
        "Scenario": GOOD["Name"],
        "Position": 1,
        "Name": "Measure",
        "Minutes": 30,
        "Class organisation": "Small-group work",
    },
    {"Scenario": GOOD["Name"], "Position": 2, "Name": "Compare", "Minutes": 15},
]


def template(browser: Browser, language: str = "") -> Any:
    answer = browser.client.get(f"{language}/taking-part/template.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def fill(sheet: Any, *rows: dict[str, Any]) -> None:
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row in rows:
        at = sheet.max_row + 1
        for name, value in row.items():
            sheet.cell(at, columns[name], value)


def packed(workbook: Any) -> bytes:
    kept = io.BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def filled(browser: Browser, *rows: dict[str, Any]) -> bytes:
    workbook = template(browser)
    fill(workbook.worksheets[0], *rows)
    fill(workbook.worksheets[1], *STEPS)
    return packed(workbook)


def send(browser: Browser, content: bytes, name: str = "ours.xlsx") -> TestResponse:
    fields = {"form_token": browser.token("/hub/east/upload"), "file": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(MultiDict(fields))
    kind = f"multipart/form-data; boundary={boundary}"
    answer = browser.client.post("/taking-part/hub/east/upload", data=body, content_type=kind)
    answer.get_data()
    answer.close()
    return answer


def told(browser: Browser, content: bytes, name: str = "ours.xlsx") -> str:
    """The page about an upload that was taken."""
    answer = send(browser, content, name)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return browser.client.get(answer.headers["Location"]).get_data(as_text=True)


def drafts(kept: Database) -> list[dict[str, Any]]:
    with kept.reading() as session:
        return [draft.data for draft in session.scalars(select(Draft).order_by(Draft.created, Draft.id))]


def test_a_filled_template_becomes_a_draft_with_all_that_the_form_has(mari: Browser, kept: Database) -> None:
    page = told(mari, filled(mari, GOOD))
    assert "One row became a draft." in page
    (data,) = drafts(kept)
    assert data["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    values = data["values"]
    assert (values["name"], values["minAge"], values["product"]) == (GOOD["Name"], "13", GOOD["Product"])
    assert values["about"] == ["subject/physics"]
    assert values["teaches"] == ["competence/digcomp22-1.3"]
    assert data["outcomes"] == ["I can measure noise.", "I can compare places."]
    assert [(a["name"], a["minutes"], a["inClass"]) for a in data["activities"]] == [
        ("Measure", "30", True),
        ("Compare", "15", True),
    ]
    assert data["activities"][0]["grouping"] == "grouping/smallGroup"


@pytest.mark.long
def test_words_that_name_no_concept_are_keywords_and_told(mari: Browser, kept: Database) -> None:
    page = told(mari, filled(mari, GOOD))
    assert "Flying carpets" in page.split("among the keywords")[1]
    assert drafts(kept)[0]["values"]["keywords"] == "Flying carpets"


def test_what_the_form_has_no_field_for_goes_along_or_is_told(mari: Browser, kept: Database) -> None:
    page = told(mari, filled(mari, GOOD))
    assert "Mari&#39;s school" in page.split("was left out")[1]
    draft = re.search(r"/drafts/\w+", page)
    assert draft
    assert "Also from your spreadsheet" in mari.get(draft[0]).get_data(as_text=True)
    assert drafts(kept)[0]["carried"] == {"tool": ["tool/cat-spreadsheet"]}
    save(mari, draft[0], name="Still there")
    assert drafts(kept)[0]["carried"] == {"tool": ["tool/cat-spreadsheet"]}
    save(mari, draft[0], "drop-carried", name="Not any more")
    assert "carried" not in drafts(kept)[0]


def test_bad_rows_are_told_by_sheet_row_and_field_and_good_ones_are_taken(mari: Browser, kept: Database) -> None:
    rows = [
        {**GOOD, "Name": "Bad minutes", "Minutes": "soon"},
        GOOD,
        {**GOOD, "Name": "Bad licence", "Licence": "CC BY-NC 4.0"},
        {**GOOD, "Name": "Bad words", "Licence": "ask me"},
        {"Description": "A row without a name"},
        {**GOOD, "Name": "In German", "Language": "German"},
    ]
    page = told(mari, filled(mari, *rows))
    assert "One row became a draft." in page
    assert "5 rows could not be read." in page
    bad = page.split("What could not be read")[1].split("<h2>Drafts")[0]
    for text in ("Sheet Scenarios, row 3", "Minutes", "row 5", "CC0 only", "row 6", "ask me", "row 7", "row 8", "soon"):
        assert text in bad, text
    assert len(drafts(kept)) == 1


@pytest.mark.long
def test_what_became_of_the_rows_stays_to_be_read_by_its_owner_only(
    mari: Browser, signed_in: Callable[..., Browser]
) -> None:
    address = send(mari, filled(mari, GOOD)).headers["Location"]
    assert mari.client.get(address).status_code == 200
    assert signed_in("editor").client.get(address).status_code == 404


@pytest.mark.long
@pytest.mark.parametrize("language", ["et", "fi", "lt", "nb", "ka"])
def test_the_template_is_in_the_readers_language(mari: Browser, language: str) -> None:
    names = [cell.value for cell in template(mari, f"/{language}").worksheets[0][1]]
    assert "Name" not in names
    assert len(names) > 40


@pytest.mark.long
def test_a_text_table_is_read_too(mari: Browser, kept: Database) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["Pealkiri", "Kirjeldus", "Aine"], delimiter=";")
    writer.writeheader()
    writer.writerow({"Pealkiri": "Kus meie õu üle kuumeneb?", "Kirjeldus": "Õpilased mõõdavad.", "Aine": "Füüsika"})
    page = told(mari, text.getvalue().encode("windows-1257"), "tunnid.csv")
    assert "Row 2" in page
    (data,) = drafts(kept)
    assert data["values"]["name"] == "Kus meie õu üle kuumeneb?"
    assert (data["language"], data["values"]["about"]) == ("et", ["subject/physics"])


@pytest.mark.long
def test_more_rows_than_the_limit_are_not_read_and_that_is_told(
    mari: Browser, kept: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.taking_part.upload_pages.MOST_DRAFTS", 2)
    rows = [{**GOOD, "Name": f"Lesson {number}"} for number in range(3)]
    assert "Only the first 2 rows were read" in told(mari, filled(mari, *rows))
    assert len(drafts(kept)) == 2


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    """A workbook with one of its parts replaced."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
    return kept.getvalue()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets>&b;</sheets></workbook>"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (lambda _: b"", "is empty"),
        (lambda _: b"\0" * 100, "no text file"),
        (lambda _: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel workbook"),
        (lambda good: good[: len(good) // 2], "damaged workbook"),
        (lambda _: with_part(packed(openpyxl.Workbook()), "none", b"").replace(b"xl/", b"xx/"), "no Excel workbook"),
        (lambda _: packed(openpyxl.Workbook()), "no column is understood"),
        (lambda good: with_part(good, "xl/workbook.xml", LAUGHS), "damaged workbook"),
        (lambda good: with_part(good, "xl/styles.xml", b" " * (40 << 20)), "more than 32 MiB"),
        (lambda _: b"x" * ((3 << 20) + 1), "is larger than 3 MB"),
    ],
    ids=["empty", "zeros", "xls", "cut", "zip", "blank", "entities", "bomb", "large"],
)
def test_a_bad_file_is_refused_with_its_name_and_why(
    mari: Browser, kept: Database, make: Callable[[bytes], bytes], cause: str
) -> None:
    answer = send(mari, make(filled(mari, GOOD)))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "ours.xlsx: " in page
    assert cause in page
    assert "--option" not in page
    with kept.reading() as session:
        assert session.scalars(select(Draft)).all() == session.scalars(select(Upload)).all() == []


def test_no_file_is_no_file(mari: Browser) -> None:
    assert mari.post("/hub/east/upload", "/hub/east/upload").status_code == 422


def bomb(folder: Path) -> Path:
    """A workbook of some kilobytes with a million rows, each with one cell at the far end."""
    content = packed(openpyxl.Workbook())
    row = b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>'
    rows = b"".join(row % (number, number) for number in range(1, 400_000))
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    path = folder / "bomb.xlsx"
    path.write_bytes(with_part(content, "xl/worksheets/sheet1.xml", sheet % rows))
    return path


@pytest.mark.long
def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(ImportSourceError, match="takes too long"):
        read_apart(bomb(tmp_path), "xlsx", BASE, 10, seconds=3)


@pytest.mark.long
def test_a_file_that_takes_too_much_memory_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "blank.xlsx"
    path.write_bytes(packed(openpyxl.Workbook()))
    monkeypatch.setattr(apart, "sys", type("Python", (), {"executable": str(tmp_path / "python")}))
    (tmp_path / "python").write_text(f'#!/bin/sh\nulimit -v 100000\nexec {Path(__import__("sys").executable)} "$@"\n')
    (tmp_path / "python").chmod(0o755)
    with pytest.raises(ImportSourceError, match="too much memory"):
        read_apart(path, "xlsx", BASE, 10)
