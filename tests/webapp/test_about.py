"""The pages about the site say what is so: true numbers, what is kept of visitors, where to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.webapp.test_entity_pages import page, texts, total_of
from webapp import create_app

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PAGES = ["/about/data", "/about/privacy", "/about/accessibility", "/help"]


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_are_linked_from_every_page(hubs: FlaskClient, address: str) -> None:
    assert address in page(hubs, "/search").xpath("//footer//a/@href")
    tree = page(hubs, address)
    assert len(tree.xpath("//h1")) == 1
    for link in tree.xpath("//main//a[starts-with(@href, '/')]/@href"):
        assert hubs.get(link).status_code == 200, link


def test_numbers_of_the_data_are_true(hubs: FlaskClient, hub_app: Flask) -> None:
    tree = page(hubs, "/about/data")
    total = total_of(hubs, "/search")
    assert f"There are {total} learning scenarios here." in tree.text_content()
    table = {row.xpath("string(th)"): row.xpath("string(td)") for row in tree.xpath("//table//tr")}
    assert table["Regional innovation hub"] == "6"
    assert table["School"] == "18"
    with hub_app.app_context():
        quads = hub_app.extensions["ihub.site"].served().release.manifest["quads"]
    assert table["Statements in all"].replace(",", "") == str(quads)
    for link in tree.xpath("//a[@class='tally']"):
        assert total_of(hubs, link.get("href")) == int(link.text_content().split()[0])


def test_kinds_of_data_are_told_apart(hubs: FlaskClient) -> None:
    found = {dt.xpath("string(a[1])"): dt.text_content() for dt in page(hubs, "/about/data").xpath("//dl/dt")}
    assert "no scenarios yet" in found["Drafted for this repository"]
    assert f"{total_of(hubs, '/search?kind=original')} scenarios" in found["Original"]


def test_no_page_sets_a_cookie(hubs: FlaskClient) -> None:
    for address in ["/", "/search?q=photo", "/competences", "/doc/hub/porvoo", *PAGES]:
        assert "Set-Cookie" not in hubs.get(address).headers, address


def test_nothing_is_loaded_from_other_hosts(hubs: FlaskClient) -> None:
    for address in ["/", "/hubs", "/doc/hub/porvoo", *PAGES]:
        tree = page(hubs, address)
        loaded = tree.xpath("//script/@src | //img/@src | //link[@rel='stylesheet' or @rel='icon']/@href")
        assert all(source.startswith("/") and not source.startswith("//") for source in loaded), address


def test_questions_go_where_the_operator_says(hub_app: Flask) -> None:
    site = hub_app.extensions["ihub.site"].settings

    def links(**changes: str) -> list[str]:
        app = create_app(replace(site, **changes), supervised=True)
        return page(app.test_client(), "/about/accessibility").xpath("//main//a/@href")

    assert links() == []
    assert links(contact_email="help@school.example") == ["mailto:help@school.example"]
    assert links(issue_tracker="https://tracker.example/issues?x=1&y=2") == ["https://tracker.example/issues?x=1&y=2"]


def test_help_leads_to_the_lists(hubs: FlaskClient) -> None:
    assert {"Competences", "Subjects", "Collections", "Hubs"} <= set(texts(page(hubs, "/help").xpath("//main")[0]))
