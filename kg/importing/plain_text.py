"""Plain text out of HTML, which sources put where text is due, and out of text with control characters."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree, html

__all__ = ["clean", "paragraphs_of_html", "plain"]

_UNWANTED: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_SILENT: Final = frozenset({"script", "style", "template", "noscript", "head", "iframe", "object", "svg"})
_LONGEST: Final = 4_000_000


def clean(text: str) -> str:
    """Return the text without control characters, lone surrogates and byte order marks."""
    return _UNWANTED.sub("", text)


def plain(text: str) -> str:
    r"""Return the text itself, or its plain text where it is HTML; single spaces, one empty line between paragraphs.

    >>> plain("<p>Bake &amp; count.</p><ul><li>One</li></ul>"), plain("2 < 3 and  4 > 3")
    ('Bake & count.\n\nOne', '2 < 3 and 4 > 3')
    """
    text = clean(text[:_LONGEST])
    if _TAG.search(text):
        text = paragraphs_of_html(text)
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def paragraphs_of_html(source: str) -> str:
    """Return the text of an HTML fragment, an empty line between its blocks; what runs or is not shown is left out."""
    try:
        root = html.fragment_fromstring(source, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return re.sub(r"<[^>]*>", " ", source)
    pieces: list[str] = []
    # The parser bounds the depth of the tree (255), and events need no recursion.
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else ""
        shown = bool(name) and not any(a.tag in _SILENT for a in (element, *element.iterancestors()))
        if event == "start":
            pieces.append("\n\n" if name in _BLOCKS else "")
            pieces.append((element.text or "") if shown else "")
        else:
            pieces.append("\n\n" if name in _BLOCKS else "")
            parent_shown = not any(a.tag in _SILENT for a in element.iterancestors())
            pieces.append((element.tail or "") if parent_shown and element is not root else "")
    return "".join(pieces)
