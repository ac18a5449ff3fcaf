"""The pages that list what there is: boards, trees, maps and lists, with counts that are those of the search."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.webapp.test_entity_pages import page, texts, total_of
from webapp import browse

if TYPE_CHECKING:
    from flask.testing import FlaskClient

PAGES = ["/competences", "/subjects", "/hubs", "/collections", "/practices", "/schools"]


@pytest.mark.parametrize("address", PAGES)
def test_every_link_of_a_list_leads_somewhere(hubs: FlaskClient, address: str) -> None:
    tree = page(hubs, address)
    assert len(tree.xpath("//h1")) == 1
    links = {link for link in tree.xpath("//main//a/@href") if link.startswith("/")}
    assert links
    for link in sorted(links)[:40]:
        assert hubs.get(link).status_code == 200, link


@pytest.mark.parametrize("address", ["/competences", "/subjects", "/collections"])
def test_counts_are_those_of_their_search(hubs: FlaskClient, address: str) -> None:
    links = page(hubs, address).xpath("//a[@class='tally']")
    assert links
    for link in links:
        assert total_of(hubs, link.get("href")) == int(re.match(r"\d+", link.text_content())[0])  # type: ignore[index]


def test_the_board_has_the_five_areas_and_their_competences(hubs: FlaskClient) -> None:
    tree = page(hubs, "/competences")
    board = tree.xpath("//section[h2/a='DigComp 2.2']/div[@class='board']")[0]
    areas = board.xpath("section")
    assert [len(area.xpath(".//li")) for area in areas] == [3, 6, 4, 4, 4]
    folded = tree.xpath("//details/summary/text()")
    assert "DigComp 3.0" in folded


def test_subjects_are_a_tree(hubs: FlaskClient) -> None:
    tree = page(hubs, "/subjects")
    mathematics = next(li for li in tree.xpath("//ul[@class='tree']/li") if texts(li)[0] == "Mathematics")
    assert "Algebra" in [texts(li)[0] for li in mathematics.xpath("ul/li")]
    assert "no scenarios yet" in tree.text_content()


def test_numbers_of_the_map_are_those_of_the_list(hubs: FlaskClient) -> None:
    tree = page(hubs, "/hubs")
    drawn = [label.partition(": ")[2] for label in tree.xpath("//figure//*[local-name()='a']/@aria-label")]
    listed = [name.text_content() for name in tree.xpath("//ol[@class='hub-list']/li/h2")]
    assert drawn == listed[: len(drawn)]
    assert len(listed) == 6


def test_numbers_of_the_map_do_not_cover_each_other(hubs: FlaskClient) -> None:
    badges = [(float(c.get("cx")), float(c.get("cy"))) for c in page(hubs, "/hubs").xpath("//*[@class='badge']")]
    assert len(badges) == 6
    for index, (x, y) in enumerate(badges):
        for other_x, other_y in badges[index + 1 :]:
            assert (x - other_x) ** 2 + (y - other_y) ** 2 >= 34**2


def test_a_position_that_is_worked_out_says_so(hubs: FlaskClient) -> None:
    items = {li.xpath("string(h2)"): li.text_content() for li in page(hubs, "/hubs").xpath("//ol/li[h2]")}
    assert "Shown in the middle of its schools." in items["Digital innovation in Georgian schools (Adjara)"]
    assert "Shown" not in items["The valley"]


def test_collections_name_licence_and_kind(hubs: FlaskClient) -> None:
    entries = {entry.xpath("string(h2)"): entry for entry in page(hubs, "/collections").xpath("//section[h2]")}
    assert "CC BY 4.0" in entries["Classroom fixtures"].text_content()
    assert entries["A hub made up for tests"].xpath(".//*[contains(@class, 'mark-synthetic')]")


def test_lists_come_in_pages(hubs: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse, "PER_PAGE", 5)
    seen: list[str] = []
    address: str | None = "/schools"
    while address:
        response = hubs.get(address)
        tree = page(hubs, address)
        seen += [name.text_content() for name in tree.xpath("//section[@class='entry']/h2")]
        assert len(tree.xpath("//section[@class='entry']")) <= 5
        following = tree.xpath("//a[@rel='next']/@href")
        address = following[0] if following else None
        assert ('rel="next"' in response.headers.get("Link", "")) == bool(following)
    assert len(seen) == len(set(seen)) == 18
    assert hubs.get("/schools?page=5").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999", "1e3", "٣"])
def test_a_page_that_is_none_is_not_found(hubs: FlaskClient, number: str) -> None:
    assert hubs.get("/practices", query_string={"page": number}).status_code == 404


def test_lists_speak_the_readers_language(hubs: FlaskClient) -> None:
    assert "Matematiikka" in texts(page(hubs, "/fi/subjects"))
    assert all(link.startswith("/fi/") for link in page(hubs, "/fi/subjects").xpath("//ul[@class='tree']//a/@href"))


def test_the_lists_are_in_the_navigation(hubs: FlaskClient) -> None:
    links = page(hubs, "/").xpath("//nav[@class='site-nav']/a/@href")
    assert {"/competences", "/subjects", "/hubs"} <= set(links)
