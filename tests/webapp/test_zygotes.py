"""The SPARQL process of a release: from memory or from disk, and its end once nobody needs it."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.release import MANIFEST, Release
from kg.sparql.client import SparqlService
from kg.sparql.errors import SparqlError
from kg.sparql.messages import QueryRequest
from webapp.server_directory import new_server_directory
from webapp.zygotes import Zygotes, announced

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from kg.settings import Settings

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?c a ?d . ?e a ?f FILTER(STR(?b) > STR(?d) && STR(?f) != STR(?a)) }"


def successor(release: Release, home: Path) -> Release:
    """The same content as another release."""
    directory = home / "next"
    shutil.copytree(release.directory, directory)
    manifest = {**release.manifest, "id": "f" * 16}
    (directory / MANIFEST).write_text(json.dumps(manifest))
    return Release.open(directory)


def test_beyond_the_setting_the_store_on_disk_is_read(
    site_settings: Settings, release: Release, tmp_path: Path
) -> None:
    counts = []
    for most, home in ((release.manifest["quads"], "a"), (release.manifest["quads"] - 1, "b")):
        settings = replace(site_settings, home=tmp_path / home, sparql_in_memory_quads=most)
        with new_server_directory() as directory, Zygotes(settings, directory) as zygotes:
            zygotes.follow(release)
            (zygote,) = zygotes._running.values()
            counts.append(zygote.quads)
            body = json.loads(SparqlService(zygote.socket_path).execute(QueryRequest(COUNT)).body)
            assert body["results"]["bindings"][0]["n"]["value"] == str(release.manifest["quads"])
    assert counts == [release.manifest["quads"], None]  # in memory it knows how many, on disk it has not counted


def test_a_new_release_lets_running_queries_finish_on_the_old_one(
    site_settings: Settings, release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(site_settings, home=tmp_path / "home", sparql_deadline=2.0)
    newer = successor(release, tmp_path)
    with new_server_directory() as directory, Zygotes(settings, directory) as zygotes:
        zygotes.follow(release)
        old = announced(directory, release.id)
        assert old
        outcomes: list[str] = []

        def ask() -> None:
            try:
                SparqlService(old, release=release.id).execute(QueryRequest(SLOW))
                outcomes.append("ok")
            except SparqlError as error:
                outcomes.append(error.outcome)

        running = threading.Thread(target=ask)
        running.start()
        zygotes.follow(newer)
        assert announced(directory, newer.id)
        running.join()
        # Answered, or ended by its own deadline: not by the new release.
        assert outcomes in (["ok"], ["deadline"])
        answer = SparqlService(old, release=release.id).execute(QueryRequest(COUNT))
        assert answer.rows == 1
        monkeypatch.setattr("webapp.zygotes._RETIRED_AFTER", 0.0)
        zygotes.follow(newer)
        assert announced(directory, release.id) is None
        assert announced(directory, newer.id)
