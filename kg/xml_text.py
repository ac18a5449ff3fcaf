"""Texts in XML: escaped, and without the characters that XML 1.0 cannot hold in any form."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

__all__ = ["without_invalid", "xml_text"]

_INVALID: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTES: Final = {'"': "&quot;", "\r": "&#13;"}


def without_invalid(text: str) -> str:
    r"""Return ``text`` with U+FFFD for each character that is not allowed in XML 1.0 (section 2.2).

    >>> without_invalid("a\x01b")
    'a\ufffdb'
    """
    return _INVALID.sub("\ufffd", text)


def xml_text(text: str) -> str:
    r"""Return ``text`` as it may stand in an element or in an attribute with double quotation marks.

    >>> xml_text('<a "b" & \x00>')
    '&lt;a &quot;b&quot; &amp; \ufffd&gt;'
    """
    return escape(without_invalid(text), _QUOTES)
