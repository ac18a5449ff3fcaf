"""A school assesses itself by form or sheet, loses nothing, and nobody else sees it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from lxml import html

from tests.webapp.taking_part.schools import assess, school
from webapp.taking_part.assessment.instrument import DIMENSIONS, LEVELS, STATEMENTS, dimension_levels
from webapp.taking_part.assessment.rounds import this_month
from webapp.taking_part.assessment.sheet import COLUMNS, MOST_LINES, read_sheet, write_sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement
    from werkzeug.test import TestResponse

    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

FIRST, SECOND = list(STATEMENTS)[:2]
ALL = dict.fromkeys(STATEMENTS, 3)
MANY = "month,statement,level\n" + "".join(
    f"20{year}-{month:02},{name},1\n" for year in range(10, 26) for month in range(1, 13) for name in STATEMENTS
)


@pytest.fixture
def own(kept: Database, mari: Browser) -> str:
    """Mari's school."""
    return school(kept, email="contributor@school.example")


def place(own: str, rest: str = "") -> str:
    return f"/school/{own}/self-assessment{rest}"


def tree(answer: TestResponse) -> HtmlElement:
    return html.fromstring(answer.get_data(as_text=True))


def send(browser: Browser, own: str, content: str | bytes, **fields: str) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    form = {"form_token": browser.token("/account"), "sheet": (io.BytesIO(data), "ours.csv"), **fields}
    return browser.client.post(f"/taking-part{place(own, '/upload')}", data=form, content_type="multipart/form-data")


def rounds(browser: Browser, own: str) -> dict[str, dict[str, str]]:
    """The levels that the school's own sheet tells, by month and statement."""
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(browser.get(place(own, ".csv")).get_data().decode("utf-8-sig"))):
        found.setdefault(row["month"], {})[row["statement"]] = row["level"]
    return found


def mistakes(answer: TestResponse) -> list[tuple[str, str, str]]:
    """File, row and column of each mistake that a page tells."""
    rows = tree(answer).xpath("//div[@role='alert']//tbody/tr")
    return [tuple(cell.text_content() for cell in row[:3]) for row in rows]


def test_the_instrument_has_three_statements_for_each_dimension_of_the_model(people_app: object) -> None:
    by_dimension = [statement.dimension for statement in STATEMENTS.values()]
    assert [by_dimension.count(dimension) for dimension in DIMENSIONS] == [3] * 5
    site = people_app.extensions["ihub.site"]  # type: ignore[attr-defined]
    graph, base = site.served().graph, f"{site.settings.base_iri}id/"
    known = {iri.removeprefix(base) for iri in graph.instances("https://w3id.org/ihub/ns#EvaluationDimension")}
    assert known == {f"dimension/{slug}" for slug in DIMENSIONS}


def test_a_level_needs_two_of_three_statements() -> None:
    assert dimension_levels({FIRST: 4}) == {}
    assert dimension_levels({FIRST: 4, SECOND: 1}) == {DIMENSIONS[0]: 2.5}


def test_a_round_is_written_by_form_and_shown_over_time(mari: Browser, own: str, kept: Database) -> None:
    assess(kept, own, "2026-01", dict.fromkeys(STATEMENTS, 1))
    form = mari.get(place(own, "/2026-05"))
    assert len(tree(form).xpath("//fieldset")) == len(STATEMENTS)
    answer = mari.post(
        place(own, "/2026-05"), place(own, "/2026-05"), version="0", note="Only for us", **{FIRST: "4", SECOND: "3"}
    )
    assert answer.status_code == 303
    page = tree(mari.get(place(own)))
    assert page.xpath("//table[@class='panel-table']//tbody/tr[2]/td[1]/text()") == ["3.5"]
    assert len(page.xpath("//svg")) == 5
    assert "2026-01: 1; 2026-05: 3.5" in page.xpath("(//svg)[1]/@aria-label")[0]
    assert not page.xpath("//*[@style]")
    assert "Only for us" in mari.get(place(own, "/2026-05")).text


def test_two_who_save_at_once_overwrite_nothing(mari: Browser, own: str, kept: Database) -> None:
    assess(kept, own, "2026-05", {FIRST: 4}, note="first")
    answer = mari.post(place(own, "/2026-05"), place(own, "/2026-05"), version="0", **{FIRST: "2"})
    assert answer.status_code == 409
    assert rounds(mari, own)["2026-05"][FIRST] == "4"
    page = tree(answer)
    assert "4" in page.xpath("//div[@role='alert']//li[1]")[0].text_content()
    [version] = page.xpath("//input[@name='version']/@value")
    assert page.xpath(f"//input[@name='{FIRST}'][@checked]/@value") == ["2"]
    again = mari.post(place(own, "/2026-05"), place(own, "/2026-05"), version=version, **{FIRST: "2"})
    assert again.status_code == 303
    assert rounds(mari, own)["2026-05"][FIRST] == "2"


def test_a_round_is_thrown_away_only_as_it_was_seen(mari: Browser, own: str, kept: Database) -> None:
    assess(kept, own, "2026-05", ALL)
    assert mari.post(place(own, "/2026-05"), place(own, "/2026-05"), version="7", do="delete").status_code == 409
    assert mari.post(place(own, "/2026-05"), place(own, "/2026-05"), version="1", do="delete").status_code == 303
    assert rounds(mari, own) == {}


@pytest.mark.parametrize("month", ["2999-01", "2026-13", "May", "2026-5"])
def test_months_that_are_none_or_still_to_come_have_no_form(mari: Browser, own: str, month: str) -> None:
    assert mari.get(place(own, f"/{month}")).status_code == 404
    assert mari.get(place(own) + f"?month={month}").status_code == 200
    assert mari.get(place(own) + f"?month={this_month()}").status_code == 302


def test_an_empty_round_and_a_long_note_are_refused(mari: Browser, own: str) -> None:
    page = place(own, f"/{this_month()}")
    assert mari.post(page, page, version="0").status_code == 422
    answer = mari.post(page, page, version="0", note="x" * 5001, **{FIRST: "2"})
    assert answer.status_code == 422
    assert tree(answer).xpath(f"//input[@name='{FIRST}'][@checked]/@value") == ["2"]


@pytest.mark.parametrize(
    ("role", "hub"), [("contributor", "hub/east"), ("coordinator", "hub/east"), ("administrator", "*")]
)
def test_nobody_else_sees_it_whatever_their_role(
    signed_in: Callable[..., Browser], own: str, kept: Database, role: str, hub: str
) -> None:
    assess(kept, own, "2026-05", ALL, note="Only for us")
    other = signed_in(role, hub, email="other@school.example")
    for rest in ("", ".csv", "/template.csv", "/2026-05"):
        assert other.get(place(own, rest)).status_code == 404, rest
    token = {"form_token": other.token("/account")}
    for rest in ("/upload", "/2026-05"):
        assert other.client.post(f"/taking-part{place(own, rest)}", data=token).status_code == 404, rest


@pytest.mark.parametrize(("role", "hub"), [("coordinator", "hub/east"), ("administrator", "*")])
def test_who_coordinates_a_hub_gets_in_by_speaking_for_the_school_neither(
    signed_in: Callable[..., Browser], kept: Database, role: str, hub: str
) -> None:
    other = signed_in(role, hub, email="other@school.example")
    own = school(kept, email="other@school.example")
    assert other.get(place(own)).status_code == 404
    assert "You belong to no school" in other.get("/self-assessment").text
    assert signed_in("contributor", email="third@school.example").get(place(own)).status_code == 404


def test_the_way_leads_to_the_only_school(mari: Browser, own: str, kept: Database) -> None:
    assert mari.get("/self-assessment").location.endswith(place(own))
    school(kept, email="contributor@school.example", name="Another")
    assert len(tree(mari.get("/self-assessment")).xpath("//main//li/a")) == 2


def test_what_is_given_out_can_be_sent_back(mari: Browser, own: str, kept: Database) -> None:
    assess(kept, own, "2026-05", ALL, note="=1+1 is\n“two”")
    sheet = mari.get(place(own, ".csv")).get_data()
    assert sheet.startswith(b"\xef\xbb\xbf")
    assert b"'=1+1" in sheet
    mari.post(place(own, "/2026-05"), place(own, "/2026-05"), version="1", do="delete")
    assert send(mari, own, sheet).status_code == 200
    assert rounds(mari, own)["2026-05"] == dict.fromkeys(STATEMENTS, "3")
    assert mari.get(place(own, ".csv")).get_data() == sheet


def test_the_template_has_every_statement_and_says_nothing(mari: Browser, own: str) -> None:
    template = mari.get(place(own, "/template.csv")).get_data()
    sheet = read_sheet(template)
    assert not sheet.mistakes
    assert sheet.answers == {this_month(): {}}
    assert len(sheet.rows) == len(STATEMENTS)


def test_what_a_sheet_leaves_empty_stays(mari: Browser, own: str, kept: Database) -> None:
    assess(kept, own, "2026-05", {FIRST: 4})
    answer = send(mari, own, f"month,statement,level\n2026-05,{FIRST},\n2026-05,{SECOND},2\n2026-04,{SECOND},1\n")
    assert answer.status_code == 200
    found = rounds(mari, own)
    assert (found["2026-05"][FIRST], found["2026-05"][SECOND], found["2026-04"][SECOND]) == ("4", "2", "1")


def test_a_sheet_replaces_only_where_asked(mari: Browser, own: str, kept: Database) -> None:
    assess(kept, own, "2026-05", {FIRST: 4}, note="kept")
    sheet = f"month;statement;level;note\r\n2026-04;{FIRST};1;\r\n2026-05;{FIRST};2;other\r\n"
    answer = send(mari, own, sheet)
    assert answer.status_code == 422
    assert mistakes(answer) == [("ours.csv", "3", "level"), ("ours.csv", "3", "note")]
    assert list(rounds(mari, own)) == ["2026-05"]
    assert send(mari, own, sheet, replace="yes").status_code == 200
    assert rounds(mari, own)["2026-05"][FIRST] == "2"


@pytest.mark.parametrize(
    ("content", "row", "column"),
    [
        ("", "1", "–"),
        ("month,statement\n", "1", "level"),
        ("month,month,statement,level\n", "1", "month"),
        ("month,statement,level\n", "1", "–"),
        (f"month,statement,level\n2026-05,{FIRST},5\n", "2", "level"),
        (f"month,statement,level\n2026-05,{FIRST},\n\nMay-26,{SECOND},3\n", "4", "month"),
        (f"month,statement,level\n2999-05,{FIRST},3\n", "2", "month"),
        ("month,statement,level\n2026-05,tools,3\n", "2", "statement"),
        (f"month,statement,level\n2026-05,{FIRST},3\n2026-05,{FIRST},3\n", "3", "statement"),
        (f"month,statement,level\n2026-05,{FIRST},3,4\n", "2", "–"),
        (f"month,statement,level,note\n2026-05,{FIRST},3,a\n2026-05,{SECOND},3,b\n", "3", "note"),
        (f"month,statement,level,note\n2026-05,{FIRST},3,{'x' * 5001}\n", "2", "note"),
        (f'month,statement,level\n2026-05,{FIRST},"3', "2", "–"),
        (f"month,statement,level\n2026-05,{FIRST},3\n".encode("utf-16"), "1", "–"),
        (b"month,statement,level\n2026-05,\xff,3\n", "2", "–"),
        (MANY, str(MOST_LINES + 2), "–"),
        ("x" * (256 * 1024 + 1), "1", "–"),
    ],
)
def test_mistakes_name_file_row_and_column_and_nothing_is_kept(
    mari: Browser, own: str, content: str | bytes, row: str, column: str
) -> None:
    answer = send(mari, own, content)
    assert answer.status_code == 422
    assert mistakes(answer)[0] == ("ours.csv", row, column)
    assert rounds(mari, own) == {}


def test_a_form_without_a_file_is_told_so(mari: Browser, own: str) -> None:
    assert mari.post(place(own, "/upload"), place(own)).status_code == 422


def test_sheets_are_written_as_they_are_read() -> None:
    text = write_sheet([("2026-05", ALL, "a note")])
    assert text.splitlines()[0] == ",".join(COLUMNS)
    sheet = read_sheet(text.encode())
    assert (sheet.answers, sheet.notes, sheet.mistakes) == ({"2026-05": ALL}, {"2026-05": "a note"}, [])
    assert [level.number for level in LEVELS] == [1, 2, 3, 4]


def test_the_export_of_a_person_has_their_rounds(mari: Browser, own: str) -> None:
    page = place(own, "/2026-05")
    mari.post(page, page, version="0", note="Mine", **{FIRST: "2"})
    [found] = mari.get("/account/export").get_json()["assessments"]
    assert (found["month"], found["note"], found["answers"]) == ("2026-05", "Mine", {FIRST: 2})
