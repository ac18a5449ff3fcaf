"""What the form would hold for a document that was made from one, where the answers themselves were not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.taking_part.layout import ACTIVITY, AFTER, LANGUAGES, LICENCES, SECTIONS, STORY
from webapp.taking_part.stories import empty_story

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["former_answers"]


def former_answers(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of which :func:`webapp.taking_part.contributions.contribution` makes this document."""
    if document["type"] == "ImplementationStory":
        return _story(document)
    language = (document.get("inLanguage") or LANGUAGES)[0]
    competences = [alignment["competence"] for alignment in document.get("alignment", [])]
    keywords = ", ".join((document.get("keywords") or {}).get(language, []))
    keys = [key for section in (*SECTIONS, *AFTER) for key in section.keys]
    stated = {**document, "teaches": competences, "keywords": keywords}
    return {
        "language": language,
        "license": document.get("license") or next(iter(LICENCES)),
        "values": _values(stated, keys, language),
        "outcomes": [outcome["description"][language] for outcome in document.get("learningOutcome", [])] or [""],
        "activities": [_values(row, ACTIVITY, language) for row in document.get("activity", [])] or [{"inClass": True}],
    }


def _story(document: Mapping[str, Any]) -> dict[str, Any]:
    told = document.get("whatHappened") or document.get("whatChanged") or {}
    scenario, *practice = document["evidenceFor"]
    answers = empty_story(scenario, {}, next(iter(told), ""))
    answers["values"] = _values({**document, "practice": practice}, STORY, answers["language"])
    return answers


def _values(document: Mapping[str, Any], keys: tuple[str, ...] | list[str], language: str) -> dict[str, Any]:
    """Return what the document says of fields, as forms send it: texts of one language, numbers as text."""
    found: dict[str, Any] = {}
    for key in keys:
        value = document.get(key)
        if isinstance(value, dict):
            value = value.get(language)
        elif isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        found[key] = value
    return {key: value for key, value in found.items() if value not in (None, "", [], False)}
