"""Has large joins done by hashing, where the engine would look up each solution of one pattern in the next.

Where all patterns of a query are large, reading each once and joining by hash is several times quicker. The engine does
that for sub-selects. A basic graph pattern without blank nodes is the join of its triple patterns, each of which holds
for a solution once or not at all (SPARQL 1.1, sections 18.2.2.5 and 18.5), so that ``{ t1 . t2 }`` has the solutions of
``{ {SELECT * {t1}} {SELECT * {t2}} }``. Only queries are changed whose whole WHERE clause is such patterns and FILTERs
without groups; all others are left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.sparql.lexer import may_be_operator, tokenize
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Store

    from kg.sparql.lexer import Token

__all__ = ["Joins", "count_patterns"]

_TYPE: Final = PREFIXES["rdf"] + "type"
_LEAST: Final = 1_000  # solutions below which looking up takes no time that anybody notices
_OPENING: Final = frozenset("([")
_CLOSING: Final = frozenset(")]")
_COUNTS: Final = (
    "SELECT ?p (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?p",
    f"SELECT ?c (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s <{_TYPE}> ?c }} }} GROUP BY ?c",
)


def count_patterns(store: Store) -> dict[str, int]:
    """Return how many statements each property has, by IRI, and each class, by ``a`` and the IRI; scans everything."""
    found = {}
    for prefix, query in zip(("", "a "), _COUNTS, strict=True):
        for term, number in store.query(query):  # type: ignore[union-attr]  # a SELECT
            found[prefix + getattr(term, "value", "")] = int(number.value)
    return found


class _Pattern(NamedTuple):
    """A triple pattern: its text, its subject, which is a variable, all its variables, and how many triples it has."""

    text: str
    subject: str
    variables: tuple[str, ...]
    size: int


class _OtherwiseError(Exception):
    """The query is not of the kind that is changed."""


@dataclass(frozen=True)
class Joins:
    """What is known of a store that decides between looking up and hashing.

    Attributes:
        counts: As :func:`count_patterns` gives them.
        worth: How many times as many triples may be read once as would be looked up.
        prefixes: Those that a query need not declare.

    """

    counts: Mapping[str, int]
    worth: float
    prefixes: Mapping[str, str]

    def prepare(self, text: str) -> str:
        """Return a query with the same solutions that joins by hash where that is quicker; mostly ``text`` itself.

        The dataset must be the one that was counted, its default graph the union of all graphs. Errors in the text are
        not found here; where the result does not parse, neither does the text.
        """
        try:
            return self._prepared(text)
        except (_OtherwiseError, IndexError):
            return text

    def _prepared(self, text: str) -> str:
        tokens = tokenize(text)
        _expect(not any(map(may_be_operator, tokens)))  # which the engine would cut in another way
        start, prefixes = _prologue(tokens, self.prefixes)
        opening = _where(tokens, start)
        closing = next((i for i in range(opening + 1, len(tokens)) if tokens[i].text in {"{", "}"}), len(tokens))
        after = {token.keyword for token in tokens[closing + 1 :]}
        cut_short = after & {"LIMIT", "OFFSET"} and not after & {"GROUP", "ORDER"}
        if tokens[closing].text != "}" or cut_short or any(token.text == "{" for token in tokens[closing:]):
            raise _OtherwiseError
        patterns, filters = self._group(text, tokens[opening + 1 : closing], prefixes)
        joined = " ".join(_subselect(pattern) for pattern in self._ordered(patterns))
        begin, end = tokens[opening].end, tokens[closing].start
        return f"{text[:begin]} {joined} {' '.join(filters)}\n{text[end:]}"

    def _group(self, text: str, tokens: list[Token], prefixes: Mapping[str, str]) -> tuple[list[_Pattern], list[str]]:
        patterns: list[_Pattern] = []
        filters: list[str] = []
        at = 0
        while at < len(tokens):
            if tokens[at].keyword == "FILTER":
                end = _filter_end(tokens, at)
                filters.append(text[tokens[at].start : tokens[end].end])
                at = end + 1
            else:
                at = self._triples(tokens, at, prefixes, patterns)
            if at < len(tokens) and tokens[at].text == ".":
                at += 1
        return patterns, filters

    def _triples(self, tokens: list[Token], at: int, prefixes: Mapping[str, str], found: list[_Pattern]) -> int:
        """Read the triples of one subject into ``found``; return where they end."""
        subject = tokens[at]
        _expect(subject.kind == "var")
        at += 1
        while True:
            predicate = tokens[at]
            at += 1
            while True:
                found.append(self._pattern(subject, predicate, tokens[at], prefixes))
                at += 1
                if at >= len(tokens) or tokens[at].text != ",":
                    break
                at += 1
            if at >= len(tokens) or tokens[at].text != ";":
                _expect(at >= len(tokens) or tokens[at].text == "." or tokens[at].keyword == "FILTER")
                return at
            at += 1
            _expect(tokens[at].text not in {";", "."})

    def _pattern(self, subject: Token, predicate: Token, value: Token, prefixes: Mapping[str, str]) -> _Pattern:
        iri = _TYPE if predicate.kind == "word" and predicate.text == "a" else _iri(predicate, prefixes)
        names = [subject.text[1:]]
        if value.kind == "var":
            key = iri
            names.append(value.text[1:])
        else:
            _expect(iri == _TYPE)
            key = "a " + _iri(value, prefixes)
        text = f"{subject.text} {predicate.text} {value.text}"
        return _Pattern(text, names[0], tuple(dict.fromkeys(names)), self.counts.get(key, 0))

    def _ordered(self, patterns: list[_Pattern]) -> list[_Pattern]:
        """Order the patterns so that the subject of each is known from those before it, the smallest first."""
        _expect(len(patterns) > 1)
        for first in sorted(patterns, key=lambda pattern: pattern.size):
            chosen, known = [first], set(first.variables)
            rest = [pattern for pattern in patterns if pattern is not first]
            while follows := [pattern for pattern in rest if pattern.subject in known]:
                following = min(follows, key=lambda pattern: pattern.size)
                rest.remove(following)
                chosen.append(following)
                known.update(following.variables)
            if not rest:
                _expect(first.size >= _LEAST and max(p.size for p in chosen) <= self.worth * first.size)
                return chosen
        raise _OtherwiseError


def _expect(condition: bool) -> None:
    if not condition:
        raise _OtherwiseError


def _prologue(tokens: list[Token], prefixes: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """Return where the query proper begins, which must be a SELECT, and the prefixes with those that it declares."""
    known, at = dict(prefixes), 0
    while tokens[at].keyword == "PREFIX":
        name, iri = tokens[at + 1], tokens[at + 2]
        _expect(name.kind == "pname" and iri.kind == "iri")
        known[name.text.removesuffix(":")] = iri.text[1:-1]
        at += 3
    _expect(tokens[at].keyword == "SELECT")
    return at, known


def _where(tokens: list[Token], start: int) -> int:
    """Return the place of the brace that opens the WHERE clause."""
    depth = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if token.text == "{":
            _expect(depth == 0)  # not that of an EXISTS in the SELECT clause
            return at
        _expect(token.keyword not in {"FROM", "EXISTS"} and (depth > 0 or token.text != "*"))
    raise _OtherwiseError


def _filter_end(tokens: list[Token], at: int) -> int:
    """Return the place of the parenthesis that closes the FILTER at ``at``."""
    at += 1
    if tokens[at].kind in {"word", "iri", "pname"}:
        at += 1
    _expect(tokens[at].text == "(")
    depth = 0
    for place in range(at, len(tokens)):
        depth += (tokens[place].text == "(") - (tokens[place].text == ")")
        if depth == 0:
            return place
    raise _OtherwiseError


def _iri(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, mark, local = token.text.partition(":")
    _expect(token.kind == "pname" and bool(mark) and prefix in prefixes and "\\" not in local)
    return prefixes[prefix] + local


def _subselect(pattern: _Pattern) -> str:
    names = " ".join(f"?{name}" for name in pattern.variables)
    return f"{{ SELECT {names} {{ {pattern.text} }} }}"
