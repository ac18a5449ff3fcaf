"""Simple Dublin Core (``oai_dc``) and its qualified forms become a lesson."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.errors import DocumentError
from kg.importing.language_tags import normal_tag
from kg.importing.lesson import Lesson
from kg.importing.licences import licence_iri
from kg.importing.measures import age_range, iso_date, minutes_of
from kg.importing.plain_text import plain
from kg.importing.safe_xml import children, local_name
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from lxml import etree

__all__ = ["FORMAT_NAMES", "read_dublin_core"]

FORMAT_NAMES: Final = frozenset({"dc", "qualifieddc", "qdc", "nsdl_dc"})
"""Local names of the elements that hold Dublin Core."""

_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)

Terms = dict[str, list[tuple[str, str]]]
"""Language tag and text of each value, by the name of its term."""


def read_dublin_core(record: etree._Element, identifier: str) -> Lesson:
    """Return what a record says.

    Args:
        record: The element that holds the terms.
        identifier: What the repository calls the record.

    Raises:
        DocumentError: It has no title.
    """
    terms: Terms = {}
    for element in children(record):
        if words := plain("".join(str(part) for part in element.itertext())):
            terms.setdefault(local_name(element), []).append((normal_tag(element.get(_XML_LANG)), words))
    languages = _languages(terms)
    language = languages[0] if len(languages) == 1 and normal_tag(languages[0]) != UNDETERMINED else UNDETERMINED
    title = _texts(terms, language, "title", "alternative")
    if not title:
        raise DocumentError("is missing, and a lesson needs a title", field="title")
    creators = ", ".join(_words(terms, "creator")) or None
    publisher = ", ".join(_words(terms, "publisher")) or None
    ages = next(
        (ages for word in _words(terms, "typicalAgeRange", "age") if any(ages := age_range(word))), (None, None)
    )
    return Lesson(
        identifier=identifier,
        title=title,
        summary=_texts(terms, language, "description", "abstract"),
        languages=languages,
        subjects=tuple(_words(terms, "subject")),
        levels=tuple(_words(terms, "educationLevel")),
        audience=tuple(_words(terms, "audience")),
        resource_types=tuple(_words(terms, "type")),
        competences=tuple(_words(terms, "conformsTo")),
        min_age=ages[0],
        max_age=ages[1],
        minutes=next((found for word in _words(terms, "typicalLearningTime") if (found := minutes_of(word))), None),
        licence=_licence(terms),
        attribution=creators or publisher,
        publisher=publisher,
        source_url=next((word for word in _words(terms, "identifier", "source") if _ADDRESS.fullmatch(word)), None),
        published=next((day for word in _words(terms, "date", "issued", "created") if (day := iso_date(word))), None),
        modified=next((day for word in _words(terms, "modified") if (day := iso_date(word))), None),
        based_on=tuple(word for word in _words(terms, "isVersionOf") if _ADDRESS.fullmatch(word)),
    )


def _words(terms: Terms, *names: str) -> list[str]:
    return list(dict.fromkeys(words for name in names for _, words in terms.get(name, [])))


def _languages(terms: Terms) -> tuple[str, ...]:
    stated = [part.strip() for word in _words(terms, "language") for part in re.split(r"[,;]", word)]
    # What is no tag, such as "English", is left for reconciliation to find by its name.
    tags = (word if (tag := normal_tag(word)) == UNDETERMINED else tag for word in stated if word)
    return tuple(dict.fromkeys(tags))


def _texts(terms: Terms, language: str, *names: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        for tag, words in terms.get(name, []):
            found.setdefault(language if tag == UNDETERMINED else tag, words)
    return found


def _licence(terms: Terms) -> str | None:
    """Return, of all that is said on rights, a licence that we know, else an address, else the words."""
    stated = _words(terms, "license", "rights", "accessRights")
    addresses = [found[0].rstrip(".,;)") for word in stated if (found := _ADDRESS.search(word))]
    known = (word for word in [*addresses, *stated] if licence_iri(word))
    return next(known, None) or next(iter([*addresses, *stated]), None)
