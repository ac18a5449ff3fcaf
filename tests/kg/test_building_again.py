"""A build that takes over what has not changed gives the same release, byte for byte, as one that makes everything."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from kg.build import build_release
from kg.columns.files import ColumnsPart
from kg.exporting.report import ExportReportPart
from kg.harvesting.dumps import DumpsPart
from kg.harvesting.statistics import StatisticsPart
from kg.monitoring.cube import monitoring_quads
from kg.reuse import NO_REUSE, Reuse
from search.charts.part import ChartsPart
from search.index import SearchPart
from tests.conftest import COLLECTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from kg.release import Release
    from kg.settings import Settings

OWN = {"release.sqlite", "manifest.json", "entities.sqlite"}


def built(settings: Settings, roots: list[Path], *, anew: bool) -> Release:
    """The release of some collections, with all parts that ``ihub build`` makes but for vectors."""
    if anew:
        shutil.rmtree(settings.home, ignore_errors=True)
    reuse = NO_REUSE if anew else Reuse(settings.home / "cache" / "parts")
    parts = [
        SearchPart(None, settings.home / "cache" / "embeddings.sqlite"),
        DumpsPart(settings.id_base, reuse),
        StatisticsPart(settings.id_base),
        ColumnsPart(),
        ExportReportPart(),
        ChartsPart(settings.id_base, reuse),
    ]
    release = build_release(settings, roots, parts, derived=[monitoring_quads], force=anew).release
    assert release
    reuse.sweep()
    return release


def content(release: Release) -> dict[str, bytes]:
    """Every file of a release but those of databases, which hold the same in another order."""
    return {
        path.relative_to(release.directory).as_posix(): path.read_bytes()
        for path in release.directory.rglob("*")
        if path.is_file() and path.parent.name != "store" and path.name not in OWN
    }


def account(release: Release) -> dict[str, Any]:
    return {key: value for key, value in release.manifest.items() if key != "created"}


def statements(release: Release) -> list[bytes]:
    store = ox.Store.read_only(str(release.store_directory))
    return sorted((store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines())


class Hub:
    """A collection that changes as the hubs' do: scenarios come, change and go."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._dice = random.Random(seed)  # noqa: S311 - a seed gives the same changes again
        self._kept: dict[str, dict[str, Any]] = {}
        folder.mkdir(parents=True)
        about = {"id": f"collection/{folder.name}", "type": "Collection", "name": {"en": "Hub"}}
        (folder / "collection.yaml").write_text(json.dumps({**about, "dataKind": "data-kind/original"}))
        self.change()

    def change(self) -> None:
        for _ in range(self._dice.randint(1, 3)):
            slug = f"scenario/of-hub-{self._dice.randint(1, 5)}"
            if slug in self._kept and self._dice.random() < 0.3:
                del self._kept[slug]
            else:
                self._kept[slug] = self._scenario(slug)
        lines = [json.dumps(document) + "\n" for document in self._kept.values()]
        (self._folder / "documents.jsonl").write_text("".join(lines))

    def _scenario(self, slug: str) -> dict[str, Any]:
        dice = self._dice
        words = " ".join(dice.choice(["map", "tide", "robot", "poem", "fractions", "soil"]) for _ in range(6))
        others = sorted(self._kept.keys() - {slug})
        # A scenario may be based on one that goes later; the build then leaves it out, as it should.
        based = {"isBasedOn": [dice.choice(others)]} if others and dice.random() < 0.5 else {}
        return {
            "id": slug,
            "type": "LearningScenario",
            "name": {"en": f"A lesson about {words}"},
            "description": {"en": f"Learners talk about {words}, and write it down."},
            "inLanguage": ["en"],
            "license": "https://creativecommons.org/licenses/by-sa/4.0/",
            "creditText": "Tests",
            "dataKind": "data-kind/original",
            "completeness": "completeness/minimal",
            "about": [dice.choice(["subject/physics", "subject/mathematics", "subject/history"])],
            "datePublished": f"2024-0{dice.randint(1, 9)}-15",
            "activity": [{"name": {"en": "Talk"}, "minutes": dice.choice([10, 20, 45])}],
            **based,
        }


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
def test_what_is_taken_over_is_what_would_be_made(settings: Settings, tmp_path: Path, seed: int) -> None:
    hub = Hub(tmp_path / "collections" / "hub-east", seed)
    roots = [COLLECTIONS, tmp_path / "collections"]
    anew = replace(settings, home=tmp_path / "anew")
    for _ in range(2 if seed == 1 else 12):
        hub.change()
        quick, slow = built(settings, roots, anew=False), built(anew, roots, anew=True)
        assert account(quick) == account(slow)
        assert content(quick) == content(slow)
        assert statements(quick) == statements(slow)


def test_a_store_that_cannot_be_taken_over_is_loaded_anew(settings: Settings, tmp_path: Path) -> None:
    hub = Hub(tmp_path / "collections" / "hub-east", 4)
    roots = [COLLECTIONS, tmp_path / "collections"]
    first = built(settings, roots, anew=False)
    for path in first.store_directory.glob("MANIFEST-*"):
        path.write_bytes(b"torn")
    hub.change()
    again = built(settings, roots, anew=False)
    assert len(again.graph.store) == again.manifest["quads"]


def test_former_releases_keep_their_statements(settings: Settings, tmp_path: Path) -> None:
    hub = Hub(tmp_path / "collections" / "hub-east", 5)
    roots = [COLLECTIONS, tmp_path / "collections"]
    first = built(settings, roots, anew=False)
    before = statements(first)
    hub.change()
    assert built(settings, roots, anew=False).id != first.id
    assert statements(first) == before == first.quads_file.read_bytes().splitlines()


def test_kept_files_that_no_build_asked_for_are_dropped(tmp_path: Path) -> None:
    def made(text: bytes, name: str, reuse: Reuse) -> bytes:
        reuse.file(text, tmp_path / name, lambda path: path.write_bytes(text) and None)
        return (tmp_path / name).read_bytes()

    first = Reuse(tmp_path / "kept")
    assert made(b"one", "a", first) == b"one"
    assert made(b"two", "b", first) == b"two"
    second = Reuse(tmp_path / "kept")
    assert made(b"two", "c", second) == b"two"
    second.sweep()
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [b"two".hex()]
