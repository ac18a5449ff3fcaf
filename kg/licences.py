"""Which licences an adaptation or a translation may bear, given the licence of what it was made from.

A translation is an adaptation in law. The table is the chart and the answer of Creative Commons to "If I derive or
adapt material offered under a CC license, which CC license(s) can I use?" (https://creativecommons.org/faq/), as far
as the chart recommends a combination, with its rule of versions: what is share-alike may pass to the same licence in
a later version, except that version 1.0 does not allow later ones. The Open Government Licence 3.0 says of itself that
its terms are compatible with CC BY. Of other open licences (of programs) nothing is known here but that their own
terms may be kept. What has no licence that is known to be open may not be adapted: all rights are reserved.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, NamedTuple

__all__ = ["OFFERED", "Terms", "adaptation_licences", "allows_adaptation", "terms_of"]

_CC: Final = "https://creativecommons.org/"
_ADDRESS: Final = re.compile(r"https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)/")
_FREE: Final = (_CC + "publicdomain/zero/", _CC + "publicdomain/mark/")
_GOVERNMENT: Final = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_CODE: Final = "https://spdx.org/licenses/"


class Terms(Enum):
    """What a licence says of adaptations."""

    FREE = "free"
    """Anything may be made of it: the public domain."""

    ATTRIBUTION = "attribution"
    """Adaptations may bear any licence that keeps the authors named."""

    NONCOMMERCIAL = "noncommercial"
    """The same, but not for profit."""

    SHARE_ALIKE = "share alike"
    """Adaptations bear the same licence."""

    NO_DERIVATIVES = "no derivatives"
    """Adaptations may not be shared."""

    UNKNOWN = "unknown"
    """No licence, or none that is known to be open."""


class _Rule(NamedTuple):
    terms: Terms
    kinds: frozenset[str]
    """Kinds of Creative Commons licences that an adaptation may bear."""


_RULES: Final = {
    "by": _Rule(Terms.ATTRIBUTION, frozenset({"by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd"})),
    "by-nc": _Rule(Terms.NONCOMMERCIAL, frozenset({"by-nc", "by-nc-sa", "by-nc-nd"})),
    "by-sa": _Rule(Terms.SHARE_ALIKE, frozenset({"by-sa"})),
    "by-nc-sa": _Rule(Terms.SHARE_ALIKE, frozenset({"by-nc-sa"})),
    "by-nd": _Rule(Terms.NO_DERIVATIVES, frozenset()),
    "by-nc-nd": _Rule(Terms.NO_DERIVATIVES, frozenset()),
}
_OWN_TERMS: Final = _Rule(Terms.SHARE_ALIKE, frozenset())
_UNKNOWN: Final = _Rule(Terms.UNKNOWN, frozenset())

OFFERED: Final = (
    _CC + "licenses/by/4.0/",
    _CC + "licenses/by-sa/4.0/",
    _CC + "licenses/by-nc/4.0/",
    _CC + "licenses/by-nc-sa/4.0/",
    _CC + "publicdomain/zero/1.0/",
)
"""Licences that contributors choose from for what they make of the work of others."""


def terms_of(licence: str | None) -> Terms:
    """Return what a licence says of adaptations; None is no licence.

    >>> terms_of("https://creativecommons.org/licenses/by-nd/4.0/").value, terms_of(None).value
    ('no derivatives', 'unknown')
    """
    return Terms.FREE if licence and licence.startswith(_FREE) else _rule(licence).terms


def allows_adaptation(licence: str | None, chosen: str) -> bool:
    """Whether an adaptation of what bears ``licence`` may bear ``chosen``.

    >>> sa = "https://creativecommons.org/licenses/by-sa/{}/"
    >>> allows_adaptation(sa.format("3.0"), sa.format("4.0")), allows_adaptation(sa.format("4.0"), sa.format("3.0"))
    (True, False)
    """
    terms = terms_of(licence)
    if licence is None or terms in {Terms.UNKNOWN, Terms.NO_DERIVATIVES}:
        return False
    if terms is Terms.FREE or chosen == licence:
        return True
    own, other = _ADDRESS.match(licence), _ADDRESS.match(chosen)
    if not other or other[1] not in _rule(licence).kinds:
        return False
    if terms is not Terms.SHARE_ALIKE:
        return True
    return own is not None and (other[2] == own[2] or (own[2] != "1.0" and other[2] > own[2]))


def adaptation_licences(licence: str | None) -> list[str]:
    """Return the licences to choose from for an adaptation, the nearest to the given one first; perhaps none."""
    own = _ADDRESS.match(licence or "")
    found = [offer for offer in OFFERED if allows_adaptation(licence, offer)]
    # The newest version of the same kind is the nearest; the very licence stands last unless it is the only one.
    found.sort(key=lambda offer: not (own and f"/licenses/{own[1]}/" in offer))
    if licence and licence not in found and allows_adaptation(licence, licence) and terms_of(licence) is not Terms.FREE:
        found.append(licence)
    return found


def _rule(licence: str | None) -> _Rule:
    if licence is None:
        return _UNKNOWN
    if match := _ADDRESS.match(licence):
        return _RULES.get(match[1], _UNKNOWN)
    if licence.startswith(_GOVERNMENT):
        return _RULES["by"]
    return _OWN_TERMS if licence.startswith(_CODE) else _UNKNOWN
