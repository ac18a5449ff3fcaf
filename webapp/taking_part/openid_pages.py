"""The two addresses of signing in by OpenID Connect: where it begins, and where the provider sends people back to."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select

from kg.errors import TakingPartError
from webapp.interface_language import gettext, message, plain_address
from webapp.taking_part.models import Identity, Membership, Person
from webapp.taking_part.moments import now
from webapp.taking_part.openid import finish_attempt, keep_attempt, new_attempt, take_attempt
from webapp.taking_part.people import Newcomer, accept_invitation, create_person
from webapp.taking_part.roles import Role
from webapp.taking_part.sign_ins import begin, secure
from webapp.taking_part.state import blueprint, people

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from webapp.taking_part.openid import Claims

__all__ = ["openid_return", "openid_start"]

_STRANGER: Final = message("You have no account here yet. Ask a hub's editor for an invitation, and open its link.")
_NO_ADDRESS: Final = message("The other site does not tell a verified e-mail address, which an account here needs.")
_BROKEN: Final = message("Signing in at the other site did not succeed. Begin again.")


@blueprint.get("/openid")
def openid_start() -> str | tuple[str, int] | Response:
    """Send the browser to the provider."""
    settings = people().settings
    if not settings.openid_issuer:
        abort(404)
    try:
        attempt, address, state = new_attempt(settings, _back(), request.args.get("invitation") or None)
    except TakingPartError as error:
        return _failed(gettext(error.cause), 503)
    with people().database.writing() as session:
        keep_attempt(session, attempt, state)
    response = redirect(address, 303)
    # Lax: the browser comes back from another site, and brings the cookie with it.
    response.set_cookie(_cookie(), state, max_age=600, secure=secure(), httponly=True, samesite="Lax", path="/")
    return response


@blueprint.get("/openid/return")
def openid_return() -> str | tuple[str, int] | Response:
    """Take the browser back, with a code from the provider."""
    settings, state = people().settings, request.args.get("state", "")
    if not settings.openid_issuer:
        abort(404)
    with people().database.writing() as session:
        attempt = take_attempt(session, state)
    own = hmac.compare_digest(state.encode(), request.cookies.get(_cookie(), "").encode())
    if attempt is None or not own or "code" not in request.args:
        return _failed(gettext(_BROKEN), 403)
    try:
        claims = finish_attempt(settings, _back(), attempt, request.args["code"])
        with people().database.writing() as session:
            person = _person(session, claims, attempt.invitation)
            begin(session, person, "openid")
    except TakingPartError as error:
        return _failed(gettext(error.cause), 403)
    response = redirect(url_for("taking_part.home"), 303)
    response.delete_cookie(_cookie(), path="/", secure=secure(), httponly=True, samesite="Lax")
    return response


def _person(session: Session, claims: Claims, invitation: str | None) -> Person:
    """Return whose account it is, made where an invitation or the settings allow it.

    An account that exists is never joined to a provider's by its e-mail address: who can set one there could take it.
    """
    found = session.get(Identity, (claims.issuer, claims.subject))
    if found:
        person = session.get_one(Person, found.person_id)
        if person.disabled:
            raise TakingPartError(_STRANGER)
    else:
        hub = people().settings.openid_hub
        if not invitation and not hub:
            raise TakingPartError(_STRANGER)
        if not claims.email:
            raise TakingPartError(_NO_ADDRESS)
        person = create_person(session, Newcomer(claims.email, (claims.name or claims.email.split("@")[0])[:200]))
        session.add(Identity(issuer=claims.issuer, subject=claims.subject, person_id=person.id))
        if not invitation:
            session.add(Membership(person_id=person.id, hub=hub, role=Role.CONTRIBUTOR, granted=now()))
    if invitation:
        accept_invitation(session, invitation, person)
    return session.scalars(select(Person).where(Person.id == person.id)).one()


def _back() -> str:
    return request.url_root.removesuffix(request.root_path.rstrip("/") + "/").rstrip("/") + plain_address(
        "taking_part.openid_return"
    )


def _cookie() -> str:
    return "__Host-ihub-openid" if secure() else "ihub-openid"


def _failed(text: str, status: int) -> tuple[str, int]:
    return render_template("taking_part/sign_in.html", mistake=text, next=""), status
