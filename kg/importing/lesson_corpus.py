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
from kg.importing.licences import licence_iri
from kg.importing.lines import count_lines, json_lines
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.importing.adapter import Run
    from kg.vocabulary import ConceptIndex

__all__ = ["LessonCorpusAdapter"]

_REQUIRED: Final = ("id", "language", "title", "licence", "attribution")
_AGES: Final = re.compile(r"\bages?\s+(\d{1,2})\s*(?:-|to|\u2013)\s*(\d{1,2})\b", re.IGNORECASE)


_FIRST_LANGUAGE: Final = {
    (language, subject): f"{subject}-first-language"
    for language, subject in (
        ("en", "english"),
        ("de", "german"),
        ("ru", "russian"),
        ("sv", "swedish"),
        ("pl", "polish"),
    )
}
"""By language and the subject that is called after it: the subject of those who grow up with the language."""


class LessonCorpusAdapter:
    """``ihub import corpus FILE``: flat lesson records, one a line (plain or gzipped)."""

    name = "corpus"
    version = "2"
    data_kind = "data-kind/original"
    options: Mapping[str, str] = MappingProxyType({})

    def records(self, run: Run) -> Iterator[Record]:
        """Yield a document for each record that has what every scenario must have."""
        for number, text, value in json_lines(run.path):
            if isinstance(value, str):
                yield Record(number, text, cause=value)
            else:
                yield _record(number, text, value, run.concepts)

    def total(self, run: Run) -> int:
        """Return the number of lines."""
        return count_lines(run.path)


def _record(number: int, raw: str, record: dict[str, Any], concepts: ConceptIndex) -> Record:
    for name in _REQUIRED:
        if not isinstance(record.get(name), str) or not record[name].strip():
            return Record(number, raw, cause="is missing or not a text", field=name)
    licence = licence_iri(record["licence"])
    if licence is None:
        return Record(number, raw, cause=f"{record['licence']!r} is no licence we know", field="licence")
    try:
        return _Reader(record, licence, concepts).record(number, raw)
    except (TypeError, ValueError, AttributeError) as error:
        # A value of an unforeseen type somewhere in the record; the record is kept and the others go on.
        return Record(number, raw, cause=f"cannot be read: {error}")


class _Reader:
    """Makes the document of one record that has the required fields."""

    def __init__(self, record: dict[str, Any], licence: str, concepts: ConceptIndex) -> None:
        self._fields = record
        self._licence = licence
        self._concepts = concepts
        self._language = record["language"]
        self._keywords: list[str] = []
        self._unresolved: dict[str, list[str]] = {}

    def record(self, number: int, raw: str) -> Record:
        fields, language = self._fields, self._language
        extra = fields.get("extra") or {}
        subjects = [self._own_language(iri) for iri in self._resolve("subjects", fields.get("subjects"), "Subject")]
        levels, grades = self._levels()
        outcomes = [text for text in fields.get("competences_or_learning_outcomes") or [] if text.strip()]
        ages = _AGES.search(fields.get("level_or_ages") or "")
        minutes = fields.get("duration_minutes")
        document = {
            "id": f"scenario/{_slug(fields['id'])}",
            "type": "LearningScenario",
            "identifier": fields["id"],
            "name": {language: fields["title"].strip()},
            "description": _text(language, fields.get("summary")),
            "text": _text(language, fields.get("body_text")),
            "inLanguage": [language],
            "license": self._licence,
            "creditText": fields["attribution"].strip(),
            "sourceLocation": _location(fields),
            "exampleOfWork": f"work/{_slug(group)}" if (group := fields.get("translation_group")) else None,
            "about": subjects,
            "educationalLevel": levels,
            "nationalGrade": grades,
            "minAge": int(ages[1]) if ages else None,
            "maxAge": int(ages[2]) if ages else None,
            "tool": self._resolve("tools", fields.get("tools"), "DigitalTool"),
            "minutes": round(minutes) if isinstance(minutes, int | float) and minutes >= 1 else None,
            "learningOutcome": [{"description": {language: text.strip()}} for text in outcomes],
            "machineTranslated": True if extra.get("machine_translated") else None,
            "dataKind": LessonCorpusAdapter.data_kind,
            "completeness": "completeness/partial" if subjects or levels or outcomes else "completeness/minimal",
        }
        document["keywords"] = _text(language, list(dict.fromkeys([*self._keywords, *(extra.get("keywords") or [])])))
        kept = {key: value for key, value in document.items() if value not in (None, [], {}, "")}
        return Record(number, raw, document=kept, unresolved=self._unresolved)

    def _own_language(self, subject: str) -> str:
        """Return the first-language subject where a lesson's subject is called after the language it is written in.

        A lesson in English about "English" comes from an English-speaking school, where that is the mother tongue.
        """
        slug = _FIRST_LANGUAGE.get((self._language.split("-")[0], subject.rsplit("/", 1)[-1]))
        return f"{subject.rsplit('/', 1)[0]}/{slug}" if slug else subject

    def _levels(self) -> tuple[list[str], list[str]]:
        """Resolve the parts of the level text as levels and as grades; what is neither becomes a keyword."""
        levels, grades = [], []
        for word in re.split(r"[;,|]", self._fields.get("level_or_ages") or ""):
            level = self._concepts.find(word, IHUB + "EducationalLevel")
            grade = self._concepts.find(word, IHUB + "NationalGrade")
            if level:
                levels.append(level)
            if grade:
                grades.append(grade)
            if word.strip() and not level and not grade and not _AGES.search(word):
                self._keep_word("level_or_ages", word)
        return list(dict.fromkeys(levels)), list(dict.fromkeys(grades))

    def _resolve(self, field: str, words: list[str] | None, class_name: str) -> list[str]:
        """Return the concepts that ``words`` name; a word that names none is kept as a keyword and reported."""
        found: list[str] = []
        for word in words or []:
            if concept := self._concepts.find(word, IHUB + class_name):
                found.append(concept)
            else:
                self._keep_word(field, word)
        return list(dict.fromkeys(found))

    def _keep_word(self, field: str, word: str) -> None:
        self._keywords.append(word.strip())
        self._unresolved.setdefault(field, []).append(word.strip())


def _text(language: str, value: str | list[str] | None) -> dict[str, Any] | None:
    if isinstance(value, str):
        value = value.strip()
    return {language: value} if value else None


def _location(fields: dict[str, Any]) -> str | None:
    parts = (fields.get("source_repo"), fields.get("source_path"))
    return ": ".join(part for part in parts if part) or None


def _slug(identifier: str) -> str:
    """Return the identifier with only what an IRI's last segment may hold, different for different identifiers.

    >>> _slug("rpi:about-me:de")
    'rpi.about-me.de'
    >>> _slug("a/b c.ipynb")
    'a~2Fb~20c~2Eipynb'
    """
    return "".join(_encoded(character) for character in identifier)


def _encoded(character: str) -> str:
    if character == ":":
        return "."
    if character.isalnum() or character in "-_":
        return character
    return "".join(f"~{byte:02X}" for byte in character.encode())
