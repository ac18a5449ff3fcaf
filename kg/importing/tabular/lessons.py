"""From the fields of a row to a lesson in its author's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from kg.importing.lesson import Lesson, LessonMaterial
from kg.importing.tabular.cells import read_link, split_values
from kg.importing.tabular.values import FieldError, RowValues
from kg.languages import UNDETERMINED
from kg.vocabulary import fold
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.importing.lesson import LessonStep
    from kg.importing.tabular.column_map import ColumnMap
    from kg.vocabulary import ConceptIndex

__all__ = ["identifier_of", "missing_fields", "read_lesson"]

_TEMPLATE_DEFAULTS: Final = {
    "resource_types": "resource-type/lessonPlan",
    "audience": "audience/teacher",
    "review_status": "review-status/unreviewed",
}
"""What a row of our own template means where it leaves these open, as its help says."""

_CONCEPTS: Final = {
    "assesses": "assesses",
    "required": "competencyRequired",
}
"""Fields whose concepts go into the document at once, and their keys there."""

_ONE_CONCEPT: Final = {
    "interactivity": "interactivityType",
    "access": "conditionsOfAccess",
    "review_status": "reviewStatus",
}


def identifier_of(values: RowValues) -> str:
    """Return what tells a row's scenario from others: its identifier, its address, else its title and language.

    Raises:
        FieldError: The row has none of them.
    """
    if stated := values.text("identifier") or values.link("source_url"):
        return stated
    titles = values.texts("title")
    if not titles:
        raise FieldError(values.column("title"), "is empty")
    tag, title = next(iter(titles.items()))
    language = fold(values.text("languages") or "") if tag == UNDETERMINED else tag
    return "-".join(part for part in (fold(title).replace(" ", "-") or title.strip(), language) if part)


def read_lesson(
    values: RowValues, steps: tuple[LessonStep, ...], how: ColumnMap, concepts: ConceptIndex, *, template: bool
) -> Lesson:
    """Return the lesson of a row.

    Args:
        values: The row's fields.
        steps: Its activities.
        how: What the column map says for all rows.
        concepts: The vocabularies.
        template: Whether the row stands in ihub's own template, whose help says what open fields mean.

    Raises:
        FieldError: The row has no title, or a cell cannot be read.
    """
    title = values.texts("title")
    if not title:
        raise FieldError(values.column("title"), "is empty")
    outcomes = tuple(values.lines("outcomes"))
    _check_outcomes(values, steps, len(outcomes))
    themes, other_themes = values.concepts_and_words("themes")
    ages, creator = values.range("ages"), values.link("creator")
    credit = values.text("attribution") or (None if creator else values.text("creator")) or how.attribution
    publisher = values.text("publisher") or how.publisher
    languages = tuple(values.words("languages")) or ((how.language,) if how.language else ())
    return Lesson(
        identifier=identifier_of(values),
        title=title,
        summary=values.texts("summary"),
        text=values.texts("text"),
        outcomes=outcomes,
        keywords=values.keywords("keywords"),
        languages=languages,
        # A theme that no list knows is looked for among subjects too, and else kept as a keyword and reported.
        subjects=(*values.words("subjects"), *other_themes),
        levels=(*values.words("levels"), *values.words("grades")),
        competences=tuple(values.words("competences")),
        tools=tuple(values.words("tools")),
        audience=_words(values, "audience", template=template),
        resource_types=_words(values, "resource_types", template=template),
        min_age=values.number("min_age") or ages[0],
        max_age=values.number("max_age") or ages[1],
        minutes=values.minutes("minutes"),
        preparation_minutes=values.minutes("preparation_minutes"),
        licence=values.text("licence") or how.licence,
        attribution=credit,
        publisher=None if publisher and read_link(publisher) else publisher,
        source_url=values.link("source_url"),
        published=values.date("published"),
        modified=values.date("modified"),
        work=values.text("work"),
        based_on=tuple(filter(None, re.split(r"[\s;|]+", values.text("based_on") or ""))),
        machine_translated=bool(values.yes_no("machine_translated")),
        activities=steps,
        materials=tuple(_material(line) for line in _material_lines(values)),
        product=values.texts("product"),
        assessment=values.texts("assessment"),
        adaptation=values.texts("adaptation"),
        needs_pupil_devices=values.yes_no("needs_pupil_devices"),
        document={
            **({"crossCurricularTheme": themes} if themes else {}),
            **_document(values, creator, publisher, concepts, template=template),
        },
    )


def missing_fields(lesson: Lesson, concepts: ConceptIndex) -> list[str]:
    """Return the fields that ``lesson`` lacks for a complete description; empty where it is complete.

    Words count only where they name concepts, as the shapes will ask of the document.
    """
    named = {
        "subjects": ("Subject",),
        "levels": ("EducationalLevel",),
        "competences": ("Competence",),
        "resource_types": ("ResourceType",),
        "audience": ("AudienceRole",),
    }
    missing = [
        field for field in ("summary", "outcomes", "minutes", "languages", "licence") if not getattr(lesson, field)
    ]
    missing += [] if len(lesson.published or "") == len("2026-11-22") else ["published"]
    missing += [
        field
        for field, classes in named.items()
        if not any(concepts.find(word, IHUB + name) for word in getattr(lesson, field) for name in classes)
    ]
    missing += [key for key in ("creator", "publisher", "reviewStatus") if not lesson.document.get(key)]
    whole = all(
        step.name
        and step.description
        and step.minutes
        and step.in_class is not None
        and concepts.find(step.grouping or "", IHUB + "Grouping")
        for step in lesson.activities
    )
    return missing if lesson.activities and whole else [*missing, "activities"]


def _words(values: RowValues, field: str, *, template: bool) -> tuple[str, ...]:
    words = tuple(values.words(field))
    return words or ((_TEMPLATE_DEFAULTS[field],) if template else ())


def _document(
    values: RowValues, creator: str | None, publisher: str | None, concepts: ConceptIndex, *, template: bool
) -> dict[str, Any]:
    """Return what a lesson has no field for, in ihub's own form."""
    students = values.range("students")
    document: dict[str, Any] = {
        "creator": [creator] if creator else [],
        "publisher": read_link(publisher) if publisher else None,
        "minStudents": values.number("min_students") or students[0],
        "maxStudents": values.number("max_students") or students[1],
        "accessibilityFeature": [text for item in values.lines("accessibility_features") for text in item.values()],
        "accessibilityHazard": [text for item in values.lines("accessibility_hazards") for text in item.values()],
        "alignment": _alignments(values, concepts),
        **{key: values.concepts(field) for field, key in _CONCEPTS.items()},
        **{key: next(iter(values.concepts(field)), None) for field, key in _ONE_CONCEPT.items()},
    }
    if note := values.texts("adaptation_note"):
        document["adaptationNote"] = _stated(note, values)
    if template and not document["reviewStatus"]:
        document["reviewStatus"] = _TEMPLATE_DEFAULTS["review_status"]
    return {key: value for key, value in document.items() if value not in (None, [], {})}


def _stated(texts: Mapping[str, str], values: RowValues) -> dict[str, str]:
    """Return texts of the document itself under a language; it is not detected for them."""
    language = next((word for word in values.words("languages") if re.fullmatch(r"[a-z]{2,3}", word)), UNDETERMINED)
    return {language if tag == UNDETERMINED else tag: text for tag, text in texts.items()}


def _alignments(values: RowValues, concepts: ConceptIndex) -> list[dict[str, str]]:
    """Return the competences with their levels; one level holds for all, several for one each.

    Raises:
        FieldError: There are several levels, and not as many as competences.
    """
    levels = values.concepts("proficiency")
    if not levels:
        return []
    taught = [concepts.find(word, IHUB + "Competence") for word in values.words("competences")]
    if len(levels) not in {1, len(taught)}:
        cause = f"gives {len(levels)} levels for {len(taught)} competences; give one for all, or one for each"
        raise FieldError(values.column("proficiency"), cause)
    each = levels * len(taught) if len(levels) == 1 else levels
    return [
        {"competence": "/".join(competence.rsplit("/", 2)[1:]), "proficiencyLevel": level}
        for competence, level in zip(taught, each, strict=True)
        if competence
    ]


def _check_outcomes(values: RowValues, steps: tuple[LessonStep, ...], count: int) -> None:
    for position, step in enumerate(steps, start=1):
        if wrong := [number for number in step.outcomes if number > count]:
            cause = f"activity {position} serves outcome {wrong[0]}, but there are {count}"
            raise FieldError(values.column("outcomes"), cause)


def _material_lines(values: RowValues) -> list[str]:
    text = "\n".join(line for item in values.lines("materials") for line in item.values())
    return [line for line in split_values(text.replace("|", "\u241f")) if line]


def _material(line: str) -> LessonMaterial:
    """Read ``name | address | licence``, or a name with an address somewhere in it."""
    line = line.replace("\u241f", "|")
    address = re.search(r"https?://[^\s|;,<>\"]+", line)
    parts = [part.strip() for part in line.split("|")]
    words = [part for part in parts if part and not (address and address[0] in part)]
    if address and len(parts) == 1:
        words = [" ".join(line.replace(address[0], " ").split()).strip(" -:()")]
    name = words[0] if words and words[0] else _name_of(address[0] if address else line)
    licence = words[1] if len(words) > 1 else None
    return LessonMaterial({UNDETERMINED: name[:300]}, address[0] if address else None, licence)


def _name_of(address: str) -> str:
    parts = urlsplit(address)
    last = unquote(parts.path.rstrip("/").rsplit("/", 1)[-1])
    return last or parts.netloc or address
