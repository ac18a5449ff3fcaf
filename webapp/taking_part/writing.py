"""Pages on which somebody writes a scenario or a story of use: begin, write on, throw away, submit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, abort, jsonify, redirect, render_template, request, url_for
from sqlalchemy import delete

from ontology.form_fields import form_fields
from webapp.interface_language import gettext, interface_language
from webapp.problems import problem
from webapp.taking_part import layout
from webapp.taking_part.answers import empty_answers, total_minutes
from webapp.taking_part.changing import is_editor
from webapp.taking_part.choices import FEW, choices
from webapp.taking_part.contributions import read_contribution
from webapp.taking_part.drafts import begin_draft, find_draft, save_draft
from webapp.taking_part.findings import judge_answers
from webapp.taking_part.hubs import hub_or_404
from webapp.taking_part.likeness import likeness
from webapp.taking_part.models import Draft, Proposal
from webapp.taking_part.origin_view import origin_view, scenario_fields
from webapp.taking_part.origins import is_derived, is_translation
from webapp.taking_part.permissions import refusal
from webapp.taking_part.proposals import NotSubmitted, submit, versions_of
from webapp.taking_part.revising import overtaken
from webapp.taking_part.standing import outlived
from webapp.taking_part.state import blueprint, id_base, people, require_visitor
from webapp.taking_part.stories import is_story, story_fields
from webapp.taking_part.together import mark_saved, writers_of
from webapp.taking_part.turns import in_turn

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as AnyResponse

    from webapp.taking_part.findings import Judgement
    from webapp.taking_part.state import Visitor
    from webapp.taking_part.together import Writer

__all__ = ["begin", "draft", "remarks", "suggestions", "throw_away"]


@blueprint.post("/hub/<hub>/drafts")
def begin(hub: str) -> AnyResponse:
    """Begin a scenario for a hub."""
    place = hub_or_404(hub)
    with people().database.writing() as session:
        found = begin_draft(session, require_visitor().person, place.identifier, empty_answers(interface_language()))
    return redirect(url_for("taking_part.draft", draft=found.id), 303)


@blueprint.route("/drafts/<draft>", methods=["GET", "POST"])
def draft(draft: str) -> str | tuple[str | Response, int] | AnyResponse:
    """Show a draft as a form, and keep what is written into it."""
    found = _own_draft(draft)
    if request.method == "GET":
        return _page(found, found.data, found.version)
    answers = read_contribution(request.form, found.data, id_base())
    button = request.form.get("do", "save")
    with people().database.writing() as session:
        version = save_draft(session, found, request.form.get("version", 0, type=int), answers)
        if version is not None and version != found.version:
            mark_saved(session, found.id, require_visitor().person, version)
    quiet = request.headers.get("X-Requested-With") == "fetch"
    if version is None:
        return _conflict(draft, answers, quiet=quiet)
    if quiet:
        minutes = {} if is_story(answers) or is_translation(answers) else {"minutes": total_minutes(answers)}
        return jsonify(version=version, **minutes)
    if button == "submit":
        return _submit(found, answers, version)
    return redirect(url_for("taking_part.draft", draft=draft, _anchor=_place(button)), 303)


@blueprint.get("/drafts/<draft>/remarks")
@in_turn
def remarks(draft: str) -> str:
    """Show what the rules say about a draft as it is kept: asked for after a save, so that none waits."""
    found = _own_draft(draft)
    shown = {"judgement": judge_answers(found.data, found.hub), "origin": origin_view(found.data, found.hub)}
    return render_template("taking_part/remarks.html", answers=found.data, **shown)


@blueprint.get("/drafts/<draft>/suggestions")
@in_turn
def suggestions(draft: str) -> str:
    """Show what is like a draft, and the competences that it may teach: asked for after a save, so that none waits."""
    answers = _own_draft(draft).data
    if is_story(answers):
        abort(404)
    return render_template("taking_part/likeness.html", likeness=likeness(answers))


@blueprint.post("/drafts/<draft>/throw-away")
def throw_away(draft: str) -> AnyResponse:
    """Throw a draft away."""
    found = _own_draft(draft)
    if found.person_id != require_visitor().person:
        abort(403)
    with people().database.writing() as session:
        session.execute(delete(Draft).where(Draft.id == found.id))
    return redirect(url_for("taking_part.home"), 303)


def _own_draft(draft: str) -> Draft:
    with people().database.reading() as session:
        return find_draft(session, draft, require_visitor()) or abort(404)


def _submit(found: Draft, answers: dict[str, Any], version: int) -> tuple[str | Response, int] | AnyResponse:
    visitor = require_visitor()
    if found.person_id != visitor.person:
        abort(403)
    if not visitor.roles_at(found.hub):
        return problem(403, gettext("Your account does not have the role that this page is for."), kind="role-missing")
    judgement = judge_answers(answers, found.hub)
    if judgement.completeness is None or (is_derived(answers) and _refusal(found, answers)):
        return _page(found, answers, version, judgement, submitted=True), 422
    with people().database.writing() as session:
        done = submit(session, found, version, answers, visitor, judgement.completeness)
        page = "" if isinstance(done, NotSubmitted) else _page_of(session, done, visitor)
    if done is NotSubmitted.DRAFT_CHANGED:
        return _conflict(found.id, answers, quiet=False)
    if isinstance(done, NotSubmitted):
        return overtaken(found.id)
    return redirect(page, 303)


def _refusal(found: Draft, answers: dict[str, Any]) -> str:
    with people().database.reading() as session:
        return refusal(answers, outlived(session, found.proposal_id))


def _page_of(session: Session, proposal: str, visitor: Visitor) -> str:
    """Return the page on which somebody sees what became of what they submitted: their own, or another's."""
    found = session.get_one(Proposal, proposal)
    if found.agent_id != visitor.agent and is_editor(visitor, found.hub):
        return url_for("taking_part.proposal_history", proposal=proposal)
    named = f"contributor/{visitor.agent}" in versions_of(session, proposal)[-1].data["creator"]
    seen = named or found.agent_id == visitor.agent
    return url_for("taking_part.own_proposal", proposal=proposal) if seen else url_for("taking_part.home")


def _conflict(draft: str, answers: dict[str, Any], *, quiet: bool) -> tuple[str | Response, int]:
    """Show both versions: what is kept now, and what was about to be written over it."""
    found = _own_draft(draft)
    if quiet:
        detail = gettext("This draft was changed in another window. Nothing was overwritten.")
        return jsonify(detail=detail), 409
    kept, own = _lines(found.data), _lines(answers)
    rows = [(name, kept.get(name, ""), own.get(name, "")) for name in dict.fromkeys([*kept, *own])]
    differing = [row for row in rows if row[1] != row[2]]
    shown = {"draft": found, "differing": differing, "sent": request.form, "own": answers, "writers": _writers(found)}
    return render_template("taking_part/conflict.html", **shown), 409


def _writers(found: Draft) -> list[Writer]:
    with people().database.reading() as session:
        return writers_of(session, found)


def _lines(answers: dict[str, Any]) -> dict[str, str]:
    """Return every answer as text, by the name of its field, for comparing two versions."""
    found = {name: _text(value) for name, value in answers["values"].items()}
    found |= {f"outcome-{n}": text for n, text in enumerate(answers.get("outcomes", []), start=1)}
    for number, activity in enumerate(answers.get("activities", []), start=1):
        found |= {f"activity-{number}.{name}": _text(value) for name, value in activity.items()}
    return {name: answers[name] for name in ("language", "license") if name in answers} | found


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _page(
    found: Draft, answers: dict[str, Any], version: int, judgement: Judgement | None = None, *, submitted: bool = False
) -> str:
    shown = {
        "draft": found,
        "answers": answers,
        "version": version,
        "submitted": submitted,
        "judgement": judgement or judge_answers(answers, found.hub),
        "layout": layout,
        "choices": choices,
        "few": FEW,
    }
    if is_story(answers):
        return render_template("taking_part/story.html", fields=story_fields(id_base()), **shown)
    if is_derived(answers):
        shown |= {"origin": origin_view(answers, found.hub), "refusal": _refusal(found, answers) if submitted else ""}
    return render_template(
        "taking_part/translation.html" if is_translation(answers) else "taking_part/draft.html",
        likeness=None if is_translation(answers) else likeness(answers),
        writers=_writers(found),
        authored=found.person_id == require_visitor().person,
        minutes=total_minutes(answers),
        scenario=scenario_fields(id_base()),
        activity=form_fields("Activity", id_base()),
        **shown,
    )


def _place(button: str) -> str | None:
    """Return where on the page to go on: at the rows that a button has changed."""
    kind = button.split("-")[1] if "-" in button else ""
    if button.startswith(("teach-", "refuse-", "suggest-")):
        return "likeness"
    return {"activity": "activities", "outcome": "outcomes"}.get(kind)
