"""What the metadata of lessons are called, and what their values mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kg.importing.language_tags import is_language_tag, normal_tag
from kg.importing.measures import age_range, iso_date, minutes_of
from kg.importing.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.importing.markdown.front_matter import FrontMatter

__all__ = ["Metadata"]

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title", "name"),
    "summary": ("description", "abstract", "summary", "teaser", "excerpt", "subtitle"),
    "subjects": ("subjects", "subject", "about", "fag", "school_subjects", "curriculum_area"),
    "levels": ("levels", "educational_level", "educational_levels", "grades", "grade", "class", "year_group", "level"),
    "keywords": ("keywords", "tags", "topics", "topic", "categories", "themes"),
    "tools": ("tools", "tool", "software", "technologies", "programs"),
    "outcomes": ("outcomes", "learning_outcomes", "objectives", "learning_objectives", "goals"),
    "competences": ("competences", "competencies", "competence", "skills", "teaches"),
    "audience": ("audience", "for"),
    "resource_types": ("learning_resource_type", "resource_type"),
    "licence": ("license", "licence", "rights"),
    "creators": ("authors", "author", "creators", "creator", "by"),
    "publisher": ("publisher", "organisation", "organization"),
    "url": ("url", "canonical_url", "link", "homepage", "source"),
    "identifier": ("identifier", "id", "uuid", "doi"),
    "published": ("date_published", "published", "date", "created"),
    "modified": ("date_modified", "modified", "updated", "last_modified_at", "last_modified"),
    "based_on": ("based_on", "is_based_on", "adapted_from", "original_url"),
    "ages": ("ages", "age", "age_range", "typical_age_range"),
}
_WHOLE: Final = ("minutes", "duration_minutes", "time_required", "lesson_time", "duration", "time")
_SUMMED: Final = ("teaching", "exercises")
_SHORTEST: Final = 5
"""Minutes; a smaller bare number is a class of lengths, not a length."""


class Metadata:
    """The metadata of one text, read by meaning rather than by name.

    Args:
        values: As :func:`kg.importing.markdown.front_matter.load_metadata` gives them.
    """

    def __init__(self, values: FrontMatter) -> None:
        self._values = dict(values)
        # Tags that are sorted into kinds: a kind that has a name here is a field of its own.
        tags = self._values.get("tags")
        if isinstance(tags, dict):
            known = {name for names in _NAMES.values() for name in names}
            self._values |= {kind: words for kind, words in tags.items() if kind in known and kind not in values}
            self._values["tags"] = [word for kind, words in tags.items() if kind not in known for word in _flat(words)]

    def texts(self, field: str, language: str) -> dict[str, str]:
        """Return the first value of a field as text by language: of its own (``fi: ...``), else ``language``."""
        for name in _NAMES[field]:
            value = self._values.get(name)
            if isinstance(value, dict) and value and all(is_language_tag(normal_tag(tag)) for tag in value):
                found = {normal_tag(tag): plain(" ".join(_flat(text))) for tag, text in value.items()}
            else:
                found = {language: plain(value)} if isinstance(value, str) else {}
            if found := {tag: text for tag, text in found.items() if text}:
                return found
        return {}

    def words(self, field: str) -> list[str]:
        """Return the words of a field: of a list, or of a text with commas between them."""
        found: list[str] = []
        for name in _NAMES[field]:
            value = self._values.get(name)
            for text in _flat(value):
                found += re.split(r"[,;|]", text) if isinstance(value, str) else [text]
        words = (plain(word.replace("_", " ")) for word in found)
        return list(dict.fromkeys(word for word in words if word))

    def lines(self, field: str) -> list[str]:
        """Return the values of a field that are sentences: commas do not divide them."""
        found = (plain(text) for name in _NAMES[field] for text in _flat(self._values.get(name)))
        return list(dict.fromkeys(text for text in found if text))

    def first(self, field: str) -> str | None:
        """Return the first text of a field."""
        return next(iter(self.lines(field)), None)

    def levels(self) -> list[str]:
        """Return the words for levels; a bare number under ``level`` says how hard it is, and is none."""
        hardness = self._values.get("level")
        without = Metadata({**self._values, "level": ""}) if _is_number(hardness) else self
        return without.words("levels")

    def ages(self) -> tuple[int | None, int | None]:
        """Return the youngest and the oldest age."""
        return next((found for text in self.lines("ages") if any(found := age_range(text))), (None, None))

    def date(self, field: str) -> str | None:
        """Return the first date of a field."""
        return next((day for text in self.lines(field) if (day := iso_date(text))), None)

    def minutes(self) -> int | None:
        """Return the lesson time: as one duration, or as the sum of teaching and exercises."""
        for name in _WHOLE:
            text = self._values.get(name)
            if not isinstance(text, str) or (_is_number(text) and "minutes" not in name and float(text) < _SHORTEST):
                continue
            if minutes := minutes_of(text):
                return minutes
        parts = [str(self._values.get(name, "")) for name in _SUMMED]
        return round(sum(float(part) for part in parts if _is_number(part))) or None

    def step_titles(self) -> list[str]:
        """Return the titles of the steps, where the metadata list them."""
        steps = self._values.get("steps")
        found = [step.get("title", "") if isinstance(step, dict) else step for step in steps or []]
        return [text if isinstance(text, str) else "" for text in found] if isinstance(steps, list) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{1,4}(?:\.\d+)?", value))


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, dict):
        # Such as authors, each with a name.
        named = value.get("name") or value.get("title")
        yield from _flat(named or list(value.values()))
