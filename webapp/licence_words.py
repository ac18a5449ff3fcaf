"""Licences in a teacher's words: what one may do with a lesson, and on which conditions."""

from __future__ import annotations

from typing import Final, NamedTuple

from kg.importing.licences import licence_name
from webapp.interface_language import gettext, message

__all__ = ["LicenceWords", "licence_words"]

_CREATIVE_COMMONS: Final = "https://creativecommons.org/"
_CODE: Final = "https://spdx.org/licenses/"
_GOVERNMENT: Final = "https://www.nationalarchives.gov.uk/doc/open-government-licence/"

_BY_KIND: Final = {
    "by": message("You may copy, change and share it, for any purpose, if you name its authors and the licence."),
    "by-sa": message(
        "You may copy, change and share it, for any purpose, if you name its authors and share what you make of it "
        "under the same licence."
    ),
    "by-nc": message("You may copy, change and share it, but not for profit, if you name its authors and the licence."),
    "by-nd": message("You may copy and share it as it is, for any purpose, if you name its authors and the licence."),
    "by-nc-sa": message(
        "You may copy, change and share it, but not for profit, if you name its authors and share what you make of it "
        "under the same licence."
    ),
    "by-nc-nd": message(
        "You may copy and share it as it is, but not for profit, if you name its authors and the licence."
    ),
    "zero": message("Its authors have given up their rights: you may do with it what you like."),
    "mark": message("It is free of known copyright: you may do with it what you like."),
}
"""What the licences of Creative Commons allow, by the kind that stands in their addresses."""

_FREE_CODE: Final = message("You may use, change and share it, on the conditions that the licence names.")
_UNKNOWN: Final = message("Read the licence before you share or change it.")


class LicenceWords(NamedTuple):
    """A licence as people speak of it."""

    iri: str
    """Its address."""

    name: str
    """Its short name, such as ``CC BY 4.0``, else the address."""

    meaning: str
    """What one may do, in a sentence of the interface's language."""


def licence_words(iri: str) -> LicenceWords:
    """Return the name of a licence and what it allows."""
    return LicenceWords(iri, licence_name(iri), gettext(_meaning(iri)))


def _meaning(iri: str) -> str:
    if iri.startswith(_CREATIVE_COMMONS):
        kind = iri.removeprefix(_CREATIVE_COMMONS).partition("/")[2].partition("/")[0]
        return _BY_KIND.get(kind, _UNKNOWN)
    if iri.startswith(_GOVERNMENT):
        return _BY_KIND["by"]
    return _FREE_CODE if iri.startswith(_CODE) else _UNKNOWN
