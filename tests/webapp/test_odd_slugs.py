"""Entities with any characters in their slugs and titles are found under their IRIs, through a real server as well."""

from __future__ import annotations

import http.client
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
import rdflib
from lxml import etree

from kg.describe import Description, serialise
from kg.documents import normalise
from kg.errors import DocumentError
from kg.media_types import RDF_MEDIA_TYPES
from kg.settings import Settings
from search.index import SearchPart
from tests.kg.exporting.world import HOSTILE
from tests.kg.shelf import Shelf
from tests.webapp.conftest import running_server
from tests.webapp.linked_data import BASE, triples
from webapp import create_app
from webapp.addresses import iri_path

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SLUGS = [
    "café",
    "რობოტი-ლაბირინთში",
    "~tilde",
    "a%2Fb",
    "two%20words",
    "50%25",
    "what%3F",
    "a+b&c=d;e,f!g'h(i)*j@k:l$m",
    "v1.ttl",
    "👩‍🏫",
    "x" * 200,
]
Get = "Callable[[str, dict[str, str]], tuple[int, dict[str, str], bytes]]"


@pytest.fixture(scope="module")
def settings_of_odd(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A release of scenarios with odd slugs, all of them with a hostile title."""
    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("home")), "IHUB_EMBEDDER": "none"})
    shelf = Shelf(settings, [SearchPart(None, settings.home / "cache" / "embeddings.sqlite")])
    for slug in SLUGS:
        shelf.put(slug, HOSTILE, keywords={"en": [HOSTILE]})
    shelf.release()
    return settings


@contextmanager
def over_http(settings: Settings) -> Iterator[Any]:
    with running_server(settings) as (address, _):
        host = urlsplit(address).netloc

        def get(path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            # http.client sends the path as it is given: no normalisation hides what a client may do.
            connection = http.client.HTTPConnection(host, timeout=30)
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            answer = response.status, dict(response.getheaders()), response.read()
            connection.close()
            return answer

        yield get


@contextmanager
def in_process(settings: Settings) -> Iterator[Any]:
    client = create_app(settings).test_client()

    def get(path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        response = client.get(path, headers=headers)
        return response.status_code, dict(response.headers), response.data

    yield get


def spellings(slug: str) -> set[str]:
    """Ways in which clients write a slug in the path of a request."""
    least = quote(slug, safe="%!$&'()*+,:;=@~")
    most = quote(slug, safe="%")
    return {least, most, most.replace("%2F", "%2f"), least.replace("~", "%7E")}


def check(get: Any) -> None:
    for slug in SLUGS:
        iri = rdflib.URIRef(f"{BASE}id/scenario/{slug}")
        for written in spellings(slug):
            status, headers, _ = get(f"/id/scenario/{written}", {"Accept": "text/turtle"})
            assert status == 303, written
            status, headers, body = get(headers["Location"], {})
            assert (status, headers["Content-Type"]) == (200, "text/turtle; charset=utf-8"), headers
            assert iri in {subject for subject, _, _ in triples(body, "ttl")}
        status, headers, body = get(f"/doc/scenario/{quote(slug, safe='%')}", {"Accept": "text/html"})
        assert status == 200
        page = etree.HTML(body.decode())
        assert "".join(page.findtext(".//h1").split()) == "".join(HOSTILE.split())
        alternates = page.xpath("//link[@rel='alternate']/@href")
        assert len(alternates) > 8
        for alternate in alternates:
            assert alternate.isascii() or "%" not in alternate
            assert get(quote(alternate, safe="%/?=&!$'()*+,:;@~"), {})[0] == 200, alternate


def test_they_are_found(settings_of_odd: Settings) -> None:
    with in_process(settings_of_odd) as get:
        check(get)


@pytest.mark.long
def test_they_are_found_through_a_real_server(settings_of_odd: Settings) -> None:
    with over_http(settings_of_odd) as get:
        check(get)


def test_what_is_not_there_in_odd_characters_is_404(settings_of_odd: Settings) -> None:
    with in_process(settings_of_odd) as get:
        for path in ("a/b", "a%2F", "%FF%FE", "%00", "%", "%zz", "two+words", "caf%E9", "%F0%9F", "cafe%CC%81"):
            assert get(f"/id/scenario/{path}", {})[0] == 404, path
            assert get(f"/doc/scenario/{path}.ttl", {})[0] == 404, path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_hostile_title_is_the_same_in_every_serialisation(settings_of_odd: Settings) -> None:
    with in_process(settings_of_odd) as get:
        for suffix in ("ttl", "jsonld", "rdf", "nt", "trig", "nq"):
            found = triples(get(f"/doc/scenario/v1.ttl.{suffix}", {})[2], suffix)
            names = {str(value) for _, predicate, value in found if predicate == rdflib.SDO.name}
            assert HOSTILE in names, suffix


def test_rdf_xml_stays_xml_whatever_a_text_holds() -> None:
    entity, name = ox.NamedNode("https://e.example/x"), ox.NamedNode("https://schema.org/name")
    triple = ox.Triple(entity, name, ox.Literal("a\x00\x0b\x1f\ufffeb"))
    description = Description(entity.value, [triple], 1, 1, [], 0)
    for media in RDF_MEDIA_TYPES:
        (found,) = triples(serialise(description, media, f"{BASE}context/v1.jsonld"), media.suffix)
        wanted = "a\ufffd\ufffd\ufffd\ufffdb" if media.suffix == "rdf" else triple.object.value
        assert str(found[2]) == wanted, media.suffix


@pytest.mark.parametrize(("path", "iri"), [("caf%c3%a9", "café"), ("a%2fb", "a%2Fb"), ("%7e", "~"), ("%ff", "%FF")])
def test_a_path_becomes_the_end_of_an_iri(path: str, iri: str) -> None:
    assert iri_path(path) == iri


@pytest.mark.parametrize("slug", ["a b", "a/b", "a?b", "a#b", "100%", "%41", "%c3%a9", "a%2fb", "<x>", "[x]"])
def test_a_slug_has_one_spelling(slug: str) -> None:
    with pytest.raises(DocumentError) as caught:
        normalise({"id": f"scenario/{slug}", "type": "LearningScenario"})
    assert caught.value.field == "id"
