"""The page on which a hub's team sees who belongs to the hub, invites and removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import delete, func, select

from webapp.taking_part.audit import record
from webapp.taking_part.hubs import hub_or_404
from webapp.taking_part.models import Invitation, Membership, Person
from webapp.taking_part.moments import now
from webapp.taking_part.people import INVITATION_DAYS
from webapp.taking_part.people import invite as make_invitation
from webapp.taking_part.roles import MAY_INVITE, Role
from webapp.taking_part.state import blueprint, people, require_visitor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

__all__ = ["invite", "members", "remove"]


@blueprint.get("/hub/<hub>/people")
def members(hub: str) -> str:
    """List the people of a hub."""
    return _page(hub)


@blueprint.post("/hub/<hub>/people")
def invite(hub: str) -> str:
    """Make an invitation, and show its link this one time."""
    found, place = require_visitor(), hub_or_404(hub)
    role, acting = _role_and_right(place.identifier)
    with people().database.writing() as session:
        token = make_invitation(session, place.identifier, role, found.agent, acting)
    return _page(hub, url_for("taking_part.join", token=token, _external=True))


@blueprint.post("/hub/<hub>/people/remove")
def remove(hub: str) -> Response:
    """Take a role of this hub away from a person."""
    found, place = require_visitor(), hub_or_404(hub)
    role, acting = _role_and_right(place.identifier)
    with people().database.writing() as session:
        person = session.get(Person, request.form.get("person", "")) or abort(404)
        taken = delete(Membership).where(
            Membership.person_id == person.id, Membership.hub == place.identifier, Membership.role == role
        )
        session.execute(taken)
        record(session, f"remove.{role}", agent=found.agent, role=acting, hub=place.identifier, about=person.agent_id)
    return redirect(url_for("taking_part.members", hub=hub), 303)


def _role_and_right(hub: str) -> tuple[Role, Role]:
    """Return the role that a form is about, and the visitor's own that allows to give and take it."""
    try:
        role = Role(request.form.get("role", ""))
    except ValueError:
        abort(400)
    return role, next(
        (own for own in sorted(require_visitor().roles_at(hub)) if role in MAY_INVITE[own]), None
    ) or abort(403)


def _page(hub: str, link: str | None = None) -> str:
    place = hub_or_404(hub)
    with people().database.reading() as session:
        rows = session.execute(
            select(Person, Membership).join(Membership).where(Membership.hub == place.identifier).order_by(Person.name)
        ).all()
        waiting = session.scalar(
            select(func.count()).where(
                Invitation.hub == place.identifier, Invitation.used.is_(None), Invitation.expires > now()
            )
        )
    own = require_visitor().roles_at(place.identifier)
    may = sorted(set().union(*(MAY_INVITE[role] for role in own)), key=list(Role).index)
    shown = {"rows": rows, "waiting": waiting, "may": may, "link": link, "days": INVITATION_DAYS}
    return render_template("taking_part/members.html", hub=place, **shown)
