"""Sets for selective harvesting (OAI-PMH 2.0, section 2.6): scenarios by collection, subject, level, area and language.

A setSpec is a path of ASCII names joined by colons: ``subject:natural-sciences:physics`` follows ``skos:broader``, and
whoever is in a set is in all sets above it. A name is the last part of the concept's IRI; what OAI-PMH does not allow
in a name is written as its UTF-8 bytes, hexadecimal, behind tildes, so that different concepts never share a name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["BROADER", "DIMENSIONS", "ancestors", "safe_name", "set_concept", "set_specs"]

DIMENSIONS: Final[dict[str, str]] = {
    IHUB + "collection": "collection",
    SCHEMA + "about": "subject",
    SCHEMA + "educationalLevel": "level",
    IHUB + "developsArea": "competence-area",
    SCHEMA + "inLanguage": "language",
}
"""The property by whose values scenarios are grouped, and the first part of the setSpecs that this gives."""

_SEGMENTS: Final = {"competence-area": "competence"}

BROADER: Final = PREFIXES["skos"] + "broader"
"""The property that takes from a set's concept to that of the set above it."""

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9\-_.!*'()]")
_ESCAPED: Final = re.compile(r"(?:~[0-9A-F]{2})+")


def safe_name(text: str) -> str:
    """Return ``text`` as one part of a setSpec, the same for equal texts only.

    >>> safe_name("isced-34"), safe_name("mõõtmine")
    ('isced-34', 'm~C3~B5~C3~B5tmine')
    """
    return _UNSAFE.sub(lambda found: "".join(f"~{byte:02X}" for byte in found[0].encode()), text)


def set_concept(spec: str, id_base: str) -> str | None:
    """Return the IRI of the concept, language or collection that a set stands for; None for a whole dimension.

    >>> set_concept("subject:crafts:m~C3~B5~C3~B5tmine", "https://example.org/id/")
    'https://example.org/id/subject/mõõtmine'
    """
    dimension, *path = spec.split(":")
    if not path:
        return None
    name = _ESCAPED.sub(lambda found: bytes.fromhex(found[0].replace("~", "")).decode(errors="replace"), path[-1])
    return f"{id_base}{_SEGMENTS.get(dimension, dimension)}/{name}"


def set_specs(values: Mapping[str, Sequence[str]], broader: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the most specific sets of a scenario, sorted.

    Args:
        values: For each property of :data:`DIMENSIONS`, the scenario's values: IRIs, or language tags.
        broader: The broader concepts of each concept. Of several, the first in order is the way up.
    """
    specs = set()
    for prop, dimension in DIMENSIONS.items():
        for value in values.get(prop, ()):
            specs.add(":".join((dimension, *_path(value, broader))))
    return sorted(specs)


def ancestors(spec: str) -> list[str]:
    """Return ``spec`` and the sets above it, the widest first.

    >>> ancestors("subject:science:physics")
    ['subject', 'subject:science', 'subject:science:physics']
    """
    parts = spec.split(":")
    return [":".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _path(value: str, broader: Mapping[str, Sequence[str]]) -> list[str]:
    path: list[str] = []
    seen: set[str] = set()
    here: str | None = value
    while here and here not in seen:
        seen.add(here)  # guards against a cycle
        path.append(safe_name(here.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1]))
        here = min(broader.get(here, ()), default=None)
    return path[::-1]
