r"""A tokeniser of SPARQL 1.1 (section 19.8), with the token boundaries that the engine sees.

The engine parses without a tokeniser: it accepts ``SERVICESILENT<http://x>``, ``SERVICE:x`` with the empty prefix, and
reads ``?a<urn:x#>`` as a comparison followed by a comment where the grammar has an IRI. Whoever looks for keywords must
therefore look at every way in which the text can be cut; :func:`hidden_tokens` gives the second way.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Token", "closing", "hidden_tokens", "may_be_operator", "position", "tokenize", "unescape_codepoints"]

_BASE: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_START: Final = _BASE + "_"
_CHARS: Final = _START + r"0-9\u00b7\u0300-\u036f\u203f\u2040\-"
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL: Final = rf"(?:[{_START}:0-9]|{_ESCAPED})(?:(?:[{_CHARS}.:]|{_ESCAPED})*(?:[{_CHARS}:]|{_ESCAPED}))?"
_STRING: Final = "|".join(
    (
        r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"""',
        r"'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''",
        r'"(?!"")[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"',
        r"'(?!'')[^'\\\r\n]*+(?:\\[^\r\n][^'\\\r\n]*+)*+'",
    )
)

_TOKEN: Final = re.compile(
    "|".join(
        (
            r"(?P<space>[ \t\r\n]+)",
            r"(?P<comment>#[^\r\n]*)",
            r'(?P<iri><(?:[^\x00-\x20<>"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)',
            rf"(?P<string>{_STRING})",
            r"(?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)",
            rf"(?P<blank>_:[{_START}0-9](?:[{_CHARS}.]*[{_CHARS}])?)",
            rf"(?P<pname>:(?:{_LOCAL})?)",
            rf"(?P<name>[{_BASE}][{_CHARS}.]*+(?:(?<!\.):(?:{_LOCAL})?)?)",
            rf"(?P<var>[?$][{_START}0-9][{_START}0-9\u00b7\u0300-\u036f\u203f\u2040]*)",
            r"(?P<number>[0-9]+\.[eE][+-]?[0-9]+|(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)",
            r"(?P<word>_[A-Za-z0-9_]*)",
            r"(?P<op>\^\^|&&|\|\||!=|<=|>=|[{}()\[\].,;*/+\-|^!=<>?~@])",
            r"(?P<bad>.)",
        )
    ),
    re.DOTALL,
)
_PART: Final = re.compile(
    rf"(?P<word>[{_START}][{_START}0-9]*)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<op>[.\-])|(?P<bad>.)", re.DOTALL
)
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_LINE_END: Final = re.compile(r"[\r\n]|\Z")
_CODEPOINT: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)


class Token(NamedTuple):
    """One token: its kind (iri, string, lang, blank, pname, var, number, word, op, bad), its text, where it starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Offset of the first character after the token."""
        return self.start + len(self.text)

    @property
    def keyword(self) -> str:
        """The upper-case word, or the empty string for any other kind of token."""
        return self.text.upper() if self.kind == "word" else ""


def _scan(text: str, start: int = 0) -> Iterator[Token]:
    """Cut from ``start`` to the end in linear time: no part of the text is looked at twice for the same reason."""
    for match in _TOKEN.finditer(text, start):
        kind = match.lastgroup or "bad"
        if kind in {"space", "comment"}:
            continue
        if kind != "name":
            yield Token(kind, match[0], match.start())
        elif ":" in match[0]:
            yield Token("pname", match[0], match.start())
        else:
            for part in _PART.finditer(match[0]):
                yield Token(part.lastgroup or "bad", part[0], match.start() + part.start())


def tokenize(text: str) -> list[Token]:
    """Cut ``text`` into tokens, without white space and comments, up to the first character that begins none.

    That character, if there is one, is the last token and has the kind ``bad``.

    >>> [token.text for token in tokenize("SELECT?x{?x ex:p'a b'@en#c")]
    ['SELECT', '?x', '{', '?x', 'ex:p', "'a b'", '@en']
    >>> [token.kind for token in tokenize('a.<a> < "open')]
    ['word', 'op', 'iri', 'op', 'bad']
    """
    tokens = []
    for token in _scan(text):
        tokens.append(token)
        if token.kind == "bad":
            break
    return tokens


def hidden_tokens(text: str, tokens: list[Token]) -> Iterator[Token]:
    """Give the tokens that appear when ``<`` of an IRI with ``#`` is an operator, so that ``#`` begins a comment.

    Only IRIs without ``//`` before the ``#`` can be read so. Every offset is visited once: the work is linear.

    Args:
        text: The query.
        tokens: :func:`tokenize` of it.

    """
    todo = [token for token in tokens if may_be_operator(token)]
    if not todo:
        return
    seen = {token.start for token in tokens}
    line_ends = [match.start() for match in _LINE_END.finditer(text)]
    while todo:
        start = line_ends[bisect_left(line_ends, todo.pop().start)]
        for found in _scan(text, start):
            if found.start in seen:
                break
            seen.add(found.start)
            yield found
            if found.kind == "bad":
                break
            if may_be_operator(found):
                todo.append(found)


def closing(tokens: Sequence[Token], opening: int) -> int:
    """Return the place of the bracket that closes the one at ``opening``, or -1 where none does.

    Brackets of other kinds are not looked at.
    """
    left, right, depth = tokens[opening].text, _CLOSING[tokens[opening].text], 0
    for at in range(opening, len(tokens)):
        depth += (tokens[at].text == left) - (tokens[at].text == right)
        if depth == 0:
            return at
    return -1


def may_be_operator(token: Token) -> bool:
    """Whether the engine may read ``<`` of an IRI as an operator, and what follows its ``#`` as a comment."""
    if token.kind != "iri":
        return False
    head, mark, _ = token.text.partition("#")
    return bool(mark) and "//" not in head


def unescape_codepoints(text: str) -> str:
    r"""Replace ``\uXXXX`` and ``\UXXXXXXXX`` (SPARQL 1.1, section 19.2), but no other escape and no surrogate.

    >>> unescape_codepoints(r"\u0053ERVICE '\\u0053'")
    "SERVICE '\\\\u0053'"
    """

    def character(match: re.Match[str]) -> str:
        digits = match[1] or match[2]
        if digits is None:
            return match[0]
        value = int(digits, 16)
        return match[0] if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF else chr(value)

    return _CODEPOINT.sub(character, text)


def position(text: str, offset: int) -> tuple[int, int, str]:
    r"""Return line and column (both from 1) of an offset, and that line without its end.

    >>> position("ASK {\n  ?x }", 8)
    (2, 3, '  ?x }')
    """
    line = text.count("\n", 0, offset) + 1
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    return line, offset - start + 1, text[start : len(text) if end < 0 else end].rstrip("\r")
