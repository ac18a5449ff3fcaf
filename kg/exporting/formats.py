"""The one table of export formats: suffix, media type, exporter and how each field fares."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.exporting import amb, lom, markdown, schema_org

if TYPE_CHECKING:
    from kg.exporting.rules import Rule
    from kg.exporting.source import Source

__all__ = ["EMBEDDED", "EXPORT_FORMATS", "ExportFormat"]

Write = Callable[["Source", str, str], bytes]


@dataclass(frozen=True)
class ExportFormat:
    """One format in which a scenario can be had.

    Attributes:
        suffix: File suffix without the first dot, as in ``/doc/scenario/x.amb.json``.
        media_type: Its media type.
        label: What people call it.
        specification: The specification that it follows; also the profile that its files conform to.
        rules: How it says each field.
        write: Writes a scenario; is given the addresses of its page and of its text as Markdown.
        read_back: Fields that ihub's own importer of the format reads back as they were.
    """

    suffix: str
    media_type: str
    label: str
    specification: str
    rules: tuple[Rule[Any], ...]
    write: Write
    read_back: frozenset[str] = frozenset()


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


_READ_BACK: Final = frozenset({"audience", "datePublished", "learningResourceType", "minutes", "teaches"})
_AGES: Final = frozenset({"minAge", "maxAge"})
_COMPETENCES: Final = frozenset({"assesses", "competencyRequired"})
_LOM: Final = frozenset(
    {"about", "competencyRequired", "description", "educationalLevel", "inLanguage", "interactivityType"}
    | {"license", "name", "nationalGrade"}
)

EXPORT_FORMATS: Final[tuple[ExportFormat, ...]] = (
    ExportFormat(
        "md",
        "text/markdown",
        "Markdown",
        "https://spec.commonmark.org/",
        markdown.RULES,
        lambda source, page, _text: markdown.markdown_document(source, page).encode(),
        _READ_BACK | {"about", "educationalLevel", "inLanguage", "isBasedOn", "dateModified", "license", "tool"},
    ),
    ExportFormat(
        "amb.json",
        "application/ld+json",
        "AMB",
        "https://w3id.org/kim/amb/",
        amb.RULES,
        lambda source, page, text: _json(amb.amb_document(source, page, text)),
        _READ_BACK | _AGES | _COMPETENCES | {"conditionsOfAccess", "dateModified", "interactivityType", "isBasedOn"},
    ),
    ExportFormat(
        "lom.xml",
        "application/xml",
        "IEEE LOM",
        "http://ltsc.ieee.org/xsd/LOM",
        lom.EXTENDED_RULES,
        lambda source, page, _text: lom.lom_xml(source, page),
        _READ_BACK | _AGES | _LOM,
    ),
    ExportFormat(
        "lom-strict.xml",
        "application/xml",
        "IEEE LOM, strict",
        "http://ltsc.ieee.org/xsd/lomv1.0/lomStrict.xsd",
        lom.STRICT_RULES,
        lambda source, page, _text: lom.lom_xml(source, page, extensions=False),
        (_READ_BACK - {"audience", "learningResourceType"}) | _AGES | _LOM,
    ),
)
"""What every scenario can be had in, beside the RDF serialisations."""

EMBEDDED: Final = ExportFormat(
    "",
    "application/ld+json",
    "schema.org",
    schema_org.PROFILE,
    schema_org.RULES,
    lambda source, page, _text: _json(schema_org.learning_resource(source, page)),
    _READ_BACK
    | _AGES
    | _COMPETENCES
    | {"about", "dateModified", "educationalLevel", "inLanguage", "isBasedOn", "license"},
)
"""What stands in every scenario's page."""
