"""The page of one relation: its phases and what is recorded of it, and whether both schools agree to publish it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, redirect, render_template, request, url_for

from kg.errors import DocumentError
from webapp.interface_language import gettext
from webapp.languages import label, pick, served
from webapp.taking_part.audit import record
from webapp.taking_part.choices import choices
from webapp.taking_part.hubs import all_hubs
from webapp.taking_part.mentoring.publication import findings_about, is_public, refresh
from webapp.taking_part.mentoring.relations import (
    INCENTIVE,
    PRACTICE,
    STATES,
    mistakes_in,
    phases_of,
    read_record,
    save_record,
)
from webapp.taking_part.mentoring.rights import acting_role, is_team, may_decide, relation_or_404, speaks_for
from webapp.taking_part.moments import now
from webapp.taking_part.publisher import start_publishing
from webapp.taking_part.state import blueprint, id_base, people, require_visitor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from webapp.taking_part.mentoring.models import MentoringRelation

__all__ = ["mentoring_agreement", "mentoring_relation"]


@blueprint.route("/mentoring/relations/<relation>", methods=["GET", "POST"])
def mentoring_relation(relation: str) -> str | tuple[str, int] | Response:
    """Show a relation; keep what coordinators record of it."""
    with people().database.reading() as session:
        found, _, _ = relation_or_404(session, relation)
    if request.method == "GET":
        return _page(relation)
    if not may_decide(found.hub):
        abort(403)
    data = read_record(request.form, phases_of(served().graph, id_base()))
    if mistakes := mistakes_in(data):
        return _page(relation, data, mistakes=mistakes), 422
    state = request.form.get("state", "open")
    version = request.form.get("version", 0, type=int)
    with people().database.writing() as session:
        kept = state if state in STATES else "open"
        saved = save_record(session, found, version, data, kept, by=require_visitor(), role=acting_role(found.hub))
        public = saved and refresh(session, found.hub, served().graph, id_base(), {found.id})
    if not saved:
        return _page(relation, data, changed=True), 409
    if public:
        start_publishing(people().settings)
    return redirect(url_for("taking_part.mentoring_relation", relation=relation), 303)


@blueprint.post("/mentoring/relations/<relation>/agreement")
def mentoring_agreement(relation: str) -> Response:
    """Keep that a school agrees to publish a relation, or agrees no more."""
    side, button = request.form.get("side", ""), request.form.get("do", "")
    if side not in {"mentor", "mentee"} or button not in {"agree", "end"}:
        abort(400)
    with people().database.writing() as session:
        found, mentor, mentee = relation_or_404(session, relation)
        if not speaks_for(mentor if side == "mentor" else mentee):
            abort(403)
        setattr(found, f"{side}_agreed", now() if button == "agree" else None)
        role, about = acting_role(found.hub), found.document
        record(
            session, f"mentoring.{side}.{button}", agent=require_visitor().agent, role=role, hub=found.hub, about=about
        )
        public = refresh(session, found.hub, served().graph, id_base())
    if public:
        start_publishing(people().settings)
    return redirect(url_for("taking_part.mentoring_relation", relation=relation), 303)


def _page(
    key: str,
    data: Mapping[str, Any] | None = None,
    *,
    mistakes: Mapping[str, str] | None = None,
    changed: bool = False,
) -> str:
    base = id_base()
    with people().database.reading() as session:
        relation, mentor, mentee = relation_or_404(session, key)
        remarks = _remarks(session, relation)
    return render_template(
        "taking_part/mentoring/relation.html",
        relation=relation,
        hub=next(hub for hub in all_hubs() if hub.identifier == relation.hub),
        sides={"mentor": mentor, "mentee": mentee},
        speaking={"mentor": speaks_for(mentor), "mentee": speaks_for(mentee)},
        unknown=[school for school in (mentor, mentee) if not is_public(school)],
        data=relation.data if data is None else data,
        differing=_differing(relation.data, data or {}) if changed else None,
        phases=phases_of(served().graph, base),
        practices=choices(PRACTICE),
        incentives=choices(INCENTIVE),
        deciding=may_decide(relation.hub),
        team=is_team(relation.hub),
        remarks=remarks,
        mistakes=mistakes or {},
        base=base,
    )


def _remarks(session: Session, relation: MentoringRelation) -> list[tuple[str, str]]:
    """Return what keeps a relation from being published, in the reader's language."""
    try:
        _, findings = findings_about(session, relation, served().graph, id_base())
    except DocumentError as error:
        return [(gettext("It names what is not in the collections any more: %(cause)s", cause=error.cause), "")]
    return [pick(finding.message) for finding in findings if finding.severity == "Violation"]


def _differing(kept: Mapping[str, Any], sent: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    one, other = _lines(kept), _lines(sent)
    rows = [(name, one.get(name, ""), other.get(name, "")) for name in dict.fromkeys([*one, *other])]
    return [row for row in rows if row[1] != row[2]]


def _lines(data: Mapping[str, Any]) -> dict[str, str]:
    """Return a record in words, by the name of each field."""
    names = {
        "practice": gettext("Practices"),
        "incentive": gettext("Incentives"),
        "startDate": gettext("Start"),
        "endDate": gettext("End"),
        "nextStep": gettext("Next step"),
        "outcome": gettext("Outcome"),
        "notes": gettext("Notes of the team"),
    }
    base = id_base()
    found = {label(base + phase)[0]: day for phase, day in data.get("phases", {}).items()}
    for key, name in names.items():
        value = data.get(key)
        if value:
            found[name] = ", ".join(label(base + item)[0] for item in value) if isinstance(value, list) else str(value)
    return found
