"""One LOM record becomes a lesson, in the words of its source."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from kg.errors import DocumentError
from kg.importing.language_tags import normal_tag
from kg.importing.lesson import Lesson, LessonMaterial
from kg.importing.lom.classification import Classification
from kg.importing.lom.strings import langstrings, person, texts, vocabulary_value
from kg.importing.measures import age_range, iso_date, minutes_of
from kg.importing.safe_xml import children, local_name, text_of, xml_text
from kg.languages import UNDETERMINED
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from kg.vocabulary import ConceptIndex

__all__ = ["RECORD_NAMES", "lom_identifier", "read_lom"]

RECORD_NAMES: Final = frozenset({"lom", "estcore"})
"""Local names of the elements that are a record."""

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_BASED_ON: Final = frozenset({"isbasedon", "isversionof"})


def read_lom(record: etree._Element, concepts: ConceptIndex, identifier: str | None = None) -> Lesson:
    """Return what a record says.

    Args:
        record: The ``lom`` or ``estcore`` element.
        concepts: To choose the word by which we know a concept.
        identifier: What the repository calls the record, where it came from one.

    Raises:
        DocumentError: It has no title; names the field.
    """
    languages = tuple(dict.fromkeys(tag for one in _find(record, "general", "language") if (tag := _tag(one))))
    described_in = next((tag for one in _find(record, "metaMetadata", "language") if (tag := _tag(one))), None)
    language = described_in or (languages[0] if len(languages) == 1 else UNDETERMINED)
    title = texts(_find(record, "general", "title"), language)
    if not title:
        raise DocumentError("is missing, and a lesson needs a title", field="general.title")
    classified = Classification(record, concepts)
    ages = _ages(record)
    authors = _people(record, {"author", "creator", "content provider", "instructional designer", "editor"})
    publisher = ", ".join(_people(record, {"publisher"})) or None
    location = _location(record)
    return Lesson(
        identifier=identifier or lom_identifier(record),
        title=title,
        summary=texts(_find(record, "general", "description"), language),
        text=texts(_find(record, "educational", "description"), language),
        keywords=_keywords(record, classified, language),
        languages=languages,
        subjects=tuple(classified.subjects),
        levels=tuple(dict.fromkeys([*_values(record, "educational", "context"), *classified.levels])),
        competences=tuple(classified.competences),
        requires=tuple(classified.requires),
        audience=tuple(_values(record, "educational", "intendedEndUserRole")),
        resource_types=tuple(_values(record, "educational", "learningResourceType")),
        min_age=ages[0],
        max_age=ages[1],
        minutes=_minutes(record),
        licence=_licence(record),
        attribution=", ".join(authors) or publisher,
        publisher=publisher,
        source_url=location,
        published=_date(record),
        based_on=tuple(_related(record)),
        materials=tuple(_parts(record, language)),
        document=_further(record, classified, concepts),
    )


def _find(record: etree._Element, *path: str) -> Iterator[etree._Element]:
    """Yield the elements at a path of local names; names compare without case, as older bindings write them low."""
    for child in children(record):
        if local_name(child).lower() == path[0].lower():
            if len(path) == 1:
                yield child
            else:
                yield from _find(child, *path[1:])


def _tag(element: etree._Element) -> str | None:
    tag = normal_tag(text_of(element))
    return None if tag == UNDETERMINED else tag


def _values(record: etree._Element, *path: str) -> list[str]:
    values = (vocabulary_value(element) for element in _find(record, *path))
    return list(dict.fromkeys(value for value in values if value))


def lom_identifier(record: etree._Element) -> str:
    """Return the record's own identifier, its location, or a hash of it: the same from one import to the next."""
    for element in _find(record, "general", "identifier"):
        entry = text_of(next(_find(element, "entry"), element))
        catalogue = text_of(next(_find(element, "catalog"), None))
        if entry:
            named = catalogue and not catalogue.isdigit() and catalogue.lower() not in {"uri", "url"}
            return entry if _ADDRESS.fullmatch(entry) or not named else f"{catalogue}:{entry}"
    location = _location(record)
    return location or f"sha256:{hashlib.sha256(xml_text(record).encode()).hexdigest()[:32]}"


def _location(record: etree._Element) -> str | None:
    stated = (text_of(element) for element in _find(record, "technical", "location"))
    return next((address for address in stated if _ADDRESS.fullmatch(address)), None)


def _people(record: etree._Element, roles: set[str]) -> list[str]:
    found = []
    for contribution in _find(record, "lifeCycle", "contribute"):
        role = vocabulary_value(next(_find(contribution, "role"), None)).lower()
        if role in roles:
            found += [person("".join(str(p) for p in one.itertext())) for one in _find(contribution, "entity")]
    return list(dict.fromkeys(name for name in found if name))


def _date(record: etree._Element) -> str | None:
    """Return when it was published, else the first date that a contributor has."""
    dated: list[tuple[bool, int, str]] = []
    for contribution in _find(record, "lifeCycle", "contribute"):
        role = vocabulary_value(next(_find(contribution, "role"), None)).lower()
        for element in (*_find(contribution, "date", "dateTime"), *_find(contribution, "date")):
            if day := iso_date(text_of(element)):
                dated.append((role != "publisher", len(dated), day))
    return min(dated)[2] if dated else None


def _keywords(record: etree._Element, classified: Classification, language: str) -> dict[str, tuple[str, ...]]:
    stated = [form for element in _find(record, "general", "keyword") for form in langstrings(element)]
    stated += [(tag, word) for tag, words in classified.keywords.items() for word in words]
    found: dict[str, list[str]] = {}
    for tag, word in stated:
        found.setdefault(language if tag == UNDETERMINED else tag, []).append(word)
    return {tag: tuple(dict.fromkeys(words)) for tag, words in found.items()}


def _ages(record: etree._Element) -> tuple[int | None, int | None]:
    stated = [words for one in _find(record, "educational", "typicalAgeRange") for _, words in langstrings(one)]
    ranges = [found for found in map(age_range, stated) if found != (None, None)]
    lows = [low for low, _ in ranges if low is not None]
    highs = [high for _, high in ranges if high is not None]
    return min(lows, default=None), max(highs, default=None) if len(highs) == len(ranges) else None


def _minutes(record: etree._Element) -> int | None:
    for time in _find(record, "educational", "typicalLearningTime"):
        stated = next(iter((*_find(time, "duration"), *_find(time, "datetime"))), time)
        if minutes := minutes_of(text_of(stated)):
            return minutes
    return None


def _licence(record: etree._Element) -> str | None:
    """Return the licence: the address in the description of the rights, else its words.

    That there are restrictions ("yes") names no licence.
    """
    stated = [form for one in _find(record, "rights", "description") for form in langstrings(one)]
    for _, words in stated:
        if address := _ADDRESS.search(words):
            return address[0].rstrip(".,;)")
    if stated:
        return stated[0][1]
    named = [value for value in _values(record, "rights", "copyrightAndOtherRestrictions") if " " in value]
    return named[0] if named else None


def _related(record: etree._Element) -> list[str]:
    """Return the addresses of what it was made from; an entry of a foreign catalogue leads nowhere."""
    found = []
    for relation in _find(record, "relation"):
        kind = vocabulary_value(next(_find(relation, "kind"), None)).replace(" ", "").lower()
        if kind in _BASED_ON:
            found += [text_of(entry) for entry in _find(relation, "resource", "identifier", "entry")]
    return list(dict.fromkeys(one for one in found if _ADDRESS.fullmatch(one)))


def _parts(record: etree._Element, language: str) -> Iterator[LessonMaterial]:
    for relation in _find(record, "relation"):
        kind = vocabulary_value(next(_find(relation, "kind"), None)).replace(" ", "").lower()
        if kind != "haspart":
            continue
        entries = (text_of(entry) for entry in _find(relation, "resource", "identifier", "entry"))
        url = next((entry for entry in entries if _ADDRESS.fullmatch(entry)), None)
        name = texts(_find(relation, "resource", "description"), language)
        if name or url:
            yield LessonMaterial(name=name or {language: url or ""}, url=url)


def _further(record: etree._Element, classified: Classification, concepts: ConceptIndex) -> dict[str, Any]:
    further: dict[str, Any] = {"crossCurricularTheme": classified.themes} if classified.themes else {}
    for word in _values(record, "educational", "interactivityType"):
        if iri := concepts.find(word, IHUB + "InteractivityType"):
            further["interactivityType"] = iri
            break
    return further
