"""Pages work as plain HTML: forms and links, no script, hostile texts shown as text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from lxml import html

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def page(client: FlaskClient, address: str, **headers: str) -> html.HtmlElement:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/html"
    return html.fromstring(response.text)


def test_home_offers_ways_in(client: FlaskClient) -> None:
    tree = page(client, "/")
    assert tree.forms[0].action == "/search"
    links = tree.xpath("//section//a/@href")
    assert links
    for link in links:
        assert client.get(link).status_code == 200


def test_results_show_cards_with_links(client: FlaskClient) -> None:
    tree = page(client, "/search?q=robot+maze")
    link = tree.xpath("//article/h3/a")[0]
    assert link.get("lang") == "ka"
    assert client.get(link.get("href")).status_code == 200


def test_filters_are_links_that_keep_the_query(client: FlaskClient) -> None:
    tree = page(client, "/search?q=photo&language=en")
    chosen = tree.xpath("//aside//a[@aria-current]")
    assert [link.text for link in chosen] == ["English"]
    assert "q=photo" in chosen[0].get("href")
    assert "language" not in chosen[0].get("href")
    for link in tree.xpath("//aside//a"):
        assert page(client, link.get("href")).xpath("//article"), "no filter leads to nothing"


def test_an_empty_result_says_what_to_do(client: FlaskClient) -> None:
    tree = page(client, "/search?subject=chemistry&q=robot")
    assert "No scenario matches" in tree.xpath("string(//p[@role='status'])")
    assert page(client, tree.xpath("//div[@class='notice']//a/@href")[0]).xpath("//article")


def test_long_lists_have_a_next_page(client: FlaskClient) -> None:
    tree = page(client, "/search?limit=3")
    following = tree.xpath("//nav[@aria-label='Pages of results']/a[@rel='next']/@href")
    assert following
    assert page(client, following[0]).xpath("//article")


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7*7 }}", "'", "%00", "\u202e"])
def test_queries_are_shown_as_text(client: FlaskClient, query: str) -> None:
    tree = page(client, "/search?q=" + quote(query))
    assert not tree.xpath("//script | //img")
    assert tree.xpath("//input[@name='q']/@value")[0] in {query, " ".join(query.replace("\0", " ").split())}


def test_hostile_titles_are_shown_as_text(client: FlaskClient) -> None:
    tree = page(client, "/doc/scenario/minimal-song")
    assert tree.xpath("string(//h1)") == 'A song from three notes </script> & "quotes" <b>'
    (data,) = tree.xpath("//script[@type='application/ld+json']/text()")
    assert json.loads(data)["name"].startswith("A song from three notes </script>")


def test_a_scenario_page_shows_its_activities(client: FlaskClient) -> None:
    tree = page(client, "/doc/scenario/checking-a-photo")
    assert [heading.text for heading in tree.xpath("//ol/li/h3")] == ["Guess", "Trace"]
    assert "45 min" in tree.xpath("string(//dl)")


def test_labels_follow_the_reader(client: FlaskClient) -> None:
    tree = page(client, "/doc/competence/digcomp22-1.2", **{"Accept-Language": "et"})
    assert tree.xpath("//h1/@lang") == ["et"]


def test_no_page_has_inline_script_or_style(client: FlaskClient) -> None:
    for address in ("/", "/search?q=robot", "/doc/scenario/robot-ka", "/doc/subject/robotics", "/sparql"):
        response = client.get(address, headers={"Accept": "text/html"})
        assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
        tree = html.fromstring(response.text)
        assert not tree.xpath("//style | //*[@style] | //script[not(@src) and not(@type='application/ld+json')]")
        assert not re.search(r"""(?:src|href)=["']https?://(?!127\.0\.0\.1:8000)[^"']*\.(?:js|css)""", response.text)


def test_static_files_may_be_kept_for_ever(client: FlaskClient) -> None:
    tree = page(client, "/")
    with client.get(tree.xpath("//link[@rel='stylesheet']/@href")[0]) as response:
        assert "immutable" in response.headers["Cache-Control"]
    with client.get("/static/site.css") as response:
        assert "immutable" not in response.headers.get("Cache-Control", "")


def test_an_entity_page_speaks_the_readers_language(client: FlaskClient) -> None:
    for language, synonym in (("et", "Allikakriitika"), ("en", "Fact-checking")):
        tree = page(client, "/doc/competence/digcomp22-1.2", **{"Accept-Language": language})
        values = tree.xpath("//dl[@class='properties'][1]//li[@lang]/@lang")
        assert language in values
        assert synonym in tree.xpath("string(//main)")
    assert "Allikakriitika" not in tree.xpath("string(//main)")
    assert "top concept of" in tree.xpath("string(//main)") or "broader" in tree.xpath("string(//main)")


def test_a_scenario_in_another_language_has_its_summary_for_the_reader(client: FlaskClient) -> None:
    tree = page(client, "/doc/scenario/river-data", **{"Accept-Language": "en"})
    (summary,) = tree.xpath("//p[@class='summary-for-reader']")
    assert summary.get("lang") == "en"
    assert "The water level of the Nemunas" in summary.text_content()
    assert not page(client, "/doc/scenario/river-data", **{"Accept-Language": "lt"}).xpath(
        "//p[@class='summary-for-reader']"
    )
