"""The pictures of monitoring draw the numbers of the cube, and what is withheld as withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.monitoring.indicators import INDICATORS
from tests.webapp.test_monitoring import monitored, site  # noqa: F401 - fixtures
from tests.webapp.test_pages import page

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from lxml.html import HtmlElement

MONTHS = ["2027-01", "2027-02", "2027-03", "2027-04"]


def panels(site: FlaskClient, indicator: str, by: str) -> dict[str, HtmlElement]:  # noqa: F811 - the fixture's value
    """The panels of an indicator by their names."""
    section = f"//section[@aria-labelledby='plots-{indicator}']"
    drawn = page(site, f"/monitoring/plots?by={by}").xpath(f"{section}//*[local-name() = 'svg']")
    return {svg.get("aria-label").partition(". ")[0]: svg for svg in drawn}


def numbers(site: FlaskClient, indicator: str, by: str) -> dict[str, dict[str, int | None]]:  # noqa: F811
    """What the API tells, by label and month; what is missing is withheld where numbers are, else it is none."""
    told: dict[str, dict[str, int | None]] = {}
    for found in site.get(f"/api/monitoring?indicator={indicator}&by={by}").get_json()["observations"]:
        told.setdefault(found["label"], {})[found["month"]] = found["number"]
    missing = None if INDICATORS[indicator].protected else 0
    return {name: {month: row.get(month, missing) for month in MONTHS} for name, row in told.items()}


def in_words(row: dict[str, int | None]) -> str:
    return "; ".join(f"{month}: {'withheld' if number is None else number}" for month, number in row.items())


@pytest.mark.parametrize("indicator", INDICATORS)
@pytest.mark.parametrize("by", ["month", "hub"])
def test_each_number_is_drawn_and_each_withheld_one_has_a_frame(site: FlaskClient, indicator: str, by: str) -> None:  # noqa: F811
    rows, drawn = numbers(site, indicator, by), panels(site, indicator, by)
    assert rows
    assert len(rows) == len(drawn)
    if by == "hub":
        assert rows.keys() == drawn.keys()
    for svg, row in zip((drawn.get(name, next(iter(drawn.values()))) for name in rows), rows.values(), strict=True):
        assert svg.get("aria-label").endswith(f". {in_words(row)}")
        count = svg.xpath
        assert len(count(".//*[@class='panel-bar']")) == sum(bool(number) for number in row.values())
        assert len(count(".//*[@class='panel-withheld']")) == sum(number is None for number in row.values())


def test_there_is_something_withheld_to_draw_and_something_told(site: FlaskClient) -> None:  # noqa: F811
    found = [number for row in numbers(site, "uses", "month").values() for number in row.values()]
    assert None in found
    assert any(found)


def test_each_indicator_leads_to_table_csv_and_query(site: FlaskClient) -> None:  # noqa: F811
    tree = page(site, "/monitoring/plots?by=hub")
    assert not tree.xpath("//*[@style]")
    sections = tree.xpath("//section")
    assert len(sections) == len(INDICATORS)
    for section in sections:
        links = section.xpath(".//ul[@class='ways']//a/@href")
        assert len(links) == 3
        assert all(site.get(link).status_code == 200 for link in links)


def test_where_every_month_is_withheld_none_is_called_missing(site: FlaskClient) -> None:  # noqa: F811
    section = "//section[@aria-labelledby='plots-uses']"
    [uses] = page(site, "/monitoring/plots?by=competence").xpath(section)
    assert not site.get("/api/monitoring?indicator=uses&by=competence").get_json()["observations"]
    assert "All of these numbers are withheld" in uses.text_content()


def test_only_breakdowns_that_an_indicator_has_are_shown(site: FlaskClient) -> None:  # noqa: F811
    assert len(page(site, "/monitoring/plots?by=subject").xpath("//section")) == 5
    assert site.get("/monitoring/plots?by=people").status_code == 400


def test_a_release_without_numbers_has_no_pictures(client: FlaskClient) -> None:
    tree = page(client, "/monitoring/plots")
    assert not tree.xpath("//*[local-name() = 'svg'][@class='panel']")
    assert "no such numbers yet" in tree.text_content()
