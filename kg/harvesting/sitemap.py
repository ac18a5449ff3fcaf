"""Site maps (https://www.sitemaps.org/protocol.html): every entity's page with the time of its last change.

Entities are spread over a fixed number of shards by a digest of their names, so that a change touches one shard only
and a crawler reads again no more than that.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from kg.xml_text import xml_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from kg.history import History

__all__ = ["SiteMap"]

SHARD: Final = 5_000
"""About how many addresses a shard holds; the protocol allows 50,000."""

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


class SiteMap:
    """The site map as of the last edition of a history.

    Args:
        history: The history.
        base: The base IRI of the site.
        shard: About how many addresses a shard holds.
    """

    def __init__(self, history: History, base: str, shard: int = SHARD) -> None:
        self._base = base
        entries = history.pages()
        # A power of two, so that shards keep what they hold until the whole site has doubled.
        count = 1
        while count * shard < len(entries):
            count *= 2
        self._shards: list[list[tuple[str, dt.datetime]]] = [[] for _ in range(count)]
        for name, time in entries:
            self._shards[_place(name, count)].append((name, time))

    def __len__(self) -> int:
        """The number of shards."""
        return len(self._shards)

    def index(self) -> bytes:
        """Return the index of the shards, each with the time of its last change."""
        rows = "".join(
            f"<sitemap><loc>{xml_text(self._base)}sitemap-{number}.xml</loc>{_last(max(t for _, t in shard))}</sitemap>"
            for number, shard in enumerate(self._shards, start=1)
            if shard
        )
        return f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">{rows}</sitemapindex>\n'.encode()

    def shard(self, number: int) -> bytes:
        """Return the shard of this number, from 1."""
        rows = "".join(self._rows(number))
        return f'{_HEAD}<urlset xmlns="{_NAMESPACE}">{rows}</urlset>\n'.encode()

    def _rows(self, number: int) -> Iterator[str]:
        for name, time in sorted(self._shards[number - 1]):
            yield f"<url><loc>{xml_text(self._base)}doc/{xml_text(_escaped(name))}</loc>{_last(time)}</url>"


def _place(name: str, count: int) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) % count


def _escaped(name: str) -> str:
    """Return a name as part of a URI: what is not ASCII as percent-encoded UTF-8 (RFC 3987, section 3.1)."""
    return "".join(c if c.isascii() else "".join(f"%{b:02X}" for b in c.encode()) for c in name)


def _last(time: dt.datetime) -> str:
    return f"<lastmod>{time.strftime('%Y-%m-%dT%H:%M:%SZ')}</lastmod>"
