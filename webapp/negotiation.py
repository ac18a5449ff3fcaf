"""Content negotiation (RFC 9110, section 12.5.1) that no header can upset; the one function that the whole site uses.

Werkzeug's own finds no match for ``application/ld+json;profile="..."`` and raises on some malformed weights.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MediaRange", "negotiate", "parse_accept"]

_RANGE: Final = re.compile(r"""\s*([^\s;,"/]+)\s*(?:/\s*([^\s;,"/]+))?\s*((?:;(?:[^",]|"(?:[^"\\]|\\.)*")*)?)\s*\Z""")
_ITEM: Final = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*"|")+')
_WEIGHT: Final = re.compile(r""";\s*q\s*=\s*"?([^\s;,"]*)""", re.IGNORECASE)
_ITEMS_READ: Final = 100
_CHARS_READ: Final = 8192


class MediaRange(NamedTuple):
    """One element of an Accept header: type and subtype in lower case, ``*`` for any, and its weight from 0 to 1."""

    type: str
    subtype: str
    weight: float

    def specificity(self, media_type: str) -> int:
        """Return how closely this range names ``media_type``: 0 not at all, 1 ``*/*``, 2 ``text/*``, 3 exactly."""
        kind, _, subtype = media_type.partition("/")
        if self.type == "*":
            return 1
        if self.type != kind:
            return 0
        if self.subtype == "*":
            return 2
        return 3 if self.subtype == subtype else 0


def parse_accept(header: str) -> list[MediaRange]:
    """Read an Accept header, passing over what cannot be read; parameters other than ``q`` are ignored.

    >>> parse_accept('Text/*;q=0.5, application/ld+json;profile="a,b;q=0"')
    [MediaRange(type='text', subtype='*', weight=0.5), MediaRange(type='application', subtype='ld+json', weight=1.0)]
    """
    return list(_ranges(header[:_CHARS_READ]))


def _ranges(header: str) -> Iterator[MediaRange]:
    for number, item in enumerate(_ITEM.finditer(header)):
        found = _RANGE.match(item[0])
        if number >= _ITEMS_READ or not found:
            continue
        kind, subtype, parameters = found[1].lower(), (found[2] or "").lower(), found[3]
        if kind == "*":
            subtype = "*"  # some Java clients write a bare star
        if subtype:
            yield MediaRange(kind, subtype, _weight(parameters))


def _weight(parameters: str) -> float:
    found = _WEIGHT.search(re.sub(r'=\s*"(?:[^"\\]|\\.)*"', "=", parameters))
    if not found:
        return 1.0
    try:
        weight = float(found[1])
    except ValueError:
        return 1.0  # who writes q wrongly still names the type
    return 1.0 if math.isnan(weight) else min(1.0, max(0.0, weight))


def negotiate(accept: str | None, offers: Sequence[str]) -> str | None:
    """Choose what to answer with.

    The most specific range that matches an offer gives its weight. Of equal weights the more specific match wins, then
    the earlier offer, so ``text/html, */*`` chooses HTML and ``*/*`` the first offer.

    Args:
        accept: The Accept header; None, empty or without any readable element accepts everything.
        offers: Media types in lower case without parameters, in the server's order of preference.

    Returns:
        One of ``offers``, or None when none is acceptable.

    >>> negotiate('application/ld+json;profile="x", text/turtle;q=.5', ["text/turtle", "application/ld+json"])
    'application/ld+json'
    >>> negotiate("image/png", ["text/turtle"]) is None
    True

    """
    ranges = parse_accept(accept or "")
    if not ranges:
        return offers[0] if offers else None
    best: tuple[float, int, int] = (0.0, 0, 0)
    chosen = None
    for place, offer in enumerate(offers):
        closest = max(ranges, key=lambda item: (item.specificity(offer), item.weight))
        rank = (closest.weight, closest.specificity(offer), -place)
        if rank[1] and closest.weight > 0 and (chosen is None or rank > best):
            best, chosen = rank, offer
    return chosen
