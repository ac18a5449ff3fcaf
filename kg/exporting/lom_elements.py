"""Building blocks of IEEE LOM XML (IEEE 1484.12.3): language strings, terms, identifiers, taxon paths, vCards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from kg.xml_text import without_invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element

    from kg.exporting.source import Concept

__all__ = [
    "LOM",
    "add",
    "category",
    "classification",
    "identifier",
    "strings",
    "taxon_path",
    "term",
    "vcard",
]

LOM: Final = "http://ltsc.ieee.org/xsd/LOM"
"""The namespace of LOM."""

_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_ONCE: Final = frozenset({"general", "lifeCycle", "metaMetadata", "technical", "educational", "rights"})


def add(parent: _Element, name: str, text: str | None = None) -> _Element:
    """Append an element of LOM's namespace and return it."""
    element = etree.SubElement(parent, f"{{{LOM}}}{name}")
    if text is not None:
        element.text = without_invalid(text)
    return element


def category(lom: _Element, name: str) -> _Element:
    """Return the element of one of LOM's nine categories; those that may stand only once are made only once."""
    found = lom.find(f"{{{LOM}}}{name}") if name in _ONCE else None
    return found if found is not None else add(lom, name)


def strings(parent: _Element, name: str, texts: Mapping[str, str]) -> _Element:
    """Append an element with one ``string`` for each language; one under ``und`` or no tag at all has no attribute."""
    element = add(parent, name)
    for tag, text in texts.items():
        string = add(element, "string", text)
        if tag != "und" and _TAG.fullmatch(tag):
            string.set("language", tag)
    return element


def term(parent: _Element, name: str, value: str, source: str = "LOMv1.0") -> _Element:
    """Append a vocabulary term: a source and a value of it."""
    element = add(parent, name)
    add(element, "source", source)
    add(element, "value", value)
    return element


def identifier(parent: _Element, entry: str, catalog: str = "URI") -> _Element:
    """Append an identifier: a catalogue and an entry in it."""
    element = add(parent, "identifier")
    add(element, "catalog", catalog)
    add(element, "entry", entry)
    return element


def classification(lom: _Element, purpose: str | None = None) -> _Element:
    """Append a classification; without a purpose where LOM's list has none that fits."""
    element = add(lom, "classification")
    if purpose:
        term(element, "purpose", purpose)
    return element


def taxon_path(parent: _Element, source: Mapping[str, str], path: Iterable[Concept]) -> None:
    """Append a path of concepts, the broadest first.

    Args:
        parent: The classification.
        source: The vocabulary's name by language.
        path: The concepts.
    """
    element = add(parent, "taxonPath")
    strings(element, "source", source)
    for concept in path:
        taxon = add(element, "taxon")
        add(taxon, "id", concept.iri)
        strings(taxon, "entry", concept.labels)


def vcard(name: str, iri: str | None = None) -> str:
    r"""Return an organisation's vCard (RFC 2426), on lines of its own.

    >>> vcard("Smith; Sons").splitlines()
    ['BEGIN:VCARD', 'VERSION:3.0', 'N:Smith\\; Sons;;;;', 'FN:Smith\\; Sons', 'ORG:Smith\\; Sons', 'END:VCARD']
    """
    escaped = re.sub(r"([\\,;])", r"\\\1", without_invalid(name)).replace("\r", "").replace("\n", "\\n")
    url = [f"URL:{iri}"] if iri else []
    return "\n".join(
        ["BEGIN:VCARD", "VERSION:3.0", f"N:{escaped};;;;", f"FN:{escaped}", f"ORG:{escaped}", *url, "END:VCARD"]
    )
