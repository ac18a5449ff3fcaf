"""What portals, readers and crawlers find by themselves: Atom feed, site map, robots.txt, llms.txt."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from lxml import etree

from kg.harvesting.sitemap import SiteMap
from kg.xml_text import without_invalid
from search.index import SearchPart
from tests.kg.shelf import Shelf, controlled
from webapp import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from kg.release import Release
    from kg.settings import Settings

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOSTILE = '</title><script>␀␋␦ & "quoted" ]]> <!-- \U0001f600'


@pytest.fixture
def shelf(settings: Settings) -> Shelf:
    shelf = Shelf(settings, [SearchPart(None, settings.home / "cache" / "embeddings.sqlite")], vocabularies=True)
    shelf.put("one", "Old", about=["subject/mathematics"])
    shelf.put("two", "Other")
    return shelf


def feed(client: FlaskClient, address: str = "/atom") -> etree._Element:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.data)


def check_atom(root: etree._Element) -> None:
    """What RFC 4287 demands of a feed and its entries (sections 4.1.1 and 4.1.2)."""
    for node, names in [(root, ("id", "title", "updated")), *((e, ("id", "title", "updated")) for e in entries(root))]:
        for name in names:
            assert len(node.findall(ATOM + name)) == 1, name
        for name in ("updated", "published"):
            for moment in node.findall(ATOM + name):
                assert dt.datetime.fromisoformat(str(moment.text)).tzinfo is not None
        assert urlsplit(str(node.findtext(f"{ATOM}id"))).scheme
    assert len(root.findall(f"{ATOM}author/{ATOM}name")) == 1
    assert len([link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]) == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in entries(root)]
    assert len(ids) == len(set(ids))
    for entry in entries(root):
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate"]
        assert all(category.get("term") for category in entry.findall(f"{ATOM}category"))
        assert len(entry.findall(f"{ATOM}summary")) == 1


def entries(root: etree._Element) -> list[etree._Element]:
    return root.findall(f"{ATOM}entry")


def test_the_newest_scenarios_come_first(shelf: Shelf) -> None:
    shelf.release()
    shelf.put("one", HOSTILE, about=["subject/mathematics"], description={"en": HOSTILE})
    shelf.put("three", "New")
    shelf.take("two")
    shelf.release()
    root = feed(create_app(shelf.settings).test_client())
    check_atom(root)
    titles = [entry.findtext(f"{ATOM}title") for entry in entries(root)]
    assert titles == ["New", without_invalid(controlled(HOSTILE))]
    published, updated = (entries(root)[1].findtext(ATOM + name) for name in ("published", "updated"))
    assert str(published) <= str(updated)


def test_a_feed_takes_the_filters_of_the_search(client: FlaskClient) -> None:
    root = feed(client, "/atom?subject=media-literacy&language=et")
    check_atom(root)
    assert [str(e.findtext(f"{ATOM}id")).rsplit("/", 1)[-1] for e in entries(root)] == ["checking-a-photo-et"]
    link = next(link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self")
    assert urlsplit(str(link)).query == "subject=media-literacy&language=et"
    assert "Media literacy" in str(root.findtext(f"{ATOM}title"))
    assert len(entries(feed(client))) == 7
    assert client.get("/atom?subject=alchemy").status_code == 400
    assert client.get("/atom?q=robot").status_code == 400


def test_a_feed_without_entries_is_valid_too(shelf: Shelf) -> None:
    shelf.put("long", "Long", minutes=500)
    shelf.release()
    root = feed(create_app(shelf.settings).test_client(), "/atom?minutes_max=5")
    check_atom(root)
    assert entries(root) == []


def test_an_unchanged_feed_is_not_sent_again(shelf: Shelf) -> None:
    shelf.release()
    client = create_app(shelf.settings).test_client()
    tag = client.get("/atom").headers["ETag"]
    assert client.get("/atom", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/atom?minutes_max=9", headers={"If-None-Match": tag}).status_code == 200


def test_pages_lead_to_the_feed_of_their_filters(client: FlaskClient) -> None:
    home = client.get("/").get_data(as_text=True)
    assert '<link rel="alternate" type="application/atom+xml" title="New and changed scenarios" href="/atom">' in home
    results = client.get("/search?subject=media-literacy").get_data(as_text=True)
    assert 'href="/atom?subject=media-literacy"' in results
    assert 'href="/dumps/"' in home


def test_the_site_map_has_every_page_with_its_last_change(client: FlaskClient, release: Release) -> None:
    index = etree.fromstring(client.get("/sitemap.xml").data)
    shards = [str(loc.text) for loc in index.iter(f"{SITEMAP}loc")]
    pages = {}
    for address in shards:
        shard = etree.fromstring(client.get(urlsplit(address).path).data)
        pages |= {str(u.findtext(f"{SITEMAP}loc")): u.findtext(f"{SITEMAP}lastmod") for u in shard}
    expected = {
        event.iri.replace("/id/", "/doc/", 1): event.time.strftime("%Y-%m-%dT%H:%M:%SZ")
        for event in release.history.state()
        if event.kind != "delete"
    }
    assert {address for address in pages if address.isascii()} == set(pages)
    assert len(pages) == len(expected)
    assert pages.items() >= {k: v for k, v in expected.items() if k.isascii() and "%" not in k}.items()
    for address in list(pages)[::40]:
        assert client.get(urlsplit(address).path).status_code == 200


def test_a_change_touches_one_shard(settings: Settings) -> None:
    shelf = Shelf(settings)
    for number in range(100):
        shelf.put(f"s{number}")
    before = SiteMap(shelf.release().history, settings.base_iri, shard=10)
    shelf.put("s7", "Changed")
    after = SiteMap(shelf.release().history, settings.base_iri, shard=10)
    assert len(before) == len(after) == 16
    changed = [n for n in range(1, 17) if before.shard(n) != after.shard(n)]
    assert len(changed) <= 1  # none where both releases were made in one second
    assert sum(before.shard(n).count(b"<url>") for n in range(1, 17)) == 101


def test_robots_are_led_to_the_site_map(client: FlaskClient) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
    assert "Disallow: /api/" in text


def test_llms_txt_names_addresses_that_answer(client: FlaskClient) -> None:
    text = client.get("/llms.txt").get_data(as_text=True)
    assert text.startswith("# ihub\n\n> ")
    addresses = [line.split("](")[1].split(")")[0] for line in text.splitlines() if line.startswith("- [")]
    assert len(addresses) > 9
    for address in addresses:
        assert client.get(urlsplit(address).path).status_code in {200, 303}, address


@pytest.mark.parametrize(
    "filters", ["devices=none", "evidence=any", "language=et", "minutes_max=45&age=12", "tool_not=kahoot"]
)
def test_a_feed_is_named_after_its_filters(client: FlaskClient, filters: str) -> None:
    title = feed(client, f"/atom?{filters}").findtext(f"{ATOM}title")
    assert title
    assert title.startswith("New and changed learning scenarios: ")
