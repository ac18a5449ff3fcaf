"""What the operator says of a whole source, for records that do not say it themselves."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from kg.errors import ImportSourceError
from kg.importing.language_tags import language_tag
from kg.importing.lesson import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.importing.adapter import Run
    from kg.importing.lesson import Lesson, Texts

__all__ = ["DEFAULT_OPTIONS", "check_options", "with_defaults"]

DEFAULT_OPTIONS: Final[Mapping[str, str]] = {
    "licence": "licence of records that name none, as a name or an address",
    "attribution": "whom to name for records that name nobody",
    "publisher": "publisher of records that name none",
    "language": "language of texts that do not say theirs, such as et",
}
"""Options of every adapter whose records may leave these out."""


def check_options(run: Run, known: Mapping[str, str]) -> None:
    """Refuse an option that the adapter does not have: ignoring it would do something else than was asked for.

    Raises:
        ImportSourceError: There is such an option, or the language is no language tag.
    """
    for name in run.options:
        if name not in known:
            raise ImportSourceError("is no option of this format", field=name, hint=f"there are: {', '.join(known)}")
    if "language" in run.options and language_tag(run.options["language"]) == UNDETERMINED:
        raise ImportSourceError(f"{run.options['language']!r} is no language tag", field="language", hint="such as et")


def with_defaults(lesson: Lesson, options: Mapping[str, str]) -> Lesson:
    """Return the lesson with what it does not say taken from the options."""
    lesson = dataclasses.replace(
        lesson,
        licence=lesson.licence or options.get("licence"),
        attribution=lesson.attribution or options.get("attribution"),
        publisher=lesson.publisher or options.get("publisher"),
    )
    if "language" not in options:
        return lesson
    return _in_language(lesson, language_tag(options["language"]))


def _in_language(lesson: Lesson, tag: str) -> Lesson:
    """Return the lesson with its texts of undetermined language in the language of this tag."""

    def retag(texts: Texts) -> dict[str, str]:
        stated = {key: text for key, text in texts.items() if key != UNDETERMINED}
        return {tag: texts[UNDETERMINED], **stated} if UNDETERMINED in texts else stated

    keywords = dict(lesson.keywords)
    if undetermined := keywords.pop(UNDETERMINED, ()):
        keywords[tag] = tuple(dict.fromkeys([*keywords.get(tag, ()), *undetermined]))
    return dataclasses.replace(
        lesson,
        title=retag(lesson.title),
        summary=retag(lesson.summary),
        text=retag(lesson.text),
        product=retag(lesson.product),
        assessment=retag(lesson.assessment),
        adaptation=retag(lesson.adaptation),
        keywords=keywords,
        outcomes=tuple(retag(outcome) for outcome in lesson.outcomes),
        languages=lesson.languages or (tag,),
        activities=tuple(
            dataclasses.replace(step, name=retag(step.name), description=retag(step.description))
            for step in lesson.activities
        ),
        materials=tuple(dataclasses.replace(item, name=retag(item.name)) for item in lesson.materials),
    )
