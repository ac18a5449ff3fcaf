"""The teacher's pages: home and results. They are plain forms and links, so they need no JavaScript."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, render_template, request, url_for

from search.request import SearchRequest, encode_cursor
from webapp.api import search_request
from webapp.languages import served
from webapp.presentation import facets, hit_entry

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)

_SHOWN_FACETS: Final = {
    "subject": "Subject",
    "level": "Level",
    "language": "Language",
    "competence": "Competence",
    "collection": "Collection",
    "kind": "Kind of data",
}
_SHOWN_VALUES: Final = 12


@blueprint.get("/")
def home() -> str:
    """Show the search box, the ways in by subject and competence, and what is in here."""
    release = served().release
    result = served().engine.search(SearchRequest(limit=0))
    about = release.manifest["parts"]["search"]
    return render_template("home.html", facets=facets(result), release=release, scenarios=about["scenarios"])


@blueprint.get("/search")
def search() -> str:
    """Show a page of results with the filters that lead somewhere."""
    asked = search_request()
    result = served().engine.search(asked)
    end = asked.offset + len(result.hits)
    following = _address(cursor=encode_cursor(served().release.id, end)) if end < result.total else None
    return render_template(
        "search.html",
        search=asked,
        result=result,
        hits=[hit_entry(hit, asked) for hit in result.hits],
        facets=_facet_view(facets(result)),
        hidden=[(name, value) for name, values in _parameters().items() if name != "q" for value in values],
        first=asked.offset + 1,
        last=end,
        following=following,
        start=_address(cursor=None) if asked.offset else None,
        feed=_feed_address(),
    )


def _facet_view(found: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the facets to show: each value with its state and the address that turns it on or off."""
    view = []
    for name, title in _SHOWN_FACETS.items():
        chosen = set(request.args.getlist(name))
        values = found[name]
        shown = [v for v in values if v["value"] in chosen] + [v for v in values if v["value"] not in chosen]
        entries = [{**v, "chosen": v["value"] in chosen, "address": _toggled(name, v["value"])} for v in shown]
        if entries:
            view.append(
                {"name": name, "title": title, "values": entries[:_SHOWN_VALUES], "more": entries[_SHOWN_VALUES:]}
            )
    return view


def _toggled(name: str, value: str) -> str:
    parameters = _parameters()
    values = parameters.get(name, [])
    parameters[name] = [v for v in values if v != value] if value in values else [*values, value]
    kept: dict[str, Any] = {key: value for key, value in parameters.items() if value}
    return url_for("pages.search", **kept)


def _address(*, cursor: str | None) -> str:
    parameters: dict[str, Any] = _parameters()
    if cursor:
        parameters["cursor"] = cursor
    return url_for("pages.search", **parameters)


def _feed_address() -> str | None:
    """Return the feed by the filters of this page, or None where there are none."""
    kept: dict[str, Any] = {name: values for name, values in _parameters().items() if name != "q"}
    return url_for("atom.atom", **kept) if kept else None


def _parameters() -> dict[str, list[str]]:
    """Return the parameters of this page without its place in the list."""
    kept = {"q", "lang", "minutes_max", *_SHOWN_FACETS, "organisation", "tool"}
    return {key: values for key, values in request.args.lists() if key in kept}
