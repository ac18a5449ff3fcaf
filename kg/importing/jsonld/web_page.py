"""JSON-LD in web pages: the scripts that hold it, and the language that the page says it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree, html

from kg.errors import DocumentError
from kg.importing.jsonld.json_text import decoded
from kg.importing.net.fetching import is_address

__all__ = ["WebPage", "looks_like_html", "read_page"]

_SNIFFED: Final = 1024


@dataclass(frozen=True)
class WebPage:
    """What a page holds.

    Attributes:
        language: The language that it says it is in.
        scripts: The texts of its JSON-LD scripts, in their order.
        address: The address that it says it has (``rel="canonical"``).
    """

    language: str | None
    scripts: tuple[str, ...]
    address: str | None = None


def looks_like_html(content: bytes) -> bool:
    """Tell whether the content begins as a web page does."""
    start = content[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<script", b"<body")) or b"<html" in start


def read_page(content: bytes, charset: str | None = None) -> WebPage:
    """Return what a page holds, however badly it is written.

    Raises:
        DocumentError: It is no HTML at all.
    """
    text = decoded(content, charset).replace("\0", "")
    try:
        # The characters are decoded already; what the page says of its encoding must not be applied a second time.
        parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, recover=True)
        root = html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError("is no readable HTML") from error
    scripts = []
    for script in root.iter("script"):
        media_type = (script.get("type") or "").split(";")[0].strip().lower()
        if media_type == "application/ld+json" and (script.text or "").strip():
            scripts.append(script.text or "")
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return WebPage(language, tuple(scripts), _canonical(root))


def _canonical(root: etree._Element) -> str | None:
    stated = [link.get("href") or "" for link in root.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    stated += [meta.get("content") or "" for meta in root.iter("meta") if meta.get("property") == "og:url"]
    return next((address.strip() for address in stated if is_address(address.strip())), None)
