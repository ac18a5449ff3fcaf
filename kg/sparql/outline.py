"""The parts of a SELECT query whose WHERE clause is triple patterns, FILTERs and [NOT] EXISTS over triple patterns.

Whatever is of another kind is told by :class:`OtherwiseError`: this reads what it knows to read alike with the engine,
and nothing else. Errors in expressions and modifiers are not found here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.sparql.lexer import closing, may_be_operator, tokenize
from kg.sparql.where import Group, OtherwiseError, expect, names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.columns.solving import Pattern
    from kg.sparql.lexer import Token
    from kg.sparql.where import Existence, Filter

__all__ = ["Call", "Outline", "outline"]

_AGGREGATES: Final = frozenset("COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT".split())  # noqa: SIM905
_VOLATILE: Final = frozenset("RAND UUID STRUUID BNODE NOW".split())  # noqa: SIM905
_GLUED: Final = re.compile("(?!GROUP_CONCAT)(GROUP|HAVING|ORDER|BY|ASC|DESC|LIMIT|OFFSET).+")
_AFTER_KEYS: Final = frozenset("HAVING ORDER LIMIT OFFSET VALUES".split())  # noqa: SIM905


class Call(NamedTuple):
    """A call of an aggregate over one variable: where it stands in the text; no variable stands for ``COUNT(*)``."""

    start: int
    end: int
    function: str
    distinct: bool
    variable: str


@dataclass(frozen=True)
class Outline:
    """What a query consists of.

    Attributes:
        text: The whole.
        declarations: Its PREFIX clauses.
        opening: Where the brace of the WHERE clause opens, and ``closing`` where it closes.
        patterns: The triple patterns.
        filters: The conditions that are expressions.
        existences: The conditions that are patterns.
        calls: The aggregates outside the WHERE clause.
        keys: The variables of GROUP BY, or None without that.
        made: The variables that the SELECT clause makes.
        mentioned: The other variables before and after the WHERE clause.
        distinct: Whether solutions are wanted once.
        cut_short: Whether a LIMIT or OFFSET applies to solutions in whatever order.
        first_by: The variable by which solutions are sorted first, ascending, where the first ``limit`` are wanted.
        limit: How many solutions are wanted, with those that OFFSET leaves out; None where all are.

    """

    text: str
    declarations: str
    opening: int
    closing: int
    patterns: tuple[Pattern, ...]
    filters: tuple[Filter, ...]
    existences: tuple[Existence, ...]
    calls: tuple[Call, ...]
    keys: tuple[str, ...] | None
    made: frozenset[str]
    mentioned: frozenset[str]
    distinct: bool
    cut_short: bool
    first_by: str | None
    limit: int | None


def outline(text: str, prefixes: Mapping[str, str]) -> Outline:
    """Take a query apart.

    Args:
        text: The query.
        prefixes: Those that it need not declare.

    Raises:
        OtherwiseError: It is of another kind, or is not well formed.
    """
    try:
        return _outline(text, prefixes)
    except IndexError:  # it ends too early
        raise OtherwiseError from None


def _outline(text: str, prefixes: Mapping[str, str]) -> Outline:
    tokens = tokenize(text)
    expect(not any(may_be_operator(token) or token.keyword in _VOLATILE for token in tokens))
    start, prefixes = _prologue(tokens, prefixes)
    opening = _where(tokens, start)
    end = closing(tokens, opening)
    expect(end > opening)
    head, tail = tokens[start:opening], tokens[end + 1 :]
    expect(all(token.text not in {"{", "}"} and token.keyword not in {"EXISTS", "VALUES"} for token in tail))
    group = Group(text, tokens, prefixes)
    group.read(opening + 1, end)
    words = {token.keyword for token in tail}
    # The engine needs no space after these words.
    expect(not any(_GLUED.fullmatch(word) for word in words))
    keys = _keys(tail)
    calls = (*_calls(head), *_calls(tail))
    made = frozenset(head[at + 1].text[1:] for at, token in enumerate(head) if token.keyword == "AS")
    expect("HAVING" not in words or keys is not None or bool(calls))
    first_by, limit = _first(tail)
    return Outline(
        text=text,
        declarations=text[: tokens[start].start],
        opening=tokens[opening].start,
        closing=tokens[end].end,
        patterns=tuple(group.patterns),
        filters=tuple(group.filters),
        existences=tuple(group.existences),
        calls=calls,
        keys=keys if keys is not None or not calls else (),
        made=made,
        mentioned=frozenset(names(head + tail)) - made,
        distinct=tokens[start + 1].keyword in {"DISTINCT", "REDUCED"},
        cut_short=bool(words & {"LIMIT", "OFFSET"}) and not words & {"ORDER", "GROUP"} and not calls,
        first_by=first_by,
        limit=limit,
    )


def _prologue(tokens: list[Token], prefixes: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """Return where the query proper begins, which must be a SELECT, and the prefixes with those that it declares."""
    known, at = dict(prefixes), 0
    while tokens[at].keyword == "PREFIX":
        name, iri = tokens[at + 1], tokens[at + 2]
        expect(name.kind == "pname" and name.text.endswith(":") and iri.kind == "iri")
        known[name.text.removesuffix(":")] = iri.text[1:-1]
        at += 3
    expect(tokens[at].keyword == "SELECT")
    return at, known


def _where(tokens: list[Token], start: int) -> int:
    """Return the place of the brace that opens the WHERE clause."""
    depth = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        if token.text == "{":
            expect(depth == 0)  # not that of an EXISTS in the SELECT clause
            return at
        expect(token.keyword not in {"FROM", "EXISTS"} and (depth > 0 or token.text != "*"))
    raise OtherwiseError


def _calls(tokens: list[Token]) -> Iterator[Call]:
    """Give the aggregates among the tokens.

    Raises:
        OtherwiseError: One is over something else than a variable.
    """
    for at, token in enumerate(tokens):
        if token.keyword not in _AGGREGATES:
            continue
        expect(tokens[at + 1].text == "(")
        inner = tokens[at + 2]
        distinct = inner.keyword == "DISTINCT"
        if distinct:
            inner = tokens[at + 3]
        end = tokens[at + 3 + distinct]
        everything = inner.text == "*" and token.keyword == "COUNT" and not distinct
        expect((inner.kind == "var" or everything) and end.text == ")")
        yield Call(token.start, end.end, token.keyword, distinct, "" if everything else inner.text[1:])


def _keys(tail: list[Token]) -> tuple[str, ...] | None:
    """Return the variables of GROUP BY."""
    for at, token in enumerate(tail):
        if token.keyword == "GROUP":
            expect(tail[at + 1].keyword == "BY" and tail[at + 2].kind == "var")
            names: dict[str, None] = {}
            for following in tail[at + 2 :]:
                if following.keyword in _AFTER_KEYS:
                    break
                expect(following.kind == "var")
                names[following.text[1:]] = None
            return tuple(names)
    return None


def _first(tail: list[Token]) -> tuple[str | None, int | None]:
    """Return by which variable solutions are sorted first, and how many are wanted."""
    words = [token.keyword for token in tail]
    limit = None
    if "LIMIT" in words:
        numbers = [tail[at + 1].text for at, word in enumerate(words) if word in {"LIMIT", "OFFSET"}]
        expect(all(number.isdecimal() for number in numbers))
        limit = sum(map(int, numbers))
    by = None
    if "ORDER" in words:
        at = words.index("ORDER") + 2
        if words[at] == "ASC" and tail[at + 1].text == "(" and tail[at + 3].text == ")":
            at += 2
        by = tail[at].text[1:] if tail[at].kind == "var" else None
    return by, limit
