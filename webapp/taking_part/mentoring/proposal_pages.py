"""What ihub proposes to a hub's coordinators, with reasons; they confirm or refuse."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from webapp.interface_language import gettext
from webapp.languages import served
from webapp.taking_part.hubs import hub_or_404
from webapp.taking_part.mentoring.gathering import Situation, circle_digest, gather, pair_digest, propose_for
from webapp.taking_part.mentoring.models import MentoringRefusal
from webapp.taking_part.mentoring.relations import begin_circle, begin_relation, refuse
from webapp.taking_part.mentoring.rights import acting_role
from webapp.taking_part.moments import now
from webapp.taking_part.state import blueprint, id_base, people, require_visitor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from webapp.taking_part.mentoring.models import MentoringSchool

__all__ = ["mentoring_decision", "mentoring_proposals"]

_LONGEST = 2000


@blueprint.get("/hub/<hub>/mentoring/proposals")
def mentoring_proposals(hub: str) -> str:
    """Show what is proposed, and what was refused."""
    return _page(hub)


@blueprint.post("/hub/<hub>/mentoring/proposals")
def mentoring_decision(hub: str) -> tuple[str, int] | Response:
    """Confirm or refuse one proposal, if the schools' profiles are still what the coordinator saw."""
    place, button = hub_or_404(hub), request.form.get("do", "")
    reason = request.form.get("reason", "").strip()[:_LONGEST]
    if button not in {"confirm", "refuse"}:
        return _page(hub, gettext("Choose whether to confirm or to refuse.")), 422
    if button == "refuse" and not reason:
        return _page(hub, gettext("Say why, so that others of the team know.")), 422
    with people().database.writing() as session:
        situation = gather(session, place.identifier, served().graph, id_base(), now().date())
        decide = _decide_circle if "need" in request.form else _decide_pair
        done = decide(session, situation, place.identifier, button, reason)
    if not done:
        changed = gettext("The schools have changed since you opened this page. Look once more; nothing was decided.")
        return _page(hub, changed), 409
    return redirect(url_for("taking_part.mentoring_proposals", hub=hub), 303)


def _decide_pair(session: Session, situation: Situation, hub: str, button: str, reason: str) -> bool:
    mentor = situation.schools.get(request.form.get("mentor", ""))
    mentee = situation.schools.get(request.form.get("mentee", ""))
    if mentor is None or mentee is None or (mentor.document, mentee.document) in situation.excluded:
        return False
    digest = pair_digest(mentor, mentee)
    if request.form.get("seen") != digest:
        return False
    by, role = require_visitor(), acting_role(hub)
    if button == "confirm":
        free = {profile.key: profile for profile in situation.profiles}
        if not free[mentor.document].mentor_places or not free[mentee.document].mentee_places:
            return False
        return begin_relation(session, mentor, mentee, by=by, role=role) is not None
    data = {"mentor": mentor.document, "mentee": mentee.document}
    refuse(session, hub, {digest: data}, reason, by=by, role=role)
    return True


def _decide_circle(session: Session, situation: Situation, hub: str, button: str, reason: str) -> bool:
    form, need = request.form, request.form["need"]
    members = [situation.schools.get(document) for document in form.getlist("member")]
    known = [school for school in members if school is not None]
    mentor = situation.schools.get(form.get("mentor", ""))
    if len(known) != len(members) or len(known) < 2 or form.get("seen") != seen_circle(known, need):
        return False
    if any((school.document, need) in situation.not_in_circles for school in known):
        return False
    if any(
        set(circle.data["members"]) & {s.id for s in known} and circle.data["need"] == need
        for circle in situation.circles
    ):
        return False
    by, role = require_visitor(), acting_role(hub)
    if button == "confirm":
        data = {"need": need, "language": form.get("language", "")[:20]}
        begin_circle(session, data, known, mentor, by=by, role=role)
    else:
        refused = {circle_digest(s, need): {"school": s.document, "need": need} for s in known}
        refuse(session, hub, refused, reason, by=by, role=role)
    return True


def seen_circle(members: Iterable[MentoringSchool], need: str) -> str:
    """Return what a circle looked like: a digest of its schools' profiles."""
    return hashlib.sha256("".join(circle_digest(school, need) for school in members).encode()).hexdigest()


def _page(hub: str, mistake: str = "") -> str:
    place, base = hub_or_404(hub), id_base()
    with people().database.reading() as session:
        situation = gather(session, place.identifier, served().graph, base, now().date())
        query = select(MentoringRefusal).where(MentoringRefusal.hub == place.identifier)
        refusals = session.scalars(query.order_by(MentoringRefusal.decided.desc())).all()
    return render_template(
        "taking_part/mentoring/proposals.html",
        hub=place,
        base=base,
        schools=situation.schools,
        proposals=propose_for(situation),
        refusals=refusals,
        pair_digest=pair_digest,
        seen_circle=seen_circle,
        mistake=mistake,
    )
