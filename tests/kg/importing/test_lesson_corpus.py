"""Lesson corpora: what a record says becomes fields and concepts; what it does not say stays empty."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from kg.importing.adapter import Record, Run, load_adapter
from kg.importing.lesson_corpus import LessonCorpusAdapter
from kg.importing.pipeline import import_source
from kg.importing.reconcile import Reconciler
from kg.vocabulary import ConceptIndex, vocabulary_quads

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings

BASE = "http://127.0.0.1:8000/id/"
RECORD = {
    "id": "fx:about-me:en",
    "source_repo": "fx/about-me",
    "source_path": "en/about.md",
    "licence": "CC-BY-SA-4.0",
    "attribution": "Somebody",
    "language": "en",
    "title": "About me",
    "summary": "Write a program that tells about you.",
    "body_text": "Start.\n\nThen go on.",
    "subjects": ["Computing", "memory"],
    "level_or_ages": "ages 8-10",
    "competences_or_learning_outcomes": ["I can print text."],
    "tools": ["python"],
    "duration_minutes": 30,
    "translation_group": "fx:about-me",
    "extra": {"machine_translated": True},
}


@pytest.fixture(scope="module")
def concepts() -> ConceptIndex:
    return ConceptIndex(vocabulary_quads(BASE))


def read(tmp_path: Path, concepts: ConceptIndex, **changes: object) -> Record:
    source = tmp_path / "lessons.jsonl"
    source.write_text(json.dumps({**RECORD, **changes}) + "\n", encoding="utf-8")
    (record,) = LessonCorpusAdapter().records(Run(str(source), concepts))
    return record


def document_of(record: Record, concepts: ConceptIndex) -> dict[str, Any]:
    assert record.lesson, record.cause
    return Reconciler(concepts, BASE, "lessons", "data-kind/original").reconcile(record.lesson).document


def test_a_record_becomes_a_document(tmp_path: Path, concepts: ConceptIndex) -> None:
    document = document_of(read(tmp_path, concepts), concepts)
    assert document["id"] == "scenario/fx.about-me.en"
    assert document["exampleOfWork"] == "work/fx.about-me"
    assert document["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert document["about"] == ["subject/informatics"]
    assert document["tool"] == ["tool/python"]
    assert (document["minAge"], document["maxAge"], document["minutes"]) == (8, 10, 30)
    assert document["machineTranslated"] is True
    assert document["completeness"] == "completeness/partial"


def test_what_is_not_said_stays_empty(tmp_path: Path, concepts: ConceptIndex) -> None:
    nothing = dict.fromkeys(("summary", "body_text", "level_or_ages", "duration_minutes", "translation_group", "extra"))
    empty: dict[str, object] = {"subjects": [], "tools": [], "competences_or_learning_outcomes": []}
    document = document_of(read(tmp_path, concepts, **nothing, **empty), concepts)
    assert document["completeness"] == "completeness/minimal"
    assert not {"description", "text", "about", "minutes", "exampleOfWork", "machineTranslated"} & set(document)


@pytest.mark.parametrize("field", ["id", "language", "title", "licence", "attribution"])
def test_what_every_scenario_needs_is_asked_for(tmp_path: Path, concepts: ConceptIndex, field: str) -> None:
    record = read(tmp_path, concepts, **{field: None})
    assert record.lesson is None
    assert record.field == field
    assert record.identifier == (None if field == "id" else RECORD["id"])


def test_values_of_foreign_types_spoil_only_their_record(tmp_path: Path, concepts: ConceptIndex) -> None:
    assert read(tmp_path, concepts, subjects=[{"name": "Computing"}]).cause


@pytest.mark.long
def test_every_real_lesson_is_accepted(settings: Settings, shared: Path) -> None:
    report = import_source(settings, load_adapter("corpus"), shared / "corpus" / "scenarios.jsonl", "lessons", {})
    assert Counter(rejection.cause for rejection in report.rejections) == {}
    assert report.accepted == 6442


def test_a_sample_of_real_lessons_is_accepted(settings: Settings, shared: Path, tmp_path: Path) -> None:
    lines = (shared / "corpus" / "scenarios.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    sample = tmp_path / "sample.jsonl"
    sample.write_text("".join(lines[::40]), encoding="utf-8")
    report = import_source(settings, load_adapter("corpus"), sample, "lessons", {})
    assert [str(rejection) for rejection in report.rejections] == []
    assert report.accepted == len(lines[::40])
