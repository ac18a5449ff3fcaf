"""Reads the inside of a WHERE clause that is triple patterns, FILTERs and [NOT] EXISTS over triple patterns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.columns.solving import Pattern
from kg.sparql.lexer import closing
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.sparql.lexer import Token

__all__ = ["Existence", "Filter", "Group", "OtherwiseError", "expect", "names"]

_TYPE: Final = PREFIXES["rdf"] + "type"
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


class OtherwiseError(Exception):
    """The query is of another kind."""


class Filter(NamedTuple):
    """A FILTER: its text with the keyword, the tokens of its expression, and the variables in there."""

    text: str
    tokens: tuple[Token, ...]
    variables: frozenset[str]


class Existence(NamedTuple):
    """``EXISTS`` over triple patterns, or ``NOT EXISTS``."""

    patterns: tuple[Pattern, ...]
    wanted: bool


class Group:
    """Reads the inside of a WHERE clause."""

    def __init__(self, text: str, tokens: list[Token], prefixes: Mapping[str, str]) -> None:
        self._text, self._tokens, self._prefixes = text, tokens, prefixes
        self.patterns: list[Pattern] = []
        self.filters: list[Filter] = []
        self.existences: list[Existence] = []

    def read(self, at: int, end: int) -> None:
        """Read from one place to another."""
        while at < end:
            at = self._filter(at) if self._tokens[at].keyword == "FILTER" else self._triples(at, end, self.patterns)
            if at < end and self._tokens[at].text == ".":
                at += 1

    def _filter(self, start: int) -> int:
        at = start + 1
        wanted = self._tokens[at].keyword != "NOT"
        if not wanted:
            at += 1
        if self._tokens[at].keyword == "EXISTS":
            return self._existence(at + 1, wanted)
        expect(wanted)
        if self._tokens[at].kind in {"word", "iri", "pname"}:
            at += 1
        expect(self._tokens[at].text == "(")
        end = closing(self._tokens, at)
        expect(end > at)
        inner = tuple(self._tokens[start + 1 : end + 1])
        expect(all(token.keyword != "EXISTS" for token in inner))
        text = self._text[self._tokens[start].start : self._tokens[end].end]
        self.filters.append(Filter(text, inner, frozenset(names(inner))))
        return end + 1

    def _existence(self, opening: int, wanted: bool) -> int:
        expect(self._tokens[opening].text == "{")
        end = closing(self._tokens, opening)
        expect(end > opening)
        patterns: list[Pattern] = []
        at = opening + 1
        while at < end:
            at = self._triples(at, end, patterns)
            if at < end:
                expect(self._tokens[at].text == ".")
                at += 1
        expect(bool(patterns))
        self.existences.append(Existence(tuple(patterns), wanted))
        return end + 1

    def _triples(self, at: int, end: int, found: list[Pattern]) -> int:
        """Read the triples of one subject into ``found``; return where they end."""
        subject = self._end(self._tokens[at])
        at += 1
        while True:
            verb = self._tokens[at]
            predicate = _TYPE if verb.kind == "word" and verb.text == "a" else _iri(verb, self._prefixes)
            at += 1
            while True:
                found.append(Pattern(subject, predicate, self._end(self._tokens[at])))
                at += 1
                if at >= end or self._tokens[at].text != ",":
                    break
                at += 1
            if at >= end or self._tokens[at].text != ";":
                expect(at >= end or self._tokens[at].text == "." or self._tokens[at].keyword == "FILTER")
                return at
            at += 1
            expect(at < end and self._tokens[at].text not in {";", "."})

    def _end(self, token: Token) -> str:
        if token.kind == "var":
            return f"?{token.text[1:]}"
        return f"<{_iri(token, self._prefixes)}>"


def expect(condition: bool) -> None:
    """Go on only if the query is as it should be here.

    Raises:
        OtherwiseError: It is not.
    """
    if not condition:
        raise OtherwiseError


def _iri(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind == "iri":
        iri = token.text[1:-1]
    else:
        prefix, _, local = token.text.partition(":")
        expect(token.kind == "pname" and prefix in prefixes)
        iri = prefixes[prefix] + local
    # A relative IRI would have to be resolved, and an absolute one with dots too.
    expect(bool(_ABSOLUTE.match(iri)) and "\\" not in iri and "/." not in iri)
    return iri


def names(tokens: Sequence[Token]) -> Iterator[str]:
    """Return the names of the variables among the tokens."""
    return (token.text[1:] for token in tokens if token.kind == "var")
