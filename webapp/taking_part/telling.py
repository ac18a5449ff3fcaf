"""Pages on which somebody who used a scenario begins to tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for

from kg.scenario import SCENARIO_CLASS
from ontology.namespaces import SCHEMA
from webapp.interface_language import gettext, interface_language
from webapp.languages import served
from webapp.taking_part.drafts import begin_draft
from webapp.taking_part.hubs import Hub, all_hubs, hub_or_404, hubs_among, made_up_hubs
from webapp.taking_part.roles import Role
from webapp.taking_part.state import blueprint, id_base, people, require_visitor
from webapp.taking_part.stories import can_be_told_of, empty_story

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

__all__ = ["begin_story", "takes_stories", "used"]


@blueprint.get("/used/<path:scenario>")
def used(scenario: str) -> str | tuple[str, int]:
    """Ask through which of the visitor's hubs to tell of a scenario."""
    title = _title_or_404(f"scenario/{scenario}")
    return _page(scenario, title)


@blueprint.post("/hub/<hub>/stories")
def begin_story(hub: str) -> Response | tuple[str, int]:
    """Begin a story of using a scenario, for a hub."""
    place, identifier = hub_or_404(hub), request.form.get("scenario", "")
    title = _title_or_404(identifier)
    if place.identifier not in {hub.identifier for hub in _hubs_for(identifier)}:
        return _page(identifier.partition("/")[2], title), 422
    answers = empty_story(identifier, title, interface_language())
    with people().database.writing() as session:
        draft = begin_draft(session, require_visitor().person, place.identifier, answers)
    return redirect(url_for("taking_part.draft", draft=draft.id), 303)


def _page(scenario: str, title: dict[str, str]) -> str:
    own = hubs_among(require_visitor().hubs(*Role))
    fitting = [hub for hub in own if hub in _hubs_for(f"scenario/{scenario}")]
    refusal = "" if fitting or not own else _refusal(f"scenario/{scenario}")
    return render_template("taking_part/used.html", scenario=scenario, title=title, own=fitting, refusal=refusal)


def _refusal(identifier: str) -> str:
    if can_be_told_of(served().graph, id_base() + identifier, id_base()):
        return gettext("Your hub is a made-up one. Its stories tell of made-up scenarios.")
    return gettext("This scenario was drafted here and names nothing real. Stories tell of real use.")


def takes_stories(iri: str) -> bool:
    """Whether the release has a hub through which a scenario can be told of."""
    return bool(_hubs_for(iri.removeprefix(id_base())))


def _hubs_for(identifier: str) -> list[Hub]:
    """Return the hubs through which a scenario can be told of: real ones of a real scenario, others of another."""
    graph, base = served().graph, id_base()
    made_up = made_up_hubs(graph, base)
    return [
        hub for hub in all_hubs() if can_be_told_of(graph, base + identifier, base, made_up=hub.identifier in made_up)
    ]


def _title_or_404(identifier: str) -> dict[str, str]:
    graph, iri = served().graph, id_base() + identifier
    if not identifier.startswith("scenario/") or SCENARIO_CLASS not in graph.types(iri):
        abort(404)
    return graph.texts(iri, SCHEMA + "name")
