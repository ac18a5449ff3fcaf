"""Texts, vocabulary values and people in LOM."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.importing.language_tags import normal_tag
from kg.importing.plain_text import plain
from kg.importing.safe_xml import children, local_name, text_of
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

__all__ = ["langstrings", "person", "texts", "vocabulary_value"]

_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_STRINGS: Final = frozenset({"string", "langstring"})
_LONGEST_CARD: Final = 5000
_PROPERTY: Final = r"(?:^|\s){name}(?:;[^:\s]*)?:(.*?)(?=\s+(?:[\w-]+\.)?[A-Z][A-Z-]+(?:;[^:\s]*)?:|\s+END:|$)"


def langstrings(element: etree._Element) -> list[tuple[str, str]]:
    """Return the texts of a LangString (LOM 1.0, section 7) with their language tags, ``und`` where none is stated.

    Both bindings are read (``string language=``, ``langstring xml:lang=``), and text without either.
    """
    strings = [one for one in element.iter() if isinstance(one.tag, str) and local_name(one) in _STRINGS]
    found = []
    for one in strings or [element]:
        tag = normal_tag(one.get("language") or one.get(_XML_LANG) or element.get(_XML_LANG))
        if words := plain("".join(str(part) for part in one.itertext())):
            found.append((tag, words))
    return found


def texts(elements: Iterable[etree._Element], language: str) -> dict[str, str]:
    """Return the texts of several LangStrings by language; those of one language become paragraphs of one text.

    Args:
        elements: The LangStrings.
        language: Of texts that do not say theirs.
    """
    found: dict[str, list[str]] = {}
    for element in elements:
        for tag, words in langstrings(element):
            paragraphs = found.setdefault(language if tag == UNDETERMINED else tag, [])
            if words not in paragraphs:
                paragraphs.append(words)
    return {tag: "\n\n".join(paragraphs) for tag, paragraphs in found.items()}


def vocabulary_value(element: etree._Element | None) -> str:
    """Return the value of a vocabulary item (LOM 1.0, section 8): that of its ``value``, else its own text."""
    if element is None:
        return ""
    return text_of(next(children(element, "value"), element))


def person(entity: str) -> str | None:
    """Return the name in a vCard (RFC 6350, also those on a single line); mail addresses and numbers are left out.

    >>> person("BEGIN:VCARD VERSION:3.0 N:Balaam;Andrew;;; FN:Andrew Balaam ORG:Languages Online END:VCARD")
    'Andrew Balaam'
    """
    text = re.sub(r"\r?\n[ \t](?=\S)(?![ \t]*[A-Z][A-Z-]*[;:])", "", entity[:_LONGEST_CARD])
    if "BEGIN:VCARD" not in text.upper():
        return " ".join(text.split()) or None
    for name in ("FN", "N", "ORG"):
        if found := re.search(_PROPERTY.format(name=name), text, re.DOTALL):
            parts = [_unescaped(part) for part in re.split(r"(?<!\\);", found[1])]
            # N is "family;given;..."; ORG is "organisation;unit;...".
            stated = [*parts[1:2], *parts[:1]] if name == "N" else parts
            if value := (" " if name == "N" else ", ").join(part for part in stated if part):
                return value
    return None


def _unescaped(value: str) -> str:
    return " ".join(re.sub(r"\\([,;:\\])", r"\1", re.sub(r"\\[nN]", " ", value)).split())
