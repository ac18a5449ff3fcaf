"""JSON as pages and files really hold it: wrapped in comments, escaped, with stray commas and control characters."""

from __future__ import annotations

import codecs
import html
import json
import re
from typing import Any, Final

from kg.errors import DocumentError
from kg.importing.plain_text import clean

__all__ = ["decoded", "parse_json"]

_DEEPEST: Final = 64
_MOST_MARKS: Final = 8
_BEFORE: Final = ("/* <![CDATA[ */", "/*<![CDATA[*/", "// <![CDATA[", "//<![CDATA[", "<![CDATA[", "<!--", "\ufeff")
_AFTER: Final = ("/* ]]> */", "/*]]>*/", "// ]]>", "//]]>", "]]>", "// -->", "//-->", "-->", ";")
_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_QUOTE_OR_STRAY_COMMA: Final = re.compile(r'"|,(?=\s*+[}\]])')
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decoded(content: bytes, charset: str | None = None) -> str:
    """Return the text of ``content``: by its byte order mark, else as UTF-8, else as ``charset``, else as Windows-1252.

    UTF-8 comes before what the server says, because text that decodes as UTF-8 is hardly ever anything else.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    for name in ("utf-8", charset or "windows-1252"):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("windows-1252", errors="replace")


def parse_json(text: str) -> Any:
    """Return the JSON value in ``text``, with the mistakes mended that pages commonly make.

    Mended are comment and CDATA marks around it, a semicolon behind it, commas before a closing bracket, control
    characters in strings, and quotes that a content system escaped for HTML. Members that an object has twice become
    an array of both. Numbers that JSON does not have (NaN) become null.

    Raises:
        DocumentError: It is no JSON even so, or is nested too deeply; says where.
    """
    text = _unwrapped(text)
    if not text:
        raise DocumentError("is empty")
    failure: ValueError | None = None
    for attempt in _attempts(text):
        try:
            value = json.loads(attempt, strict=False, object_pairs_hook=_members, parse_constant=lambda _name: None)
            return _cleaned(value, 0)
        except RecursionError:
            raise DocumentError(f"is nested more than {_DEEPEST} levels deep") from None
        except ValueError as error:
            failure = failure or error
    raise DocumentError(f"is no readable JSON: {failure}")


def _unwrapped(text: str) -> str:
    text = text.strip()
    for _ in range(_MOST_MARKS):
        before = next((mark for mark in _BEFORE if text.startswith(mark)), "")
        after = next((mark for mark in _AFTER if text.endswith(mark)), "")
        if not before and not after:
            return text
        text = text.removeprefix(before).removesuffix(after).strip()
    return text


def _attempts(text: str) -> list[str]:
    """Return the text as it is, then mended in the two ways that can change its meaning."""
    attempts = [text, _without_stray_commas(text)]
    if "&quot;" in text or "&#34;" in text:
        attempts.append(html.unescape(text))
    return attempts


def _without_stray_commas(text: str) -> str:
    pieces, position = [], 0
    while found := _QUOTE_OR_STRAY_COMMA.search(text, position):
        end = found.end()
        if found[0] == '"':
            string = _STRING.match(text, found.start())
            if string is None:  # a string without an end: nothing behind it can be told apart
                break
            end = string.end()
            pieces.append(text[position:end])
        else:
            pieces.append(text[position : found.start()])
        position = end
    return "".join([*pieces, text[position:]])


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name not in members:
            members[name] = value
        elif members[name] != value:
            former = members[name] if isinstance(members[name], list) else [members[name]]
            members[name] = [*former, *(value if isinstance(value, list) else [value])]
    return members


def _cleaned(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {clean(name): _cleaned(item, depth + 1) for name, item in value.items()}
    return value
