"""Adapter for lesson corpora: one flat record a line, as collected from open repositories.

A record has ``id``, ``language``, ``title``, ``summary``, ``licence`` and ``attribution``, and may have ``body_text``,
``subjects``, ``level_or_ages``, ``competences_or_learning_outcomes``, ``tools``, ``duration_minutes``,
``translation_group``, ``source_repo``, ``source_path`` and ``extra``. What a record does not say stays empty.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from kg.importing.adapter import Record
from kg.importing.lesson import Lesson
from kg.importing.lines import count_lines, json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.importing.adapter import Run

__all__ = ["LessonCorpusAdapter"]

_REQUIRED: Final = ("id", "language", "title", "licence", "attribution")


class LessonCorpusAdapter:
    """``ihub import corpus FILE``: flat lesson records, one a line (plain or gzipped)."""

    name = "corpus"
    version = "3"
    data_kind = "data-kind/original"
    options: Mapping[str, str] = MappingProxyType({})

    def records(self, run: Run) -> Iterator[Record]:
        """Yield a lesson for each record that has what every scenario must have."""
        for number, text, value in json_lines(run.path):
            if isinstance(value, str):
                yield Record(number, text, cause=value)
            else:
                yield _record(number, text, value)

    def total(self, run: Run) -> int:
        """Return the number of lines."""
        return count_lines(run.path)


def _record(number: int, raw: str, record: dict[str, Any]) -> Record:
    identifier = record.get("id") if isinstance(record.get("id"), str) else None
    for name in _REQUIRED:
        if not isinstance(record.get(name), str) or not record[name].strip():
            return Record(number, raw, identifier=identifier, cause="is missing or not a text", field=name)
    try:
        return Record(number, raw, lesson=_lesson(record))
    except (TypeError, ValueError, AttributeError) as error:
        # A value of an unforeseen type somewhere in the record; the record is kept and the others go on.
        return Record(number, raw, identifier=identifier, cause=f"cannot be read: {error}")


def _lesson(record: dict[str, Any]) -> Lesson:
    language, extra, minutes = record["language"], record.get("extra") or {}, record.get("duration_minutes")
    return Lesson(
        identifier=record["id"],
        title={language: record["title"]},
        summary=_texts(language, record.get("summary")),
        text=_texts(language, record.get("body_text")),
        outcomes=tuple({language: text} for text in _list(record, "competences_or_learning_outcomes")),
        keywords={language: tuple(extra.get("keywords") or ())},
        languages=(language,),
        subjects=_list(record, "subjects"),
        levels=tuple(re.split(r"[;,|]", record.get("level_or_ages") or "")),
        tools=_list(record, "tools"),
        minutes=round(minutes) if isinstance(minutes, int | float) and minutes >= 1 else None,
        licence=record["licence"],
        attribution=record["attribution"],
        source_location=_location(record),
        work=record.get("translation_group"),
        machine_translated=bool(extra.get("machine_translated")),
    )


def _list(record: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in record.get(name) or ())


def _texts(language: str, value: str | None) -> dict[str, str]:
    return {language: value.strip()} if value else {}


def _location(record: dict[str, Any]) -> str | None:
    parts = (record.get("source_repo"), record.get("source_path"))
    return ": ".join(part for part in parts if part) or None
