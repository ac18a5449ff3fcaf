r"""Where a syntax error really is, and what to say of it.

The engine reports the furthest place that any attempt has reached. To try a keyword it takes as many characters as the
keyword has, so a failed attempt at OPTIONAL lies eight columns too far. What it expected tells how far to go back;
brackets and prefixes are checked here, because for them the mistake can be named exactly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.sparql.errors import MalformedQueryError
from kg.sparql.lexer import position, tokenize
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from kg.sparql.lexer import Token

__all__ = ["diagnose"]

_AT: Final = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_ITEM: Final = re.compile(r'"(?:\\.|[^"\\])*"|\[[^\]]*\]|[^,\[\]]+')
_KEYWORD: Final = re.compile(r"[A-Za-z0-9_]+\Z")
_PAIRS: Final = {")": "(", "}": "{", "]": "["}
_SHOWN: Final = 5


def diagnose(message: str, text: str) -> MalformedQueryError:
    """Turn the engine's message about ``text`` into one for people.

    >>> str(diagnose("error at 1:25: expected OPTIONAL", "ASK { ?s a ?o . FILER(?o > 1) }"))
    'unexpected FILER at line 1, column 17'
    >>> str(diagnose("error at 1:15: expected OPTIONAL", "ASK { ?s u:x ?o }"))
    'the prefix u: is not declared (line 1, column 10)'
    """
    found = _AT.match(message)
    tokens = tokenize(text)
    if not found or not tokens:
        return MalformedQueryError(message)
    items = [item.strip() for item in map(str, _ITEM.findall(found[3].removeprefix("one of ")))]
    sentences = [item for item in items if " " in item and not item.startswith(('"', "["))]
    offset = _offset(text, int(found[1]), int(found[2]))
    return (
        _undeclared_prefix(text, tokens)
        or _unbalanced(text, tokens)
        or _elsewhere(text, tokens, offset, items, [item for item in sentences if item != "Prefix not found"])
    )


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _error(text: str, offset: int, cause: str) -> MalformedQueryError:
    line, column, source = position(text, offset)
    cause = cause.format(at=f"line {line}, column {column}")
    return MalformedQueryError(cause, line=line, column=column, source_line=source)


def _undeclared_prefix(text: str, tokens: list[Token]) -> MalformedQueryError | None:
    declared = {f"{prefix}:" for prefix in PREFIXES}
    before = ""
    for token in tokens:
        if token.kind == "pname":
            prefix = token.text.partition(":")[0] + ":"
            if before == "PREFIX":
                declared.add(prefix)
            elif text[token.start - 1 : token.start] == "<":
                return _error(text, token.start - 1, "this IRI holds a character that must be percent-encoded ({at})")
            elif prefix not in declared:
                return _error(text, token.start, f"the prefix {prefix} is not declared ({{at}})")
        before = token.keyword
    return None


def _unbalanced(text: str, tokens: list[Token]) -> MalformedQueryError | None:
    opened: list[Token] = []
    for token in tokens:
        if token.kind != "op":
            continue
        if token.text in _PAIRS.values():
            opened.append(token)
        elif token.text in _PAIRS:
            if not opened:
                return _error(text, token.start, f"this {_quoted(token.text)} closes nothing ({{at}})")
            if opened[-1].text != _PAIRS[token.text]:
                last = _quoted(opened[-1].text)
                return _error(text, token.start, f"{_quoted(token.text)} where {last} is still open ({{at}})")
            opened.pop()
    if opened:
        return _error(text, opened[-1].start, f"this {_quoted(opened[-1].text)} is never closed ({{at}})")
    return None


def _quoted(text: str) -> str:
    return {"{": "{{", "}": "}}"}.get(text, text)


def _elsewhere(
    text: str, tokens: list[Token], reached: int, items: list[str], sentences: list[str]
) -> MalformedQueryError:
    """Go back from where the engine got to where it stopped to understand, at the beginning of a token."""
    keywords = [item for item in items if _KEYWORD.match(item)]
    others = [item for item in items if item not in keywords and item not in sentences and item != "[_]"]
    ends = [reached] if others or sentences or not keywords else [reached - len(word) for word in keywords]
    furthest = max(ends)
    last = tokens[-1]
    if furthest >= last.end and last.text not in _PAIRS:
        offset, unexpected = last.end, "end of the query"
    else:  # where all brackets are closed, it is the last one that came too early
        token = max((token for token in tokens if token.start <= furthest), default=tokens[0], key=lambda t: t.start)
        offset, unexpected = token.start, token.text[:40].replace("{", "{{").replace("}", "}}")
    if sentences:
        cause = "; ".join(sentences).replace("{", "{{").replace("}", "}}")
        return _error(text, offset, f"{cause} ({{at}})")
    literals = [item.strip('"') for item in others if item.startswith('"')]
    cause = f"unexpected {unexpected} at {{at}}"
    if 0 < len(literals) <= _SHOWN and len(literals) == len(others):
        cause += ", expected " + " or ".join(literals).replace("{", "{{").replace("}", "}}")
    return _error(text, offset, cause)
