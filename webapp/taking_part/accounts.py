"""Pages by which people sign in and out, and come back in without their password."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from webapp.interface_language import gettext
from webapp.sparql_request import client_of
from webapp.taking_part.drafts import list_drafts
from webapp.taking_part.hubs import hubs_among
from webapp.taking_part.lock_out import forget, seconds_to_wait
from webapp.taking_part.models import Person
from webapp.taking_part.news import find_news, waiting_counts
from webapp.taking_part.passwords import weakness
from webapp.taking_part.proposals import last_titles, list_own
from webapp.taking_part.recovery import use_code
from webapp.taking_part.roles import Role
from webapp.taking_part.sign_ins import begin, end, end_all
from webapp.taking_part.state import blueprint, people, require_visitor, visitor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

__all__ = ["home", "next_address", "recover", "sign_in", "sign_out"]

_Answer = tuple[str, int, dict[str, str]]


@blueprint.get("/")
def home() -> str:
    """Say what taking part is; to those who are signed in, show what is theirs to do."""
    found = visitor()
    if found is None:
        return render_template("taking_part/welcome.html")
    editing = found.hubs(Role.EDITOR, Role.ADMINISTRATOR)
    with people().database.reading() as session:
        waiting = waiting_counts(session, editing)
        drafts, proposals = list_drafts(session, found), list_own(session, found.agent)
        titles = last_titles(session, proposals)
        news = find_news(session, found, proposals)
    team = hubs_among(found.hubs(Role.EDITOR, Role.COORDINATOR, Role.ADMINISTRATOR))
    mine = {"drafts": drafts, "proposals": proposals, "titles": titles, "news": news, "waiting": waiting}
    mine["coordinating"] = found.hubs(Role.COORDINATOR, Role.ADMINISTRATOR)
    own = hubs_among(found.hubs(*Role))
    return render_template("taking_part/home.html", visitor=found, team=team, editing=editing, own=own, **mine)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> str | _Answer | Response:
    """Sign in by password."""
    if request.method == "GET":
        return redirect(next_address()) if visitor() else _sign_in_page()
    email, password = request.form.get("email", "").strip().lower()[:200], request.form.get("password", "")
    client = client_of(request.remote_addr)
    if wait := seconds_to_wait(email, client):
        return _too_many(wait)
    with people().database.reading() as session:
        person = session.scalar(select(Person).where(Person.email == email, Person.disabled.is_(None)))
    kept = person.password_hash if person else None
    # Whether there is such an account shows neither in the answer nor in the time it takes.
    if not people().passwords.check(kept, password[:1000]) or person is None or kept is None:
        return _sign_in_page(gettext("This e-mail address and password do not go together.")), 403, {}
    with people().database.writing() as session:
        person = session.get_one(Person, person.id)
        forget(session, email, client)
        if people().passwords.outdated(kept):
            person.password_hash = people().passwords.keep(password)
        begin(session, person, "password")
    return redirect(next_address(), 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Sign this browser out."""
    with people().database.writing() as session:
        end(session, require_visitor())
    return redirect(url_for("taking_part.home"), 303)


@blueprint.route("/recover", methods=["GET", "POST"])
def recover() -> str | _Answer | Response:
    """Choose a new password, by one of the codes that the person wrote down."""
    if request.method == "GET":
        return render_template("taking_part/recover.html")
    email, code = request.form.get("email", "").strip().lower()[:200], request.form.get("code", "")
    client = client_of(request.remote_addr)
    if wait := seconds_to_wait(email, client):
        return _too_many(wait)
    password = request.form.get("password", "")
    with people().database.reading() as session:
        person = session.scalar(select(Person).where(Person.email == email, Person.disabled.is_(None)))
    if weak := weakness(password, email, person.name if person else ""):
        return render_template("taking_part/recover.html", mistake=gettext(weak)), 422, {}
    kept = people().passwords.keep(password)
    with people().database.writing() as session:
        person = session.get(Person, person.id) if person else None
        if person and use_code(session, person, code):
            forget(session, email, client)
            person.password_hash = kept
            end_all(session, person.id)
            begin(session, person, "recovery code")
            return redirect(url_for("taking_part.account"), 303)
    mistake = gettext("This e-mail address and code do not go together, or the code was used before.")
    return render_template("taking_part/recover.html", mistake=mistake), 403, {}


def next_address() -> str:
    """Return where to go after signing in: the page that was asked for, if it is one of ours."""
    asked = request.values.get("next", "")
    parts = urlsplit(asked)
    local = asked.startswith("/taking-part/") and "\\" not in asked and not parts.scheme and not parts.netloc
    return f"{request.script_root}{asked}" if local else url_for("taking_part.home")


def _sign_in_page(mistake: str = "") -> str:
    return render_template("taking_part/sign_in.html", mistake=mistake, next=request.values.get("next", ""))


def _too_many(wait: int) -> _Answer:
    text = gettext("Too many tries. Wait %(minutes)s minutes, or use a recovery code then.", minutes=-(-wait // 60))
    return _sign_in_page(text), 429, {"Retry-After": str(wait)}
