"""A search as asked for: the query, the filters and the page, checked before anything is computed."""

from __future__ import annotations

import base64
import binascii
import json
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.errors import IhubError
from search.facets import FACETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "FILTERS",
    "ParameterError",
    "SearchRequest",
    "clean_query",
    "decode_cursor",
    "encode_cursor",
    "parse_request",
]

FILTERS: Final = tuple(FACETS)
"""Names of the filters by value, which are those of the facets."""

_DEFAULT_LIMIT: Final = 20


class ParameterError(IhubError):
    """A parameter of a request cannot be used; ``field`` names it."""


@dataclass(frozen=True)
class SearchRequest:
    """What to search for.

    Attributes:
        query: The cleaned query; empty asks for everything that passes the filters.
        filters: Values by filter name: IRIs, or language tags. Filters are joined by AND, the values of one by OR.
        minutes_max: At most this much classroom time; scenarios that do not state theirs do not pass.
        limit: Hits on the page.
        offset: Hits before the page.
        explain: Whether hits tell their scores by signal.
        languages: The reader's languages, the most wanted first.
    """

    query: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minutes_max: int | None = None
    limit: int = _DEFAULT_LIMIT
    offset: int = 0
    explain: bool = False
    languages: tuple[str, ...] = ("en",)


def parse_request(
    parameters: Mapping[str, Sequence[str]],
    resolve: Mapping[str, Mapping[str, str]],
    release: str,
    *,
    longest: int,
    largest_page: int,
    languages: tuple[str, ...] = ("en",),
) -> SearchRequest:
    """Make a request of query-string parameters.

    Args:
        parameters: All values of each parameter. Empty values are as if absent; unknown parameters are passed over.
        resolve: For each filter, what people may write for a value (slug, notation, IRI, lower case) and the value.
        release: The release that cursors must belong to.
        longest: Characters of the longest query.
        largest_page: The largest ``limit``.
        languages: The reader's languages.

    Raises:
        ParameterError: A value cannot be used; names the parameter.
    """
    query = _one(parameters, "q")
    if len(query) > longest:
        raise ParameterError(f"is longer than {longest} characters", field="q")
    filters = {}
    for name in FILTERS:
        stated = [value.strip() for value in parameters.get(name, ()) if value.strip()]
        values = tuple(dict.fromkeys(_resolved(name, value, resolve[name]) for value in stated))
        if values:
            filters[name] = values
    limit = _number(parameters, "limit", 1, largest_page)
    cursor = _one(parameters, "cursor")
    return SearchRequest(
        query=clean_query(query),
        filters=filters,
        minutes_max=_number(parameters, "minutes_max", 0, 1_000_000),
        limit=_DEFAULT_LIMIT if limit is None else limit,
        offset=decode_cursor(cursor, release) if cursor else 0,
        explain=_one(parameters, "explain") in {"1", "true"},
        languages=languages,
    )


def clean_query(text: str) -> str:
    r"""Return ``text`` without control and surrogate characters, in composed form, with single spaces.

    >>> clean_query(" a\x00b ")
    'a b'
    """
    spaced = "".join(" " if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)
    return " ".join(unicodedata.normalize("NFC", spaced).split())


def encode_cursor(release: str, offset: int) -> str:
    """Return the opaque cursor of the page that starts after ``offset`` hits of ``release``."""
    return base64.urlsafe_b64encode(json.dumps([release, offset]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, release: str) -> int:
    """Return the offset in a cursor.

    Raises:
        ParameterError: It is no cursor of ours, or of another release.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        made_for, offset = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise ParameterError("is no cursor that this site gave", field="cursor") from None
    if made_for != release:
        raise ParameterError("belongs to another release", field="cursor", hint="start again from the first page")
    if not isinstance(offset, int) or isinstance(offset, bool) or not 0 <= offset < 2**31:
        raise ParameterError("is no cursor that this site gave", field="cursor")
    return offset


def _one(parameters: Mapping[str, Sequence[str]], name: str) -> str:
    values = parameters.get(name, ())
    if len(values) > 1:
        raise ParameterError("is given more than once", field=name)
    return values[0].strip() if values else ""


def _resolved(name: str, value: str, known: Mapping[str, str]) -> str:
    found = known.get(value) or known.get(value.casefold())
    if found is None:
        raise ParameterError(f"{value[:80]!r} is not known", field=name, hint="the facets list the values")
    return found


def _number(parameters: Mapping[str, Sequence[str]], name: str, least: int, most: int) -> int | None:
    text = _one(parameters, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        raise ParameterError(f"must be a whole number from {least} to {most}", field=name)
    return int(text)
