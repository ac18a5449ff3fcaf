"""Importing loses nothing: what is accepted is in the collection, what is not is in quarantine with its reason."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from kg.collection import Collection
from kg.errors import CollectionError, ImportSourceError
from kg.importing.adapter import adapter_names, load_adapter
from kg.importing.pipeline import ImportReport, import_source

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings


def document(slug: str, **fields: object) -> dict[str, object]:
    """A minimal valid document."""
    return {
        "id": f"scenario/{slug}",
        "type": "LearningScenario",
        "identifier": slug,
        "name": {"en": f"Title of {slug}"},
        "inLanguage": ["en"],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "creditText": "Tests",
        "dataKind": "data-kind/original",
        "completeness": "completeness/minimal",
        **fields,
    }


def write(path: Path, *lines: object) -> Path:
    """Write objects as JSON lines and strings as they are."""
    path.write_text("".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines), encoding="utf-8")
    return path


def run(settings: Settings, source: Path, collection: str = "mine") -> ImportReport:
    return import_source(settings, load_adapter("jsonl"), source, collection, {})


def test_good_documents_become_a_collection(settings: Settings, tmp_path: Path) -> None:
    report = run(settings, write(tmp_path / "a.jsonl", document("b"), document("a")))
    assert (report.accepted, report.created, report.rejections) == (2, 2, [])
    collection = Collection.open(settings.collections / "mine")
    assert [d.identifier for d in collection.documents()] == ["collection/mine", "scenario/a", "scenario/b"]


def test_importing_again_changes_no_file(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", document("a"), "{bad")
    run(settings, source)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (settings.collections / "mine").iterdir()}
    report = run(settings, source)
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (settings.collections / "mine").iterdir()}
    assert (report.created, report.changed, report.unchanged) == (0, 0, 1)
    assert before == after


def test_a_changed_record_updates_its_document(settings: Settings, tmp_path: Path) -> None:
    run(settings, write(tmp_path / "a.jsonl", document("a"), document("b")))
    report = run(settings, write(tmp_path / "a.jsonl", document("a", minutes=30), document("b")))
    assert (report.created, report.changed, report.unchanged) == (0, 1, 1)
    assert '"minutes":30' in (settings.collections / "mine" / "documents.jsonl").read_text()


@pytest.mark.parametrize(
    ("line", "field", "cause"),
    [
        ("{bad", None, "not readable JSON"),
        ("[]", None, "not a JSON object"),
        (document("x", inLanguage=None), "inLanguage", "missing"),
        (document("x", minutes="soon"), "minutes", "found: soon"),
        (document("x", about=["subject/alchemy"]), "about", "not there"),
        (document("x", nmae={"en": "x"}), "nmae", "no field"),
        (document("a"), "id", "stands in line 1 already"),
        ({"id": "collection/mine", "type": "Collection"}, "id", "describes a collection"),
        (document("x", learningOutcome=[{"description": "no language"}]), "learningOutcome[1].description", "language"),
    ],
)
def test_a_bad_record_is_kept_with_its_reason(
    settings: Settings, tmp_path: Path, line: object, field: str | None, cause: str
) -> None:
    source = write(tmp_path / "a.jsonl", document("a"), line, document("z"))
    report = run(settings, source)
    (rejection,) = report.rejections
    assert report.accepted == 2
    assert (rejection.source, rejection.line, rejection.field) == (str(source), 2, field)
    assert cause in rejection.cause
    (kept,) = map(json.loads, (settings.collections / "mine" / "quarantine.jsonl").read_text().splitlines())
    assert kept["line"] == 2
    assert kept["raw"] == (line if isinstance(line, str) else json.dumps(line))


def test_a_mended_record_leaves_quarantine(settings: Settings, tmp_path: Path) -> None:
    run(settings, write(tmp_path / "a.jsonl", "{bad"))
    other = write(tmp_path / "other.jsonl", "{worse")
    run(settings, other)
    run(settings, write(tmp_path / "a.jsonl", document("a")))
    kept = [json.loads(line) for line in (settings.collections / "mine" / "quarantine.jsonl").read_text().splitlines()]
    assert [entry["source"] for entry in kept] == [str(other)]


def test_a_byte_order_mark_and_bytes_that_are_not_utf8(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document("a")).encode() + b'\n{"id":"\xff"}\n')
    report = run(settings, path)
    assert report.accepted == 1
    assert report.rejections[0].cause == "is not UTF-8"


def test_a_source_that_is_not_there_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ImportSourceError) as caught:
        run(settings, tmp_path / "nowhere.jsonl")
    assert caught.value.file == str(tmp_path / "nowhere.jsonl")


@pytest.mark.parametrize("slug", ["", "A", "../x", "a b", "-a", "a--b"])
def test_slugs_are_checked(settings: Settings, tmp_path: Path, slug: str) -> None:
    with pytest.raises(CollectionError):
        run(settings, write(tmp_path / "a.jsonl", document("a")), slug)


def test_adapters_are_found_by_entry_point() -> None:
    assert {"jsonl", "corpus"} <= set(adapter_names())
    with pytest.raises(ImportSourceError, match="no adapter is called 'tarot'"):
        load_adapter("tarot")


def test_a_killed_import_leaves_the_collection_as_before_or_complete(settings: Settings, tmp_path: Path) -> None:
    many = write(tmp_path / "many.jsonl", document("a"), document("b"))
    run(settings, many)
    folder = settings.collections / "mine"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write(many, document("a", minutes=30), *(document(f"m{number}") for number in range(400)))
    command = [sys.executable, "-m", "webapp.cli", "import", "jsonl", str(many), "--collection", "mine"]
    environment = {**os.environ, **settings.to_environment()}
    for delay in (0.2, 0.6, 1.0, 1.4, 1.8):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        Collection.open(folder)
        after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        if after != before:
            assert after["documents.jsonl"].count(b"\n") == 401
            assert gzip.decompress(after["raw.jsonl.gz"]).count(b"\n") == 401
            assert after["withdrawn.jsonl"].count(b"\n") == after["versions.jsonl"].count(b"\n") == 1
