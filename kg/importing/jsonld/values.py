"""What the values of a node say: texts by language, words for concepts, people, addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from kg.importing.jsonld.nodes import Node, Text
from kg.importing.naming import best_name
from kg.importing.plain_text import plain
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.importing.jsonld.nodes import Value
    from kg.vocabulary import ConceptIndex

__all__ = ["address", "concept_words", "forms", "keywords", "people", "texts"]

_LABELS: Final = ("prefLabel", "name", "targetName", "educationalRole", "audienceType", "altLabel", "alternateName")
_ABSOLUTE: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_CODES: Final = ("notation", "termCode", "identifier", "targetUrl", "url", "sameAs")


def texts(node: Node, *names: str, language: str = UNDETERMINED) -> dict[str, str]:
    """Return the plain text of these properties by language: the first property that has one in a language wins.

    Args:
        node: The node.
        names: Property names, most wanted first.
        language: Of texts that do not say theirs.
    """
    found: dict[str, str] = {}
    for name in names:
        for value in node.all(name):
            for text in _texts_of(value):
                if words := plain(text.value):
                    found.setdefault(text.language or language, words)
    return found


def _texts_of(value: Value) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    else:
        yield from value.texts(*_LABELS, "text", "description")


def forms(value: Value) -> list[str]:
    """Return every way in which a value names one concept: its address, its labels, its codes."""
    if isinstance(value, Text):
        return [plain(value.value)]
    stated = [value.identifier or ""]
    stated += [text.value.strip() for text in value.texts(*_LABELS)]
    stated += [text.value.strip() for text in value.texts(*_CODES)]
    if not any(stated[1:]):
        stated += [text.value.strip() for text in value.texts("targetDescription", "description")]
    return [form for form in stated if form and not form.startswith("_:")]


def concept_words(node: Node, names: tuple[str, ...], field: str, concepts: ConceptIndex) -> list[str]:
    """Return a word for each value of these properties: the one by which we know it, where we do."""
    words = (best_name(forms(value), field, concepts) for value in node.all(*names))
    return list(dict.fromkeys(word for word in words if word))


def people(node: Node, *names: str) -> str | None:
    """Return the names of the people or organisations that the first of these properties with a value holds."""
    for name in names:
        found = []
        for value in node.all(name):
            if isinstance(value, Text):
                found.append(plain(value.value))
            else:
                given = [value.first("givenName"), value.first("familyName")]
                found.append(value.first("name", "legalName") or " ".join(part for part in given if part))
        if stated := list(dict.fromkeys(person for person in found if person)):
            return ", ".join(stated)
    return None


def keywords(node: Node, language: str) -> dict[str, tuple[str, ...]]:
    """Return the keywords by language: an array of them, or one string of them with commas between."""
    found: dict[str, list[str]] = {}
    for value in node.all("keywords"):
        for text in _texts_of(value):
            words = re.split(r"[,;|\n]", plain(text.value)) if isinstance(value, Text) else [plain(text.value)]
            found.setdefault(text.language or language, []).extend(word.strip(" #\t") for word in words)
    return {tag: tuple(dict.fromkeys(word for word in words if word)) for tag, words in found.items() if any(words)}


def address(value: Value | None, base: str | None) -> str | None:
    """Return the http(s) address that a value is or has, resolved against ``base``; None where it has none."""
    if value is None:
        return None
    stated = [value.value] if isinstance(value, Text) else [value.identifier or "", *_addresses(value)]
    found = (_resolved(text.strip(), base) for text in stated)
    return next((one for one in found if _ADDRESS.fullmatch(one)), None)


def _resolved(text: str, base: str | None) -> str:
    if not base or not text or " " in text or _ABSOLUTE.match(text):
        return text
    try:
        return urljoin(base, text)
    except ValueError:
        return ""


def _addresses(node: Node) -> list[str]:
    return [text.value for text in node.texts("contentUrl", "url", "embedUrl")]
