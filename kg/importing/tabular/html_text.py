"""Plain text of cells that hold HTML, as exports of web portals do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

__all__ = ["plain_text"]

_TAG: Final = re.compile(
    r"</?(?:p|br|div|span|strong|em|b|i|u|a|ul|ol|li|h[1-6]|table|tr|td|img)(?:\s+[a-z-]+\s*=[^<>]*|\s*/)?\s*>",
    re.IGNORECASE,
)
_ENTITY: Final = re.compile(r"&(?:nbsp|amp|quot|lt|gt|[lr][sd]quo|[nm]dash|hellip|#\d{2,6});")
_BREAKING: Final = frozenset(["p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table"])


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._dropped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._dropped += tag in {"script", "style"}
        if tag in _BREAKING:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._dropped = max(self._dropped - 1, 0)
        elif tag in _BREAKING:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self.parts.append(data)


def plain_text(text: str) -> str:
    r"""Return ``text`` without markup if it is HTML, paragraphs on lines of their own; other text as it stands.

    >>> plain_text("<p>Measure &amp; compare.</p><p>Then <em>explain</em>.</p>")
    'Measure & compare.\nThen explain.'
    >>> plain_text("if a<b and b>c")
    'if a<b and b>c'
    """
    if not _TAG.search(text) and not _ENTITY.search(text):
        return text
    parser = _Text()
    parser.feed(text)
    parser.close()
    lines = (re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line in lines if line)
