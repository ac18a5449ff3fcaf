"""Sitemaps (sitemaps.org protocol 0.9) and lists of addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.errors import DocumentError
from kg.importing.net.bounded import MEBIBYTE, unpack_bounded
from kg.importing.net.fetching import is_address
from kg.importing.safe_xml import children, local_name, parse_xml, text_of

__all__ = ["Sitemap", "read_sitemap", "read_url_list", "unpacked"]

_GZIP_MARK: Final = b"\x1f\x8b"
_LARGEST: Final = 64 * MEBIBYTE
"""Bytes unpacked; the protocol allows 50 MB."""


@dataclass(frozen=True)
class Sitemap:
    """The pages of a sitemap, or the sitemaps of an index of sitemaps."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def unpacked(content: bytes) -> bytes:
    """Return ``content``, unpacked where it is gzip.

    Raises:
        FetchError: It unpacks to more than an import reads, or is damaged.
    """
    return unpack_bounded([content], _LARGEST) if content.startswith(_GZIP_MARK) else content


def read_sitemap(content: bytes) -> Sitemap:
    """Return what a sitemap or an index of sitemaps lists, in its order, each address once.

    Raises:
        DocumentError: It is no sitemap.
    """
    root = parse_xml(content)
    kind = local_name(root)
    if kind not in {"urlset", "sitemapindex"}:
        raise DocumentError(f"is XML with <{kind}> at its root, not a sitemap", hint="lom reads IEEE LOM records")
    entries = children(root, "url" if kind == "urlset" else "sitemap")
    found = (text_of(location) for entry in entries for location in children(entry, "loc"))
    addresses = tuple(dict.fromkeys(address for address in found if is_address(address)))
    return Sitemap(pages=addresses) if kind == "urlset" else Sitemap(sitemaps=addresses)


def read_url_list(text: str) -> tuple[str, ...]:
    """Return the addresses in a text: one a line; empty lines and lines that begin with # say nothing.

    Raises:
        DocumentError: A line is no http(s) address; ``record`` is its number.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        address = line.strip().strip("\ufeff")
        if not address or address.startswith("#"):
            continue
        if not is_address(address):
            raise DocumentError(f"{address[:100]!r} is no http(s) address", record=number)
        found.append(address)
    return tuple(dict.fromkeys(found))
