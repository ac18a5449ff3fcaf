"""What an import promises: nothing is lost, nothing changes without reason, nothing falls silent."""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kg.errors import CollectionError
from kg.importing.adapter import Record, Run
from kg.importing.lesson import Lesson
from kg.importing.lesson_corpus import LessonCorpusAdapter
from kg.importing.pipeline import ImportReport, import_source
from kg.importing.provenance import named_information
from kg.settings import Settings
from kg.withdrawals import read_withdrawals
from tests.kg.importing.lessons import FIRST, LATER, lesson, read_lines, run, snapshot, write

if TYPE_CHECKING:
    from collections.abc import Iterator


def documents(settings: Settings) -> dict[str, dict[str, Any]]:
    """The documents of the collection by identifier."""
    return {item["id"]: item for item in read_lines(settings.collections / "mine" / "documents.jsonl")}


def test_a_document_says_where_it_is_from_and_its_raw_record_is_kept(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", lesson("a"))
    run(settings, source, now=FIRST)
    raw = source.read_text(encoding="utf-8").strip()
    digest = hashlib.sha256(raw.encode()).hexdigest()
    document = documents(settings)["scenario/fx.a"]
    assert document["identifier"] == "fx:a"
    assert document["adapter"] == f"corpus {LessonCorpusAdapter.version}"
    assert document["retrieved"] == "2026-01-01T12:00:00Z"
    assert document["recordHash"] == digest
    assert document["source"] == named_information(digest)
    assert document["license"] == "https://creativecommons.org/licenses/by/4.0/"
    with gzip.open(settings.collections / "mine" / "raw.jsonl.gz", "rt", encoding="utf-8") as lines:
        (kept,) = map(json.loads, lines)
    assert kept == {"id": "scenario/fx.a", "source": str(source), "hash": digest, "raw": raw}


def test_importing_again_at_another_time_changes_no_file(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", lesson("a"), "{bad", lesson("b", subjects=["slime"]))
    run(settings, source, now=FIRST)
    before = snapshot(settings.collections / "mine")
    report = run(settings, source, now=LATER)
    assert (report.created, report.changed, report.unchanged, report.rejected) == (0, 0, 2, 1)
    assert snapshot(settings.collections / "mine") == before


def test_a_changed_record_updates_its_document_and_keeps_the_former_provenance(
    settings: Settings, tmp_path: Path
) -> None:
    source = write(tmp_path / "a.jsonl", lesson("a"), lesson("b"))
    run(settings, source, now=FIRST)
    former = documents(settings)
    run(settings, write(source, lesson("a", title="Better"), lesson("b")), now=LATER)
    now = documents(settings)
    assert now["scenario/fx.b"] == former["scenario/fx.b"]
    assert now["scenario/fx.a"]["name"] == {"en": "Better"}
    assert now["scenario/fx.a"]["retrieved"] == "2026-02-01T12:00:00Z"
    (version,) = read_lines(settings.collections / "mine" / "versions.jsonl")
    assert version["id"] == "scenario/fx.a"
    assert version["version"] == now["scenario/fx.a"]["wasRevisionOf"]
    assert version["recordHash"] == former["scenario/fx.a"]["recordHash"] != now["scenario/fx.a"]["recordHash"]
    assert (version["retrieved"], version["replaced"]) == ("2026-01-01T12:00:00Z", "2026-02-01T12:00:00Z")


def test_a_vanished_record_is_withdrawn_and_comes_back_when_it_does(settings: Settings, tmp_path: Path) -> None:
    folder = settings.collections / "mine"
    source = write(tmp_path / "a.jsonl", lesson("a"), lesson("b"))
    run(settings, source, now=FIRST)
    report = run(settings, write(source, lesson("a")), now=LATER)
    assert dict(report.withdrawn) == {"vanished": 1}
    assert list(documents(settings)) == ["scenario/fx.a"]
    withdrawal = read_withdrawals(folder)["scenario/fx.b"]
    assert (withdrawal.reason, withdrawal.time) == ("vanished", "2026-02-01T12:00:00Z")
    assert withdrawal.title == {"en": "Lesson b"}
    before = snapshot(folder)
    run(settings, source)
    assert snapshot(folder) == before
    report = run(settings, write(source, lesson("a"), lesson("b")))
    assert (report.created, report.unchanged) == (1, 1)
    assert read_withdrawals(folder) == {}


def test_what_vanishes_from_one_source_stays_where_another_source_brought_it(
    settings: Settings, tmp_path: Path
) -> None:
    one = write(tmp_path / "one.jsonl", lesson("a"), lesson("b"))
    run(settings, one)
    run(settings, write(tmp_path / "two.jsonl", lesson("b"), lesson("c")))
    report = run(settings, write(one, lesson("a")))
    assert report.withdrawn.total() == 0
    assert list(documents(settings)) == ["scenario/fx.a", "scenario/fx.b", "scenario/fx.c"]


def test_a_source_may_be_called_otherwise_each_time(settings: Settings, tmp_path: Path) -> None:
    run(settings, write(tmp_path / "may.jsonl", lesson("a"), lesson("b")), source_name="portal")
    report = run(settings, write(tmp_path / "june.jsonl", lesson("a")), source_name="portal")
    assert dict(report.withdrawn) == {"vanished": 1}


def test_a_record_that_became_bad_keeps_its_last_good_document(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", lesson("a"), lesson("b"))
    run(settings, source)
    former = documents(settings)
    report = run(settings, write(source, lesson("a"), lesson("b", licence="mine, all mine")))
    assert (report.unchanged, report.rejected, report.withdrawn.total()) == (1, 1, 0)
    assert documents(settings) == former


def test_an_unreadable_record_may_be_the_one_that_is_missing(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", lesson("a"), lesson("b"), lesson("c"))
    run(settings, source)
    report = run(settings, write(source, lesson("a"), "{broken", lesson("c")))
    assert (report.kept, report.withdrawn.total()) == (1, 0)
    # What is broken for long still stands for b, but not for c, which was there beside it.
    report = run(settings, write(source, lesson("a"), "{broken"))
    assert (report.kept, dict(report.withdrawn)) == (1, {"vanished": 1})
    assert list(documents(settings)) == ["scenario/fx.a", "scenario/fx.b"]
    report = run(settings, write(source, lesson("a")))
    assert (report.kept, dict(report.withdrawn)) == (0, {"vanished": 1})


class Harvest:
    """An adapter whose runs list what is new, and what was deleted."""

    name = "harvest"
    version = "1"
    data_kind = "data-kind/original"
    options: ClassVar[dict[str, str]] = {}

    def __init__(self, *records: Record) -> None:
        self._records = records

    def records(self, run: Run) -> Iterator[Record]:
        """Yield what the test gave, and count the runs."""
        run.complete = False
        run.state["runs"] = int(run.state.get("runs", 0)) + 1
        yield from self._records

    def total(self, run: Run) -> int:
        """Return that nobody knows."""
        return 0 * len(run.source)


def harvested(number: int, name: str, **fields: Any) -> Record:
    """A record with a lesson."""
    made = Lesson(name, {"en": name}, languages=("en",), licence="CC0", attribution="Tests", **fields)
    return Record(number, name + str(fields), lesson=made)


def harvest(settings: Settings, *records: Record) -> ImportReport:
    return import_source(settings, Harvest(*records), "https://example.org/oai", "mine", {})


def test_an_incremental_run_withdraws_only_what_the_source_says_it_deleted(settings: Settings) -> None:
    harvest(settings, harvested(1, "x:a"), harvested(2, "x:b"), harvested(3, "x:c"))
    report = harvest(settings, Record(1, "gone", deleted="x:b"), harvested(2, "x:d"))
    assert (report.created, dict(report.withdrawn)) == (1, {"deleted": 1})
    assert list(documents(settings)) == ["scenario/x.a", "scenario/x.c", "scenario/x.d"]
    assert read_withdrawals(settings.collections / "mine")["scenario/x.b"].reason == "deleted"
    assert documents(settings)["scenario/x.a"]["source"] == "https://example.org/oai"


def test_a_password_in_an_address_is_written_nowhere(settings: Settings) -> None:
    import_source(settings, Harvest(harvested(1, "x:a")), "https://me:secret@example.org/oai", "mine", {})
    assert documents(settings)["scenario/x.a"]["source"] == "https://example.org/oai"
    assert not any(b"secret" in content for content, _ in snapshot(settings.collections / "mine").values())


def test_what_comes_last_in_a_run_holds(settings: Settings) -> None:
    harvest(settings, harvested(1, "x:a"), Record(2, "gone", deleted="x:a"))
    assert documents(settings) == {}
    harvest(settings, Record(1, "gone", deleted="x:a"), harvested(2, "x:a"))
    assert list(documents(settings)) == ["scenario/x.a"]


def test_a_deletion_of_what_was_never_there_is_no_withdrawal(settings: Settings) -> None:
    report = harvest(settings, harvested(1, "x:a"), Record(2, "gone", deleted="x:z"))
    assert report.withdrawn.total() == 0
    assert read_withdrawals(settings.collections / "mine") == {}


def test_an_adapter_finds_what_it_left_behind_for_each_source(settings: Settings) -> None:
    harvest(settings)
    harvest(settings)
    import_source(settings, Harvest(), "https://example.org/other", "mine", {})
    state = json.loads((settings.collections / "mine" / "imports.json").read_text(encoding="utf-8"))
    runs = {name: entry["state"]["runs"] for name, entry in state["sources"].items()}
    assert runs == {"https://example.org/oai": 2, "https://example.org/other": 1}


def test_an_identifier_that_is_not_unique_by_itself_stands_under_the_collection(settings: Settings) -> None:
    harvest(settings, harvested(1, "7"))
    assert list(documents(settings)) == ["scenario/mine.7"]


def test_what_a_lesson_is_based_on_may_be_missing_but_is_linked_where_it_is_there(settings: Settings) -> None:
    harvest(
        settings, harvested(1, "x:a", based_on=("x:b", "x:nowhere", "https://example.org/far")), harvested(2, "x:b")
    )
    document = documents(settings)["scenario/x.a"]
    assert document["isBasedOn"] == ["scenario/x.b", "https://example.org/far"]


def test_a_lesson_is_judged_against_the_licence_of_what_it_is_based_on(settings: Settings) -> None:
    original = Lesson("x:o", {"en": "o"}, languages=("en",), licence="CC BY-SA 4.0", attribution="Tests")
    copy = harvested(2, "x:copy", based_on=("x:o",))
    report = harvest(settings, copy, Record(1, "o", lesson=original))
    assert [rejection.field for rejection in report.rejections] == [None]
    assert "licence" in report.rejections[0].cause
    # The same holds when the original came with an earlier run.
    assert harvest(settings, copy).rejected == 1


def test_a_second_record_stands_in_for_a_first_one_that_is_refused(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", lesson("a", licence="mine"), lesson("a", title="The good one"))
    report = run(settings, source)
    assert (report.accepted, report.rejected) == (1, 1)
    assert documents(settings)["scenario/fx.a"]["name"] == {"en": "The good one"}


class Rude(Harvest):
    """An adapter that ends in the middle."""

    def records(self, run: Run) -> Iterator[Record]:
        """Yield one record and fail."""
        run.complete = False
        yield harvested(1, "x:new")
        raise CollectionError("the line was cut")


def test_a_source_that_breaks_off_changes_nothing(settings: Settings) -> None:
    harvest(settings, harvested(1, "x:a"))
    before = snapshot(settings.collections / "mine")
    with pytest.raises(CollectionError, match="the line was cut"):
        import_source(settings, Rude(), "https://example.org/oai", "mine", {})
    assert snapshot(settings.collections / "mine") == before


def test_an_import_that_fails_leaves_no_folder_behind(settings: Settings) -> None:
    with pytest.raises(CollectionError):
        import_source(settings, Rude(), "https://example.org/oai", "fresh", {})
    assert not (settings.collections / "fresh").exists()


def test_a_mapping_is_remembered_and_takes_effect_on_the_next_run(settings: Settings, tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", lesson("a", subjects=["slime"]), lesson("b", subjects=["bunny"]))
    report = run(settings, source)
    assert report.unresolved["subjects"] == {"slime": 1, "bunny": 1}
    mapping = tmp_path / "map.yaml"
    mapping.write_text("subjects: {slime: subject/chemistry}", encoding="utf-8")
    report = run(settings, source, mapping=mapping)
    assert (report.changed, report.unchanged) == (1, 1)
    report = run(settings, source)
    assert (report.changed, report.unchanged) == (0, 2)
    assert report.unresolved["subjects"] == {"bunny": 1}
    assert documents(settings)["scenario/fx.a"]["about"] == ["subject/chemistry"]


def test_the_licence_of_a_collection_holds_for_records_that_name_none(settings: Settings) -> None:
    bare = Lesson("x:a", {"en": "a"}, languages=("en",), attribution="Tests")
    description = {"license": "https://creativecommons.org/licenses/by/4.0/"}
    report = import_source(settings, Harvest(Record(1, "a", lesson=bare)), "somewhere", "mine", description)
    assert report.accepted == 1
    assert documents(settings)["scenario/x.a"]["license"] == description["license"]


@hypothesis_settings(max_examples=5)
@given(st.lists(st.frozensets(st.sampled_from("abcd"), min_size=1), min_size=2, max_size=3))
def test_after_any_runs_a_collection_holds_what_the_source_does_and_has_withdrawn_the_rest(
    states: list[frozenset[str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Settings.from_environment({"IHUB_HOME": folder, "IHUB_EMBEDDER": "none"})
        for state in states:
            run(home, write(Path(folder) / "a.jsonl", *(lesson(name) for name in sorted(state))))
        assert set(documents(home)) == {f"scenario/fx.{name}" for name in states[-1]}
        gone = frozenset[str]().union(*states) - states[-1]
        assert set(read_withdrawals(home.collections / "mine")) == {f"scenario/fx.{name}" for name in gone}
