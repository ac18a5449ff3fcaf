"""Reconciliation: from a lesson in its source's words to a document in ihub's own form.

Words become concepts where the vocabularies or the mapping file know them; others are kept as keywords and reported.
Texts whose language the source does not state get the language that is detected, and the document says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from kg.errors import DocumentError
from kg.importing.licences import licence_iri
from kg.importing.mapping import IGNORE, KEYWORD, WordMapping
from kg.importing.slugs import entity_id
from kg.importing.words import WordResolver, Words
from kg.languages import LONGEST, UNDETERMINED, detect_language, language_tag
from ontology.language import read_as

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.importing.lesson import Lesson, LessonMaterial, LessonStep, Texts
    from kg.vocabulary import ConceptIndex

__all__ = ["Reconciled", "Reconciler"]

_FIELDS: Final = {
    "about": "subject",
    "crossCurricularTheme": "theme",
    "educationalLevel": "level",
    "nationalGrade": "grade",
    "teaches": "competence",
    "tool": "tool",
    "audience": "audience",
    "learningResourceType": "resource-type",
}
"""The document's keys for concepts, by the segment of the concept's IRI."""


@dataclass(frozen=True)
class Reconciled:
    """A document made of a lesson, and what came of its words.

    Attributes:
        document: Not yet in normal form.
        unresolved: Words by field that no concept was found for.
        counts: Words by field: those that somebody or some vocabulary knows, and all.
    """

    document: dict[str, Any]
    unresolved: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)


class Reconciler:
    """Makes documents of lessons.

    Args:
        concepts: The vocabularies.
        id_base: Base of this deployment's entities.
        collection: Slug of the collection, under which identifiers that are not unique by themselves stand.
        data_kind: Kind of data of documents that do not say it themselves.
        mapping: What people have said about words.
    """

    def __init__(
        self,
        concepts: ConceptIndex,
        id_base: str,
        collection: str,
        data_kind: str,
        mapping: WordMapping | None = None,
    ) -> None:
        self._concepts = concepts
        self._collection = collection
        self._data_kind = data_kind
        self._mapping = mapping or WordMapping()
        self._words = WordResolver(concepts, self._mapping, id_base)

    def reconcile(self, lesson: Lesson) -> Reconciled:
        """Return the document of ``lesson``.

        Raises:
            DocumentError: It has no identifier, no title, or a licence that nobody knows.
        """
        if not lesson.identifier.strip():
            raise DocumentError("is missing", field="identifier")
        tongue = _Tongue.of(lesson, self._concepts, self._mapping)
        title = tongue.texts(lesson.title)
        if not title:
            raise DocumentError("is missing", field="title")
        words = Words()
        for word in tongue.unknown:
            words.leave("languages", word)
        document = {
            "id": entity_id("scenario", lesson.identifier, self._collection),
            "type": "LearningScenario",
            "identifier": lesson.identifier,
            "name": title,
            "inLanguage": tongue.of_document(title),
            "languageDetected": True if tongue.detected else None,
            "license": self._licence(lesson.licence or self._mapping.defaults.get("licence"), "licence"),
            "creditText": _clean(lesson.attribution or lesson.publisher or self._mapping.defaults.get("attribution")),
            "dataKind": self._data_kind,
            **self._texts(lesson, tongue),
            **self._parts(lesson, tongue, words),
            **_plain(lesson),
            **self._origin(lesson),
        }
        self._classify(lesson, tongue, words, document)
        document["keywords"] = _keywords(lesson, tongue, words)
        document.update(lesson.document)
        kept = {key: value for key, value in document.items() if value not in (None, [], {}, "")}
        kept.setdefault("completeness", _completeness(kept))
        return Reconciled(kept, words.unresolved, words.counts)

    def _texts(self, lesson: Lesson, tongue: _Tongue) -> dict[str, Any]:
        named = {
            "description": lesson.summary,
            "text": lesson.text,
            "product": lesson.product,
            "assessment": lesson.assessment,
            "adaptation": lesson.adaptation,
        }
        outcomes = [{"description": texts} for item in lesson.outcomes if (texts := tongue.texts(item))]
        return {**{key: tongue.texts(texts) for key, texts in named.items()}, "learningOutcome": outcomes}

    def _classify(self, lesson: Lesson, tongue: _Tongue, words: Words, document: dict[str, Any]) -> None:
        """Put the concepts that the lesson's words name into the document."""
        for name in ("subjects", "levels", "competences", "tools", "audience", "resource_types"):
            self._words.take(words, name, getattr(lesson, name), tongue.all)
        document.update({key: words.concepts.get(segment) for key, segment in _FIELDS.items()})
        for name, key in (("assesses", "assesses"), ("requires", "competencyRequired")):
            apart = Words(keywords=words.keywords, unresolved=words.unresolved, counts=words.counts)
            self._words.take(apart, name, getattr(lesson, name), tongue.all)
            document[key] = apart.concepts.get("competence")
        if words.ages and lesson.min_age is None and lesson.max_age is None:
            document["minAge"], document["maxAge"] = words.ages

    def _parts(self, lesson: Lesson, tongue: _Tongue, words: Words) -> dict[str, Any]:
        return {
            "activity": [self._activity(step, tongue, words) for step in lesson.activities],
            "material": [self._material(material, tongue, words) for material in lesson.materials],
        }

    def _activity(self, step: LessonStep, tongue: _Tongue, words: Words) -> dict[str, Any]:
        def one(name: str, word: str | None) -> str | None:
            """Return the concept of a word; what it names belongs to the activity, not to the lesson."""
            of_step = Words(keywords=words.keywords, unresolved=words.unresolved, counts=words.counts)
            found = self._words.take(of_step, name, [word] if word else [], tongue.all)
            return found[0] if found else None

        def several(words_of_step: tuple[str, ...]) -> list[str]:
            return list(dict.fromkeys(tool for word in words_of_step if (tool := one("tools", word))))

        activity = {
            "name": tongue.texts(step.name),
            "description": tongue.texts(step.description),
            "minutes": step.minutes,
            "inClass": step.in_class,
            "grouping": one("grouping", step.grouping),
            "learningType": one("learning_type", step.learning_type),
            "coAuthorship": one("co_authorship", step.co_authorship),
            "tool": several(step.tools),
            "display": several(step.displays),
            "outcome": [f"#outcome-{number}" for number in step.outcomes],
        }
        return {key: value for key, value in activity.items() if value not in (None, [], {}, "")}

    def _material(self, material: LessonMaterial, tongue: _Tongue, words: Words) -> dict[str, Any]:
        try:
            licence = self._licence(material.licence, "licence")
        except DocumentError:
            # A handout under a licence that nobody knows is still a handout: its licence is left open, and reported.
            licence = None
            words.leave("licence", str(material.licence))
        parts = {"name": tongue.texts(material.name), "url": _address(material.url), "license": licence}
        return {key: value for key, value in parts.items() if value}

    def _origin(self, lesson: Lesson) -> dict[str, Any]:
        source = _address(lesson.source_url)
        return {
            "source": source,
            "sourceLocation": _clean(lesson.source_location or (None if source else lesson.source_url)),
            "exampleOfWork": entity_id("work", lesson.work, self._collection) if lesson.work else None,
            "isBasedOn": [_address(item) or entity_id("scenario", item, self._collection) for item in lesson.based_on],
        }

    def _licence(self, words: str | None, name: str) -> str | None:
        if not words or not words.strip():
            return None
        licence = licence_iri(self._mapped(name, words))
        mapped = self._mapping.look_up(name, words)
        if licence is None and mapped and mapped not in ((KEYWORD,), (IGNORE,)):
            return mapped[0]
        if licence is None:
            hint = "open licences are known by their addresses and usual names; others can be put into the mapping file"
            raise DocumentError(f"{words!r} is no licence we know", field=name, hint=hint)
        return licence

    def _mapped(self, name: str, word: str) -> str:
        return (self._mapping.look_up(name, word) or (word,))[0]


@dataclass(frozen=True)
class _Tongue:
    """The languages of one lesson.

    Attributes:
        stated: Tags of the languages that the source states.
        undetermined: Tag for texts whose language the source does not state.
        detected: Whether that tag was found by detection.
        all: Every tag, most important first.
        unknown: Words for languages that name none.
    """

    stated: tuple[str, ...]
    undetermined: str
    detected: bool
    all: tuple[str, ...]
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, lesson: Lesson, concepts: ConceptIndex, mapping: WordMapping) -> _Tongue:
        """Find out the languages of ``lesson``."""
        words = lesson.languages or tuple(filter(None, (mapping.defaults.get("language"),)))
        tags = {word: language_tag((mapping.look_up("languages", word) or (word,))[0], concepts) for word in words}
        unknown = tuple(
            w for w, tag in tags.items() if tag is None and not mapping.look_up("languages", w) and w != UNDETERMINED
        )
        stated = tuple(dict.fromkeys(tag for tag in tags.values() if tag))
        nameless = [
            texts[UNDETERMINED] for texts in (lesson.title, lesson.summary, lesson.text) if UNDETERMINED in texts
        ]
        detected = bool(nameless) and len(stated) != 1
        if detected:
            undetermined = detect_language("\n".join(nameless)[: 2 * LONGEST], stated)
        else:
            undetermined = stated[0] if stated else UNDETERMINED
        found = (*stated, undetermined, *(tag for tag in lesson.title if tag != UNDETERMINED))
        known = tuple(dict.fromkeys(tag for tag in found if tag != UNDETERMINED))
        return cls(stated, undetermined, detected and undetermined != UNDETERMINED, known, unknown)

    def texts(self, texts: Texts) -> dict[str, str]:
        """Return the texts that are not empty, each under its language; what the source tags itself stays first."""
        cleaned = {tag: text.strip() for tag, text in texts.items() if text and text.strip()}
        nameless = cleaned.pop(UNDETERMINED, None)
        if nameless:
            cleaned.setdefault(self.undetermined, nameless)
        return cleaned

    def of_document(self, title: Mapping[str, str]) -> list[str]:
        """Return the languages that the document is said to be in: those stated that have a title, else the title's."""
        titled = {read_as(tag) for tag in title}
        return [tag for tag in self.stated if read_as(tag) in titled] or list(title)


def _plain(lesson: Lesson) -> dict[str, Any]:
    """Return what is taken over as it stands."""
    return {
        "minAge": lesson.min_age,
        "maxAge": lesson.max_age,
        "minutes": lesson.minutes,
        "preparationMinutes": lesson.preparation_minutes,
        "datePublished": _date(lesson.published),
        "dateModified": _date(lesson.modified),
        "machineTranslated": lesson.machine_translated or None,
        "needsPupilDevices": lesson.needs_pupil_devices,
    }


def _keywords(lesson: Lesson, tongue: _Tongue, words: Words) -> dict[str, list[str]]:
    """Return the keywords by language; words without a concept stand first, in the lesson's main language."""
    main = tongue.all[0] if tongue.all else tongue.undetermined
    keywords: dict[str, list[str]] = {main: [*words.keywords]} if words.keywords else {}
    for tag, texts in lesson.keywords.items():
        language = tongue.undetermined if tag == UNDETERMINED else tag
        keywords.setdefault(language, []).extend(text.strip() for text in texts if text.strip())
    return {tag: list(dict.fromkeys(texts)) for tag, texts in keywords.items() if texts}


def _completeness(document: Mapping[str, Any]) -> str:
    """Return the level whose promises the document keeps; that it is complete, a source has to say itself."""
    classified = any(document.get(key) for key in ("about", "educationalLevel", "learningOutcome"))
    return "completeness/partial" if classified and document.get("description") else "completeness/minimal"


def _clean(text: str | None) -> str | None:
    return " ".join(text.split()) if text else None


def _date(text: str | None) -> str | None:
    """Return the day of an ISO 8601 date or time; a year or month alone is no day, and is left out."""
    match = re.match(r"\d{4}-\d{2}-\d{2}(?=$|[T ])", (text or "").strip())
    return match[0] if match else None


def _address(text: str | None) -> str | None:
    """Return a web address with what an IRI may not hold escaped, or None where the text is none."""
    stripped = (text or "").strip()
    try:
        parts = urlsplit(stripped)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc or re.search(r"\s", parts.netloc):
        return None
    return re.sub(r"[\s<>\"{}|\\^`]", lambda match: quote(match[0]), stripped)
