"""The report tells what happened, and hands over a draft of the mapping file that would settle it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kg.importing.batches import vocabulary_index
from kg.importing.mapping import WordMapping, read_mapping
from kg.importing.nearest import NearestConcepts
from kg.importing.report import ImportReport, write_report
from tests.kg.importing.lessons import lesson, run, write

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings

BASE = "http://127.0.0.1:8000/id/"


def reported(settings: Settings, tmp_path: Path) -> ImportReport:
    """The report of an import in which something of everything happens."""
    source = tmp_path / "a.jsonl"
    run(settings, write(source, lesson("gone"), lesson("a")))
    worded = lesson("a", subjects=["Chemistri", "Physics", "a|b: #c"], language="en-GB")
    return run(settings, write(source, worded, lesson("b", licence="mine | yours"), lesson("c")))


def test_the_report_of_a_run_has_all_numbers(settings: Settings, tmp_path: Path) -> None:
    report = reported(settings, tmp_path)
    write_report(report, tmp_path / "out")
    content = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert [content[name] for name in ("read", "accepted", "created", "changed", "rejected")] == [3, 2, 1, 1, 1]
    assert content["withdrawn"] == {"vanished": 1}
    assert content["languages"] == {"en-GB": 1, "en": 1}
    # The words of a rejected record count only where it got as far as its words.
    assert content["words"]["subjects"] == {"known": 2, "all": 4, "percent": 50.0}
    (rejection,) = content["rejections"]
    assert (rejection["line"], rejection["field"]) == (2, "licence")
    assert [item["word"] for item in content["unresolved"]["subjects"]] == ["Chemistri", "a|b: #c"]
    nearest = content["unresolved"]["subjects"][0]["nearest"][0]
    assert nearest == {"concept": "subject/chemistry", "label": nearest["label"], "score": nearest["score"]}
    assert 0.85 < nearest["score"] < 1


def test_the_page_escapes_what_sources_say(settings: Settings, tmp_path: Path) -> None:
    page = reported(settings, tmp_path).markdown()
    assert "mine \\| yours" in page
    assert "| a\\|b: #c | 1 |" in page
    assert "| words for subjects resolved | 2 of 4 (50.0 %) |" in page


def test_the_draft_is_a_mapping_file_that_settles_every_word(settings: Settings, tmp_path: Path) -> None:
    write_report(reported(settings, tmp_path), tmp_path / "out")
    draft = tmp_path / "out" / "unresolved.yaml"
    assert "subject/chemistry" in draft.read_text(encoding="utf-8")
    mapping = read_mapping(draft, vocabulary_index(BASE))
    assert mapping == WordMapping({"subjects": {"Chemistri": ("keyword",), "a|b: #c": ("keyword",)}})
    report = run(settings, tmp_path / "a.jsonl", mapping=draft)
    assert report.unresolved == {}
    write_report(report, tmp_path / "out")
    assert not draft.exists()


def test_an_ambiguous_word_is_nearest_to_all_that_it_may_mean() -> None:
    nearest = NearestConcepts(vocabulary_index(BASE), BASE).find("competences", "2.1")
    assert {item.score for item in nearest} == {1.0}
    assert {"competence/digcomp22-2.1", "competence/digcompedu-2.1"} < {item.concept for item in nearest}
