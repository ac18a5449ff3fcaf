"""Pages of review: a hub's queue, a proposal with its findings and differences, the decision; and its author's view."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select

from kg.errors import DocumentError
from kg.judging import judge
from kg.validation import field_of
from ontology.load import shape_files
from webapp.interface_language import gettext
from webapp.languages import pick, served
from webapp.taking_part.changing import can_change
from webapp.taking_part.comparing import compare, flat
from webapp.taking_part.hubs import hub_or_404
from webapp.taking_part.models import Comment, Proposal, ProposalVersion
from webapp.taking_part.origin_changes import changes_from_origin
from webapp.taking_part.permissions import document_refusal
from webapp.taking_part.proposals import (
    DECISIONS,
    add_comment,
    decide,
    last_titles,
    list_waiting,
    reviews_of,
    take_change_back,
    versions_of,
    withdraw,
)
from webapp.taking_part.publisher import start_publishing
from webapp.taking_part.roles import Role
from webapp.taking_part.standing import outlived, without_withdrawn
from webapp.taking_part.state import blueprint, id_base, people, require_visitor
from webapp.taking_part.wording import WORDS, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

__all__ = [
    "decision",
    "not_acceptable",
    "own_proposal",
    "proposal",
    "queue",
    "remarks_on",
    "review_role",
    "rules_version",
]

_LONGEST: Final = 5000

_KNOWN: Final = frozenset({"id", "type", "dataKind", "publisher", "creator", "learningResourceType", "audience"})
"""What is the same in all contributions to a hub, or stands elsewhere on the page."""


@blueprint.get("/hub/<hub>/queue")
def queue(hub: str) -> str:
    """List what waits for the hub's editors."""
    place = hub_or_404(hub)
    with people().database.reading() as session:
        waiting = list_waiting(session, place.identifier)
        others = select(Proposal).where(Proposal.hub == place.identifier, Proposal.state != "waiting")
        closed = session.scalars(others.order_by(Proposal.changed.desc())).all()
        titles = last_titles(session, closed, of_published=True)
        rest = [(proposal, titles[proposal.id]) for proposal in closed]
    groups = {
        "published": [row for row in rest if row[0].is_published],
        "open": [row for row in rest if not row[0].is_published and row[0].state == "changes"],
        "closed": [row for row in rest if not row[0].is_published and row[0].state != "changes"],
    }
    return render_template("taking_part/queue.html", hub=place, waiting=waiting, **groups)


@blueprint.get("/hub/<hub>/proposals/<proposal>")
def proposal(hub: str, proposal: str) -> str:
    """Show a proposal to the hub's editors."""
    return _review_page(hub, proposal)


@blueprint.post("/hub/<hub>/proposals/<proposal>")
def decision(hub: str, proposal: str) -> str | tuple[str, int] | Response:
    """Decide about a proposal, or remark on it; what is accepted is published at once."""
    found = _at_hub(hub, proposal)
    visitor, button = require_visitor(), request.form.get("do", "")
    text = request.form.get("text", "").strip()[:_LONGEST]
    role, version = review_role(found.hub), request.form.get("version", 0, type=int)
    if button not in {*DECISIONS, "comment", "withdraw"}:
        abort(400)
    if button != "accept" and not text:
        return _review_page(hub, proposal, gettext("Say why, so that the author can do something with it.")), 422
    if button == "accept" and (told := not_acceptable(proposal)):
        return _review_page(hub, proposal, told), 422
    with people().database.writing() as session:
        if button == "comment":
            add_comment(session, found, text, visitor, role)
            done = True
        elif button == "withdraw":
            done = withdraw(session, proposal, version, text, by=visitor, role=role)
        else:
            done = decide(session, proposal, version, button, text, by=visitor, role=role, rules=rules_version())
    if not done:
        message = gettext("This proposal has changed since you opened it. Look at it once more; nothing was decided.")
        return _review_page(hub, proposal, message), 409
    if button in {"accept", "withdraw"}:
        start_publishing(people().settings)
    return redirect(url_for("taking_part.proposal", hub=hub, proposal=proposal), 303)


@blueprint.route("/proposals/<proposal>", methods=["GET", "POST"])
def own_proposal(proposal: str) -> str | tuple[str, int] | Response:
    """Show its author a proposal with what became of it; take remarks, and take it or a change of it back."""
    visitor = require_visitor()
    with people().database.reading() as session:
        found = session.get(Proposal, proposal)
        if found is None:
            abort(404)
        shown = _shown(session, proposal)
    submitted = found.agent_id == visitor.agent
    named = f"contributor/{visitor.agent}" in shown["versions"][-1].data.get("creator", [])
    if not submitted and not (named and request.method == "GET"):
        abort(404)
    if request.method == "GET":
        return _own_page(proposal)
    text, button = request.form.get("text", "").strip()[:_LONGEST], request.form.get("do")
    version, done = request.form.get("version", 0, type=int), True
    with people().database.writing() as session:
        if button == "withdraw":
            done = withdraw(session, proposal, version, text, by=visitor, role=Role.CONTRIBUTOR)
        elif button == "withdraw-change":
            done = take_change_back(session, proposal, version, by=visitor, role=Role.CONTRIBUTOR)
        elif text:
            add_comment(session, found, text, visitor, Role.CONTRIBUTOR)
    if not done:
        message = gettext("This has changed since you opened the page. Look at it once more; nothing was taken back.")
        return _own_page(proposal, message), 409
    if button == "withdraw" and found.published_number:
        start_publishing(people().settings)
    return redirect(url_for("taking_part.own_proposal", proposal=proposal), 303)


def review_role(hub: str) -> Role:
    """Return as what the visitor reviews for a hub, on pages that only those reach who do."""
    roles = require_visitor().roles_at(hub)
    return next(role for role in (Role.EDITOR, Role.ADMINISTRATOR) if role in roles)


def not_acceptable(proposal: str, number: int | None = None) -> str:
    """Return why a submission cannot be published, whatever its editors think of it; empty where it can.

    Args:
        proposal: The proposal.
        number: The number of a submission of it that there is; the last one if not given.
    """
    with people().database.reading() as session:
        versions, gone = versions_of(session, proposal), outlived(session, proposal)
    return document_refusal(without_withdrawn(versions[-1 if number is None else number - 1].data, gone))


def remarks_on(data: Mapping[str, Any], agents: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Return what the rules say of a submission: field, text, its language and severity.

    Args:
        data: The document.
        agents: Agents whom it names and whom no release may know yet.
    """
    base = id_base()
    findings = judge(
        data, served().graph, base, {*data.get("creator", []), *(f"contributor/{agent}" for agent in agents)}
    )
    return [(field_of(f) or "", *pick(f.message), f.severity) for f in findings]


@lru_cache(maxsize=1)
def rules_version() -> str:
    """Return what the shapes are known by in reviews: the beginning of their SHA-256."""
    digest = hashlib.sha256()
    for path in shape_files():
        digest.update(path.read_bytes())
    return f"shapes sha256:{digest.hexdigest()[:16]}"


def _at_hub(hub: str, proposal: str) -> Proposal:
    place = hub_or_404(hub)
    with people().database.reading() as session:
        found = session.get(Proposal, proposal)
    if found is None or found.hub != place.identifier:
        abort(404)
    return found


def _review_page(hub: str, proposal: str, mistake: str = "") -> str:
    found = _at_hub(hub, proposal)
    with people().database.reading() as session:
        shown = _shown(session, proposal)
        data = without_withdrawn(shown["versions"][-1].data, outlived(session, proposal))
    try:
        remarks = remarks_on(data, [found.agent_id])
    except DocumentError:  # it is made of what is not there any more
        remarks, mistake = [], mistake or document_refusal(data)
    return render_template("taking_part/proposal.html", hub=hub_or_404(hub), remarks=remarks, mistake=mistake, **shown)


def _own_page(proposal: str, mistake: str = "") -> str:
    with people().database.reading() as session:
        shown = _shown(session, proposal)
    submitted = shown["proposal"].agent_id == require_visitor().agent
    return render_template("taking_part/own_proposal.html", mistake=mistake, submitted=submitted, **shown)


def _shown(session: Session, proposal: str) -> dict[str, Any]:
    found, versions = session.get_one(Proposal, proposal), versions_of(session, proposal)
    comments = select(Comment).where(Comment.proposal_id == proposal).order_by(Comment.written)
    last, former = versions[-1], _former(found, versions)
    return {
        "proposal": found,
        "versions": versions,
        "former": former,
        "changed": compare(former.data, last.data, WORDS) if former else [],
        "fields": in_words((name, text) for name, text in flat(last.data) if name not in _KNOWN),
        "from_origin": in_words(changes_from_origin(last.data)),
        "comments": session.scalars(comments).all(),
        "reviews": reviews_of(session, proposal),
        "may_change": can_change(found, require_visitor()),
    }


def _former(proposal: Proposal, versions: Sequence[ProposalVersion]) -> ProposalVersion | None:
    """Return what the last submission is compared with: what is published, or else the submission before."""
    if proposal.is_published and proposal.published_number and proposal.published_number < len(versions):
        return versions[proposal.published_number - 1]
    return versions[-2] if len(versions) > 1 else None
