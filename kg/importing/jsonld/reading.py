"""One node that describes a learning resource becomes a lesson, in the words of its source."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from kg.errors import DocumentError
from kg.importing.jsonld.alignments import Alignments
from kg.importing.jsonld.nodes import Node, Text
from kg.importing.jsonld.values import address, concept_words, forms, keywords, people, texts
from kg.importing.language_tags import normal_tag
from kg.importing.lesson import Lesson, LessonMaterial, LessonStep
from kg.importing.measures import age_range, iso_date, minutes_of
from kg.importing.plain_text import plain
from kg.languages import UNDETERMINED
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from kg.importing.jsonld.sources import Place
    from kg.vocabulary import ConceptIndex

__all__ = ["identifier_of", "read_lesson"]

_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\s]+")
_LONGEST_IDENTIFIER: Final = 1000


def read_lesson(node: Node, place: Place, concepts: ConceptIndex) -> Lesson:
    """Return what ``node`` says.

    Args:
        node: A learning resource.
        place: Where it stands.
        concepts: To choose, among an address and labels, the word by which we know a concept.

    Raises:
        DocumentError: It has no title; names the field.
    """
    languages = _languages(node)
    language = languages[0] if len(languages) == 1 else normal_tag(place.language)
    title = texts(node, "name", "alternateName", language=language)
    if not title:
        raise DocumentError("is missing, and a lesson needs a title", field="name")
    alignments = Alignments(node, language, concepts)
    ages = _ages(node)
    creators = people(node, "creator")
    publisher = people(node, "publisher", "provider", "sourceOrganization", "copyrightHolder")
    return Lesson(
        identifier=identifier_of(node, place),
        title=title,
        summary=texts(node, "description", "abstract", "disambiguatingDescription", language=language),
        text=texts(node, "text", "articleBody", language=language),
        outcomes=tuple(alignments.outcomes),
        keywords=keywords(node, language),
        languages=languages,
        subjects=tuple(alignments.subjects),
        levels=tuple(alignments.levels),
        competences=tuple(alignments.teaches),
        assesses=tuple(alignments.assesses),
        requires=tuple(alignments.requires),
        tools=tuple(concept_words(node, ("tool",), "tools", concepts)),
        audience=tuple(concept_words(node, ("audience", "educationalRole"), "audience", concepts)),
        resource_types=tuple(concept_words(node, ("learningResourceType",), "resource_types", concepts)),
        min_age=ages[0],
        max_age=ages[1],
        minutes=_minutes(node),
        licence=_licence(node, place),
        attribution=creators or publisher,
        publisher=publisher,
        source_url=_page(node, place),
        source_location=None if place.address else place.name,
        published=_date(node, "datePublished", "dateCreated"),
        modified=_date(node, "dateModified"),
        work=next((a for value in node.all("exampleOfWork", "workTranslation") if (a := address(value, None))), None),
        based_on=tuple(_based_on(node)),
        activities=tuple(_steps(node, language)),
        materials=tuple(_materials(node, place, next(iter(title)))),
        document=_further(node, concepts),
    )


def _languages(node: Node) -> tuple[str, ...]:
    stated = []
    for value in node.all("inLanguage"):
        if isinstance(value, Text):
            stated += re.split(r"[,;]", value.value)
        else:
            stated.append(value.first("alternateName", "name", "identifier") or value.identifier or "")
    tags = (normal_tag(word) for word in stated)
    # What is no tag, such as "English", is left for reconciliation to find by its name.
    named = (word.strip() if tag == UNDETERMINED else tag for tag, word in zip(tags, stated, strict=True))
    return tuple(dict.fromkeys(word for word in named if word))


def identifier_of(node: Node, place: Place) -> str:
    """Return the identifier that stays the same from one import to the next.

    That is the record's own: its ``@id``, its address, or what it calls its identifier. A record without one is known
    by where it stands if it stands there alone, else by a hash of what it says.
    """
    stated = node.identifier if node.identifier and not node.identifier.startswith("_:") else ""
    if place.address and stated:
        try:
            stated = urljoin(place.address, stated)
        except ValueError:
            stated = ""
    if _SCHEME.fullmatch(stated):
        return stated[:_LONGEST_IDENTIFIER]
    if page := address(next(node.all("url"), None), place.address):
        return page[:_LONGEST_IDENTIFIER]
    for value in node.all("identifier"):
        own = value.value if isinstance(value, Text) else value.first("value", "propertyID") or value.identifier
        if own and own.strip():
            return own.strip()[:_LONGEST_IDENTIFIER]
    where = place.address or place.name
    if stated:
        return f"{where}#{stated.lstrip('#')}"[:_LONGEST_IDENTIFIER]
    if place.alone:
        return where[:_LONGEST_IDENTIFIER]
    content = json.dumps(node.raw, sort_keys=True).encode()
    return f"sha256:{hashlib.sha256(content).hexdigest()[:32]}"


def _page(node: Node, place: Place) -> str | None:
    stated = address(next(node.all("url"), None), place.address)
    return stated or address(Text(node.identifier or ""), place.address) or place.address


def _licence(node: Node, place: Place) -> str | None:
    for value in node.all("license"):
        if isinstance(value, Text):
            return address(value, place.address if value.value.startswith("/") else None) or plain(value.value)
        stated = address(value, None) or value.identifier or value.first("name", "prefLabel", "alternateName")
        if stated:
            return stated
    return None


def _minutes(node: Node) -> int | None:
    stated = list(node.texts("timeRequired"))
    for part in node.nodes("timeRequired"):
        stated += part.texts("name", "value")
    return next((minutes for text in stated if (minutes := minutes_of(text.value))), None)


def _ages(node: Node) -> tuple[int | None, int | None]:
    stated = [*node.texts("typicalAgeRange")]
    for audience in node.nodes("audience"):
        low, high = (age_range(audience.first(name) or "")[0] for name in ("suggestedMinAge", "suggestedMaxAge"))
        if low or high:
            return low, high
        stated += audience.texts("typicalAgeRange", "suggestedAge")
    ranges = [age_range(text.value) for text in stated]
    lows = [low for low, _ in ranges if low is not None]
    highs = [high for _, high in ranges if high is not None]
    return min(lows, default=None), max(highs, default=None) if len(highs) == len(ranges) else None


def _date(node: Node, *names: str) -> str | None:
    return next((day for text in node.texts(*names) if (day := iso_date(text.value))), None)


def _based_on(node: Node) -> list[str]:
    """Return the addresses of what it was made from; a bare name leads nowhere."""
    stated = (address(value, None) for value in node.all("isBasedOn"))
    return list(dict.fromkeys(one for one in stated if one))


def _steps(node: Node, language: str) -> list[LessonStep]:
    """Return the steps of a how-to (schema.org), in their order; sections give theirs."""
    found = []
    for step in node.nodes("step"):
        inner = list(step.nodes("itemListElement")) if "HowToSection" in step.types else []
        for one in inner or [step]:
            name = texts(one, "name", language=language)
            description = texts(one, "text", "description", language=language)
            if name or description:
                found.append(LessonStep(name=name, description=description, minutes=_minutes(one)))
    return found


def _materials(node: Node, place: Place, language: str) -> list[LessonMaterial]:
    found = []
    for value in node.nodes("encoding", "associatedMedia", "hasPart"):
        url = address(value, place.address)
        name = texts(value, "name", "caption", language=language)
        if not name and url:
            name = {language: url.rstrip("/").rpartition("/")[2] or url}
        if name:
            found.append(LessonMaterial(name=name, url=url, licence=_licence(value, place)))
    return found


def _further(node: Node, concepts: ConceptIndex) -> dict[str, Any]:
    """Return what a lesson has no word for and our own form has: how it is worked with, and who may open it."""
    further = {}
    for name, class_name in (("interactivityType", "InteractivityType"), ("conditionsOfAccess", "AccessCondition")):
        stated = (form for value in node.all(name) for form in forms(value))
        if iri := next((iri for form in stated if (iri := concepts.find(form, IHUB + class_name))), None):
            further[name] = iri
    return further
