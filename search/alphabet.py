"""The order of titles, by the alphabets of their readers."""

from __future__ import annotations

import unicodedata
from typing import Final

from ontology.language import read_as

__all__ = ["ALPHABETS", "alphabet_of", "title_key"]

ALPHABETS: Final = {"": "", "et": "õäöü", "fi": "åäö", "no": "æøå"}
"""Letters that an alphabet has after z, by language; elsewhere (under no language) letters with marks stand with those
without.
"""


def alphabet_of(tag: str) -> str:
    """Return the key of :data:`ALPHABETS` for readers of a language."""
    language = read_as(tag)
    return language if language in ALPHABETS else ""


def title_key(title: str, alphabet: str) -> str:
    """Return what a title is sorted by in one of :data:`ALPHABETS`: its letters and digits, without case and marks.

    >>> sorted(["Äänet", "zoo", "“Arvaa!”"], key=lambda title: title_key(title, "fi"))
    ['“Arvaa!”', 'zoo', 'Äänet']
    >>> sorted(["Žaidimas", "Aitvaras", "zoologija"], key=lambda title: title_key(title, ""))
    ['Aitvaras', 'Žaidimas', 'zoologija']
    """
    folded = unicodedata.normalize("NFC", title).casefold()
    last = ALPHABETS[alphabet]
    folded = folded.translate({ord(letter): chr(ord("z") + 1 + place) for place, letter in enumerate(last)})
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() or c in "{|}~" else " " for c in plain).split())
