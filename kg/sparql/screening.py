"""What is decided about a query from its tokens, before any worker sees it: refused or not, its form, its cache key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.sparql.errors import (
    FederationRefusedError,
    MalformedQueryError,
    QueryTooComplexError,
    QueryTooLongError,
    UpdateRefusedError,
)
from kg.sparql.lexer import Token, hidden_tokens, position, tokenize, unescape_codepoints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.sparql.limits import Limits

__all__ = ["ScreenedQuery", "screen"]

_FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATES: Final = frozenset("INSERT DELETE LOAD CLEAR CREATE DROP COPY MOVE ADD WITH".split())  # noqa: SIM905
_PROLOGUE: Final = frozenset({"PREFIX", "BASE", "VERSION"})
_VOLATILE: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
_OPERATORS: Final = frozenset("+ - * / | ^ ! ? = != < > <= >= && || { [ . ;".split())  # noqa: SIM905
_CLAUSES: Final = frozenset({"BIND", "AS", "FILTER", "VALUES"})
_MASKS: Final = {"iri": ":", "pname": ":", "string": '"', "number": "0", "var": "?", "lang": "@", "blank": "_"}
_OPEN: Final = frozenset("({[")
_CLOSE: Final = frozenset(")}]")


@dataclass(frozen=True)
class ScreenedQuery:
    """A query that may be tried.

    Attributes:
        text: What to give to the engine.
        form: SELECT, ASK, CONSTRUCT, DESCRIBE, or the empty string when none was found (the engine will say why).
        has_dataset: Whether the text has FROM clauses that hold.
        volatile: Whether two runs may rightly differ (NOW, RAND, UUID, ...): such answers are not cached.
        normalised: The text with each run of white space and comments made one space: equal for equal queries.
        shape: The query without its names and literals: queries of one shape tend to take similar time.

    """

    text: str
    form: str
    has_dataset: bool
    volatile: bool
    normalised: str
    shape: str


def screen(text: str, limits: Limits, *, protocol_dataset: bool = False) -> ScreenedQuery:
    """Check ``text`` and say what it is; takes time linear in its length.

    Args:
        text: The query as the client sent it.
        limits: How long, deep and chained it may be.
        protocol_dataset: The request names its dataset, which beats the FROM clauses of the text (SPARQL 1.1 Protocol,
            section 2.1.4): they are blanked out, position by position.

    Raises:
        QueryTooLongError: More characters than ``limits.query_max_chars``.
        QueryTooComplexError: Deeper or longer chained than the engine can parse.
        UpdateRefusedError: It is an update.
        FederationRefusedError: It has SERVICE as a keyword, in any reading of the text.
        MalformedQueryError: It holds a character that begins no token, such as an unclosed quote, or no query at all.

    """
    if len(text) > limits.query_max_chars:
        cause = f"the query has {len(text):,} characters; {limits.query_max_chars:,} are allowed"
        raise QueryTooLongError(cause)
    tokens = tokenize(text)
    first = _first_keyword(tokens)
    if first.keyword in _UPDATES:
        raise UpdateRefusedError(f"{first.keyword} is a SPARQL Update; this endpoint only answers queries")
    _refuse_bad(text, tokens)
    hidden = list(hidden_tokens(text, tokens))
    letters = text.upper()  # what is not among them is no keyword in any reading
    if "SERVICE" in letters:
        _refuse_service(tokens)
        _refuse_service(hidden)
    if "\\u" in text or "\\U" in text:
        # The engine unescapes in strings and IRIs only, the specification everywhere: neither may hide SERVICE.
        _refuse_service(tokenize(unescape_codepoints(text)))
    _bound(tokens, limits)
    clauses = list(_dataset_clauses(tokens, first.keyword)) if "FROM" in letters else []
    if protocol_dataset:
        text = _blank(text, clauses)
    return ScreenedQuery(
        text=text,
        form=first.keyword if first.keyword in _FORMS else "",
        has_dataset=bool(clauses) and not protocol_dataset,
        volatile=any(name in letters for name in _VOLATILE) and any(token.keyword in _VOLATILE for token in tokens),
        normalised=text if hidden else _normalise(tokens),
        shape=" ".join(_MASKS.get(token.kind, token.text) for token in tokens),
    )


def _first_keyword(tokens: list[Token]) -> Token:
    """Return the word after the prologue (PREFIX, BASE), or the last token."""
    for token in tokens:
        if token.keyword and token.keyword not in _PROLOGUE:
            return token
    if not tokens:
        raise MalformedQueryError("the query is empty")
    return tokens[-1]


def _refuse_bad(text: str, tokens: list[Token]) -> None:
    last = tokens[-1]
    if last.kind != "bad":
        return
    line, column, source = position(text, last.start)
    cause = "this quote is not closed" if last.text in "\"'" else f"U+{ord(last.text):04X} has no place here"
    cause = f"{cause} (line {line}, column {column})"
    raise MalformedQueryError(cause, line=line, column=column, source_line=source)


def _refuse_service(tokens: Iterable[Token]) -> None:
    depth, before, suspect = 0, "", False
    for token in tokens:
        if suspect and token.text == "{":
            _no_service()
        # "SERVICE:x {" is SERVICE and an IRI for the engine, one name by the grammar; "GRAPH service:x {" is innocent.
        suspect = token.kind == "pname" and depth > 0 and before != "GRAPH" and "SERVICE" in _prefix(token)
        if "SERVICE" in token.keyword:  # the engine needs no space around it: trueSERVICE, SERVICESILENT
            _no_service()
        depth += (token.text == "{") - (token.text == "}")
        before = token.keyword


def _no_service() -> None:
    raise FederationRefusedError("SERVICE is not available here: this endpoint calls no other endpoint")


def _prefix(token: Token) -> str:
    return token.text.partition(":")[0].upper()


def _bound(tokens: list[Token], limits: Limits) -> None:
    depth = deepest = operators = angles = parentheses = 0
    in_values, values_next = False, False
    for token in tokens:
        if token.kind == "op":
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
            deepest = max(deepest, depth)
            angles += token.text == "<"
            parentheses += (token.text == "(") - (token.text == ")")
            if token.text == "{":
                in_values, values_next = values_next, False
            elif token.text == "}":
                in_values = False
            elif token.text == ",":  # another object of a triple pattern; the arguments of a function are not counted
                operators += not parentheses
            operators += token.text in _OPERATORS and not in_values
        elif token.kind == "word":
            values_next = values_next or token.keyword == "VALUES"
            operators += token.keyword in _CLAUSES
    if max(deepest, angles) > limits.max_depth:
        raise QueryTooComplexError(f"the query nests {max(deepest, angles):,} deep; {limits.max_depth} are allowed")
    if operators > limits.max_operators:
        cause = f"the query has {operators:,} operators, patterns and groups; {limits.max_operators:,} are allowed"
        raise QueryTooComplexError(cause, hint="a long list of values belongs into VALUES, which is not counted")


def _dataset_clauses(tokens: list[Token], form: str) -> Iterator[tuple[int, int]]:
    """Give start and end of each ``FROM [NAMED] iri`` outside all brackets."""
    depth, start, in_prologue = 0, -1, True
    for token in tokens:
        depth += (token.text in _OPEN) - (token.text in _CLOSE) if token.kind == "op" else 0
        in_prologue = in_prologue and token.keyword not in _FORMS
        if depth or in_prologue:
            continue
        if token.keyword in {"FROM", "FROMNAMED"}:
            start = token.start
        elif start >= 0 and token.kind in {"iri", "pname"}:
            yield start, token.end
            start = -1
        elif token.kind == "pname" and form != "DESCRIBE" and _prefix(token).startswith("FROM"):
            yield token.start, token.end  # "FROM:g" without a space: the engine reads FROM and an IRI


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Overwrite the spans with spaces, so that every position and line stays where it was."""
    parts, end = [], 0
    for start, stop in spans:
        parts += [text[end:start], re.sub(r"[^\r\n]", " ", text[start:stop])]
        end = stop
    return "".join(parts) + text[end:]


def _normalise(tokens: list[Token]) -> str:
    parts, end = [], 0
    for token in tokens:
        if token.start > end:
            parts.append(" ")
        parts.append(token.text)
        end = token.end
    return "".join(parts).strip()
