"""The search API: its parameters are those of the search's own table, its values those of the served release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.fields import EXCLUDING, FACETS, TIME
from search.request import CURSOR_DIGITS, DEFAULT_LIMIT, FILTERS, NUMBERS, ORDERS
from search.spellings import short_value
from webapp.openapi.hits import HIT_SCHEMAS
from webapp.openapi.parts import content, get, path_parameter, query, reference
from webapp.search_texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.settings import Settings
    from webapp.openapi.parts import Json

__all__ = ["SEARCH_SCHEMAS", "search_parameters", "search_paths"]

SEARCH_SCHEMAS: Final = HIT_SCHEMAS
"""The schemas of what the search answers."""

_ABSENT: Final[Json] = {"type": "string", "maxLength": 0, "description": "As if the parameter were absent."}
_PAGED: Final = ("limit", "cursor")
_FEED: Final = ("limit", "cursor", "sort", "explain", "suggested", "constraints", "facets", "lang")
_SUGGESTED_MOST: Final = 50
_TYPED_MOST: Final = 200


def search_parameters(values: Mapping[str, Mapping[str, str]], release: str, settings: Settings) -> Json:
    """Return every parameter of a search as a component, by name.

    Args:
        values: For each filter, what people may write for a value, and the value.
        release: The release that cursors must belong to.
        settings: The settings, which bound queries and pages.
    """
    found = {name: _filter(name, values[EXCLUDING.get(name, name)]) for name in FILTERS}
    found |= {name: query(name, _number(0, most), _title(name)) for name, most in NUMBERS.items()}
    facets = ", ".join((*FACETS, TIME))
    names = f"({'|'.join((*FACETS, TIME))})"
    found |= {
        "q": query(
            "q", {"type": "string", "maxLength": settings.query_max_chars}, "Words in any language, a title or an IRI."
        ),
        "limit": query("limit", _number(1, settings.page_size_max), f"Hits on a page; {DEFAULT_LIMIT} when not given."),
        "cursor": query(
            "cursor",
            {"type": "string", "pattern": rf"^({release}\.[0-9]{{1,{CURSOR_DIGITS}}})?$"},
            "`next` of the former page; holds within a release.",
        ),
        "sort": query(
            "sort",
            {"type": "string", "enum": ["", *ORDERS]},
            "Order of the hits; `relevance` where there is a query, else `newest`, when not given.",
        ),
        "explain": query("explain", _flag(), "`1`: scores by signal with each hit."),
        "suggested": query("suggested", _flag(), "`1`: competences that a program suggests count too."),
        "constraints": query("constraints", _flag(), "`0`: do not read the query for filters."),
        "facets": query(
            "facets",
            {"type": "string", "pattern": f"^(none|{names}(,{names})*)?$"},
            f"Names of the facets to count, separated by commas, or `none`; all when not given. There are: {facets}.",
        ),
        "lang": query("lang", {"type": "string"}, "The reader's language, before those of Accept-Language."),
    }
    return found


def search_paths(parameters: Json) -> Json:
    """Return the paths of the search API and of the Atom feed, which has the same filters.

    Args:
        parameters: What :func:`search_parameters` gave.
    """
    named = {name: reference("parameters", name) for name in parameters}
    every = list(named.values())
    return {
        "/api/search": _search(every),
        "/api/search.csv": get(
            "Search, as a table of all hits",
            content(["text/csv"]),
            parameters=[*every, query("format", {"type": "string"}, "Passed over.")],
            statuses=[400],
            headers={"X-Total-Count": {"description": "How many hits there are.", "schema": {"type": "integer"}}},
        ),
        "/api/suggest": _suggest(named),
        "/api/similar/{segment}/{slug}": _similar(named),
        "/atom": get(
            "New and changed scenarios, as an Atom feed",
            content(["application/atom+xml"]),
            parameters=[named[name] for name in named if name in {*FILTERS, *NUMBERS, *_FEED}],
            statuses=[304, 400],
        ),
    }


def _search(every: Sequence[Json]) -> Json:
    form = query("format", {"type": "string", "enum": ["json", "csv"]})
    answer = content(["application/json", "text/csv"], reference("schemas", "SearchResult"))
    within = "`organisation`, `learning_type`, `co_authorship` and `tool` hold within one activity."
    text = f"Values of one filter are joined by OR, filters by AND. {within}"
    return get("Search scenarios", answer, parameters=[*every, form], statuses=[304, 400], description=text)


def _suggest(named: Json) -> Json:
    return get(
        "Concepts and titles that what was typed may become",
        content(["application/json"], reference("schemas", "Suggestions")),
        parameters=[
            query("q", {"type": "string", "maxLength": _TYPED_MOST}),
            query("limit", _number(1, _SUGGESTED_MOST)),
            named["lang"],
        ],
        statuses=[304, 400],
    )


def _similar(named: Json) -> Json:
    return get(
        "Scenarios like one, and what more there is for its competences",
        content(["application/json"], reference("schemas", "Similar")),
        parameters=[
            path_parameter("segment", {"type": "string", "enum": ["scenario"]}),
            path_parameter("slug", {"type": "string", "minLength": 1}),
            *(named[name] for name in ("subject", "limit", "lang")),
        ],
        statuses=[400, 404],
    )


def _filter(name: str, values: Mapping[str, str]) -> Json:
    shorts = sorted({short_value(name, value) for value in values.values()})
    text = f"{_title(name)}. Slugs; notations, `type/slug` and whole IRIs are taken too."
    return query(name, {"type": "array", "items": {"type": "string", "enum": ["", *shorts]}}, text)


def _title(name: str) -> str:
    return TEXTS[name]


def _number(least: int, most: int) -> Json:
    return {"anyOf": [{"type": "integer", "minimum": least, "maximum": most}, _ABSENT]}


def _flag() -> Json:
    return {"type": "string", "enum": ["", "0", "1", "false", "true"]}
