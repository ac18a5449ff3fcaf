"""Pages about the site itself: the data, privacy, accessibility, and help."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, current_app, render_template, url_for

from kg.importing.licences import licence_name
from ontology.entity_types import ENTITY_TYPES
from ontology.namespaces import IHUB
from search.request import SearchRequest
from webapp.answers import remembered
from webapp.entity_pages import told
from webapp.interface_language import INTERFACE_LANGUAGES, message
from webapp.languages import label, served
from webapp.search_address import address

if TYPE_CHECKING:
    from kg.settings import Settings

__all__ = ["blueprint"]

blueprint = Blueprint("about", __name__)

_COUNTED: Final = (
    *("hub", "school", "practice", "mentoring", "evidence", "figure", "policy", "event", "organisation"),
    *("competence", "subject", "tool", "level", "grade"),
)
"""Kinds of entity that the page about the data counts besides scenarios and collections; none is very many."""

_LISTS: Final = {
    "hub": "browse.hubs",
    "school": "browse.schools",
    "practice": "browse.practices",
    "competence": "browse.competences",
    "subject": "browse.subjects",
}
_MARKS: Final = {
    "synthetic": message(
        "Each of them says “Drafted for this repository, not yet tried in a classroom” on its page and among results."
    ),
}


@blueprint.get("/about/data")
def data() -> str:
    """Tell what is in here, of which kind, under which licence, and how to cite it."""
    return remembered(_data)


def _data() -> str:
    release = served().release
    engine = served().engine
    asked = SearchRequest(limit=0, facets=("kind", "licence", "language", "collection"), constraints=False)
    result = engine.search(asked)
    graph = served().graph
    kinds = []
    for iri in graph.instances(IHUB + "DataKind"):
        slug = iri.rsplit("/", 1)[-1]
        entry = _counted("kind", iri, result.facets["kind"].get(iri, 0))
        kinds.append({**entry, "link": told.link(iri), "description": told.description(iri), "mark": _MARKS.get(slug)})
    return render_template(
        "about/data.html",
        release=release,
        made=dt.datetime.fromisoformat(release.manifest["created"]).date(),
        works=result.total,
        scenarios=release.manifest["parts"]["search"]["scenarios"],
        collections=len(graph.instances(IHUB + "Collection")),
        kinds=kinds,
        licences=[
            {**_counted("licence", iri, count), "name": licence_name(iri)}
            for iri, count in sorted(result.facets["licence"].items(), key=lambda item: -item[1])
        ],
        languages=sorted(result.facets["language"].items(), key=lambda item: -item[1]),
        language_iri=f"{release.id_base}language/",
        others=[entry for segment in _COUNTED if (entry := _others(segment))["count"]],
        interface=INTERFACE_LANGUAGES,
        base=release.manifest["base_iri"],
    )


def _others(segment: str) -> dict[str, Any]:
    kind = ENTITY_TYPES[segment].class_iri
    endpoint = _LISTS.get(segment)
    return {
        "name": label(kind),
        "count": len(served().graph.instances(kind)),
        "address": url_for(endpoint) if endpoint else None,
    }


def _counted(field: str, value: str, count: int) -> dict[str, Any]:
    return {"count": count, "address": address(SearchRequest(filters={field: (value,)})) if count else None}


@blueprint.get("/about/privacy")
def privacy() -> str:
    """Tell what the site keeps of its visitors: next to nothing."""
    return render_template("about/privacy.html", contact=_contact())


@blueprint.get("/about/accessibility")
def accessibility() -> str:
    """Tell which standard the site follows, how it is tested and what its limits are."""
    return render_template("about/accessibility.html", contact=_contact())


@blueprint.get("/help")
def usage() -> str:
    """Tell how to use the site."""
    return render_template("about/help.html", contact=_contact())


def _contact() -> str:
    """Return where users can ask: the issue tracker, else a mail address that the operator has set, else nothing."""
    settings: Settings = current_app.extensions["ihub.site"].settings
    if settings.issue_tracker:
        return settings.issue_tracker
    return "" if settings.contact_email.endswith("@example.org") else f"mailto:{settings.contact_email}"
