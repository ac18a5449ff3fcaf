"""A page of the site as a file: links that work under any path, no forms that need a server, its policy inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import lxml.html
from lxml import etree

from webapp.static_export.layout import SEARCH, file_of, path_below, relative_link

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["StaticPage", "static_page"]

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)
_ABSOLUTE: Final = frozenset({"canonical"})


class StaticPage(NamedTuple):
    """A page, ready to be written.

    Attributes:
        html: The page.
        documents: Paths below the base of the documents about entities that it links to.
    """

    html: bytes
    documents: frozenset[str]


def static_page(html: str, address: str, base: str) -> StaticPage:
    """Return the page at an address as it stands in a file.

    Args:
        html: The page as the server gives it.
        address: Its whole address.
        base: The base IRI.
    """
    root = lxml.html.document_fromstring(html)
    found = path_below(base, address, address)
    here = file_of(found[0], found[1]) if found else None
    page = here or SEARCH
    _put_policy(root)
    documents = set()
    for element, attribute in _links(root):
        target = path_below(base, address, element.get(attribute, ""))
        if target is None or element.get("rel") in _ABSOLUTE:
            continue
        file = file_of(target[0], target[1])
        if file is None:
            _without_link(element, attribute)
            continue
        if target[0].startswith("doc/"):
            documents.add(target[0] + (f"?{target[1]}" if target[1].startswith("page=") else ""))
        fragment = f"#{target[2]}" if target[2] else ""
        element.set(attribute, relative_link(file, page) + fragment)
    for box in root.iter("input"):
        if "data-suggest" in box.attrib:
            del box.attrib["data-suggest"]  # there is no server to ask for suggestions
    for form in root.iter("form"):
        _adapt_form(form, base, address, page)
    body: bytes = lxml.html.tostring(root, encoding="utf-8", doctype="<!doctype html>")
    return StaticPage(body + b"\n", frozenset(documents))


def _links(root: _Element) -> list[tuple[_Element, str]]:
    found = [(e, "href") for e in root.iter("a", "link") if e.get("href")]
    return found + [(e, "src") for e in root.iter("img", "script") if e.get("src")]


def _put_policy(root: _Element) -> None:
    head = root.find("head")
    if head is not None:
        policy = etree.Element("meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
        head.insert(1, policy)  # after the character encoding, before anything that is loaded


def _without_link(element: _Element, attribute: str) -> None:
    """Leave the words where a server would have to answer; a head's link goes altogether."""
    if element.tag == "link":
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
        return
    del element.attrib[attribute]
    element.set("title", "Needs a running server")


def _adapt_form(form: _Element, base: str, address: str, page: str) -> None:
    target = path_below(base, address, form.get("action", ""))
    file = file_of(target[0]) if target else None
    if file is None:
        parent = form.getparent()
        if parent is not None:
            parent.remove(form)
    else:
        form.set("action", relative_link(file, page))
