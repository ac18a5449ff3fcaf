"""The page behind an invitation: somebody makes an account, or takes a further role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from kg.errors import TakingPartError
from webapp.interface_language import gettext
from webapp.taking_part.hubs import all_hubs
from webapp.taking_part.models import Person
from webapp.taking_part.passwords import weakness
from webapp.taking_part.people import Newcomer, accept_invitation, create_person, open_invitation
from webapp.taking_part.recovery import new_codes
from webapp.taking_part.roles import ALL_HUBS
from webapp.taking_part.sign_ins import begin
from webapp.taking_part.state import blueprint, people, visitor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from webapp.taking_part.models import Invitation

__all__ = ["join", "newcomer_of_form"]


@blueprint.route("/join/<token>", methods=["GET", "POST"])
def join(token: str) -> str | tuple[str, int] | Response:
    """Accept an invitation: with the account that is signed in, or with a new one."""
    with people().database.reading() as session:
        invitation = open_invitation(session, token)
    if invitation is None:
        return render_template("taking_part/not_invited.html"), 410
    if request.method == "GET":
        return _page(invitation, {})
    if found := visitor():
        with people().database.writing() as session:
            accept_invitation(session, token, session.get_one(Person, found.person))
        return redirect(url_for("taking_part.home"), 303)
    newcomer = newcomer_of_form()
    mistakes = {field: gettext(text) for field, text in newcomer.mistakes().items()}
    password = request.form.get("password", "")
    if weak := weakness(password, newcomer.name, newcomer.email):
        mistakes["password"] = gettext(weak)
    if mistakes:
        return _page(invitation, mistakes), 422
    try:
        codes = _create(token, newcomer, password)
    except TakingPartError as error:
        return _page(invitation, {error.field or "": gettext(error.cause)}), 422
    return render_template("taking_part/recovery_codes.html", codes=codes, welcome=True)


def newcomer_of_form() -> Newcomer:
    """Return what the form says of a newcomer, but for the password."""
    form = {
        name: " ".join(request.form.get(name, "").split()) for name in ("email", "name", "attribution", "pseudonym")
    }
    return Newcomer(form["email"].lower(), form["name"], form["attribution"], form["pseudonym"] or None)


def _create(token: str, newcomer: Newcomer, password: str) -> list[str]:
    kept = people().passwords.keep(password)
    with people().database.writing() as session:
        person = create_person(session, newcomer)
        person.password_hash = kept
        accept_invitation(session, token, person)
        codes = new_codes(session, person)
        begin(session, person, "invitation")
    return codes


def _page(invitation: Invitation, mistakes: dict[str, str]) -> str:
    hub = next((hub for hub in all_hubs() if hub.identifier == invitation.hub), None)
    everywhere = invitation.hub == ALL_HUBS
    page = "taking_part/join.html"
    return render_template(page, invitation=invitation, hub=hub, everywhere=everywhere, mistakes=mistakes)
