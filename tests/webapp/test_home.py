"""The home page leads to what is in the release, with numbers that are true, in the reader's language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import html

from webapp.interface_language import INTERFACE_LANGUAGES

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from kg.release import Release


def home(client: FlaskClient, language: str = "en") -> html.HtmlElement:
    response = client.get(f"/{language}/")
    assert response.status_code == 200
    return html.fromstring(response.text)


def total(client: FlaskClient, address: str) -> int:
    """The number of hits that a page of results states."""
    status = html.fromstring(client.get(address).text).xpath("string(//p[@role='status'])")
    return int(re.findall(r"\d+", status.replace(",", ""))[-1])


@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
def test_every_example_finds_something(client: FlaskClient, language: str) -> None:
    examples = home(client, language).xpath("//ul[contains(@class,'examples')]//a")
    assert len(examples) >= 3
    for example in examples:
        assert example.get("href").startswith(f"/{language}/search?q=")
        results = html.fromstring(client.get(example.get("href")).text)
        assert results.xpath("//article"), example.text


def test_the_board_lists_the_areas_with_their_competences(client: FlaskClient) -> None:
    (board,) = home(client).xpath("//ol[@class='board']")
    areas = board.xpath("./li")
    assert 1 <= len(areas) <= 5
    numbers = [area.xpath("string(h3/a)").split(" ", 1)[0] for area in areas]
    assert numbers == sorted(numbers)
    for area, number in zip(areas, numbers, strict=True):
        for competence in area.xpath(".//li/a/text()"):
            assert competence.startswith(f"{number}.")


def test_counts_are_what_the_links_give(client: FlaskClient) -> None:
    entries = home(client).xpath("//*[span[@class='count' and string(number(.)) != 'NaN']]/a/..")
    assert len(entries) > 8
    for entry in entries:
        count = int(entry.xpath("string(span[@class='count'])").replace(",", ""))
        assert total(client, entry.xpath("a/@href")[0]) == count, entry.text_content()


def test_new_scenarios_and_hubs_lead_to_their_pages(client: FlaskClient) -> None:
    tree = home(client)
    scenarios = tree.xpath("//section[@aria-labelledby='newest']//article//a/@href")
    assert scenarios
    for link in scenarios + tree.xpath("//section[@aria-labelledby='hubs']//a/@href"):
        assert client.get(link).status_code == 200


def test_the_numbers_are_those_of_the_release(client: FlaskClient, release: Release) -> None:
    numbers = {
        div.xpath("string(dt)"): int(div.xpath("string(dd)").replace(",", ""))
        for div in home(client).xpath("//dl[@class='numbers']/div")
    }
    assert numbers["Statements in the graph"] == release.manifest["quads"]
    assert numbers["Learning scenarios"] == release.manifest["parts"]["search"]["scenarios"] == 7
    assert numbers["Languages of the texts"] == len(release.manifest["parts"]["search"]["languages"])


def test_the_kinds_of_data_are_told_and_explained(client: FlaskClient) -> None:
    (inside,) = home(client).xpath("//section[@aria-labelledby='inside']")
    assert inside.xpath(".//ul//a[contains(@href, 'kind=')]")
    assert "not yet tried in a classroom" in inside.text_content()


def test_labels_speak_the_readers_language_and_say_where_they_do_not(client: FlaskClient) -> None:
    tree = home(client, "et")
    assert "Informaatika" in tree.xpath("//section[@aria-labelledby='by-subject']//a/text()")
    assert not tree.xpath("//ol[@class='board']//a[@lang='et']")


def test_one_can_skip_to_the_content_and_change_the_language(client: FlaskClient) -> None:
    tree = home(client, "lt")
    assert tree.xpath("//body/a[1]/@href") == ["#content"]
    assert tree.xpath("//main/@id") == ["content"]
    links = tree.xpath("//nav[@class='languages']//a")
    assert [link.get("lang") for link in links] == list(INTERFACE_LANGUAGES)
    assert [link.get("lang") for link in links if link.get("aria-current")] == ["lt"]
