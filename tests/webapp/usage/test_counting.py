"""What requests count as, and that nothing else of them is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from webapp import create_app
from webapp.usage.file import all_rows, usage_file
from webapp.usage.robots import is_robot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from kg.release import Release
    from kg.settings import Settings

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ROBOT = "Mozilla/5.0 (compatible; Examplebot/2.1; +https://example.org/bot)"
SCENARIO = "scenario/checking-a-photo"


@pytest.fixture(scope="module")
def counting_app(site_settings: Settings, release: Release) -> Iterator[Flask]:
    app = create_app(replace(site_settings, usage="1", requests_per_minute=0))
    app.testing = True
    yield app
    app.extensions["ihub.services"].close()


@pytest.fixture
def path(counting_app: Flask) -> Path:
    """The file, without anything in it."""
    found = usage_file(counting_app.extensions["ihub.site"].settings)
    counting_app.extensions["ihub.usage"].flush()
    found.unlink(missing_ok=True)
    return found


@pytest.fixture
def reader(counting_app: Flask, path: Path) -> FlaskClient:
    """A browser of a person."""
    client = counting_app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    return client


def counted(client: FlaskClient) -> dict[tuple[str, ...], int]:
    """What is in the file by kind, detail and scenario, after "robot" where a program asked."""
    client.application.extensions["ihub.usage"].flush()
    rows = all_rows(usage_file(client.application.extensions["ihub.site"].settings))
    return {
        (*(["robot"] if robots else []), *filter(None, (kind, detail, item))): number
        for _, kind, detail, item, robots, number in rows
    }


def test_a_view_of_a_scenario_counts_as_a_page_in_its_language_and_for_the_scenario(reader: FlaskClient) -> None:
    for address in (f"/doc/{SCENARIO}", f"/et/doc/{SCENARIO}", f"/et/doc/{SCENARIO}"):
        assert reader.get(address).status_code == 200
    assert counted(reader) == {
        ("page", "scenario"): 3,
        ("language", "en"): 1,
        ("language", "et"): 2,
        ("page", SCENARIO): 3,
    }


def test_a_page_that_the_browser_still_has_was_looked_at_again(reader: FlaskClient) -> None:
    tag = reader.get(f"/doc/{SCENARIO}").headers["ETag"]
    assert reader.get(f"/doc/{SCENARIO}", headers={"If-None-Match": tag}).status_code == 304
    assert counted(reader)["page", "scenario"] == 2


def test_searches_count_by_whether_they_found_anything(reader: FlaskClient) -> None:
    for query in ("q=photo", "q=photo", "subject=history&minutes_max=1", "q=photo&cursor=x", "lang=et", ""):
        reader.get(f"/search?{query}")
    found = counted(reader)
    assert (found["search", "found"], found["search", "nothing"]) == (2, 1)
    assert found["page", "search"] == 5, "a mistaken cursor is refused"


@pytest.mark.parametrize(
    ("address", "row"),
    [
        (f"/doc/{SCENARIO}.md", ("download", "md")),
        (f"/doc/{SCENARIO}.ttl", ("download", "ttl")),
        (f"/doc/{SCENARIO}.bib", ("download", "bib")),
        ("/api/search.csv?q=photo", ("download", "search.csv")),
        ("/plan.csv?s=checking-a-photo", ("download", "plan.csv")),
        ("/plan.ics?s=checking-a-photo&start=2027-01-11", ("download", "plan.ics")),
        ("/plan.jsonld?s=checking-a-photo", ("download", "plan.jsonld")),
        ("/oai?verb=Identify", ("harvest", "oai")),
        ("/feed.trig", ("harvest", "ldes")),
        ("/sparql?query=ASK%7B%7D", ("harvest", "sparql")),
        ("/atom", ("harvest", "atom")),
        ("/api/search?q=photo", ("harvest", "api")),
        ("/", ("page", "home")),
        ("/plan", ("page", "plan")),
        ("/about/privacy", ("page", "other")),
        ("/sparql?format=html", ("page", "other")),
        ("/doc/subject/history", ("page", "other")),
    ],
)
def test_each_request_counts_as_one_kind(reader: FlaskClient, address: str, row: tuple[str, str]) -> None:
    assert reader.get(address, buffered=True).status_code == 200
    found = counted(reader)
    assert found.pop(row) == 1
    assert {key[0] for key in found} <= {"language", "download"}
    assert ("language", "en") in found or row[0] != "page"


@pytest.mark.parametrize(
    "address",
    [
        *("/static/site.css", "/healthz", "/nothing-here", "/search?subject=none", f"/id/{SCENARIO}", "/metrics"),
        *("/feed", "/sparql/completions", "/api/suggest?q=ph", f"/doc/{SCENARIO}.qr.svg", "/robots.txt"),
    ],
)
def test_what_nobody_reads_does_not_count(reader: FlaskClient, address: str) -> None:
    reader.get(address, buffered=True)
    assert counted(reader) == {}


def test_fetching_ahead_and_asking_for_headers_do_not_count(reader: FlaskClient) -> None:
    reader.get("/", headers={"Sec-Purpose": "prefetch;prerender"})
    reader.head("/")
    reader.options("/sparql")
    assert counted(reader) == {}


def test_only_the_first_part_of_a_dump_counts(reader: FlaskClient) -> None:
    name = reader.get("/dumps/current/SHA256SUMS").headers["Location"]
    for part in ("bytes=0-9", "bytes=10-19"):
        assert reader.get(name, headers={"Range": part}, buffered=True).status_code == 206
    assert counted(reader) == {("harvest", "dumps"): 1}


def test_programs_count_apart_by_what_they_say_of_themselves(reader: FlaskClient) -> None:
    reader.get("/", headers={"User-Agent": ROBOT})
    assert counted(reader) == {("robot", "page", "home"): 1, ("robot", "language", "en"): 1}


@pytest.mark.parametrize(
    "text",
    [
        FIREFOX,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 10; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    ],
)
def test_browsers_are_people(text: str) -> None:
    assert not is_robot(text)


@pytest.mark.parametrize(
    "text",
    [
        ROBOT,
        "",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (X11) HeadlessChrome/140.0",
        "oai-harvester (a@b.example)",
    ],
)
def test_what_says_that_it_is_a_program_is_one(text: str) -> None:
    assert is_robot(text)


def test_nothing_of_a_reader_is_in_the_file(reader: FlaskClient, path: Path) -> None:
    headers = {"X-Forwarded-For": "203.0.113.77", "Cookie": "a=biscuit", "Referer": "https://school.example/7b"}
    environ = {"REMOTE_ADDR": "198.51.100.23"}
    reader.get("/search?q=zebracrossing", headers=headers, environ_base=environ)
    assert counted(reader)
    content = path.read_bytes()
    for secret in (b"203.0.113", b"198.51.100", b"zebra", b"biscuit", b"school", b"Firefox", b"Mozilla"):
        assert secret not in content, secret
    with closing(sqlite3.connect(path)) as file:
        columns = {row[1] for table in ("days", "items") for row in file.execute(f"PRAGMA table_info({table})")}
    assert columns == {"day", "month", "kind", "detail", "item", "robots", "number"}


def test_a_setting_turns_it_off(site_settings: Settings, release: Release) -> None:
    app = create_app(replace(site_settings, usage="0"))
    try:
        assert "ihub.usage" not in app.extensions
        client = app.test_client()
        assert "does not count its use" in client.get("/monitoring/usage").text
        assert "What is counted of its use" not in client.get("/about/privacy").text
    finally:
        app.extensions["ihub.services"].close()


def test_the_privacy_page_says_what_is_counted(reader: FlaskClient) -> None:
    assert "What is counted of its use" in reader.get("/about/privacy").text
