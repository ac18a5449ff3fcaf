"""Addresses of searches: one canonical form for each, so that a search can be kept, sent and cached by its address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import request as http_request
from flask import url_for

from search.request import DEFAULT_LIMIT, FILTERS, NUMBERS
from search.spellings import short_value

if TYPE_CHECKING:
    from collections.abc import Collection

    from search.request import SearchRequest

__all__ = ["PAGE", "TABLE", "address", "canonical_parameters", "dropped", "toggled"]

PAGE: Final = "pages.search"
"""The endpoint of the page of results."""

TABLE: Final = "table"
"""The value of ``view`` by which a page shows its hits as a table."""


def canonical_parameters(search: SearchRequest) -> list[tuple[str, str]]:
    """Return the parameters of a search in canonical form: fixed order, short values, nothing that goes without saying.

    Its place in the list of hits is left out. Parsing them gives an equal search again.
    """
    pairs = [("q", search.query)] if search.query else []
    for name in FILTERS:
        pairs += [(name, short_value(name, value)) for value in search.filters.get(name, ())]
    pairs += [(name, str(getattr(search, name))) for name in NUMBERS if getattr(search, name) is not None]
    if search.suggested:
        pairs.append(("suggested", "1"))
    if search.sort and search.sort != replace(search, sort="").order:
        pairs.append(("sort", search.sort))
    if search.limit not in {0, DEFAULT_LIMIT}:
        pairs.append(("limit", str(search.limit)))
    return pairs


def address(
    search: SearchRequest,
    *,
    cursor: str | None = None,
    endpoint: str = PAGE,
    absolute: bool = False,
    table: bool | None = None,
) -> str:
    """Return the address of a search, in the language that this request asked for by ``lang``.

    Args:
        search: The search.
        cursor: Where the page starts.
        endpoint: What answers.
        absolute: Whether to give the whole address.
        table: Whether the page shows its hits as a table; as this request asked when not given.
    """
    pairs = canonical_parameters(search)
    if language := http_request.args.get("lang"):
        pairs.append(("lang", language))
    if endpoint == PAGE and (http_request.args.get("view") == TABLE if table is None else table):
        pairs.append(("view", TABLE))
    if cursor:
        pairs.append(("cursor", cursor))
    base = url_for(endpoint, _external=absolute)
    return f"{base}?{urlencode(pairs)}" if pairs else base


def toggled(search: SearchRequest, name: str, value: str) -> SearchRequest:
    """Return ``search`` with a value of a filter turned on or off; for a filter by number, set or unset."""
    if name in NUMBERS:
        number: Any = None if getattr(search, name) == int(value) else int(value)
        return replace(search, offset=0, **{name: number})
    values = search.filters.get(name, ())
    changed = tuple(v for v in values if v != value) if value in values else tuple(sorted((*values, value)))
    kept = {key: entry for key, entry in {**search.filters, name: changed}.items() if entry}
    return replace(search, offset=0, filters=kept)


def dropped(search: SearchRequest, names: Collection[str]) -> SearchRequest:
    """Return ``search`` without some filters, given by name; ``q`` stands for the query."""
    numbers: dict[str, Any] = {name: None for name in names if name in NUMBERS}
    kept = {name: values for name, values in search.filters.items() if name not in names}
    return replace(search, offset=0, filters=kept, query="" if "q" in names else search.query, **numbers)
