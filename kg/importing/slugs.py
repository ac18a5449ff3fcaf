"""Identifiers: from a record's own identifier in its source to the IRI of its scenario."""

from __future__ import annotations

import hashlib
import re
from typing import Final

__all__ = ["entity_id"]

_LONGEST: Final = 120
"""Characters of a slug; longer identifiers are cut and told apart by a hash."""


def entity_id(segment: str, identifier: str, collection: str) -> str:
    """Return the identifier of the entity that a source calls ``identifier``: always the same, and no other's.

    Identifiers that are unique beyond their source (an address, or something with a prefix) stand alone; others stand
    under the collection, since many sources have a record called 1.

    >>> entity_id("scenario", "rpi:about-me:de", "lessons")
    'scenario/rpi.about-me.de'
    >>> entity_id("scenario", "7", "my-sheet")
    'scenario/my-sheet.7'
    >>> entity_id("scenario", "fx:a/b c.ipynb", "lessons")
    'scenario/fx.a~2Fb~20c~2Eipynb'
    >>> entity_id("scenario", "https://www.example.org/lessons/Snow_flakes.html", "lessons")
    'scenario/www-example-org-lessons-snow-flakes-html-8f789ab8fb'
    """
    if re.match(r"https?://", identifier, re.IGNORECASE):
        address = identifier.split("://", 1)[1]
        return f"{segment}/{_cut(re.sub(r'[^a-z0-9]+', '-', address.casefold()).strip('-'), address)}"
    slug = "".join(_encoded(character) for character in identifier)
    if ":" not in identifier:
        slug = f"{collection}.{slug}"
    return f"{segment}/{slug if len(slug) <= _LONGEST else _cut(slug, identifier)}"


def _cut(slug: str, identifier: str) -> str:
    return f"{slug[: _LONGEST - 11]}-{hashlib.sha256(identifier.encode()).hexdigest()[:10]}"


def _encoded(character: str) -> str:
    if character == ":":
        return "."
    if character.isalnum() or character in "-_":
        return character
    return "".join(f"~{byte:02X}" for byte in character.encode())
