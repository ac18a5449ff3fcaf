"""The teacher's pages: home and results. They are plain forms and links, so they need no JavaScript."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, render_template, request

from search.request import NUMBERS, ORDERS, SearchRequest, encode_cursor
from search.spellings import short_value
from webapp.answers import remembered
from webapp.api import search_request
from webapp.conditional import of_release
from webapp.facet_view import facet_view
from webapp.home_view import home_view
from webapp.languages import served
from webapp.presentation import hit_entry, offer_entry
from webapp.search_address import TABLE, address, canonical_parameters, dropped, toggled
from webapp.search_labels import chip_label, filter_title, kind_text, value_text
from webapp.search_texts import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from search.results import Relaxation

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)

_IN_FORM: Final = (*NUMBERS, "suggested", "devices")
"""Parameters that the form beside the results sets; links keep all others."""


@blueprint.record_once
def _provide_texts(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.globals.update(say=say, value_text=value_text, kind_text=kind_text)


@blueprint.get("/")
def home() -> Response:
    """Show the search box, the ways in by competence, subject and level, what is new, the hubs, and what is in here."""
    return _page(lambda: render_template("home.html", **home_view()))


@blueprint.get("/search")
def search() -> Response:
    """Show a page of results with the filters that lead somewhere."""
    asked = search_request()
    return _page(lambda: _results_page(asked))


def _page(make: Callable[[], str]) -> Response:
    """Return a page, or 304 to a browser that has it: going back and reloading then take next to nothing."""
    return of_release(lambda: Response(remembered(make)), page=True)


def _results_page(asked: SearchRequest) -> str:
    result = served().engine.search(asked)
    end = asked.offset + len(result.hits)
    following = address(asked, cursor=encode_cursor(served().release.id, end)) if end < result.total else None
    kept = _kept_parameters(asked)
    whole = replace(asked, offset=0)
    return render_template(
        "search.html",
        search=asked,
        result=result,
        hits=[hit_entry(hit, asked) for hit in result.hits],
        chips=_chips(asked),
        offers=[offer_entry(offer, asked) for offer in result.offers],
        relaxations=[_relaxation(relaxation, asked) for relaxation in result.relaxations],
        facets=facet_view(result, asked),
        orders=_orders(whole),
        is_table=request.args.get("view") == TABLE,
        list_address=address(whole, table=False),
        table_address=address(whole, table=True),
        hidden=[pair for pair in kept if pair[0] != "q"],
        form_hidden=[pair for pair in kept if pair[0] not in _IN_FORM],
        no_devices="none" in asked.filters.get("devices", ()),
        first=asked.offset + 1,
        last=end,
        following=following,
        start=address(asked) if asked.offset else None,
        all_address=address(dropped(asked, asked.set_filters)),
        csv_address=address(asked, endpoint="api.search_csv"),
        json_address=address(asked, endpoint="api.search"),
        canonical=address(asked, absolute=True, table=False),
        feed=address(replace(dropped(asked, ("q",)), sort=""), endpoint="atom.atom") if asked.set_filters else None,
    )


def _orders(asked: SearchRequest) -> list[dict[str, Any]]:
    """Return the orders to choose from; without a query nothing is a better match than the rest."""
    return [
        {"label": say(f"order.{name}"), "address": address(replace(asked, sort=name)), "chosen": name == asked.order}
        for name in ORDERS
        if asked.query or name != "relevance"
    ]


def _kept_parameters(asked: SearchRequest) -> list[tuple[str, str]]:
    """Return what forms send along with what is typed into them."""
    others = [(name, value) for name in ("lang", "view") if (value := request.args.get(name))]
    return [*canonical_parameters(asked), *others]


def _chips(asked: SearchRequest) -> list[dict[str, str]]:
    """Return the filters that are set, one chip for each value, with the address without it."""
    chips = [
        _chip(name, value, chip_label(name, (value,)), toggled(asked, name, value))
        for name, values in asked.filters.items()
        for value in values
    ]
    chips += [
        _chip(name, str(number), chip_label(name, (str(number),)), dropped(asked, (name,)))
        for name in NUMBERS
        if (number := getattr(asked, name)) is not None
    ]
    if asked.suggested:
        chips.append(_chip("suggested", "1", say("suggested"), replace(asked, suggested=False, offset=0)))
    return chips


def _chip(name: str, value: str, label: str, without: SearchRequest) -> dict[str, str]:
    identifier = f"chip-{name}-{short_value(name, value)}"
    return {"id": identifier, "title": filter_title(name), "label": label, "address": address(without)}


def _relaxation(relaxation: Relaxation, asked: SearchRequest) -> dict[str, Any]:
    """Return what can be dropped in words, and the address without it."""
    labels = []
    for name in relaxation.drop:
        if name == "q":
            labels.append(f"“{asked.query}”")
        elif name in NUMBERS:
            labels.append(chip_label(name, (str(getattr(asked, name)),)))
        else:
            labels.append(chip_label(name, asked.filters[name]))
    return {"labels": labels, "total": relaxation.total, "address": address(dropped(asked, relaxation.drop))}
