"""The history: every difference between releases that were current one after another, whatever happens in between."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import history_log
from kg.build import build_release
from kg.entity_table import ENTITIES, description, entity_rows
from kg.history import History
from kg.release import Release, current_release, list_releases, record_current, roll_back, switch
from kg.tombstones import Tombstone
from kg.withdrawals import VANISHED, Withdrawal
from tests.kg.shelf import SCENARIO, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.settings import Settings

BASE = "http://127.0.0.1:8000/id/"


@pytest.fixture
def shelf(settings: Settings) -> Shelf:
    return Shelf(settings)


def changes(release: Release) -> list[tuple[str, str]]:
    """The events of scenarios, as kind and slug."""
    events = release.history.events(0, 100_000)
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    return [(e.kind, e.iri.removeprefix(f"{BASE}scenario/")) for e in events if "/scenario/" in e.iri]


def alive(release: Release) -> set[str]:
    """The entities that the history says are there."""
    return {event.iri for event in release.history.state() if event.kind != "delete"}


def in_quads(release: Release) -> set[str]:
    """The entities that the quads speak of, counted without the table."""
    subjects = {line.split("> ", 1)[0][1:].split("#")[0] for line in release.quads_file.read_text().splitlines()}
    return {iri for iri in subjects if iri.startswith(BASE)}


def test_entities_are_created_changed_and_deleted(shelf: Shelf) -> None:
    shelf.put("one")
    shelf.put("two")
    first = shelf.release()
    shelf.put("two", "Another title")
    shelf.put("three")
    shelf.take("one")
    second = shelf.release()
    assert changes(second)[:2] == [("create", "one"), ("create", "two")]
    assert sorted(changes(second)[2:]) == [("create", "three"), ("delete", "one"), ("update", "two")]
    assert alive(second) == in_quads(second)
    assert f"{BASE}scenario/one" not in alive(second)
    gone = second.history.entity(f"{BASE}scenario/one")
    assert gone
    assert gone.created <= gone.modified == gone.deleted
    assert gone.title == {"en": "A title"}
    assert gone.reason == history_log.GONE
    stays = second.history.entity(f"{BASE}scenario/two")
    assert stays
    assert stays.deleted is None
    assert stays.title == {"en": "Another title"}
    assert second.history.entity(f"{BASE}scenario/none") is None
    assert first.history.edition() is not None


def test_what_comes_back_is_created_again_and_keeps_its_first_day(shelf: Shelf) -> None:
    shelf.put("one")
    first = shelf.release()
    then = first.history.entity(f"{BASE}scenario/one")
    shelf.take("one")
    shelf.release()
    shelf.put("one")
    third = shelf.release()
    assert changes(third) == [("create", "one"), ("delete", "one"), ("create", "one")]
    now = third.history.entity(f"{BASE}scenario/one")
    assert then
    assert now
    assert now.deleted is None
    assert now.created == then.created


def test_equal_content_adds_nothing(shelf: Shelf) -> None:
    shelf.put("one")
    first = shelf.release()
    before = first.history.events(0, 100_000)
    assert shelf.release().id == first.id
    assert shelf.release().id == first.id
    assert first.history.events(0, 100_000) == before
    assert first.history.edition() == History.of(first).edition()


def test_a_rollback_adds_the_way_back_and_forth(shelf: Shelf) -> None:
    shelf.put("one")
    first = shelf.release()
    shelf.put("two")
    second = shelf.release()
    roll_back(shelf.settings, first.id)
    assert changes(first) == [("create", "one"), ("create", "two"), ("delete", "two")]
    assert alive(first) == in_quads(first)
    gone = first.history.entity(f"{BASE}scenario/two")
    assert gone
    assert gone.reason == "It is not in the earlier release to which the repository went back."
    assert shelf.release().id == second.id
    assert changes(second) == [*changes(first), ("create", "two")]
    assert alive(second) == in_quads(second)


def test_a_log_that_ran_ahead_of_a_switch_shows_nothing_yet_and_leads_on(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("one")
    first = shelf.release()
    shelf.put("two")

    def crash(_self: Path, _target: str, *, target_is_directory: bool) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Path, "symlink_to", crash)
        with pytest.raises(KeyboardInterrupt):
            shelf.release()
    assert current_release(shelf.settings).id == first.id
    assert changes(first) == [("create", "one")]
    edition = first.history.edition()
    assert edition
    assert first.history.edition_after(edition.number) is not None
    shelf.take("one")
    third = shelf.release()
    assert changes(third) == [("create", "one"), ("create", "two"), ("delete", "one")]
    assert alive(third) == in_quads(third)


def test_a_kill_at_any_moment_leaves_history_and_release_in_step(shelf: Shelf) -> None:
    for number in range(300):
        shelf.put(f"s{number}")
    shelf.release()
    script = (
        "import sys; from pathlib import Path; from kg.settings import Settings;"
        "from kg.release import list_releases, switch; s = Settings.from_environment();"
        "releases = {r.id: r for r in list_releases(s)}; print('ready', flush=True);"
        "[switch(s, releases[i]) for _ in range(1000) for i in sys.argv[1:]]"
    )
    for number in range(150):
        shelf.take(f"s{number}")
    shelf.release()
    ids = [release.id for release in list_releases(shelf.settings)]
    assert len(ids) == 2
    environment = {**os.environ, **shelf.settings.to_environment()}
    for pause in (0.0, 0.013, 0.05, 0.09, 0.21):
        process = subprocess.Popen([sys.executable, "-c", script, *ids], env=environment, stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        current = current_release(shelf.settings)
        assert alive(current) == in_quads(current)
        roll_back(shelf.settings, next(release for release in ids if release != current.id))
        other = current_release(shelf.settings)
        assert alive(other) == in_quads(other)
        changes(other)


def test_readers_in_threads_see_whole_editions_while_another_is_written(shelf: Shelf) -> None:
    shelf.put("one")
    first = shelf.release()
    shelf.put("two")
    second = shelf.release()
    stop, seen = threading.Event(), set()

    def read() -> None:
        while not stop.is_set():
            release = current_release(shelf.settings)
            seen.add((release.id, frozenset(iri for iri in alive(release) if "/scenario/" in iri)))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for release in itertools.islice(itertools.cycle([first, second]), 30):
        switch(shelf.settings, release)
    stop.set()
    for reader in readers:
        reader.join()
    one, two = f"{BASE}scenario/one", f"{BASE}scenario/two"
    assert seen <= {(first.id, frozenset({one})), (second.id, frozenset({one, two}))}


def test_an_edition_is_never_older_than_the_moment_at_which_it_can_be_seen(shelf: Shelf) -> None:
    shelf.put("one")
    release = shelf.release()
    edition = release.history.edition()
    assert edition
    with closing(sqlite3.connect(release.history.path)) as log:
        written = log.execute("SELECT time FROM editions").fetchone()[0]
    assert edition.time.timestamp() == written
    made = release.history.path.stat().st_mtime
    assert written >= made


def test_editions_of_one_second_have_an_order_by_their_times(shelf: Shelf) -> None:
    shelf.put("one")
    first = shelf.release()
    shelf.take("one")
    second = shelf.release()
    for release in (first, second, first):
        switch(shelf.settings, release)
    times = [event.time for event in first.history.events(0, 100) if event.iri.endswith("/one")]
    assert len(times) == 5
    assert times == sorted(set(times))


def test_a_withdrawn_document_leaves_a_tombstone_and_those_that_refer_to_it(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    text = "id: collection/small\ntype: Collection\nname: {en: Small}\ndataKind: data-kind/original\n"
    (folder / "collection.yaml").write_text(text, encoding="utf-8")
    source = {**SCENARIO, "id": "scenario/source", "identifier": "s", "name": {"en": "The source"}}
    derived = {**source, "id": "scenario/derived", "identifier": "d", "isBasedOn": ["scenario/source"]}

    def build() -> Release:
        (folder / "all.jsonl").write_text(f"{json.dumps(source)}\n{json.dumps(derived)}\n", encoding="utf-8")
        report = build_release(settings, [folder])
        assert report.errors == []
        assert report.release
        return report.release

    build()
    source |= {"reviewStatus": "review-status/withdrawn", "withdrawnOn": "2026-11-01T00:00:00Z"}
    release = build()
    tombstone = release.history.entity(f"{BASE}scenario/source")
    assert tombstone
    assert tombstone.deleted
    assert tombstone.reason == "Withdrawn by its editors."
    assert f"{BASE}scenario/derived" in alive(release)
    assert alive(release) == in_quads(release)
    taken_out = Withdrawal("scenario/gone", "2026-11-01T00:00:00Z", VANISHED, "elsewhere", {"en": "Gone"})
    (folder / "withdrawn.jsonl").write_text(taken_out.json + "\n", encoding="utf-8")
    gone = build().history.entity(f"{BASE}scenario/gone")
    assert gone
    assert (gone.title, gone.reason) == ({"en": "Gone"}, "Its source no longer has it.")


def test_what_was_withdrawn_before_the_first_release_has_a_tombstone_too(shelf: Shelf) -> None:
    shelf.put("one")
    shelf.tombstones.append(Tombstone("scenario/former", "Its school asked for it.", {"en": "What it was called"}))
    release = shelf.release()
    tombstone = release.history.entity(f"{BASE}scenario/former")
    assert tombstone
    assert tombstone.deleted
    assert tombstone.title == {"en": "What it was called"}
    assert tombstone.reason == "Its school asked for it."


def test_a_given_reason_stands_on_the_tombstone(shelf: Shelf) -> None:
    shelf.put("one")
    shelf.release()
    shelf.take("one", "The source no longer has it.")
    gone = shelf.release().history.entity(f"{BASE}scenario/one")
    assert gone
    assert (gone.title, gone.reason) == ({"en": "A title"}, "The source no longer has it.")


def test_a_scenario_is_in_the_sets_of_its_collection_subject_and_language(shelf: Shelf) -> None:
    shelf.put("one")
    release = shelf.release()
    (event,) = release.history.state("scenario")
    assert event.sets == ("collection:shelf", "language:en", "subject:informatics")


def test_the_versions_in_the_log_are_what_the_release_says(shelf: Shelf) -> None:
    shelf.put("one")
    release = shelf.release()
    lines = {line.rsplit(" <", 1)[0] + " .\n" for line in release.quads_file.read_text().splitlines()}
    for event in release.history.state():
        said = release.history.version(event.number).decode().splitlines(keepends=True)
        expected = {line for line in lines if line.startswith((f"<{event.iri}> ", f"<{event.iri}#"))}
        assert set(said) == expected
        assert len(said) == len(expected)


def test_a_release_of_an_earlier_version_gets_its_table_when_it_becomes_current(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("one")
    release = shelf.release()
    before = list(entity_rows(release.directory / ENTITIES))
    (release.directory / ENTITIES).unlink()
    shutil.rmtree(release.history.path.parent)
    record_current(shelf.settings)
    later = current_release(shelf.settings)
    assert later.id == release.id
    assert list(entity_rows(release.directory / ENTITIES)) == before
    assert alive(later) == in_quads(later)


def test_a_description_holds_the_parts_whatever_their_names_sort_between(shelf: Shelf) -> None:
    shelf.put("heat", learningOutcome=[{"description": {"en": "First"}}])
    shelf.put("heat-map")
    release = shelf.release()
    row = next(row for row in entity_rows(release.directory / ENTITIES) if row.name == "scenario/heat")
    with release.quads_file.open("rb") as quads:
        text = description(quads, row).decode()
    assert f"<{BASE}scenario/heat#outcome-1>" in text
    assert "heat-map" not in text


@pytest.mark.parametrize("step", [lambda r: r.history.events(0, 9), lambda r: list(r.history.state())])
def test_without_a_log_there_is_no_history(shelf: Shelf, step: Callable[[Release], object]) -> None:
    shelf.put("one")
    release = shelf.release()
    shutil.rmtree(release.history.path.parent)
    fresh = Release.open(release.directory)
    assert step(fresh) == []
    assert fresh.history.edition() is None
    assert fresh.history.entity(f"{BASE}scenario/one") is None
