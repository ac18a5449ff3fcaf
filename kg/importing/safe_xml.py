"""XML as strangers send it: parsed without entities, without a network, and within the parser's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from kg.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["children", "local_name", "parse_xml", "text_of", "xml_text"]


def parse_xml(content: bytes) -> etree._Element:
    """Return the root of a well-formed XML document.

    Entities that the document declares itself are not expanded; a document that declares any is refused, as its text
    could not be read whole.

    Raises:
        DocumentError: It is not well-formed, or declares entities; ``record`` is the line.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_pis=True, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        cause = (error.msg or "").split(", line ")[0]
        raise DocumentError(f"is no well-formed XML: {cause}", record=error.lineno or None) from error
    except ValueError as error:
        raise DocumentError(f"is no readable XML: {error}") from error
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise DocumentError("declares entities, which an import does not expand", hint="write their text out")
    return root


def local_name(element: etree._Element) -> str:
    """Return the element's name without its namespace: harvested records declare namespaces as they please."""
    return str(etree.QName(element).localname)


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the children with one of the local ``names``, or all without names."""
    for child in element:
        if isinstance(child.tag, str) and (not names or local_name(child) in names):
            yield child


def text_of(element: etree._Element | None) -> str:
    """Return the text of the element and all in it, with single spaces, or "" for None."""
    return "" if element is None else " ".join("".join(str(part) for part in element.itertext()).split())


def xml_text(element: etree._Element) -> str:
    """Return the element as XML, as it can be kept and parsed again."""
    return etree.tostring(element, encoding="unicode", with_tail=False)
