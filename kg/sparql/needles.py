"""What a text must hold for a FILTER to be true of it: the engine then looks only at the texts that hold it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.sparql.lexer import closing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.sparql.lexer import Token

__all__ = ["fold", "needle"]

_WITHIN: Final = frozenset({"CONTAINS", "STRSTARTS", "STRENDS"})
_SAME_LETTERS: Final = frozenset({"STR", "LCASE"})  # not UCASE, which makes I of a dotless i
_LITERAL: Final = re.compile(r"\^?([^\\.^$|?*+()\[\]{}]+)(?=([?*{])?)")
_PLAIN_FLAGS: Final = frozenset("ims")
_TAG: Final = re.compile("[A-Za-z0-9-]+")
_LANGUAGE: Final = (
    ["LANG", "(", "var", ")", "=", "string"],
    ["string", "=", "LANG", "(", "var", ")"],
    ["LANGMATCHES", "(", "LANG", "(", "var", ")", ",", "string", ")"],
)


def fold(text: str) -> str:
    """Make a text comparable regardless of case: what LCASE or the flag ``i`` make equal is equal then.

    Full case folding maps character by character, so that parts of a text fold to parts of the folded text.
    """
    return text.casefold()


def needle(tokens: Sequence[Token]) -> str:
    """Return the folded text that must be in the N-Triples of a term, or the empty string where none is known.

    >>> from kg.sparql.lexer import tokenize
    >>> needle(tokenize('(CONTAINS(LCASE(STR(?name)), "Water") && ?name != "x")'))
    'water'
    >>> needle(tokenize('REGEX(?name, "^colou?r", "i")'))
    'colo'
    >>> needle(tokenize('(LANG(?name) = "en")'))
    '"@en'

    Args:
        tokens: The condition; it has one variable.
    """
    return max((_of_call(part) for part in _conjuncts(list(tokens))), key=len, default="")


def _conjuncts(tokens: list[Token]) -> Iterator[list[Token]]:
    """Give the parts that all must be true."""
    if tokens and tokens[0].text == "(" and closing(tokens, 0) == len(tokens) - 1:
        yield from _conjuncts(tokens[1:-1])
        return
    depth, part = 0, list[list["Token"]]([[]])
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.text == "||":
            return
        if depth == 0 and token.text == "&&":
            part.append([])
        else:
            part[-1].append(token)
    if len(part) == 1:
        yield tokens
        return
    for inner in part:
        yield from _conjuncts(inner)


def _of_call(tokens: list[Token]) -> str:
    """Return what a call demands that makes up the whole condition, or a comparison with the result of LANG."""
    words = [token.keyword or token.text for token in tokens]
    shape = [token.kind if token.kind in {"var", "string"} else word for token, word in zip(tokens, words, strict=True)]
    if shape in _LANGUAGE:
        tag = _string(tokens[shape.index("string")])
        return f'"@{fold(tag)}' if tag and _TAG.fullmatch(tag) else ""
    if len(words) < 6 or words[1] != "(" or closing(tokens, 1) != len(tokens) - 1:
        return ""
    at, wrapped = 2, 0
    while words[at] in _SAME_LETTERS and words[at + 1] == "(":
        at, wrapped = at + 2, wrapped + 1
    rest = tokens[at + 1 + wrapped : -1]
    if tokens[at].kind != "var" or words[at + 1 : at + 1 + wrapped] != [")"] * wrapped:
        return ""
    strings = [_string(token) for token in rest[1::2]]
    if any(token.text != "," for token in rest[::2]) or None in strings:
        return ""
    found = ""
    if words[0] in _WITHIN and len(strings) == 1:
        found = strings[0] or ""
    elif words[0] == "REGEX" and len(strings) in {1, 2} and set("".join(map(str, strings[1:]))) <= _PLAIN_FLAGS:
        found = _literal_start(strings[0] or "")
    plain = found.isprintable() and not set(found) & set('"\\') and not any(map(_lonely, found))
    return fold(found) if plain else ""


def _lonely(letter: str) -> bool:
    """Whether a letter has no partner in the other case; the engine's edition of Unicode may know one."""
    return (letter.islower() or letter.isupper()) and letter.lower() == letter.upper()


def _string(token: Token) -> str | None:
    """Return what a string without escapes says."""
    plain = token.kind == "string" and "\\" not in token.text and not token.text.startswith(('"""', "'''"))
    return token.text[1:-1] if plain else None


def _literal_start(pattern: str) -> str:
    """Return what every match of a regular expression has in it, as far as its first special character."""
    start = _LITERAL.match(pattern)
    if not start or "|" in pattern:
        return ""
    return start[1][:-1] if start[2] else start[1]
