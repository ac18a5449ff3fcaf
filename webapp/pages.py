"""The teacher's pages: home and results. They are plain forms and links, so they need no JavaScript."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, render_template, request

from search.fields import FIELDS, SUGGESTED, TIME
from search.request import NUMBERS, SearchRequest, encode_cursor
from webapp.answers import remembered
from webapp.api import search_request
from webapp.languages import reader_languages, served
from webapp.presentation import facets, hit_entry, offer_entry
from webapp.search_address import address, canonical_parameters, dropped, toggled
from webapp.search_labels import chip_label, filter_title, value_label
from webapp.search_texts import say

if TYPE_CHECKING:
    from flask import Flask

    from search.results import Relaxation, SearchResult

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)

_SHOWN_VALUES: Final = 10
_OPEN: Final = frozenset({"subject", "level", "language", "competence", TIME})
"""Facets that are shown unfolded; others are when one of their values is chosen."""

_IN_FORM: Final = (*NUMBERS, "suggested", "devices")
"""Parameters that the form beside the results sets; links keep all others."""


@blueprint.record_once
def _provide_texts(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.globals["say"] = say


@blueprint.get("/")
def home() -> str:
    """Show the search box, the ways in by subject and competence, and what is in here."""
    release = served().release
    result = served().engine.search(SearchRequest(limit=0, languages=reader_languages()))
    about = release.manifest["parts"]["search"]
    return render_template("home.html", facets=facets(result), release=release, scenarios=about["scenarios"])


@blueprint.get("/search")
def search() -> str:
    """Show a page of results with the filters that lead somewhere."""
    asked = search_request()
    return remembered(lambda: _results_page(asked))


def _results_page(asked: SearchRequest) -> str:
    result = served().engine.search(asked)
    end = asked.offset + len(result.hits)
    following = address(asked, cursor=encode_cursor(served().release.id, end)) if end < result.total else None
    kept = _kept_parameters(asked)
    return render_template(
        "search.html",
        search=asked,
        result=result,
        hits=[hit_entry(hit, asked) for hit in result.hits],
        chips=_chips(asked),
        offers=[offer_entry(offer, asked) for offer in result.offers],
        relaxations=[_relaxation(relaxation, asked) for relaxation in result.relaxations],
        facets=_facet_view(result, asked),
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
        canonical=address(asked, absolute=True),
        feed=address(dropped(asked, ("q",)), endpoint="atom.atom") if asked.set_filters else None,
    )


def _kept_parameters(asked: SearchRequest) -> list[tuple[str, str]]:
    language = request.args.get("lang")
    return [*canonical_parameters(asked), *([("lang", language)] if language else [])]


def _chips(asked: SearchRequest) -> list[dict[str, str]]:
    """Return the filters that are set, one chip for each value, with the address without it."""
    chips = []
    for name, values in asked.filters.items():
        for value in values:
            without = address(toggled(asked, name, value))
            chips.append({"title": filter_title(name), "label": chip_label(name, (value,)), "address": without})
    for name in NUMBERS:
        if (number := getattr(asked, name)) is not None:
            label = chip_label(name, (str(number),))
            chips.append({"title": filter_title(name), "label": label, "address": address(dropped(asked, (name,)))})
    if asked.suggested:
        label = say("suggested")
        chips.append({"title": label, "label": label, "address": address(replace(asked, suggested=False, offset=0))})
    return chips


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


def _facet_view(result: SearchResult, asked: SearchRequest) -> list[dict[str, Any]]:
    """Return the facets to show: each value with its state, what is narrower, and the address that toggles it."""
    view = []
    for name, counts in result.facets.items():
        values = _times(counts, asked) if name == TIME else _values(name, counts, asked)
        if values:
            chosen = any(entry["chosen"] or entry["open"] for entry in values)
            view.append(
                {
                    "name": name,
                    "title": say("time") if name == TIME else filter_title(name),
                    "open": chosen or name in _OPEN,
                    "values": values[:_SHOWN_VALUES],
                    "more": values[_SHOWN_VALUES:],
                }
            )
    return view


def _times(counts: dict[str, int], asked: SearchRequest) -> list[dict[str, Any]]:
    return [
        {
            "label": chip_label(TIME, (most,)),
            "count": count,
            "chosen": asked.minutes_max == int(most),
            "open": False,
            "address": address(toggled(asked, TIME, most)),
            "narrower": [],
        }
        for most, count in counts.items()
    ]


def _values(name: str, counts: dict[str, int], asked: SearchRequest) -> list[dict[str, Any]]:
    """Return a facet's values, the chosen first, then the frequent; in trees those at the top, with the narrower."""
    field = SUGGESTED if name == "competence" and asked.suggested else name
    above = served().engine.facets.broader[field] if FIELDS[name].tree else {}
    below: dict[str, list[str]] = {}
    for value in counts:
        for parent in above.get(value, ()):
            below.setdefault(parent, []).append(value)
    chosen = set(asked.filters.get(name, ()))

    def entries(values: list[str]) -> list[dict[str, Any]]:
        shown = []
        for value in values:
            narrower = entries(below.get(value, []))
            entry = {
                "label": value_label(name, value),
                "count": counts[value],
                "chosen": value in chosen,
                "open": any(inner["chosen"] or inner["open"] for inner in narrower),
                "address": address(toggled(asked, name, value)),
                "narrower": narrower,
            }
            shown.append(entry)
        return sorted(shown, key=lambda e: (not (e["chosen"] or e["open"]), -e["count"], e["label"]))

    return entries([value for value in counts if not any(parent in counts for parent in above.get(value, ()))])
