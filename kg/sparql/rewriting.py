"""Rewrites a query so that every SPARQL 1.1 parser reads it alike, and takes its dataset out of the text.

What comes out holds no comment, no line break, no code point escape and no dataset clause: two servers cannot take it
for two different queries, and the dataset goes with the request, where it can be restricted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin

from kg.sparql.errors import MalformedQueryError, UnsupportedFunctionError
from kg.sparql.lexer import tokenize, unescape_codepoints

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.sparql.lexer import Token

__all__ = ["RewrittenQuery", "rewrite"]

_CODE: Final = ("bif:", "sql:", "java:")  # IRIs by which Virtuoso and Jena call code of the server
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_WRITTEN: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_LOCAL_ESCAPE: Final = re.compile(r"\\(.)")


@dataclass(frozen=True)
class RewrittenQuery:
    """A query as it is sent.

    Attributes:
        text: The text.
        form: SELECT, ASK, CONSTRUCT, or DESCRIBE.
        solutions: For CONSTRUCT the query for what the template is filled with, else the empty string.
        default: IRIs after FROM, or None where the text names no dataset.
        named: IRIs after FROM NAMED, likewise.
    """

    text: str
    form: str
    solutions: str
    default: tuple[str, ...] | None
    named: tuple[str, ...] | None


class _Piece(NamedTuple):
    """A token to write: its kind, its text, and whether something stood before it that it must be kept apart from."""

    kind: str
    text: str
    apart: bool = True

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


def rewrite(text: str, base_iri: str | None, prefixes: Mapping[str, str]) -> RewrittenQuery:
    """Rewrite a query that has passed the screening.

    Args:
        text: The query.
        base_iri: What relative IRIs resolve against.
        prefixes: Prefixes that need no declaration.

    Raises:
        MalformedQueryError: It is no query.
        UnsupportedFunctionError: It calls code of a server.

    >>> rewrite("SELECT * FROM <g> { ?s a schema:Thing } # all", "http://x/", {"schema": "https://schema.org/"}).text
    'BASE <http://x/> PREFIX schema: <https://schema.org/> SELECT * { ?s a schema:Thing }'
    """
    pieces = list(_pieces(tokenize(text)))
    form = next((piece.keyword for piece in pieces if piece.keyword in _FORMS), "")
    if not form:
        raise MalformedQueryError("the query has none of SELECT, ASK, CONSTRUCT and DESCRIBE")
    start = next(place for place, piece in enumerate(pieces) if piece.keyword in _FORMS)
    base, declared = _declarations(pieces[:start], base_iri or "")
    body, default, named = _without_dataset(pieces[start:], base, {**prefixes, **declared})
    if form == "DESCRIBE" and (described := _as_construct(body)):
        form, body = "CONSTRUCT", described
    head = [_Piece("word", "BASE"), _Piece("iri", f"<{base_iri}>")] if base_iri else []
    used = {piece.text.partition(":")[0] for piece in pieces if piece.kind == "pname"} - declared.keys()
    for prefix in sorted(used & prefixes.keys()):
        head += [_Piece("word", "PREFIX"), _Piece("pname", f"{prefix}:"), _Piece("iri", f"<{prefixes[prefix]}>")]
    head += pieces[:start]
    solutions = _joined([*head, *_solutions(body)]) if form == "CONSTRUCT" else ""
    return RewrittenQuery(_joined([*head, *body]), form, solutions, default, named)


def _pieces(tokens: Iterable[Token]) -> Iterable[_Piece]:
    end = -1
    for token in tokens:
        text = token.text
        if token.kind == "string":
            text = _plain_string(text)
        elif token.kind == "iri":
            text = unescape_codepoints(text)
            if text[1:].lower().startswith(_CODE):
                raise UnsupportedFunctionError(f"{text} is not known here")
        yield _Piece(token.kind, text, token.start > end)
        end = token.end


def _plain_string(text: str) -> str:
    quotes = 3 if text[:3] in {'"""', "'''"} else 1
    try:
        content = _ESCAPE.sub(_character, text[quotes:-quotes])
    except ValueError:
        raise MalformedQueryError("a string holds an escape of no character") from None
    return f'"{"".join(_WRITTEN.get(character, character) for character in content)}"'


def _character(escape: re.Match[str]) -> str:
    """Return what an escape stands for, as our parser reads it: in one pass."""
    digits = escape[1] or escape[2]
    return chr(int(digits, 16)) if digits else _ESCAPES.get(escape[3], escape[3])


def _declarations(prologue: list[_Piece], base: str) -> tuple[str, dict[str, str]]:
    declared: dict[str, str] = {}
    for before, piece in pairwise(prologue):
        if piece.kind == "iri" and before.keyword == "BASE":
            base = urljoin(base, piece.text[1:-1])
        elif piece.kind == "iri" and before.kind == "pname":
            declared[before.text.removesuffix(":")] = urljoin(base, piece.text[1:-1])
    return base, declared


def _without_dataset(
    body: list[_Piece], base: str, declared: Mapping[str, str]
) -> tuple[list[_Piece], tuple[str, ...] | None, tuple[str, ...] | None]:
    kept: list[_Piece] = []
    default: list[str] = []
    named: list[str] = []
    depth, clause, removed = 0, "", False
    for piece in body:
        depth += (piece.text in "({[") - (piece.text in ")}]") if piece.kind == "op" else 0
        if not depth and (piece.keyword in {"FROM", "FROMNAMED"} or (clause and piece.keyword == "NAMED")):
            clause += piece.keyword
        elif clause and piece.kind in {"iri", "pname"}:
            (named if "NAMED" in clause else default).append(_resolved(piece, base, declared))
            clause, removed = "", True
        else:
            kept.append(piece._replace(apart=piece.apart or removed))
            removed = False
    return (kept, (*default,), (*named,)) if default or named else (kept, None, None)


def _resolved(piece: _Piece, base: str, declared: Mapping[str, str]) -> str:
    if piece.kind == "iri":
        return urljoin(base, piece.text[1:-1])
    prefix, _, local = piece.text.partition(":")
    if prefix not in declared:
        raise MalformedQueryError(f"the prefix {prefix}: is not declared")
    return declared[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)


def _as_construct(body: list[_Piece]) -> list[_Piece] | None:
    """Turn DESCRIBE of IRIs alone into the CONSTRUCT that means the same here: servers describe in their own ways."""
    resources = [piece for piece in body[1:] if piece.kind in {"iri", "pname"}]
    if not resources or len(resources) != len(body) - 1:
        return None
    words = "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s {"
    return [*_words(words), *(piece._replace(apart=True) for piece in resources), *_words("} ?s ?p ?o }")]


def _words(text: str) -> list[_Piece]:
    return [_Piece("word" if word.isalpha() else "op", word) for word in text.split()]


def _solutions(body: list[_Piece]) -> list[_Piece]:
    """Replace ``CONSTRUCT`` and its template by ``SELECT *``."""
    rest, depth = body[1:], 0
    if rest[0].text == "{":
        for place, piece in enumerate(rest):
            depth += (piece.text == "{") - (piece.text == "}")
            if not depth:
                rest = rest[place + 1 :]
                break
    return [*_words("SELECT *"), *(piece._replace(apart=True) for piece in rest[:1]), *rest[1:]]


def _joined(pieces: Iterable[_Piece]) -> str:
    return "".join(f" {piece.text}" if piece.apart else piece.text for piece in pieces).strip()
