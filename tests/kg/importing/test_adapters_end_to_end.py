"""Through the whole pipeline: what repositories, pages and folders say becomes documents, and keeps up with them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from kg.importing.adapter import adapter_names, load_adapter
from kg.importing.pipeline import ImportReport, import_source
from kg.withdrawals import read_withdrawals
from tests.kg.importing.lessons import read_lines
from tests.kg.importing.oai.provider import Item, Provider, dublin_core, lessons
from webapp.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings
    from tests.kg.importing.web import Handler, Web


def run(settings: Settings, name: str, source: Path | str, **arguments: Any) -> ImportReport:
    options = {"delay": "0"} if name in {"oai", "jsonld"} else {}
    options |= arguments.pop("options", {})
    return import_source(
        settings, load_adapter(name), source, "mine", {}, options=options, allow_private=True, **arguments
    )


def documents(settings: Settings) -> dict[str, dict[str, Any]]:
    return {item["identifier"]: item for item in read_lines(settings.collections / "mine" / "documents.jsonl")}


def test_the_adapters_are_found_by_name() -> None:
    assert {"jsonld", "lom", "markdown", "oai"} <= set(adapter_names())


def test_a_repository_is_followed(settings: Settings, web: Web) -> None:
    provider = Provider(web, lessons(4))
    assert run(settings, "oai", provider.url).created == 4
    assert documents(settings)["oai:test:1"]["about"] == ["subject/mathematics"]

    provider.date = "2026-03-01T00:00:00Z"
    provider.items[0] = Item("oai:test:1", "2026-02-20T00:00:00Z", {"oai_dc": dublin_core(1, title="Changed")})
    provider.items[1] = Item("oai:test:2", "2026-02-20T00:00:00Z")
    provider.items.append(Item("oai:test:5", "2026-02-20T00:00:00Z", {"oai_dc": dublin_core(5)}))
    report = run(settings, "oai", provider.url)
    assert (report.created, report.changed, report.withdrawn.total()) == (1, 1, 1)
    assert set(documents(settings)) == {f"oai:test:{n}" for n in (1, 3, 4, 5)}
    assert set(read_withdrawals(settings.collections / "mine")) == {"scenario/oai.test.2"}

    before = (settings.collections / "mine" / "documents.jsonl").read_bytes()
    provider.date = "2026-04-01T00:00:00Z"
    report = run(settings, "oai", provider.url)
    assert (report.created, report.changed, report.withdrawn.total()) == (0, 0, 0)
    assert (settings.collections / "mine" / "documents.jsonl").read_bytes() == before


def test_what_vanished_without_a_word_is_found_by_a_full_harvest(settings: Settings, web: Web) -> None:
    provider = Provider(web, lessons(3))
    run(settings, "oai", provider.url)
    provider.items.pop()
    assert run(settings, "oai", provider.url).withdrawn.total() == 0
    assert dict(run(settings, "oai", provider.url, options={"full": "yes"}).withdrawn) == {"vanished": 1}


def test_a_harvest_that_is_cut_is_finished_by_the_next(settings: Settings, web: Web) -> None:
    provider = Provider(web, lessons(7))

    def hung_up(handler: Handler, _: str) -> bool:
        handler.send(b"", status=500)
        return True

    provider.faults = [None, hung_up]
    report = run(settings, "oai", provider.url)
    assert (report.created, report.rejected) == (3, 1)
    report = run(settings, "oai", provider.url)
    assert (report.created, report.rejected) == (4, 0)
    assert len(documents(settings)) == 7


@pytest.mark.long
def test_a_harvest_that_is_killed_leaves_nothing_and_starts_again(settings: Settings, web: Web) -> None:
    provider = Provider(web, lessons(7))

    def slow(_: Handler, __: str) -> bool:
        time.sleep(30)
        return False

    provider.faults = [None, slow]
    command = [sys.executable, "-m", "webapp.cli", "import", "oai", provider.url, "--collection", "mine"]
    command += ["--allow-private", "--option", "delay=0"]
    harvest = subprocess.Popen(command, env={**os.environ, **settings.to_environment()})
    deadline = time.monotonic() + 60
    while len(provider.queries) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    harvest.send_signal(signal.SIGKILL)
    harvest.wait()
    assert len(provider.queries) == 2
    assert documents(settings) == {}
    assert run(settings, "oai", provider.url).created == 7


def test_pages_of_a_site_are_imported_and_one_bad_page_stops_none(settings: Settings, web: Web) -> None:
    script = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "author": "Ada",
        "about": {"@id": "http://w3id.org/kim/schulfaecher/s1017", "name": "Mathe"},
        "educationalLevel": "Primary education",
        "teaches": {"@id": "https://w3id.org/kim/digcomp/g_2"},
        "assesses": {"@id": "https://w3id.org/kim/digcomp/g_6"},
    }
    names = {"1": "Murdude võrdlemine ja liitmine", "2": "Murtolukujen vertailu ja laskeminen"}
    for (number, name), tag in zip(names.items(), ("et", "fi"), strict=True):
        text = json.dumps({**script, "name": name, "description": name})
        web.page(f"/{number}", f'<html lang="{tag}"><script type="application/ld+json">{text}</script>')
    web.page("/3", "<!doctype html><p>nothing")
    urls = "".join(f"<url><loc>{web.url}/{number}</loc></url>" for number in (1, 2, 3, 4))
    source = web.page("/sitemap.xml", f"<?xml version='1.0'?><urlset>{urls}</urlset>", "text/xml")
    report = run(settings, "jsonld", source)
    assert (report.created, report.rejected) == (2, 2)
    assert dict(report.languages) == {"et": 1, "fi": 1}
    document = documents(settings)[f"{web.url}/1"]
    assert (document["about"], document["educationalLevel"]) == (["subject/mathematics"], ["level/isced-1"])
    assert document["teaches"] != document["assesses"]
    assert [str(rejection).split(": ")[0] for rejection in report.rejections] == [f"{web.url}/3:1", f"{web.url}/4:1"]
    del web.answers["/2"]
    web.page("/1", "<!doctype html><p>taken down")
    assert dict(run(settings, "jsonld", source).withdrawn) == {"vanished": 2}


def test_a_page_that_fails_for_the_moment_withdraws_nothing(settings: Settings, web: Web) -> None:
    lesson = {"@type": "Course", "name": "A", "inLanguage": "en", "license": "CC0-1.0", "author": "Ada"}
    text = f'<html><script type="application/ld+json">{json.dumps(lesson)}</script>'
    source = web.page("/list", web.page("/1", text), "text/plain")
    assert run(settings, "jsonld", source, options={"list": "urls"}).created == 1
    web.answers["/1"] = lambda handler: handler.send(b"", status=500)
    report = run(settings, "jsonld", source, options={"list": "urls"})
    assert (report.rejected, report.withdrawn.total()) == (1, 0)
    assert len(documents(settings)) == 1


def test_the_command_takes_an_address_and_options(settings: Settings, web: Web) -> None:
    provider = Provider(web, lessons(2))
    arguments = ["import", "oai", provider.url, "--collection", "mine", "--option", "delay=0"]
    refused = CliRunner().invoke(main, arguments, env=settings.to_environment())
    assert refused.exit_code == 1
    assert "--allow-private" in refused.output
    accepted = CliRunner().invoke(main, [*arguments, "--allow-private"], env=settings.to_environment())
    assert accepted.exit_code == 0, accepted.output
    assert "2 accepted (2 new" in accepted.output


def test_a_folder_of_markdown_becomes_documents_in_several_languages(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    folder.mkdir()
    text = "---\ntitle: {title}\nlicense: CC-BY-4.0\nauthor: Ada\nsubject: {subject}\n---\n"
    text += "## {step} 1\nA\n## {step} 2\nB\n"
    (folder / "a.et.md").write_text(text.format(title="Lumi", subject="matemaatika", step="Samm"), encoding="utf-8")
    (folder / "a.fi.md").write_text(text.format(title="Lunta", subject="matematiikka", step="Vaihe"), encoding="utf-8")
    report = run(settings, "markdown", folder)
    assert (report.created, report.rejected) == (1, 0), report.rejections
    (document,) = documents(settings).values()
    assert document["name"] == {"et": "Lumi", "fi": "Lunta"}
    assert document["about"] == ["subject/mathematics"]
    assert [activity["name"] for activity in document["activity"]] == [
        {"et": "Samm 1", "fi": "Vaihe 1"},
        {"et": "Samm 2", "fi": "Vaihe 2"},
    ]


@pytest.mark.parametrize(
    ("name", "folder", "accepted", "read"),
    [
        ("markdown", "raw/kodeklubben-oppgaver", 18, 19),
        ("markdown", "raw/raspberrypilearning", 5, 10),
        ("markdown", "raw/programming-historian", 4, 5),
        pytest.param("markdown", "raw/carpentries", 12, 12, marks=pytest.mark.long),  # detects languages
        ("jsonld", "metadata_samples/oersi-etl", 3, 3),
        ("lom", "metadata_samples/e-koolikott-oaipmh", 1, 7),
    ],
)
def test_real_sources_are_accepted_or_refused_with_a_reason(
    settings: Settings, shared: Path, tmp_path: Path, name: str, folder: str, accepted: int, read: int
) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("defaults: {licence: CC-BY-SA-4.0, attribution: Their authors}", encoding="utf-8")
    report = run(settings, name, shared / "corpus" / folder, mapping=mapping)
    assert (report.accepted, report.read) == (accepted, read), report.rejections
    assert all(rejection.cause for rejection in report.rejections)
