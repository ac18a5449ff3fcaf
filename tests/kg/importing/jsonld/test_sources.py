"""JSON-LD comes from files, folders, lists of addresses and sitemaps; what cannot be had is not taken for gone."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from kg.errors import FetchError, ImportSourceError
from kg.importing.adapter import Record, Run
from kg.importing.jsonld.adapter import JsonLdAdapter

if TYPE_CHECKING:
    from pathlib import Path

    from kg.vocabulary import ConceptIndex
    from tests.kg.importing.web import Web

COURSE = {"@context": "https://schema.org", "@type": "Course", "name": "Course"}


def page(name: str, head: str = "", lang: str = "et") -> str:
    script = json.dumps({**COURSE, "name": name})
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}<script type="application/ld+json">{script}</script>'


def read(source: Path | str, concepts: ConceptIndex, **options: str) -> tuple[list[Record], Run]:
    run = Run(str(source), concepts, {"delay": "0", **options}, allow_private=True)
    return list(JsonLdAdapter().records(run)), run


def titles(records: list[Record]) -> list[str]:
    return [title for record in records if record.lesson for title in record.lesson.title.values()]


def sitemap(*addresses: str, kind: str = "urlset") -> bytes:
    entry = "url" if kind == "urlset" else "sitemap"
    inside = "".join(f"<{entry}><loc>\n  {address}\n</loc></{entry}>" for address in addresses)
    xml = f'<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</{kind}>'
    return xml.encode()


def test_a_folder_is_read_in_order(tmp_path: Path, concepts: ConceptIndex) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one.json").write_text(json.dumps({**COURSE, "name": "B"}), encoding="utf-8")
    (tmp_path / "a.jsonld").write_text(json.dumps([{**COURSE, "name": "A1"}, {**COURSE, "name": "A2"}]), "utf-8")
    (tmp_path / "c.html").write_text(page("C"), encoding="utf-8")
    (tmp_path / "d.json").write_text("{ broken", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no", encoding="utf-8")
    (tmp_path / ".hidden.json").write_text("{}", encoding="utf-8")
    records, run = read(tmp_path, concepts)
    assert titles(records) == ["A1", "A2", "B", "C"]
    assert [(record.file, record.number) for record in records] == [
        ("a.jsonld", 1),
        ("a.jsonld", 2),
        ("b/one.json", 1),
        ("c.html", 1),
        ("d.json", 1),
    ]
    assert (records[-1].cause or "").startswith("is no readable JSON: ")
    assert (records[-1].raw, records[-1].identifier) == ("{ broken", None)
    assert JsonLdAdapter().total(run) == 4


def test_a_whole_folder_is_complete(tmp_path: Path, concepts: ConceptIndex) -> None:
    (tmp_path / "a.json").write_text(json.dumps(COURSE), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"@id": "https://x.example/b", "@type": "Course"}), encoding="utf-8")
    records, run = read(tmp_path, concepts)
    assert run.complete
    assert (records[1].identifier, records[1].field) == ("https://x.example/b", "name")


def test_lines_of_json_are_read(tmp_path: Path, concepts: ConceptIndex) -> None:
    source = tmp_path / "dump.jsonl.gz"
    lines = [json.dumps({**COURSE, "name": "A"}), "nonsense", json.dumps({**COURSE, "name": "B"})]
    source.write_bytes(gzip.compress("\n".join(lines).encode()))
    records, _ = read(source, concepts)
    assert titles(records) == ["A", "B"]
    assert "not readable JSON" in (records[1].cause or "")


def test_pages_of_a_list_are_fetched(web: Web, tmp_path: Path, concepts: ConceptIndex) -> None:
    first, second = web.page("/1", page("One")), web.page("/2", page("Two"))
    source = tmp_path / "pages.txt"
    source.write_text(f"# our lessons\n{first}\n\n{second}\n{first}\n", encoding="utf-8")
    records, run = read(source, concepts, list="urls")
    assert titles(records) == ["One", "Two"]
    assert run.complete
    lesson = records[0].lesson
    assert lesson
    assert (lesson.source_url, lesson.title) == (first, {"et": "One"})


def test_a_list_may_be_an_address_itself(web: Web, concepts: ConceptIndex) -> None:
    first = web.page("/1", page("One"))
    records, _ = read(web.page("/list", first, "text/plain"), concepts, list="urls")
    assert titles(records) == ["One"]


def test_a_line_that_is_no_address_is_named(tmp_path: Path, concepts: ConceptIndex) -> None:
    source = tmp_path / "pages.txt"
    source.write_text("# ours\nlessons/1.html\n", encoding="utf-8")
    with pytest.raises(ImportSourceError, match=r"pages\.txt:2: 'lessons/1\.html' is no http"):
        read(source, concepts, list="urls")


@pytest.mark.parametrize("packed", [False, True])
def test_pages_of_a_sitemap_and_its_sitemaps_are_fetched(web: Web, concepts: ConceptIndex, *, packed: bool) -> None:
    inner = sitemap(web.page("/1", page("One")), web.page("/2", page("Two")))
    index = sitemap(
        web.page("/inner.xml", gzip.compress(inner) if packed else inner, "application/xml"),
        web.page("/more.xml", sitemap(web.page("/3", page("Three"))), "application/xml"),
        kind="sitemapindex",
    )
    records, run = read(web.page("/sitemap.xml", index, "text/xml"), concepts)
    assert titles(records) == ["One", "Two", "Three"]
    assert run.complete


def test_a_sitemap_in_a_file_is_read(web: Web, tmp_path: Path, concepts: ConceptIndex) -> None:
    source = tmp_path / "sitemap.xml.gz"
    source.write_bytes(gzip.compress(sitemap(web.page("/1", page("One")))))
    records, _ = read(source, concepts)
    assert titles(records) == ["One"]


def test_sitemaps_that_list_each_other_are_read_once(web: Web, concepts: ConceptIndex) -> None:
    loop = sitemap(web.url + "/a.xml", web.url + "/b.xml", kind="sitemapindex")
    web.page("/a.xml", loop, "text/xml")
    web.page("/b.xml", loop, "text/xml")
    records, _ = read(web.url + "/a.xml", concepts)
    assert records == []
    assert web.asked["/b.xml"] == 1


@pytest.mark.parametrize(("status", "complete"), [(404, True), (410, True), (500, False), (403, False)])
def test_only_a_page_that_is_gone_is_gone(
    web: Web, tmp_path: Path, concepts: ConceptIndex, status: int, *, complete: bool
) -> None:
    web.answers["/1"] = lambda handler: handler.send(b"", status=status)
    source = tmp_path / "pages.txt"
    source.write_text(f"{web.url}/1\n{web.page('/2', page('Two'))}", encoding="utf-8")
    records, run = read(source, concepts, list="urls")
    assert f"answers {status}" in (records[0].cause or "")
    assert records[0].file == f"{web.url}/1"
    assert titles(records) == ["Two"]
    assert run.complete is complete


def test_what_robots_txt_closes_is_not_fetched(web: Web, concepts: ConceptIndex) -> None:
    web.page("/robots.txt", "User-agent: ihub\nDisallow: /private", "text/plain")
    source = web.page("/s.xml", sitemap(web.page("/private/1", page("P")), web.page("/2", page("Two"))), "text/xml")
    records, run = read(source, concepts)
    assert "robots.txt" in (records[0].cause or "")
    assert (titles(records), run.complete, web.asked["/private/1"]) == (["Two"], False, 0)
    assert titles(read(source, concepts, robots="ignore")[0]) == ["P", "Two"]


def test_a_limit_stops_early_and_says_so(web: Web, concepts: ConceptIndex) -> None:
    source = web.page("/s.xml", sitemap(web.page("/1", page("1")), web.page("/2", page("2"))), "text/xml")
    records, run = read(source, concepts, limit="1")
    assert (titles(records), run.complete) == (["1"], False)


def test_a_page_without_json_ld_says_so(web: Web, concepts: ConceptIndex) -> None:
    (record,), _ = read(web.page("/1", "<!doctype html><title>T</title><p>Hello"), concepts)
    assert record.cause == "is a web page without JSON-LD"


def test_each_script_of_a_page_counts(web: Web, concepts: ConceptIndex) -> None:
    html = page("One", '<script type="application/ld+json; charset=utf-8">{"@type": "Organization"}</script>')
    html += '<script type="application/ld+json">{ oops</script><script>var x = "{}"</script>'
    records, _ = read(web.page("/1", html), concepts)
    assert titles(records) == ["One"]
    assert "a script of it is no readable JSON" in (records[0].cause or "")


def test_the_page_of_a_redirect_is_the_address_of_its_record(web: Web, concepts: ConceptIndex) -> None:
    web.page(
        "/new/",
        page("One", '<script type="application/ld+json">{"@id": "#x", "@type": "Course", "name": "X"}</script>'),
    )
    web.answers["/old"] = lambda handler: handler.send(b"", status=301, location="/new/")
    records, _ = read(web.url + "/old", concepts)
    assert next(r.lesson.identifier for r in records if r.lesson) == web.url + "/new/#x"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"<?xml version='1.0'?><rss/>", "not a sitemap"),
        (b"<?xml version='1.0'?><urlset>", "no well-formed XML"),
        (
            b"<?xml version='1.0'?><!DOCTYPE u [<!ENTITY a 'http://x/'>]><urlset><url><loc>&a;</loc></url></urlset>",
            "declares entities",
        ),
    ],
)
def test_what_is_no_sitemap_is_refused(tmp_path: Path, concepts: ConceptIndex, xml: bytes, reason: str) -> None:
    source = tmp_path / "sitemap.xml"
    source.write_bytes(xml)
    with pytest.raises(ImportSourceError, match=reason):
        read(source, concepts)


def test_a_source_that_does_not_answer_fails_the_import(web: Web, concepts: ConceptIndex) -> None:
    with pytest.raises(FetchError, match="answers 404"):
        read(web.url + "/nothing", concepts)


def test_loopback_is_refused_unless_allowed(web: Web, concepts: ConceptIndex) -> None:
    run = Run(web.page("/1", page("One")), concepts, {"delay": "0"})
    with pytest.raises(FetchError, match="inside a network or of this machine"):
        list(JsonLdAdapter().records(run))


@pytest.mark.parametrize(("option", "value"), [("list", "pages"), ("limit", "none"), ("limit", "0")])
def test_options_that_mean_nothing_are_refused(web: Web, concepts: ConceptIndex, option: str, value: str) -> None:
    with pytest.raises(ImportSourceError, match=option):
        read(web.page("/1", page("One")), concepts, **{option: value})


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path, concepts: ConceptIndex) -> None:
    with pytest.raises(ImportSourceError, match="No such file"):
        read(tmp_path / "nothing.json", concepts)
    with pytest.raises(ImportSourceError, match="no file that may hold JSON-LD"):
        read(tmp_path, concepts)


def test_real_pages_and_documents_are_read_or_refused_with_a_reason(shared: Path, concepts: ConceptIndex) -> None:
    samples = shared / "corpus" / "metadata_samples"
    pages, _ = read(samples / "oersi-etl", concepts)
    assert len(titles(pages)) == len(pages) == 3
    documents, _ = read(samples / "amb" / "draft" / "examples", concepts)
    assert len(titles(documents)) == len(documents) == 72
    schemas, _ = read(samples / "amb" / "draft" / "schemas", concepts)
    assert {record.cause for record in schemas} == {"is a JSON Schema, which says how records look, and no record"}


def test_a_saved_page_is_known_by_the_address_that_it_says_it_has(tmp_path: Path, concepts: ConceptIndex) -> None:
    (tmp_path / "saved.html").write_text(page("A", '<link rel="canonical" href="https://a.example/1">'), "utf-8")
    (record,), _ = read(tmp_path, concepts)
    assert record.lesson
    assert record.lesson.identifier == record.lesson.source_url == "https://a.example/1"
