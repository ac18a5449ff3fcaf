"""The site as files: every link leads to one, the data say what the server said, and the search works in a browser."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import rdflib
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.conftest import browser  # noqa: F401 - a fixture
from webapp.cli import main
from webapp.static_export.client_index import ClientIndex, shard_of, words_of
from webapp.static_export.layout import StaticExportError, file_of, relative_link
from webapp.static_export.linkcheck import BrokenLink, broken_links
from webapp.static_export.rewriting import static_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

    from kg.release import Release
    from kg.settings import Settings

BASE = "https://hub.example/x/"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, site_settings: Settings, release: Release) -> Path:
    folder = tmp_path_factory.mktemp("export") / "site"
    environment = site_settings.to_environment()
    done = CliRunner(env=environment).invoke(main, ["export", "static", str(folder), "--jobs", "2"])
    assert done.exit_code == 0, done.output
    assert "every link checked" in done.output
    return folder


def page(html: str, path: str = "doc/scenario/a") -> str:
    whole = f"<!doctype html><html><head><meta charset=utf-8></head><body>{html}"
    return static_page(whole, BASE + path, BASE).html.decode()


def test_links_are_relative_and_lead_to_files() -> None:
    html = page('<a href="/x/doc/subject/b#c">b</a> <a href="https://hub.example/x/doc/scenario/a.ttl">ttl</a>')
    assert 'href="../../subject/b/index.html#c"' in html
    assert 'href="../a.ttl"' in html


def test_what_needs_a_server_loses_its_link_and_not_its_words() -> None:
    html = page('<a href="/x/sparql?query=x">Ask it</a> <form action="/x/sparql"><input></form>')
    assert "Ask it" in html
    assert "href" not in html
    assert "<form" not in html


def test_other_sites_are_left_alone() -> None:
    assert 'href="https://elsewhere.example/x/doc/a"' in page('<a href="https://elsewhere.example/x/doc/a">a</a>')


def test_a_page_brings_its_policy() -> None:
    assert "script-src 'self'" in page("x")


@pytest.mark.parametrize("path", ["doc/scenario/../../../etc/passwd", "doc/scenario/..%2f..%2f..%2fx", "id/a/%00"])
def test_no_file_lies_outside(path: str) -> None:
    with pytest.raises(StaticExportError):
        file_of(path)


@given(st.lists(st.text("abc é%?#", min_size=1, max_size=5), min_size=1, max_size=4))
def test_a_relative_link_leads_to_its_file(parts: list[str]) -> None:
    from urllib.parse import unquote as plain
    from urllib.parse import urljoin, urlsplit

    target = "/".join(parts) + "/index.html"
    page = "doc/scenario/a/index.html"
    link = urljoin(f"http://h.example/deep/er/{page}", relative_link(target, page))
    assert plain(urlsplit(link).path) == f"/deep/er/{target}"


def test_a_planted_broken_link_is_caught(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<p><a href="b.html">b</a> <a href="gone.html">x</a> <img src="/abs.png">')
    (tmp_path / "b.html").write_text('<a href="a.html#top">a</a> <a href="https://elsewhere.example/">e</a>')
    assert broken_links(tmp_path, ["a.html", "b.html"]) == [
        BrokenLink("a.html", "/abs.png"),
        BrokenLink("a.html", "gone.html"),
    ]


def test_words_that_begin_alike_are_in_one_shard() -> None:
    assert words_of("Küberturvalisus, 7. klass") == ["kuberturvalisus", "7", "klass"]
    assert shard_of("რობოტი") == shard_of("რო")
    index = ClientIndex()
    index.add({"title": "Robot"}, ["Robot", "Robotti"], ["Mathematics"])
    files = {name: json.loads(body) for name, body in index.files()}
    assert files[f"search/words-{shard_of('robotti')}.json"]["robotti"] == [0, 4]
    assert files[f"search/words-{shard_of('mathematics')}.json"]["mathematics"] == [0, 1]


def test_somebody_elses_folder_is_not_touched(tmp_path: Path, site_settings: Settings, release: Release) -> None:
    (tmp_path / "mine.txt").write_text("x")
    done = CliRunner(env=site_settings.to_environment()).invoke(main, ["export", "static", str(tmp_path)])
    assert done.exit_code == 1
    assert "not an earlier export" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.long
@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "rdf", "nt", "trig", "md", "amb.json", "lom.xml"])
def test_documents_are_those_of_the_server(exported: Path, client: FlaskClient, suffix: str) -> None:
    served = client.get(f"/doc/scenario/robot-ka.{suffix}").data
    assert (exported / f"doc/scenario/robot-ka.{suffix}").read_bytes() == served


@pytest.mark.long
def test_the_data_are_all_there(exported: Path, release: Release) -> None:
    names = [name for name, _ in release.history.pages()]
    assert len(names) > 100
    assert not [name for name in names if not (exported / "doc" / name / "index.html").is_file()]
    catalogue = rdflib.Graph().parse(exported / "catalog.ttl")
    assert len(catalogue) > 20
    for name in (
        "feed.trig",
        "void.ttl",
        "sitemap-1.xml",
        f"dumps/{release.id}/all.nq.gz",
        "atom.xml",
        "exports/index.html",
    ):
        assert (exported / name).stat().st_size > 0, name


@pytest.mark.long
def test_an_iri_leads_to_its_page_on_any_server(exported: Path) -> None:
    text = (exported / "id/scenario/robot-ka/index.html").read_text(encoding="utf-8")
    assert 'content="0; url=../../../doc/scenario/robot-ka/index.html"' in text


@pytest.fixture
def address(exported: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(exported.parent)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/site"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_teacher_finds_a_scenario(address: str, browser: Browser, *, scripts: bool) -> None:  # noqa: F811
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/index.html")
    if scripts:
        page.get_by_role("searchbox").fill("რობოტი")
        page.get_by_role("button", name="Search").click()
        page.locator("#hits a").first.wait_for()
        page.locator("#hits a", has_text="რობოტი ლაბირინთში").click()
    else:
        page.get_by_role("link", name="Scenarios").first.click()
        page.get_by_role("link", name="Georgian", exact=True).click()
        page.get_by_role("link", name="რობოტი ლაბირინთში").click()
    page.wait_for_url("**/doc/scenario/robot-ka/index.html")
    assert page.get_by_role("heading", level=1).inner_text() == "რობოტი ლაბირინთში"
    page.goto(f"{address}/id/scenario/robot-ka/")
    page.wait_for_url("**/doc/scenario/robot-ka/index.html")
    assert complaints == []
    context.close()


@pytest.mark.long
def test_a_second_export_is_the_same_and_takes_the_place_of_the_first(
    exported: Path, site_settings: Settings, tmp_path: Path
) -> None:
    again = tmp_path / "site"
    shutil.copytree(exported, again)
    (again / "left-over.html").write_text("old")
    done = CliRunner(env=site_settings.to_environment()).invoke(main, ["export", "static", str(again), "--jobs", "2"])
    assert done.exit_code == 0, done.output
    first = {path.relative_to(exported): path.read_bytes() for path in exported.rglob("*") if path.is_file()}
    second = {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}
    assert first.keys() == second.keys()
    assert [str(name) for name in first if first[name] != second[name]] == []
