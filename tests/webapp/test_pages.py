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
    for link in tree.xpath("//aside//details//a"):
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
    assert not tree.xpath("//script[not(starts-with(@src, '/static/'))] | //img")
    assert tree.xpath("//input[@name='q']/@value")[0] in {query, " ".join(query.replace("\0", " ").split())}


def test_hostile_titles_are_shown_as_text(client: FlaskClient) -> None:
    tree = page(client, "/doc/scenario/minimal-song")
    assert tree.xpath("string(//h1)") == 'A song from three notes </script> & "quotes" <b>'
    (data,) = tree.xpath("//script[@type='application/ld+json']/text()")
    assert json.loads(data)["name"].startswith("A song from three notes </script>")


def test_a_scenario_page_shows_its_activities(client: FlaskClient) -> None:
    tree = page(client, "/doc/scenario/checking-a-photo")
    assert [heading.text_content() for heading in tree.xpath("//ol/li//h3")] == ["1 Guess", "2 Trace"]
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
    assert summary.xpath("ancestor-or-self::*[@lang][1]/@lang") == ["en"]
    assert "The water level of the Nemunas" in summary.text_content()
    assert not page(client, "/doc/scenario/river-data", **{"Accept-Language": "lt"}).xpath(
        "//p[@class='summary-for-reader']"
    )


def test_offers_become_chips_and_chips_can_be_removed(client: FlaskClient) -> None:
    tree = page(client, "/search?q=photo+45+min")
    (offer,) = tree.xpath("//section[@aria-labelledby='offers']//a[contains(., '45 min')]/@href")
    tree = page(client, offer)
    assert tree.xpath("//form[@role='search']//input[@name='q']/@value") == ["photo"]
    (chip,) = tree.xpath("//section[@aria-labelledby='set-filters']//li/a")
    assert "At most 45 min" in chip.text_content()
    assert not page(client, chip.get("href")).xpath("//section[@aria-labelledby='set-filters']")


def test_facets_are_trees(client: FlaskClient) -> None:
    tree = page(client, "/search")
    (robotics,) = tree.xpath("//aside//li//li//a[text()='Robotics']")
    (above,) = robotics.xpath("ancestor::li[2]/div/a/text()")
    assert above == "Informatics"
    chosen = page(client, robotics.get("href"))
    assert chosen.xpath("//aside//details[@open]//a[@aria-current and starts-with(text(), 'Robotics')]")


def test_matches_are_marked(client: FlaskClient) -> None:
    tree = page(client, "/search?q=podkast")
    assert [mark.text for mark in tree.xpath("//article[1]/h3//mark")] == ["Podkast"]


def test_marked_texts_are_escaped(client: FlaskClient) -> None:
    tree = page(client, "/search?q=song+from+three+script+quotes+b")
    (title,) = tree.xpath("//article/h3/a[contains(., 'A song from three notes')]")
    assert title.text_content() == 'A song from three notes </script> & "quotes" <b>'
    assert {mark.text for mark in title.xpath(".//mark")} >= {"quotes"}
    assert not tree.xpath("//article//script | //article//b")


def test_the_form_keeps_the_query_and_the_other_filters(client: FlaskClient) -> None:
    tree = page(client, "/search?q=photo&language=en&minutes_max=50")
    form = tree.xpath("//form[@class='limits']")[0]
    assert dict(form.form_values()) == {
        "q": "photo",
        "language": "en",
        "minutes_min": "",
        "minutes_max": "50",
        "age": "",
    }


def test_results_lead_to_table_and_json(client: FlaskClient) -> None:
    tree = page(client, "/search?q=photo&language=en")
    for link in tree.xpath("//p[@class='formats']/a/@href | //head/link[@rel='alternate' or @rel='canonical']/@href"):
        assert client.get(link).status_code == 200


def test_filters_speak_the_readers_language(client: FlaskClient) -> None:
    tree = page(client, "/search?lang=et")
    assert "Õppeaine" in tree.xpath("//aside//h2/text()")
    assert tree.get("lang") == "et"
    assert "lang=et" in tree.xpath("//aside//li//a/@href")[0]


def test_a_translation_is_linked(client: FlaskClient) -> None:
    tree = page(client, "/search?q=fx:1")
    (other,) = tree.xpath("//article[1]//p[@class='translations']/a")
    assert other.get("hreflang") == "et"
    assert client.get(other.get("href")).status_code == 200


def test_a_hit_in_another_language_has_its_title_in_the_readers(client: FlaskClient) -> None:
    address = "/search?q=fx:3"
    (title,) = page(client, address).xpath("//article[1]/p[@class='reader-title']")
    assert title.text == "The water level of the Nemunas as data"
    (title,) = page(client, "/ka" + address).xpath("//article[1]/p[@class='reader-title']")
    assert title.get("lang") == "en", "the page speaks Georgian, but there is no Georgian title"
    assert not page(client, address + "&lang=lt").xpath("//article[1]/p[@class='reader-title']")


def titles(tree: html.HtmlElement) -> list[str]:
    return [link.text_content() for link in tree.xpath("//article/h3/a | //table[@class='hits']/tbody/tr/th/a")]


def test_a_card_says_what_a_teacher_decides_on(client: FlaskClient) -> None:
    tree = page(client, "/search?q=reverse+image+search")
    card = tree.xpath("//article[1]")[0]
    said = dict(
        zip(
            card.xpath(".//dl[contains(@class,'facts')]//dt/text()"),
            [dd.text_content() for dd in card.xpath(".//dl[contains(@class,'facts')]//dd")],
            strict=True,
        )
    )
    assert said["Time"] == "45 min"
    assert said["Language of the text"] == "English", "a name, not a tag"
    assert {"Level", "Class organisation", "Tool", "Kind of data"} <= said.keys()


def test_languages_are_named_in_the_readers_language(client: FlaskClient) -> None:
    tree = page(client, "/fi/search?q=reverse+image+search")
    assert "Englanti" in tree.xpath("string(//article[1]//dl)")


def test_results_can_be_a_table_of_the_same_hits(client: FlaskClient) -> None:
    listed, table = page(client, "/search?q=photo"), page(client, "/search?q=photo&view=table")
    assert titles(listed) == titles(table)
    assert not table.xpath("//article")
    assert len(table.xpath("//table//thead//th[@scope='col']")) == 8
    for link in table.xpath("//aside//details//a/@href | //nav[@aria-label='Order']//a/@href"):
        assert "view=table" in link, "the view stays"
    for link in table.xpath("//ul[contains(@class,'formats')]//a/@href"):
        assert "view=" not in link
    (back,) = table.xpath("//a[@id='view-list']/@href")
    assert page(client, back).xpath("//article")


@pytest.mark.parametrize("order", ["newest", "shortest", "title"])
def test_results_can_be_sorted_and_keep_the_order(client: FlaskClient, order: str) -> None:
    tree = page(client, f"/search?q=photo&sort={order}")
    (chosen,) = tree.xpath("//nav[@aria-label='Order']//a[@aria-current]")
    assert f"sort={order}" in chosen.get("href")
    assert f"sort={order}" in tree.xpath("//aside//details//a/@href")[0]
    assert f"sort={order}" in tree.xpath("//ul[contains(@class,'formats')]//a[@download]/@href")[0]
    assert dict(tree.xpath("//form[@role='search']")[0].form_values())["sort"] == order
    answer = client.get(f"/api/search?q=photo&sort={order}").json
    assert answer is not None
    assert [hit["title"] for hit in answer["results"]] == titles(tree)


def test_without_a_query_nothing_is_a_better_match(client: FlaskClient) -> None:
    names = page(client, "/search").xpath("//nav[@aria-label='Order']//a/text()")
    assert names == ["Newest", "Shortest", "Title"]
    assert page(client, "/search").xpath("//nav[@aria-label='Order']//a[@aria-current]/text()") == ["Newest"]
    assert page(client, "/search?q=photo").xpath("//nav[@aria-label='Order']//a[@aria-current]/text()") == [
        "Best match"
    ]


def test_pages_of_a_sorted_list_join_without_gap(client: FlaskClient) -> None:
    whole = titles(page(client, "/search?sort=title"))
    following: str | None = "/search?sort=title&limit=2"
    seen: list[str] = []
    while following:
        tree = page(client, following)
        seen += titles(tree)
        following = next(iter(tree.xpath("//a[@rel='next']/@href")), None)
    assert seen == whole


def test_an_unknown_order_is_refused_with_the_orders_there_are(client: FlaskClient) -> None:
    response = client.get("/api/search?sort=best")
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["parameter"] == "sort"


def test_identifiers_stand_once_in_a_page(client: FlaskClient) -> None:
    for address in ("/", "/search", "/search?q=photo+45+min&subject=informatics&view=table"):
        found = page(client, address).xpath("//@id")
        assert len(found) == len(set(found)), address


def test_filters_fold_away_without_a_script(client: FlaskClient) -> None:
    tree = page(client, "/search?subject=informatics&language=fi")
    (fold,) = tree.xpath("//aside/details")
    assert fold.get("open") is None
    assert fold.xpath("string(summary)").split() == ["Filters", "2"]


def test_every_text_in_another_language_says_so(client: FlaskClient) -> None:
    tree = page(client, "/et/search?q=fx:3")
    (title,) = tree.xpath("//article[1]/h3/a")
    assert title.get("lang") == "lt"
    own = page(client, "/lt/search?q=fx:3").xpath("//article[1]/h3/a")[0]
    assert own.get("lang") is None, "the language of the page needs no repeating"


def test_the_number_of_hits_is_announced(client: FlaskClient) -> None:
    (status,) = page(client, "/search?q=photo").xpath("//p[@role='status']")
    assert status.get("id") == "total"
    assert re.search(r"\d", status.text_content())


def test_pages_fit_their_budget(client: FlaskClient) -> None:
    response = client.get("/ka/search?q=photo", headers={"Accept-Encoding": "gzip"})
    assert len(response.data) <= 20 * 1024
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/ka/search?q=photo").text))
    total = len(response.data)
    for file in files:
        with client.get(file, headers={"Accept-Encoding": "gzip"}) as answer:
            total += len(answer.data)
    assert total <= 120 * 1024


@pytest.mark.parametrize("address", ["/", "/search?q=photo&view=table"])
def test_a_page_that_the_browser_has_is_not_sent_again(client: FlaskClient, address: str) -> None:
    headers = {"Accept-Encoding": "gzip", "Accept-Language": "et"}
    first = client.get(address, headers=headers)
    assert {"Accept-Language", "Accept-Encoding"} <= set(first.vary)
    known = {**headers, "If-None-Match": first.headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    other = client.get(address, headers={**known, "Accept-Language": "lt"})
    assert other.status_code == 200, "another language is another page"
