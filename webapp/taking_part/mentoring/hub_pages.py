"""The hub's page of mentoring: its schools, what nobody can help with yet, its circles, and relations by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import update

from webapp.languages import served
from webapp.taking_part.audit import record
from webapp.taking_part.hubs import hub_or_404
from webapp.taking_part.mentoring.gathering import gather
from webapp.taking_part.mentoring.models import MentoringCircle
from webapp.taking_part.mentoring.profiles import schools_of
from webapp.taking_part.mentoring.relations import begin_relation, phases_of, relations_of
from webapp.taking_part.mentoring.rights import acting_role, may_decide, school_name, school_or_404
from webapp.taking_part.moments import now
from webapp.taking_part.state import blueprint, id_base, people, require_visitor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

__all__ = ["mentoring", "mentoring_circle", "mentoring_relate"]

_LONGEST = 2000


@blueprint.get("/hub/<hub>/mentoring")
def mentoring(hub: str) -> str:
    """Show where a hub's mentoring stands."""
    from kg.mentoring.proposing import unmet_needs

    place, graph, base = hub_or_404(hub), served().graph, id_base()
    with people().database.reading() as session:
        rows = sorted(schools_of(session, place.identifier), key=lambda row: school_name(row)[0].casefold())
        relations = relations_of(session, place.identifier)
        situation = gather(session, place.identifier, graph, base, now().date())
    return render_template(
        "taking_part/mentoring/hub.html",
        hub=place,
        base=base,
        rows=rows,
        by_id={row.id: row for row in rows},
        by_document={row.document: row for row in rows},
        left={profile.key: profile for profile in situation.profiles},
        relations=relations,
        circles=situation.circles,
        phases=phases_of(graph, base),
        unmet=[found for found in unmet_needs(situation.profiles, situation.hierarchy) if not found.offered],
        deciding=may_decide(place.identifier),
    )


@blueprint.post("/hub/<hub>/mentoring/relations")
def mentoring_relate(hub: str) -> Response:
    """Begin a relation of the coordinator's own choice."""
    place = hub_or_404(hub)
    with people().database.writing() as session:
        mentor, mentee = (school_or_404(session, request.form.get(name, "")) for name in ("mentor", "mentee"))
        alike = bool(mentor.data.get("synthetic")) is bool(mentee.data.get("synthetic"))
        if mentor.id == mentee.id or {mentor.hub, mentee.hub} != {place.identifier} or not alike:
            abort(400)
        role = acting_role(place.identifier)
        relation = begin_relation(session, mentor, mentee, by=require_visitor(), role=role)
    if relation is None:
        return redirect(url_for("taking_part.mentoring", hub=hub, _anchor="relations"), 303)
    return redirect(url_for("taking_part.mentoring_relation", relation=relation.id), 303)


@blueprint.post("/hub/<hub>/mentoring/circles/<circle>")
def mentoring_circle(hub: str, circle: str) -> Response:
    """Keep a note about a circle, and end it."""
    place = hub_or_404(hub)
    with people().database.writing() as session:
        found = session.get(MentoringCircle, circle)
        if found is None or found.hub != place.identifier:
            abort(404)
        note = request.form.get("note", "").strip()[:_LONGEST]
        state = "ended" if request.form.get("do") == "end" else found.state
        saved = session.execute(
            update(MentoringCircle)
            .where(MentoringCircle.id == circle, MentoringCircle.version == request.form.get("version", 0, type=int))
            .values(data={**found.data, "note": note}, state=state, version=found.version + 1, changed=now())
            .returning(MentoringCircle.id)
        ).scalar_one_or_none()
        if saved is None:
            abort(409)
        role = acting_role(place.identifier)
        record(
            session, f"mentoring.circle.{state}", agent=require_visitor().agent, role=role, hub=found.hub, about=circle
        )
    return redirect(url_for("taking_part.mentoring", hub=hub, _anchor="circles"), 303)
