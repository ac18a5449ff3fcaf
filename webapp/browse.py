"""The pages that list what there is, kind by kind: ways in for those who do not search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, render_template, request, url_for

from kg.frameworks import frameworks
from ontology.namespaces import IHUB, PREFIXES
from search.request import SearchRequest
from webapp.answers import remembered
from webapp.entity_pages import told
from webapp.entity_pages.competence import with_counts
from webapp.entity_pages.hub import hub_entries
from webapp.figures.place_map import place_map
from webapp.languages import label, served
from webapp.search_address import address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["blueprint"]

blueprint = Blueprint("browse", __name__)

PER_PAGE: Final = 50
"""Entries on a page of a list."""

_BROADER: Final = PREFIXES["skos"] + "broader"
_MOST_PAGES: Final = 10**6


@blueprint.get("/competences")
def competences() -> str:
    """Show the areas and competences of the frameworks, the one with most scenarios first."""
    return remembered(_competences)


def _competences() -> str:
    shown: list[dict[str, Any]] = []
    for framework in frameworks(served().graph):
        areas = [(area, with_counts(found)) for area, found in framework.areas.items()]
        shown.append(
            {
                "link": told.link(framework.iri),
                "description": told.description(framework.iri),
                "areas": [(with_counts([area])[0], found) for area, found in areas],
            }
        )
    shown.sort(key=lambda entry: (-sum(area["count"] for area, _ in entry["areas"]), entry["link"].text))
    return render_template("browse/competences.html", frameworks=shown)


@blueprint.get("/subjects")
def subjects() -> str:
    """Show the tree of subjects with the number of scenarios in each."""
    return remembered(_subjects)


def _subjects() -> str:
    graph = served().graph
    counts = served().engine.search(SearchRequest(limit=0, facets=("subject",), constraints=False)).facets["subject"]
    below: dict[str, list[str]] = {}
    for iri in graph.instances(IHUB + "Subject"):
        for parent in graph.iris(iri, _BROADER) or [""]:
            below.setdefault(parent, []).append(iri)

    def branches(parent: str) -> list[dict[str, Any]]:
        return [
            _counted("subject", iri, counts) | {"narrower": branches(iri)} for iri in _by_name(below.get(parent, []))
        ]

    return render_template("browse/subjects.html", tree=branches(""))


@blueprint.get("/hubs")
def hubs() -> str:
    """Show the regional innovation hubs on a map, and beside it as a list."""
    return remembered(_hubs)


def _hubs() -> str:
    entries = hub_entries()
    # Those that the map has come first: the list then has the numbers of the map.
    entries.sort(key=lambda entry: entry["position"] is None)
    counts = served().engine.search(SearchRequest(limit=0, facets=("hub",), constraints=False)).facets["hub"]
    places = [(e["position"], e["link"].text, e["link"].address or "") for e in entries if e["position"]]
    shown = [entry | _counted("hub", entry["iri"], counts) for entry in entries]
    return render_template("browse/hubs.html", hubs=shown, map=place_map(places))


@blueprint.get("/collections")
def collections() -> Response:
    """List the collections with the number of their scenarios."""
    counts = served().engine.search(SearchRequest(limit=0, facets=("collection",), constraints=False)).facets
    graph = served().graph

    def entry(iri: str) -> dict[str, Any]:
        return {
            **_counted("collection", iri, counts["collection"]),
            "description": told.description(iri),
            "kind": told.data_kind(iri),
            "publishers": told.links(graph.iris(iri, PREFIXES["schema"] + "publisher")),
            "licences": told.links(graph.iris(iri, PREFIXES["schema"] + "license")),
        }

    return _listed(
        "browse/collections.html", "browse.collections", _by_name(graph.instances(IHUB + "Collection")), entry
    )


@blueprint.get("/practices")
def practices() -> Response:
    """List the mentoring practices with their form and the number of scenarios that suit them."""
    counts = served().engine.search(SearchRequest(limit=0, facets=("practice",), constraints=False)).facets["practice"]
    graph = served().graph

    def entry(iri: str) -> dict[str, Any]:
        return {
            **_counted("practice", iri, counts),
            "description": told.description(iri),
            "kinds": told.links(graph.iris(iri, IHUB + "practiceKind")),
            "hubs": told.links(graph.iris(iri, IHUB + "practisedIn")),
        }

    found = _by_name(graph.instances(IHUB + "MentoringPractice"))
    return _listed("browse/practices.html", "browse.practices", found, entry)


@blueprint.get("/schools")
def schools() -> Response:
    """List the schools with their places and hubs."""
    graph = served().graph

    def entry(iri: str) -> dict[str, Any]:
        return {
            "link": told.link(iri),
            "description": told.description(iri),
            "places": told.links(graph.iris(iri, IHUB + "place")),
            "countries": told.links(graph.iris(iri, IHUB + "inCountry")),
            "hubs": told.links(graph.iris(iri, IHUB + "inHub")),
        }

    return _listed("browse/schools.html", "browse.schools", _by_name(graph.instances(IHUB + "School")), entry)


def _counted(field: str, iri: str, counts: dict[str, int]) -> dict[str, Any]:
    """Return an entity with the number of its scenarios and the search that has them."""
    count = counts.get(iri, 0)
    leads = address(SearchRequest(filters={field: (iri,)})) if count else None
    return {"link": told.link(iri), "count": count, "address": leads}


def _by_name(iris: Iterable[str]) -> list[str]:
    return sorted(iris, key=lambda iri: (label(iri)[0].casefold(), iri))


def _listed(template: str, endpoint: str, iris: list[str], entry: Callable[[str], dict[str, Any]]) -> Response:
    """Return a page of a list; its Link header leads to the next one."""
    page = _page_number()
    pages = max(1, -(-len(iris) // PER_PAGE))
    if page > pages:
        abort(404)
    shown = iris[(page - 1) * PER_PAGE : page * PER_PAGE]
    served().graph.prefetch(shown)
    html = render_template(
        template,
        entries=[entry(iri) for iri in shown],
        total=len(iris),
        page=page,
        pages=pages,
        earlier=url_for(endpoint, page=page - 1 if page > 2 else None) if page > 1 else None,
        further=url_for(endpoint, page=page + 1) if page < pages else None,
    )
    response = Response(html, content_type="text/html; charset=utf-8")
    if page < pages:
        response.headers["Link"] = f'<{url_for(endpoint, page=page + 1, _external=True)}>; rel="next"'
    return response


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:8]) <= _MOST_PAGES:
        abort(404)
    return int(text)
