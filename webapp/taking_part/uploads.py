"""A spreadsheet that somebody filled in becomes drafts, one for each row that can be read; the rest is told."""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from ontology.form_fields import form_fields
from ontology.language import read_as
from webapp.interface_language import message
from webapp.taking_part.answers import empty_answers
from webapp.taking_part.choices import choices
from webapp.taking_part.draft_models import Upload
from webapp.taking_part.drafts import begin_draft
from webapp.taking_part.layout import ACTIVITY, AFTER, LANGUAGES, LICENCES, MOST_CHARACTERS, MOST_ROWS, SECTIONS
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from kg.importing.apart import ReadFile, ReadRecord
    from ontology.form_fields import FormField

__all__ = ["CARRIED", "MOST_DRAFTS", "RowReport", "keep_upload"]

MOST_DRAFTS: Final = 50
"""Rows of one file that become drafts, at most."""

CARRIED: Final = (
    *("text", "nationalGrade", "assesses", "competencyRequired", "tool", "material", "interactivityType"),
    *("conditionsOfAccess", "accessibilityFeature", "accessibilityHazard"),
)
"""Keys of a document that the form has no field for, and that go with the draft all the same."""

_OURS: Final = frozenset(
    {"id", "type", "identifier", "inLanguage", "languageDetected", "license", "dataKind", "completeness", "minutes"}
    | {"reviewStatus", "learningResourceType", "audience", "learningOutcome", "activity", "alignment"}
)
"""Keys that stand elsewhere in the form, or that each contribution to a hub has for itself."""


@dataclass(frozen=True)
class RowReport:
    """What became of one row.

    Attributes:
        sheet: The sheet that it stands in; empty where the file has none.
        row: Its number there.
        title: The title of the scenario; empty where it cannot be read.
        language: The language of the title.
        draft: The draft that it became; None where it became none.
        field: The field at fault.
        cause: Why it became no draft, as a text for gettext where that is ours.
        unresolved: Words by field that nothing in the lists is called, and that are keywords now.
        left: Field and text of what is not taken over.
        raw: The row as it stood in the file, where it became no draft.
    """

    sheet: str
    row: int | None
    title: str = ""
    language: str = ""
    draft: str | None = None
    field: str | None = None
    cause: str | None = None
    unresolved: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    left: list[list[str]] = dataclasses.field(default_factory=list)
    raw: str = ""


def keep_upload(
    session: Session, read: ReadFile, *, person: str, hub: str, file: str, id_base: str, language: str
) -> str:
    """Begin a draft for each row that can be one, and keep what became of each row; return the upload's identifier.

    Args:
        session: The transaction: all drafts are begun, or none.
        read: What the file holds.
        person: Who uploaded it.
        hub: For which hub.
        file: Its name.
        id_base: Base of this deployment's entities.
        language: The language of texts where neither the file nor their words tell it.
    """
    rows = [_row(session, record, person, hub, id_base, language) for record in read.records]
    report = {"rows": [asdict(row) for row in rows], "notes": read.notes, "more": read.more}
    upload = Upload(id=new_id(), person_id=person, hub=hub, file=file[:200], report=report, created=now())
    session.add(upload)
    return upload.id


def _row(session: Session, record: ReadRecord, person: str, hub: str, id_base: str, language: str) -> RowReport:
    at: dict[str, Any] = {"sheet": record.sheet or "", "row": record.row}
    document = record.document
    if document is None:
        return RowReport(**at, field=record.field, cause=record.cause, raw=record.raw)
    licence, stated = document.get("license"), [read_as(tag) for tag in document.get("inLanguage", [])]
    tag = next((tag for tag in stated if tag in LANGUAGES), language if stated in ([], ["und"]) else None)
    if licence is not None and licence not in LICENCES:
        cause = message("Scenarios are contributed under CC BY 4.0, CC BY-SA 4.0 or CC0 only.")
        return RowReport(**at, field="license", cause=cause, raw=record.raw)
    if tag is None:
        cause = message("It is in a language that the form does not have.")
        return RowReport(**at, field="inLanguage", cause=cause, raw=record.raw)
    answers, left = _Reader(document, tag, id_base).answers()
    draft = begin_draft(session, person, hub, answers)
    title = answers["values"].get("name", "")
    return RowReport(**at, title=title, language=tag, draft=draft.id, unresolved=record.unresolved, left=left)


class _Reader:
    """Makes the form's answers of a document, and notes what the form cannot take.

    Args:
        document: As reconciliation made it.
        language: The language of the form.
        id_base: Base of this deployment's entities.
    """

    def __init__(self, document: Mapping[str, Any], language: str, id_base: str) -> None:
        self._document = document
        self._language = language
        self._id_base = id_base
        self._left: list[list[str]] = []

    def answers(self) -> tuple[dict[str, Any], list[list[str]]]:
        """Return the answers, and field and text of what is not among them."""
        answers = empty_answers(self._language)
        answers["license"] = self._document.get("license") or answers["license"]
        scenario, activity = form_fields("Scenario", self._id_base), form_fields("Activity", self._id_base)
        keys = [key for section in (*SECTIONS, *AFTER) for key in section.keys]
        answers["values"] = self._values(self._document, keys, scenario, "")
        outcomes = [self._text(outcome["description"], "learningOutcome") for outcome in self._cut("learningOutcome")]
        answers["outcomes"] = [text for text in outcomes if text] or [""]
        steps = self._cut("activity")
        answers["activities"] = [self._values(step, ACTIVITY, activity, "activity") for step in steps] or [
            {"inClass": True}
        ]
        if carried := {key: self._document[key] for key in CARRIED if self._document.get(key)}:
            answers["carried"] = carried
        for step in steps:
            self._leave_others(step, {*ACTIVITY}, "activity.")
        self._leave_others(self._document, {*keys, *CARRIED, *_OURS}, "")
        levels = [a["proficiencyLevel"] for a in self._document.get("alignment", []) if a.get("proficiencyLevel")]
        self._leave("proficiencyLevel", levels)
        return answers, self._left

    def _values(
        self, stated: Mapping[str, Any], keys: tuple[str, ...] | list[str], fields: Mapping[str, FormField], part: str
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in keys:
            value, name = stated.get(key), f"{part}.{key}" if part else key
            if value in (None, "", [], {}):
                continue
            if key == "keywords":
                found[key] = ", ".join(word.replace(",", ";") for word in self._of_language(value, key))
            elif fields[key].kind == "choice":
                found[key] = self._chosen(value, fields[key], name)
            elif fields[key].kind == "boolean":
                found[key] = bool(value)
            else:
                found[key] = self._text(value, name) if isinstance(value, dict) else str(value)
        return {key: value for key, value in found.items() if value not in ("", [], False)}

    def _chosen(self, value: Any, field: FormField, name: str) -> list[str] | str:
        known = {choice.identifier for choice in choices(str(field.choices))}
        stated = value if isinstance(value, list) else [value]
        chosen = [item for item in stated if item in known]
        kept = chosen if field.many else chosen[:1]
        self._leave(name, [item for item in stated if item not in kept])
        return kept if field.many else (kept[0] if kept else "")

    def _of_language(self, texts: Mapping[str, Any], name: str) -> Any:
        """Return what a field says in the form's language; in others, it is left."""
        own = next((tag for tag in texts if read_as(tag) == self._language), next(iter(texts)))
        self._leave(name, [f"{tag}: {text}" for tag, text in texts.items() if tag != own])
        return texts[own]

    def _text(self, texts: Mapping[str, str], name: str) -> str:
        text = self._of_language(texts, name)
        self._leave(name, [text[MOST_CHARACTERS:]] if len(text) > MOST_CHARACTERS else [])
        return str(text[:MOST_CHARACTERS])

    def _cut(self, key: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._document.get(key, [])
        for row in rows[MOST_ROWS:]:
            self._leave(key, [text for _, text in _flat(row)])
        return rows[:MOST_ROWS]

    def _leave_others(self, stated: Mapping[str, Any], known: set[str], prefix: str) -> None:
        for key, value in stated.items():
            if key not in known:
                self._leave(prefix + key, [text for _, text in _flat(value)])

    def _leave(self, name: str, texts: list[str]) -> None:
        self._left += [[name, text] for text in texts if text]


def _flat(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ((key, text) for _, text in _flat(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner)
    elif value is not None:
        yield "", str(value)
