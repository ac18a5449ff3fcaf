"""The pictures of monitoring draw the numbers of the cube, and what is withheld as withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.webapp.test_monitoring import monitored, site  # noqa: F401 - fixtures
from tests.webapp.test_pages import page

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def labels(site: FlaskClient, by: str, indicator: str) -> dict[str, str]:  # noqa: F811 - the fixture's value
    """What each panel of an indicator is called, and says in words."""
    tree = page(site, f"/monitoring/plots?by={by}")
    panels = tree.xpath(f"//section[@aria-labelledby='plots-{indicator}']//figure")
    return {p.findtext("figcaption"): p.find("svg").get("aria-label").partition(". ")[2] for p in panels}


def test_totals_are_drawn_by_month(site: FlaskClient) -> None:  # noqa: F811
    [text] = labels(site, "month", "uses").values()
    assert text.endswith("2027-03: 18; 2027-04: withheld")


def test_withheld_numbers_have_a_frame_and_no_bar(site: FlaskClient) -> None:  # noqa: F811
    found = labels(site, "hub", "uses")
    assert found["south"].endswith("2027-03: withheld; 2027-04: withheld")
    assert found["north"].endswith("2027-03: 9; 2027-04: withheld")
    tree = page(site, "/monitoring/plots?by=hub")
    [south] = tree.xpath("//section[@aria-labelledby='plots-uses']//figure[figcaption='south']")
    assert not south.xpath(".//rect[@class='panel-bar']")
    assert {title.text for title in south.xpath(".//rect[@class='panel-withheld']/title")} >= {"2027-03: withheld"}
    assert not tree.xpath("//*[@style]")


def test_months_without_anything_are_no_withheld_ones(site: FlaskClient) -> None:  # noqa: F811
    [text] = labels(site, "month", "reuse").values()
    assert "withheld" not in text
    assert text.endswith("2027-02: 0; 2027-03: 2; 2027-04: 0")


def test_each_indicator_leads_to_table_csv_and_query(site: FlaskClient) -> None:  # noqa: F811
    sections = page(site, "/monitoring/plots?by=hub").xpath("//section")
    assert len(sections) == 7
    for section in sections:
        links = section.xpath(".//ul[@class='ways']//a/@href")
        assert len(links) == 3
        assert all(site.get(link).status_code == 200 for link in links)


def test_only_breakdowns_that_an_indicator_has_are_shown(site: FlaskClient) -> None:  # noqa: F811
    assert len(page(site, "/monitoring/plots?by=subject").xpath("//section")) == 5
    assert site.get("/monitoring/plots?by=people").status_code == 400


def test_a_release_without_numbers_has_no_pictures(client: FlaskClient) -> None:
    tree = page(client, "/monitoring/plots")
    assert not tree.xpath("//svg[@class='panel']")
    assert "no such numbers yet" in tree.text_content()
