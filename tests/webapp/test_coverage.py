"""The coverage page: each number leads to as many scenarios, the same as CSV and JSON, and works as plain HTML."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from tests.webapp.test_pages import page

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from lxml import html

TABLES = [
    "",
    "rows=subject&columns=level&open=all",
    "rows=level&columns=language&open=isced-3",
    "rows=collection&columns=kind",
    "rows=competence&columns=subject&level=isced-2&open=digcomp22-1",
    "rows=language&columns=competence&competence=digcomp22-1&competence=digcomp22-4",
    "rows=subject&columns=level&minutes_max=60&suggested=1",
]


def total(client: FlaskClient, address: str) -> int:
    query = address.partition("?")[2]
    return int(client.get(f"/api/search?{query}&limit=1&facets=none").get_json()["total"])


def number(cell: html.HtmlElement) -> int:
    return int(cell.xpath("string(.//a/text())"))


@pytest.mark.parametrize("query", TABLES)
def test_every_number_leads_to_a_search_with_that_total(client: FlaskClient, query: str) -> None:
    tree = page(client, f"/coverage?{query}")
    cells = tree.xpath("//table[@class='coverage']//td")
    assert cells
    for cell in cells:
        [link] = cell.xpath("./a/@href")
        assert number(cell) == total(client, link), link


def test_the_table_says_what_it_is(client: FlaskClient) -> None:
    tree = page(client, "/coverage")
    [table] = tree.xpath("//table[@class='coverage']")
    assert table.xpath("string(caption)") == "Scenarios by competence and level"
    assert {th.get("scope") for th in table.xpath(".//th")} == {"col", "row"}
    [box] = tree.xpath("//div[@class='coverage-box']")
    assert (box.get("role"), box.get("tabindex"), box.get("aria-labelledby")) == ("region", "0", "coverage-caption")
    assert not tree.xpath("//*[@style]")


def test_empty_and_thin_cells_are_not_marked_by_colour_alone(client: FlaskClient) -> None:
    tree = page(client, "/coverage")
    assert tree.xpath("//td[@class='heat-0']/a[text()='0']")
    assert "(thin)" in tree.xpath("string(//td[@class='heat-1'])")
    assert [item.text_content().split()[-1] for item in tree.xpath("//ul[@class='legend']/li")][:2] == ["none", "4"]


def test_a_competence_opens_and_closes_by_links(client: FlaskClient) -> None:
    tree = page(client, "/coverage")
    assert "1.2 Evaluating" not in tree.text_content()
    [link] = tree.xpath("//a[@data-key='competence-digcomp22-1']/@href")
    opened = page(client, link)
    assert "1.2 Evaluating" in opened.text_content()
    [link] = opened.xpath("//a[@data-key='competence-digcomp22-1']/@href")
    assert "1.2 Evaluating" not in page(client, link).text_content()


def test_the_form_keeps_filters_that_it_does_not_show(client: FlaskClient) -> None:
    tree = page(client, "/coverage?tool=kahoot&minutes_max=90&subject=history&lang=en&open=digcomp22-1")
    form = tree.xpath("//form[@class='coverage-form']")[0]
    fields = dict(form.fields)
    assert {name: fields[name] for name in ("rows", "columns", "subject", "tool", "minutes_max", "lang", "open")} == {
        "rows": "competence",
        "columns": "level",
        "subject": "history",
        "tool": "kahoot",
        "minutes_max": "90",
        "lang": "en",
        "open": "digcomp22-1",
    }
    chips = tree.xpath("//ul[@class='chips']//a")
    assert len(chips) == 3
    assert all(page(client, chip.get("href")).xpath("count(//ul[@class='chips']//a)") == 2 for chip in chips)


def test_a_form_with_the_same_on_both_sides_is_answered(client: FlaskClient) -> None:
    tree = page(client, "/coverage?rows=level&columns=level")
    assert tree.xpath("string(//select[@name='columns']/option[@selected]/@value)") == "competence"
    found = client.get("/api/coverage?rows=level&columns=level").get_json()
    assert (found["rows"]["field"], found["columns"]["field"]) == ("level", "competence")


def test_it_speaks_the_readers_language(client: FlaskClient) -> None:
    tree = page(client, "/fi/coverage?rows=subject")
    assert "Historia" in tree.xpath("//tbody/tr/th/span/text()")
    assert all(link.startswith("/fi/") for link in tree.xpath("//td/a/@href"))


def test_json_has_the_numbers_of_the_page(client: FlaskClient) -> None:
    query = "rows=subject&columns=level&language=en"
    found = client.get(f"/api/coverage?{query}").get_json()
    tree = page(client, f"/coverage?{query}")
    shown = [[number(cell) for cell in row.xpath("./td")][:-1] for row in tree.xpath("//tbody/tr")]
    assert found["counts"] == shown
    assert [value["label"] for value in found["rows"]["values"]] == tree.xpath("//tbody/tr/th/span/text()")
    for axis in ("rows", "columns"):
        for value in found[axis]["values"]:
            assert value["total"] == total(client, value["url"]), value
    assert client.get(found["address"]).status_code == 200


def test_csv_has_the_numbers_of_the_json(client: FlaskClient) -> None:
    query = "rows=subject&columns=level&open=all"
    response = client.get(f"/coverage.csv?{query}")
    assert response.mimetype == "text/csv"
    head, *rows = csv.reader(io.StringIO(response.text))
    found = client.get(f"/api/coverage?{query}").get_json()
    assert head[3:] == [value["label"] for value in found["columns"]["values"]]
    assert [[int(text) for text in row[3:]] for row in rows[:-1]] == found["counts"]
    assert rows[-1][2] == str(found["total"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("rows=colour", "rows"),
        ("rows=level&rows=subject", "rows"),
        ("open=nothing", "open"),
        ("subject=nothing", "subject"),
        ("minutes_max=much", "minutes_max"),
        ("column=level", "column"),
        ("q=robot", "q"),
    ],
)
def test_what_cannot_be_used_is_named(client: FlaskClient, query: str, field: str) -> None:
    for address in ("/api/coverage", "/coverage.csv"):
        response = client.get(f"{address}?{query}")
        assert (response.status_code, response.get_json()["parameter"]) == (400, field)


def test_who_has_it_is_not_sent_it_again(client: FlaskClient) -> None:
    for address in ("/api/coverage", "/coverage.csv?rows=subject"):
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
