"""What a source says of one scenario, in the source's own words, before any vocabulary is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Lesson", "LessonMaterial", "LessonStep", "Texts"]

Texts = Mapping[str, str]
"""One text in one or several languages, by language tag."""


@dataclass(frozen=True)
class LessonMaterial:
    """A handout, data set or link: its name, where it is, and the licence as the source words it."""

    name: Texts
    url: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class LessonStep:
    """One activity: its texts, minutes in lesson time, and the source's words for organisation, ways, tools, displays.

    ``outcomes`` are numbers of the lesson's outcomes that it serves, from 1.
    """

    name: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    minutes: int | None = None
    in_class: bool | None = None
    grouping: str | None = None
    learning_type: str | None = None
    co_authorship: str | None = None
    tools: tuple[str, ...] = ()
    displays: tuple[str, ...] = ()
    outcomes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """One lesson as its source has it.

    Fields that name a concept hold the source's words, a label, a notation or an IRI each; reconciliation turns them
    into concepts or keeps them as keywords. Absent means that the source does not say.

    Attributes:
        identifier: The record's own identifier in its source; never empty.
        title: The title; never empty.
        summary: What it is about, in a few sentences.
        text: The whole text.
        outcomes: What learners can do afterwards.
        keywords: Free words by language.
        languages: Languages of the text.
        subjects: School subjects.
        levels: Educational levels, stages or grades.
        competences: Competences that it teaches.
        assesses: Competences that it assesses.
        requires: Competences that it builds on.
        tools: Digital tools that it uses.
        audience: For whom.
        resource_types: Kinds of resource, such as a lesson plan.
        min_age: Youngest learners, in years.
        max_age: Oldest learners, in years.
        minutes: Lesson time.
        preparation_minutes: Time to prepare.
        licence: The licence, as words or IRI.
        attribution: Whom to name.
        publisher: Who publishes it, as words.
        source_url: The page of the record in its source.
        source_location: Where it stands where there is no page, such as a repository and a path.
        published: Date of publication, ISO 8601.
        modified: Date of the last change, ISO 8601.
        work: Identifier of what is the same in all translations.
        based_on: Identifiers or addresses of what it was adapted from.
        machine_translated: Whether a machine translated the text.
        activities: The steps of the lesson.
        materials: What belongs to it.
        product: What learners make.
        assessment: How it is judged.
        adaptation: How to do it otherwise.
        needs_pupil_devices: Whether pupils need devices.
        document: Further fields that are in ihub's own form already.
    """

    identifier: str
    title: Texts
    summary: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    outcomes: tuple[Texts, ...] = ()
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()
    assesses: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    resource_types: tuple[str, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    minutes: int | None = None
    preparation_minutes: int | None = None
    licence: str | None = None
    attribution: str | None = None
    publisher: str | None = None
    source_url: str | None = None
    source_location: str | None = None
    published: str | None = None
    modified: str | None = None
    work: str | None = None
    based_on: tuple[str, ...] = ()
    machine_translated: bool = False
    activities: tuple[LessonStep, ...] = ()
    materials: tuple[LessonMaterial, ...] = ()
    product: Texts = field(default_factory=dict)
    assessment: Texts = field(default_factory=dict)
    adaptation: Texts = field(default_factory=dict)
    needs_pupil_devices: bool | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
