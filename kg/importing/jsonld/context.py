"""What names mean in a JSON-LD document, by the contexts that we know; none is ever fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kg.importing.language_tags import normal_tag
from kg.languages import UNDETERMINED

__all__ = ["Context"]

_SCHEMA: Final = re.compile(r"https?://(?:www\.)?schema\.org/", re.IGNORECASE)
_NAMESPACES: Final = (
    "http://purl.org/dcx/lrmi-terms/",
    "http://purl.org/dc/terms/",
    "http://purl.org/dc/elements/1.1/",
    "http://www.w3.org/2004/02/skos/core#",
    "http://www.w3.org/2000/01/rdf-schema#",
)
_PREFIXES: Final = {
    "schema": "https://schema.org/",
    "sdo": "https://schema.org/",
    "lrmi": "http://purl.org/dcx/lrmi-terms/",
    "dcterms": "http://purl.org/dc/terms/",
    "dct": "http://purl.org/dc/terms/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
_SAME: Final = {
    "id": "@id",
    "type": "@type",
    "title": "name",
    "label": "name",
    "headline": "name",
    "author": "creator",
    "subject": "about",
    "language": "inLanguage",
    "licence": "license",
    "rights": "license",
    "useRightsUrl": "license",
    "usageInfo": "license",
    "issued": "datePublished",
    "modified": "dateModified",
    "educationLevel": "educationalLevel",
    "isBasedOnUrl": "isBasedOn",
    "alignementType": "alignmentType",
}
"""Names under which other vocabularies, former versions and slips of the pen have a property of schema.org."""


@dataclass(frozen=True)
class Context:
    """The active context (JSON-LD 1.1, section 4.1), as far as these documents use it.

    Attributes:
        language: The language of strings that do not say theirs; None where none is set.
        terms: What terms and prefixes that the document defines itself stand for.
        stated: The contexts as they stand in the document, outermost first.
    """

    language: str | None = None
    terms: dict[str, str] = field(default_factory=dict)
    stated: tuple[Any, ...] = ()

    def extended(self, local: Any) -> Context:
        """Return this context with a ``@context`` applied to it.

        The address of a context is not asked: whatever is behind it, names are read as those of schema.org, which AMB
        and LRMI use too, and what they do not have is left alone.
        """
        active = replace(self, stated=(*self.stated, local)) if local else self
        for one in local if isinstance(local, list) else [local]:
            active = active._with(one)
        return active

    def _with(self, local: Any) -> Context:
        if not isinstance(local, dict):
            return self
        active = self
        if "@language" in local:
            stated = local["@language"]
            tag = normal_tag(stated) if isinstance(stated, str) else UNDETERMINED
            active = replace(active, language=None if tag == UNDETERMINED else tag)
        return replace(active, terms={**active.terms, **_definitions(local)})

    def name(self, key: str) -> str:
        """Return the name of a property or class: that of schema.org, a keyword such as ``@id``, or the key itself."""
        for _ in range(2):  # a term may stand for a compact IRI
            key = self.terms.get(key, key)
            prefix, colon, local = key.partition(":")
            if colon and not local.startswith("//") and (known := self.terms.get(prefix, _PREFIXES.get(prefix))):
                key = known + local
        if found := _SCHEMA.match(key):
            key = key[found.end() :]
        else:
            key = next((key.removeprefix(space) for space in _NAMESPACES if key.startswith(space)), key)
        return _SAME.get(key, key)

    def type_name(self, value: str) -> str:
        """Return the name of a class: its last part where it is an address that we do not know."""
        name = self.name(value.strip())
        last = re.split(r"[#/]", name.rstrip("#/"))[-1] if "://" in name else name
        return last.removeprefix("@") or name


def _definitions(local: dict[str, Any]) -> dict[str, str]:
    found = {}
    for term, definition in local.items():
        target = definition.get("@id") if isinstance(definition, dict) else definition
        if not term.startswith("@") and isinstance(target, str) and target:
            found[term] = target
    return found
