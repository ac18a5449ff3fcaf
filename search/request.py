"""A search as asked for: the query, the filters and the page, checked before anything is computed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final

from kg.errors import IhubError
from search.fields import EXCLUDING, FACETS, TIME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "CURSOR_DIGITS",
    "FILTERS",
    "NUMBERS",
    "ORDERS",
    "ParameterError",
    "SearchRequest",
    "clean_query",
    "decode_cursor",
    "encode_cursor",
    "parse_request",
]

FILTERS: Final = (*FACETS, *EXCLUDING)
"""Names of the filters by value: those of the facets, and those that leave out what has a value."""

NUMBERS: Final[Mapping[str, int]] = {"minutes_min": 1_000_000, "minutes_max": 1_000_000, "age": 120}
"""Names of the filters by number, each with the largest that it takes; the least is 0."""

ORDERS: Final = ("relevance", "newest", "shortest", "title")
"""The orders of hits. Without a query nothing is more relevant than the rest, so the newest come first then."""

DEFAULT_LIMIT: Final = 20
"""Hits on a page that does not ask for another number."""

CURSOR_DIGITS: Final = 10
"""Digits of the largest offset in a cursor."""

_FLAGS: Final = {"": None, "0": False, "false": False, "1": True, "true": True}


class ParameterError(IhubError):
    """A parameter of a request cannot be used; ``field`` names it."""


@dataclass(frozen=True)
class SearchRequest:
    """What to search for.

    Attributes:
        query: The cleaned query; empty asks for everything that passes the filters.
        filters: Values by filter name: IRIs, or language tags. Filters are joined by AND, the values of one by OR.
        minutes_min: At least this much classroom time; scenarios that do not state theirs do not pass.
        minutes_max: At most this much, likewise.
        age: An age of pupils; scenarios that are not known to be for it do not pass.
        suggested: Whether competences that only a program suggests count as taught.
        limit: Hits on the page.
        offset: Hits before the page.
        sort: The order asked for, one of :data:`ORDERS`; empty for the usual one.
        explain: Whether hits tell their scores by signal.
        constraints: Whether to look for words of the query that read as filters.
        facets: Names of the facets to count; None counts all.
        languages: The reader's languages, the most wanted first.
    """

    query: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minutes_min: int | None = None
    minutes_max: int | None = None
    age: int | None = None
    suggested: bool = False
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    sort: str = ""
    explain: bool = False
    constraints: bool = True
    facets: tuple[str, ...] | None = None
    languages: tuple[str, ...] = ("en",)

    @property
    def key(self) -> tuple[object, ...]:
        """What two requests have in common exactly when they are answered alike."""
        parts = (getattr(self, f.name) for f in fields(self) if f.name != "filters")
        return (tuple(sorted(self.filters.items())), *parts)

    @property
    def order(self) -> str:
        """The order of the hits."""
        return self.sort or ("relevance" if self.query else "newest")

    @property
    def set_filters(self) -> tuple[str, ...]:
        """Names of the filters that are set, by value and by number."""
        return (*self.filters, *(name for name in NUMBERS if getattr(self, name) is not None))


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
    filters = {name: values for name in FILTERS if (values := _values(parameters, name, resolve))}
    numbers = {name: _number(parameters, name, 0, most) for name, most in NUMBERS.items()}
    least, most = numbers["minutes_min"], numbers["minutes_max"]
    if least is not None and most is not None and least > most:
        raise ParameterError("is more than minutes_max", field="minutes_min")
    limit = _number(parameters, "limit", 1, largest_page)
    cursor = _one(parameters, "cursor")
    return SearchRequest(
        query=clean_query(query),
        filters=filters,
        **numbers,
        suggested=bool(_flag(parameters, "suggested")),
        limit=DEFAULT_LIMIT if limit is None else limit,
        offset=decode_cursor(cursor, release) if cursor else 0,
        sort=_sort(parameters),
        explain=bool(_flag(parameters, "explain")),
        constraints=_flag(parameters, "constraints") is not False,
        facets=_facets(parameters),
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
    """Return the cursor of the page that starts after ``offset`` hits of ``release``.

    >>> encode_cursor("0123456789abcdef", 20)
    '0123456789abcdef.20'
    """
    return f"{release}.{offset}"


def decode_cursor(cursor: str, release: str) -> int:
    """Return the offset in a cursor.

    Raises:
        ParameterError: It is no cursor of ours, or of another release.
    """
    made_for, _, offset = cursor.rpartition(".")
    if not made_for or not (offset.isascii() and offset.isdigit() and len(offset) <= CURSOR_DIGITS):
        raise ParameterError("is no cursor that this site gave", field="cursor")
    if made_for != release:
        raise ParameterError("belongs to another release", field="cursor", hint="start again from the first page")
    return int(offset)


def _one(parameters: Mapping[str, Sequence[str]], name: str) -> str:
    values = parameters.get(name, ())
    if len(values) > 1:
        raise ParameterError("is given more than once", field=name)
    return values[0] if values else ""


def _values(
    parameters: Mapping[str, Sequence[str]], name: str, resolve: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    known = resolve[EXCLUDING.get(name, name)]
    # An empty value is what a form sends for a field that was left empty; anything else must be known.
    return tuple(sorted({_resolved(name, value, known) for value in parameters.get(name, ()) if value}))


def _flag(parameters: Mapping[str, Sequence[str]], name: str) -> bool | None:
    text = _one(parameters, name).casefold()
    if text not in _FLAGS:
        raise ParameterError("must be 0 or 1", field=name)
    return _FLAGS[text]


def _sort(parameters: Mapping[str, Sequence[str]]) -> str:
    text = _one(parameters, "sort")
    if text and text not in ORDERS:
        raise ParameterError(f"{text[:80]!r} is no order", field="sort", hint=", ".join(ORDERS))
    return text


def _facets(parameters: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Return the facets to count: ``facets=level,tool``, or ``facets=none``."""
    text = _one(parameters, "facets")
    names = tuple(name for name in text.split(",") if name)
    if names == ("none",):
        return ()
    for name in names:
        if name not in {*FACETS, TIME}:
            raise ParameterError(f"{name[:80]!r} is no facet", field="facets", hint=", ".join((*FACETS, TIME)))
    return names or None


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
