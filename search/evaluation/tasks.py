"""What is evaluated: queries, and what should be found for each."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import ImportSourceError
from ontology.language import read_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from search.engine import SearchEngine

__all__ = ["Task", "judged_tasks", "known_item_tasks", "typed_tasks"]

_DATA: Final = Path(__file__).with_name("data")
_ENGLISH: Final = "en"


@dataclass(frozen=True)
class Task:
    """One query.

    Attributes:
        name: Identifies it.
        language: Its language.
        query: Its text.
        grades: Grades from 0 to 3 by work.
        target: Language of what is to be found; empty for all.
        hidden: Scenarios that are taken for absent, so that a work is not found by another of its languages.
    """

    name: str
    language: str
    query: str
    grades: Mapping[int, int]
    target: str = ""
    hidden: tuple[int, ...] = field(default=())

    @property
    def development(self) -> bool:
        """Whether it belongs to the half that was tuned on."""
        return sha256(self.name.encode()).digest()[0] % 2 == 1


def judged_tasks(engine: SearchEngine, directory: Path = _DATA) -> list[Task]:
    """Return the judged queries, with judgements of what is in the release; those without any are left out."""
    base = f"{engine.release.id_base}scenario/"
    grades: dict[str, dict[int, int]] = defaultdict(dict)
    for line in _rows(directory / "judgements.tsv"):
        row = engine.row(base + line["scenario"])
        if row is not None:
            work, grade = engine.work(row), int(line["grade"])
            grades[line["query"]][work] = max(grade, grades[line["query"]].get(work, 0))
    return [
        Task(line["id"], line["language"], line["query"], grades[line["id"]])
        for line in _rows(directory / "queries.tsv")
        if any(grades[line["id"]].values())
    ]


def known_item_tasks(engine: SearchEngine, path: Path, most: int) -> list[Task]:
    """Return titles as queries for the same lesson in another language: to and from English.

    Args:
        engine: Searches a release with the lessons of ``path``.
        path: JSON lines with ``id``, ``language``, ``title`` and ``translation_group``.
        most: Lessons of each language, chosen by their digests.

    Raises:
        ImportSourceError: The file is not of that kind, or the release has none of its lessons.
    """
    rows = {card["identifier"]: row for row, card in enumerate(engine.cards) if card["identifier"]}
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for lesson in _lessons(path):
        if lesson.get("translation_group") and lesson["id"] in rows:
            groups[lesson["translation_group"]].append(lesson)
    pairs: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = defaultdict(list)
    for lessons in groups.values():
        english = next((lesson for lesson in lessons if read_as(lesson["language"]) == _ENGLISH), None)
        for lesson in lessons if english else ():
            if english and read_as(lesson["language"]) != _ENGLISH:
                pairs[read_as(lesson["language"])].append((lesson, english))
    if not pairs:
        hint = "run ihub import corpus FILE and ihub build first"
        raise ImportSourceError("the release has no translations from this file", file=path, hint=hint)
    tasks = []
    for _, found in sorted(pairs.items()):
        for lesson, english in sorted(found, key=lambda pair: sha256(pair[0]["id"].encode()).digest())[:most]:
            tasks += [_known_item(engine, rows, a, b) for a, b in ((lesson, english), (english, lesson))]
    return tasks


def typed_tasks(engine: SearchEngine, directory: Path = _DATA) -> list[Task]:
    """Return queries typed for one scenario each, by people who had not seen the ranking; none of them was tuned on.

    Those whose scenario the release does not have are left out.
    """
    base = f"{engine.release.id_base}scenario/"
    tasks = []
    for number, line in enumerate(_rows(directory / "typed.tsv"), 1):
        row = engine.row(base + line["scenario"])
        if row is not None:
            target = read_as(engine.cards[row]["language"])
            tasks.append(Task(f"typed {number}", line["language"], line["query"], {engine.work(row): 3}, target))
    return tasks


def _known_item(engine: SearchEngine, rows: dict[str, int], asked: dict[str, Any], target: dict[str, Any]) -> Task:
    row = rows[target["id"]]
    work = engine.work(row)
    return Task(
        f"{asked['id']} to {target['id']}",
        read_as(asked["language"]),
        asked["title"],
        {work: 3},
        read_as(target["language"]),
        tuple(member for member in engine.members(work) if member != row),
    )


def _lessons(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                lesson = json.loads(line)
                lesson["id"], lesson["language"], lesson["title"]
            except (ValueError, TypeError, KeyError) as error:
                raise ImportSourceError(f"is no lesson: {error}", file=path, record=str(number)) from error
            yield lesson


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))
