"""Language tags (BCP 47) out of what sources write into attributes such as ``xml:lang`` and names of files.

Only their form is looked at; :mod:`kg.languages` finds languages by name in the vocabulary.
"""

from __future__ import annotations

import re
from typing import Final

from kg.languages import UNDETERMINED

__all__ = ["is_language_tag", "normal_tag"]

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-[A-Za-z0-9]{5,8})*")
_NO_LANGUAGE: Final = frozenset({"und", "zxx", "mul", "mis", "xx", "none"})

_ISO_639_1: Final = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
    en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it
    iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt
    my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl
    sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo
    za zh zu
    """.split()  # noqa: SIM905
)
"""Codes of two letters."""

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
    """Tell whether the text is a tag of a language with a code of two letters, and no other short word.

    >>> is_language_tag("nb"), is_language_tag("pt-BR"), is_language_tag("url"), is_language_tag("xy")
    (True, True, False, False)
    """
    return bool(_TAG.fullmatch(text)) and text.lower().split("-")[0] in _ISO_639_1


def normal_tag(text: str | None) -> str:
    """Return the language tag that a source means, or ``und`` where it means none.

    >>> normal_tag("est"), normal_tag("en_us"), normal_tag("UA"), normal_tag("x-none"), normal_tag("English")
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
