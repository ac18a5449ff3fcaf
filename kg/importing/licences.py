"""Licences: the names and addresses that sources use, and the one IRI that stands for each."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["licence_iri", "licence_name"]

_CC: Final = "https://creativecommons.org/"
_ZERO: Final = _CC + "publicdomain/zero/1.0/"
_MARK: Final = _CC + "publicdomain/mark/1.0/"

_BY_NAME: Final[dict[str, str]] = {
    "cc0": _ZERO,
    "cc zero": _ZERO,
    "cc0 1.0": _ZERO,
    "cc0 1.0 universal": _ZERO,
    "pdm": _MARK,
    "pdm 1.0": _MARK,
    "public domain": _MARK,
    "public domain mark": _MARK,
    "public domain mark 1.0": _MARK,
    "ogl uk 3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "open government licence v3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "mit": "https://spdx.org/licenses/MIT",
    "mit license": "https://spdx.org/licenses/MIT",
    "gpl 3.0 or later": "https://spdx.org/licenses/GPL-3.0-or-later",
    "gpl 3.0": "https://spdx.org/licenses/GPL-3.0-only",
    "gpl 3.0 only": "https://spdx.org/licenses/GPL-3.0-only",
    "eupl 1.2": "https://spdx.org/licenses/EUPL-1.2",
    "apache 2.0": "https://spdx.org/licenses/Apache-2.0",
    "agpl 3.0": "https://spdx.org/licenses/AGPL-3.0-only",
    "agpl 3.0 only": "https://spdx.org/licenses/AGPL-3.0-only",
    "agpl 3.0 or later": "https://spdx.org/licenses/AGPL-3.0-or-later",
    "mpl 2.0": "https://spdx.org/licenses/MPL-2.0",
}

_ELEMENTS: Final = {
    "attribution": "by",
    "noncommercial": "nc",
    "non commercial": "nc",
    "noderivatives": "nd",
    "noderivs": "nd",
    "no derivatives": "nd",
    "sharealike": "sa",
    "share alike": "sa",
}
"""The elements of Creative Commons licences as people write them out."""

_KINDS: Final = frozenset({"by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"})
_VERSIONS: Final = frozenset({"1.0", "2.0", "2.1", "2.5", "3.0", "4.0"})
_CC_ADDRESS: Final = re.compile(
    r"(?:https?:)?//(?:www\.)?creativecommons\.org/(licenses/[a-z-]+|publicdomain/(?:zero|mark))/(\d\.\d)(?:/([a-z]{2}))?(?:/.*)?",
    re.IGNORECASE,
)
_CC_NAME: Final = re.compile(
    r"(?:creative commons |cc )?(by(?: (?:nc|nd|sa))*) v?(\d\.\d)"
    r"(?: (?:international|unported|generic|licen[cs]e))*"
)
_ADDRESS_OF_NAME: Final = re.compile(
    r"https?://(?:spdx\.org/licenses|(?:www\.)?opensource\.org/licenses?|(?:www\.)?gnu\.org/licenses)/[\w.-]+$",
    re.IGNORECASE,
)
"""Addresses whose last part is the licence's name."""
_EU_AUTHORITY: Final = re.compile(
    r"https?://publications\.europa\.eu/resource/authority/licence/CC_?(0|[A-Z]+)(?:_?(\d)_(\d))?", re.IGNORECASE
)


def licence_iri(name: str) -> str | None:
    """Return the IRI of the licence that ``name`` stands for, or None.

    Understood are the addresses of Creative Commons (with language, port or ``/legalcode``), SPDX-like names and their
    addresses, entries of the EU licence authority table, and Creative Commons names as people write them. A Creative
    Commons name without its version names no licence: the versions differ in law.

    >>> licence_iri("CC-BY-SA-4.0")
    'https://creativecommons.org/licenses/by-sa/4.0/'
    >>> licence_iri("Creative Commons Attribution-NonCommercial 4.0 International")
    'https://creativecommons.org/licenses/by-nc/4.0/'
    >>> licence_iri("http://creativecommons.org/licenses/by/3.0/ee/deed.et")
    'https://creativecommons.org/licenses/by/3.0/ee/'
    >>> licence_iri("https://opensource.org/licenses/MIT")
    'https://spdx.org/licenses/MIT'
    >>> licence_iri("CC BY") is None, licence_iri("all rights reserved") is None
    (True, True)
    """
    text = name.strip()
    if match := _CC_ADDRESS.fullmatch(text):
        kind, version, port = (part and part.lower() for part in match.groups())
        ported = f"{port}/" if port and version != "4.0" and kind.startswith("licenses/") else ""
        return f"{_CC}{kind}/{version}/{ported}"
    if match := _EU_AUTHORITY.fullmatch(text):
        return _eu(*match.groups())
    if _ADDRESS_OF_NAME.match(text):
        text = text.rsplit("/", 1)[1].removesuffix(".html")
    elif text.startswith("https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3"):
        text = "OGL-UK-3.0"
    folded = " ".join(re.sub(r"[-_\s/,()]+", " ", text.casefold()).split())
    return _BY_NAME.get(folded) or _creative_commons(folded)


def _creative_commons(folded: str) -> str | None:
    """Return the licence of a name such as "cc by sa 4.0" or "creative commons attribution 4.0 international"."""
    for words, element in _ELEMENTS.items():
        folded = folded.replace(words, element)
    match = _CC_NAME.fullmatch(folded)
    if not match:
        return None
    kind, version = match[1].replace(" ", "-"), match[2]
    return f"{_CC}licenses/{kind}/{version}/" if kind in _KINDS and version in _VERSIONS else None


def _eu(element: str, major: str | None, minor: str | None) -> str | None:
    """Return the licence of an entry such as CC_BYSA_4_0; the table writes the elements together."""
    if element == "0":
        return _ZERO
    kind = re.sub(r"(?<=by)(?=.)|(?<=nc)(?=.)", "-", element.casefold())
    return f"{_CC}licenses/{kind}/{major}.{minor}/" if kind in _KINDS and major else None


_NAMES: Final = {
    _ZERO: "CC0 1.0",
    _MARK: "Public Domain Mark 1.0",
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "OGL UK 3.0",
}


def licence_name(iri: str) -> str:
    """Return the short name by which people know a licence, or the IRI itself where it has none.

    >>> licence_name("https://creativecommons.org/licenses/by-sa/4.0/")
    'CC BY-SA 4.0'
    >>> licence_name("https://creativecommons.org/licenses/by/3.0/ee/")
    'CC BY 3.0 EE'
    >>> licence_name("https://spdx.org/licenses/MIT")
    'MIT'
    """
    if iri in _NAMES:
        return _NAMES[iri]
    if iri.startswith(_CC + "licenses/"):
        return "CC " + " ".join(iri.removeprefix(_CC + "licenses/").strip("/").upper().split("/"))
    return iri.rsplit("/", 1)[-1] if iri.startswith("https://spdx.org/licenses/") else iri
