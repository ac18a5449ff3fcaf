"""The page on which people look after their own account: name, password, codes, export, erasure."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from flask import Response, json, redirect, render_template, request, url_for

from kg.errors import TakingPartError
from webapp.interface_language import gettext
from webapp.sparql_request import client_of
from webapp.taking_part.audit import record
from webapp.taking_part.lock_out import forget, seconds_to_wait
from webapp.taking_part.models import Person
from webapp.taking_part.moments import now
from webapp.taking_part.passwords import weakness
from webapp.taking_part.people import erase_person, export_person, rename
from webapp.taking_part.recovery import codes_left, new_codes
from webapp.taking_part.sign_ins import end, end_all
from webapp.taking_part.state import blueprint, people, require_visitor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

__all__ = ["account", "attribution", "erase", "export", "password", "recovery_codes"]

_RECENT: Final = dt.timedelta(minutes=10)  # a sign-in that stands for a password where there is none


@blueprint.get("/account")
def account() -> str:
    """Show a person's own account."""
    return _page({})


@blueprint.post("/account/attribution")
def attribution() -> str | tuple[str, int] | AnyResponse:
    """Change how the person is named with what they contributed."""
    pseudonym = " ".join(request.form.get("pseudonym", "").split()) or None
    try:
        with people().database.writing() as session:
            person = session.get_one(Person, require_visitor().person)
            rename(session, person, request.form.get("attribution", ""), pseudonym)
    except TakingPartError as error:
        return _page({error.field or "": gettext(error.cause)}), 422
    return redirect(url_for("taking_part.account"), 303)


@blueprint.post("/account/password")
def password() -> str | tuple[str, int] | AnyResponse:
    """Change the password, which ends all other sessions."""
    found = require_visitor()
    if refused := _unconfirmed("current"):
        return _page({"current": refused}), 403
    new = request.form.get("password", "")
    if weak := weakness(new, found.name):
        return _page({"password": gettext(weak)}), 422
    kept = people().passwords.keep(new)
    with people().database.writing() as session:
        session.get_one(Person, found.person).password_hash = kept
        end_all(session, found.person, but=found.session)
        record(session, "account.password", agent=found.agent, role="self")
    return redirect(url_for("taking_part.account"), 303)


@blueprint.post("/account/recovery-codes")
def recovery_codes() -> str | tuple[str, int]:
    """Show new recovery codes, this one time."""
    if refused := _unconfirmed("codes"):
        return _page({"codes": refused}), 403
    with people().database.writing() as session:
        codes = new_codes(session, session.get_one(Person, require_visitor().person))
    return render_template("taking_part/recovery_codes.html", codes=codes, welcome=False)


@blueprint.get("/account/export")
def export() -> Response:
    """Hand over everything that is kept about the person."""
    with people().database.reading() as session:
        kept: dict[str, Any] = export_person(session, session.get_one(Person, require_visitor().person))
    response = Response(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="ihub-account.json"'
    return response


@blueprint.post("/account/erase")
def erase() -> tuple[str, int] | AnyResponse:
    """Erase the person's account, for ever."""
    found = require_visitor()
    if refused := _unconfirmed("erase"):
        return _page({"erase": refused}), 403
    with people().database.writing() as session:
        person = session.get_one(Person, found.person)
        end(session, found)
        erase_person(session, person, by=found.agent, role="self", keep_name=request.form.get("keep") == "name")
    return redirect(url_for("taking_part.home"), 303)


def _unconfirmed(field: str) -> str | None:
    """Return why a form does not show that its sender is the person: by the password, or a very recent sign-in."""
    found = require_visitor()
    with people().database.reading() as session:
        person = session.get_one(Person, found.person)
    if person.password_hash is None:
        fresh = now() - found.since < _RECENT
        return None if fresh else gettext("Sign out, sign in again, and do this within ten minutes.")
    client = client_of(request.remote_addr)
    if seconds_to_wait(person.email, client):
        return gettext("Too many tries. Wait a quarter of an hour.")
    if not people().passwords.check(person.password_hash, request.form.get(f"{field}_password", "")[:1000]):
        return gettext("This is not your password.")
    with people().database.writing() as session:
        forget(session, person.email, client)
    return None


def _page(mistakes: dict[str, str]) -> str:
    found = require_visitor()
    with people().database.reading() as session:
        person = session.get_one(Person, found.person)
        left = codes_left(session, found.person)
    return render_template("taking_part/account.html", person=person, left=left, mistakes=mistakes)
