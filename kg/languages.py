"""Languages of texts: tags from the words that people use, and detection where nobody says."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lingua import LanguageDetector

    from kg.vocabulary import ConceptIndex

__all__ = ["DETECTED", "UNDETERMINED", "detect_language", "language_tag"]

UNDETERMINED: Final = "und"
"""The language tag (BCP 47) of texts whose language is not stated."""

DETECTED: Final = (
    *("be", "bg", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "is", "it", "ka"),
    *("lt", "lv", "nb", "nl", "nn", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sv", "tr", "uk"),
)
"""Languages that detection chooses among: those of Europe's schools that the detector knows. Each more would make short
texts less certain, and costs memory once a text comes near to it."""

LONGEST: Final = 2000
"""Characters that detection reads; more make it slower and not better."""

SHORT: Final = 120
"""Characters below which a text is hard to tell."""

SURE: Final = 0.5
"""Probability below which a text counts as of undetermined language."""

_TAG: Final = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)")
_BIBLIOGRAPHIC: Final = {
    "alb": "sq", "arm": "hy", "chi": "zh", "cze": "cs", "dut": "nl", "fre": "fr", "geo": "ka", "ger": "de", "gre": "el",
    "ice": "is", "rum": "ro", "slo": "sk", "wel": "cy", "nor": "no",
}  # fmt: skip
"""Codes of ISO 639-2/B, which libraries use, where they are not those of ISO 639-3."""


def language_tag(word: str, concepts: ConceptIndex) -> str | None:
    """Return the BCP 47 tag of the language that ``word`` names, or None.

    Understood are tags (also with an underscore), codes of three letters, names in the languages of the vocabulary and
    the addresses of the EU authority table.
    """
    text = word.strip()
    if match := _TAG.fullmatch(text):
        primary, rest = match[1].lower(), match[2].replace("_", "-")
        if primary == UNDETERMINED:
            return None
        if code := _code(primary, concepts):
            return code + "".join(_subtag(part) for part in rest.split("-") if part)
    concept = concepts.find(text, IHUB + "Language")
    return concept.rsplit("/", 1)[1] if concept else None


def _code(primary: str, concepts: ConceptIndex) -> str | None:
    if len(primary) == 2:
        return primary if concepts.has(f"language/{primary}", IHUB + "Language") else None
    if primary in _BIBLIOGRAPHIC:
        return _BIBLIOGRAPHIC[primary]
    authority = f"http://publications.europa.eu/resource/authority/language/{primary.upper()}"
    concept = concepts.find(authority, IHUB + "Language")
    return concept.rsplit("/", 1)[1] if concept else None


def _subtag(part: str) -> str:
    """Return a subtag in the usual case: region GB, script Latn (RFC 5646, section 2.1.1)."""
    return "-" + (part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower())


def detect_language(text: str, among: Sequence[str] = ()) -> str:
    """Return the language of ``text``, or ``und`` where no language is likely enough.

    Args:
        text: A title, better with more text after it.
        among: Tags of the languages that it may be in; empty for all of :data:`DETECTED`.
    """
    readable = " ".join(re.sub(r"https?://\S+|[\d_*#<>|`=]+", " ", text).split())[:LONGEST]
    if not re.search(r"[^\W\d_]{2}", readable):
        return UNDETERMINED
    values = _detector(short=len(readable) < SHORT).compute_language_confidence_values(readable)
    by_tag = {item.language.iso_code_639_1.name.lower(): item.value for item in values}
    allowed = {tag.split("-")[0]: tag for tag in reversed(among)}
    if allowed:
        best = max(allowed, key=lambda primary: by_tag.get(primary, 0.0))
        return allowed[best] if by_tag.get(best, 0.0) > 0 else UNDETERMINED
    best = max(by_tag, key=lambda tag: by_tag[tag])
    # The two written forms of Norwegian share what one of them would have alone.
    certainty = by_tag["nb"] + by_tag["nn"] if best in {"nb", "nn"} else by_tag[best]
    return best if certainty >= SURE else UNDETERMINED


@lru_cache(maxsize=2)
def _detector(*, short: bool) -> LanguageDetector:
    """Return a detector, made when the first text asks for it: most imports never need one.

    Three letters at a time tell all that a text of some length needs (measured: 100 MB). A mere title needs the models
    of one to five letters, which take 850 MB once they are loaded.
    """
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, tag.upper()) for tag in DETECTED]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return (builder if short else builder.with_low_accuracy_mode()).build()
