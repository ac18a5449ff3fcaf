"""Language tags (BCP 47) out of what sources write for languages."""

from __future__ import annotations

import re
from typing import Final

from kg.importing.lesson import UNDETERMINED

__all__ = ["is_language_tag", "language_tag"]

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-[A-Za-z0-9]{5,8})*")
_NO_LANGUAGE: Final = frozenset({"und", "zxx", "mul", "mis", "xx", "none"})

_SHORT: Final = dict(
    pair.split(":")
    for pair in [
        "ara:ar",
        "bel:be",
        "bos:bs",
        "bul:bg",
        "cat:ca",
        "ces:cs",
        "cze:cs",
        "cym:cy",
        "wel:cy",
        "dan:da",
        "deu:de",
        "ger:de",
        "ell:el",
        "gre:el",
        "eng:en",
        "est:et",
        "ekk:et",
        "eus:eu",
        "baq:eu",
        "fin:fi",
        "fra:fr",
        "fre:fr",
        "fren:fr",
        "gle:ga",
        "glg:gl",
        "heb:he",
        "hrv:hr",
        "hun:hu",
        "hye:hy",
        "arm:hy",
        "isl:is",
        "ice:is",
        "ita:it",
        "jpn:ja",
        "kat:ka",
        "geo:ka",
        "lat:la",
        "lav:lv",
        "lit:lt",
        "ltz:lb",
        "mkd:mk",
        "mac:mk",
        "mlt:mt",
        "nld:nl",
        "dut:nl",
        "nno:nn",
        "nob:nb",
        "nor:no",
        "pol:pl",
        "por:pt",
        "ron:ro",
        "rum:ro",
        "rus:ru",
        "slk:sk",
        "slo:sk",
        "slv:sl",
        "spa:es",
        "sqi:sq",
        "alb:sq",
        "srp:sr",
        "swe:sv",
        "tur:tr",
        "ukr:uk",
        "zho:zh",
        "chi:zh",
        "ua:uk",
        "gr:el",
        "cz:cs",
        "dk:da",
        "jp:ja",
    ]
)
"""Shortest tag by ISO 639-2 code, and by the country code that many write for the language of the country."""


def is_language_tag(text: str) -> bool:
    """Tell whether the text has the form of a language tag with an optional script, region and variants."""
    return bool(_TAG.fullmatch(text))


def language_tag(text: str | None) -> str:
    """Return the language tag that a source means, or ``und`` where it means none.

    >>> language_tag("est"), language_tag("en_us"), language_tag("UA"), language_tag("x-none"), language_tag("English")
    ('et', 'en-US', 'uk', 'und', 'und')
    """
    tag = (text or "").strip().replace("_", "-")
    primary, _, rest = tag.partition("-")
    primary = _SHORT.get(primary.lower(), primary.lower())
    tag = f"{primary}-{rest}" if rest else primary
    if not _TAG.fullmatch(tag) or primary in _NO_LANGUAGE:
        return UNDETERMINED
    subtags = tag.split("-")
    return "-".join([subtags[0], *(_cased(subtag) for subtag in subtags[1:])])


def _cased(subtag: str) -> str:
    """Return a later subtag in its usual case (RFC 5646, section 2.1.1): Script, REGION, variant."""
    if subtag.isalpha() and len(subtag) == len("Latn"):
        return subtag.title()
    return subtag.upper() if len(subtag) == len("EE") else subtag.lower()
