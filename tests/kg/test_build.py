"""A build makes a release: nothing invalid enters, nothing is lost silently, nothing half done is seen."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from kg.build import build_release
from kg.errors import CollectionError, ReleaseError
from kg.release import Release, current_release, list_releases, roll_back
from search.index import SearchPart
from tests.conftest import COLLECTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings

GOOD = """id: scenario/good
type: LearningScenario
identifier: g
name: {en: Good}
inLanguage: [en]
license: https://creativecommons.org/licenses/by/4.0/
creditText: Tests
dataKind: data-kind/original
completeness: completeness/minimal
"""


def part(settings: Settings) -> SearchPart:
    return SearchPart(None, settings.home / "cache" / "embeddings.sqlite")


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """A collection of one good document."""
    folder = tmp_path / "collections" / "small"
    folder.mkdir(parents=True)
    description = "id: collection/small\ntype: Collection\nname: {en: Small}\ndataKind: data-kind/original\n"
    (folder / "collection.yaml").write_text(description, encoding="utf-8")
    (folder / "good.yaml").write_text(GOOD, encoding="utf-8")
    return folder


def test_a_release_holds_every_document(settings: Settings) -> None:
    report = build_release(settings, [COLLECTIONS], [part(settings)], strict=True)
    assert report.release
    assert report.accepted == {"classroom": 9}
    assert report.release.manifest["parts"]["search"]["scenarios"] == 7
    lines = report.release.quads_file.read_bytes().splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) == report.release.manifest["quads"]
    assert len(report.release.graph.store) == len(lines)
    assert not any(line.startswith(b"_:") for line in lines)


def test_the_same_sources_give_the_same_release(settings: Settings, tmp_path: Path) -> None:
    first = build_release(settings, [COLLECTIONS], [part(settings)]).release
    again = build_release(settings, [COLLECTIONS], [part(settings)], force=True).release
    copy = tmp_path / "elsewhere"
    shutil.copytree(COLLECTIONS, copy)
    moved = build_release(settings, [copy], [part(settings)], force=True).release
    assert first
    assert again
    assert moved
    assert first.id == again.id == moved.id


def test_unchanged_sources_are_not_built_again(settings: Settings) -> None:
    assert not build_release(settings, [COLLECTIONS], [part(settings)]).unchanged
    assert build_release(settings, [COLLECTIONS], [part(settings)]).unchanged


@pytest.mark.parametrize(
    ("text", "field", "cause"),
    [
        (GOOD.replace("/good", "/bad").replace("inLanguage: [en]\n", ""), "inLanguage", "missing"),
        (GOOD.replace("/good", "/bad") + "minutes: soon\n", "minutes", "found: soon"),
        (GOOD.replace("/good", "/bad") + "about: [subject/alchemy]\n", "about", "subject/alchemy, which is not there"),
        (GOOD.replace("/good", "/bad") + "colour: red\n", "colour", "no field of the model"),
        (GOOD, "id", "described in"),
        ("id: [", None, "not readable YAML"),
    ],
)
def test_a_bad_document_is_reported_and_the_others_stand(
    settings: Settings, collection: Path, text: str, field: str | None, cause: str
) -> None:
    (collection / "worse.yaml").write_text(text, encoding="utf-8")
    report = build_release(settings, [collection], [part(settings)])
    (error,) = report.errors
    assert report.accepted == {"small": 2}
    assert error.field == field
    assert cause in error.cause
    assert error.file == str(collection / "worse.yaml")


def test_documents_that_refer_to_a_rejected_one_go_with_it(settings: Settings, collection: Path) -> None:
    (collection / "base.yaml").write_text(
        GOOD.replace("/good", "/base").replace("inLanguage: [en]\n", ""), encoding="utf-8"
    )
    (collection / "next.yaml").write_text(
        GOOD.replace("/good", "/next") + "isBasedOn: [scenario/base]\n", encoding="utf-8"
    )
    report = build_release(settings, [collection], [part(settings)])
    assert report.accepted == {"small": 2}
    assert {error.field for error in report.errors} == {"inLanguage", "isBasedOn"}


def test_strict_makes_no_release_of_a_collection_with_a_bad_document(settings: Settings, collection: Path) -> None:
    (collection / "worse.yaml").write_text("id: [", encoding="utf-8")
    report = build_release(settings, [collection], [part(settings)], strict=True)
    assert report.release is None
    assert list_releases(settings) == []


def test_a_bad_description_stops_the_build(settings: Settings, collection: Path) -> None:
    path = collection / "collection.yaml"
    path.write_text(path.read_text().replace("data-kind/original", "data-kind/guessed"), encoding="utf-8")
    with pytest.raises(CollectionError) as caught:
        build_release(settings, [collection], [part(settings)])
    assert caught.value.field == "dataKind"
    assert caught.value.file == str(path)


def test_two_builds_do_not_run_at_once(settings: Settings) -> None:
    settings.home.mkdir(parents=True)
    with (settings.home / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ReleaseError, match="another build"):
            build_release(settings, [COLLECTIONS])


def test_a_release_can_be_rolled_back(settings: Settings, collection: Path) -> None:
    first = build_release(settings, [collection], [part(settings)]).release
    time.sleep(1.1)  # releases are ordered by the second in which they were made
    (collection / "more.yaml").write_text(GOOD.replace("/good", "/more"), encoding="utf-8")
    second = build_release(settings, [collection], [part(settings)]).release
    assert first
    assert second
    assert current_release(settings).id == second.id
    assert roll_back(settings).id == first.id
    assert current_release(settings).id == first.id
    assert roll_back(settings, second.id).id == second.id


def test_a_release_for_another_base_is_refused(settings: Settings, collection: Path) -> None:
    from dataclasses import replace

    build_release(settings, [collection], [part(settings)])
    with pytest.raises(ReleaseError, match=r"was built for http://127\.0\.0\.1:8000/"):
        current_release(replace(settings, base_iri="https://ihub.example.org/"))


def test_old_releases_are_removed(settings: Settings, collection: Path) -> None:
    from dataclasses import replace

    for number in range(3):
        (collection / "more.yaml").write_text(GOOD.replace("/good", f"/more-{number}"), encoding="utf-8")
        build_release(replace(settings, releases_kept=1), [collection], [part(settings)])
    assert [release.id for release in list_releases(settings)] == [current_release(settings).id]


def test_a_killed_build_leaves_the_former_release(settings: Settings, collection: Path) -> None:
    former = build_release(settings, [collection], [part(settings)]).release
    (collection / "more.yaml").write_text(GOOD.replace("/good", "/more"), encoding="utf-8")
    environment = {**os.environ, **settings.to_environment()}
    command = [sys.executable, "-m", "webapp.cli", "build", "--collections", str(collection)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(settings.releases.glob(".building-*")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert former
    assert current_release(settings).id == former.id
    repaired = build_release(settings, [collection], [part(settings)]).release
    assert repaired
    assert current_release(settings).id == repaired.id != former.id


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReleaseError) as caught:
        Release.open(tmp_path)
    assert caught.value.file == str(tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 0}), encoding="utf-8")
    with pytest.raises(ReleaseError, match="another version"):
        Release.open(tmp_path)


def test_inferred_statements_have_a_graph_of_their_own(release: Release) -> None:
    lines = release.quads_file.read_text(encoding="utf-8").splitlines()
    inferred = [line for line in lines if line.endswith("<http://127.0.0.1:8000/id/collection/inferred> .")]
    scenario = "<http://127.0.0.1:8000/id/scenario/robot-ka>"
    assert any(line.startswith(f"{scenario} ") and "schema.org/LearningResource" in line for line in inferred)
    area = "<http://127.0.0.1:8000/id/competence/digcomp22-3>"
    assert any(line.startswith(f"{scenario} ") and "developsArea" in line and area in line for line in inferred)
