"""Pages on which people agree to write at one draft together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for

from webapp.interface_language import gettext
from webapp.problems import problem
from webapp.taking_part.audit import record
from webapp.taking_part.drafts import find_draft
from webapp.taking_part.models import Person
from webapp.taking_part.roles import Role
from webapp.taking_part.state import blueprint, people, require_visitor
from webapp.taking_part.stories import is_story
from webapp.taking_part.together import (
    LINK_DAYS,
    invite_to,
    join_by,
    linked_draft,
    remove_writer,
    set_named,
    writers_of,
)

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from webapp.taking_part.models import Draft

__all__ = ["join_draft", "together"]


@blueprint.route("/drafts/<draft>/together", methods=["GET", "POST"])
def together(draft: str) -> str | Response:
    """Show who writes at a draft; its author invites and removes, each says whether they want to be named."""
    visitor, found = require_visitor(), _draft_or_404(draft)
    if request.method == "GET":
        return _page(found)
    button, link = request.form.get("do", ""), None
    with people().database.writing() as session:
        if button == "invite" and found.person_id == visitor.person:
            token = invite_to(session, found)
            link = url_for("taking_part.join_draft", token=token, _external=True)
        elif button == "named":
            set_named(session, found.id, visitor.person, named="named" in request.form)
        elif button == "leave" and found.person_id != visitor.person:
            remove_writer(session, found.id, visitor.person)
        elif button.startswith("remove-") and found.person_id == visitor.person:
            remove_writer(session, found.id, _other(button, visitor.person))
        else:
            abort(400)
    if link:
        return _page(found, link)
    if button == "leave":
        return redirect(url_for("taking_part.home"), 303)
    return redirect(url_for("taking_part.together", draft=draft), 303)


@blueprint.route("/join-draft/<token>", methods=["GET", "POST"])
def join_draft(token: str) -> str | tuple[str, int] | Response:
    """Ask somebody who follows a link whether they want to write at the draft, and how to be named."""
    visitor = require_visitor()
    with people().database.reading() as session:
        found = linked_draft(session, token)
        author = session.get_one(Person, found.person_id).name if found else ""
    if found is None:
        return problem(410, gettext("This link was used already, or it has expired. Ask for another."), kind="no-link")
    if not visitor.roles_at(found.hub):
        detail = gettext("This draft belongs to a hub that you are not a member of. Ask the hub for an invitation.")
        return problem(403, detail, kind="role-missing-at-hub")
    if request.method == "GET":
        return render_template("taking_part/join_draft.html", draft=found, author=author, token_of_link=token)
    with people().database.writing() as session:
        joined = join_by(session, token, visitor.person, named="named" in request.form)
        if joined:
            record(session, "draft.join", agent=visitor.agent, role=Role.CONTRIBUTOR, hub=found.hub, about=joined)
    if joined is None:
        return problem(410, gettext("This link was used already, or it has expired. Ask for another."), kind="no-link")
    return redirect(url_for("taking_part.draft", draft=joined), 303)


def _draft_or_404(draft: str) -> Draft:
    with people().database.reading() as session:
        found = find_draft(session, draft, require_visitor())
    if found is None or is_story(found.data):
        abort(404)
    return found


def _other(button: str, person: str) -> str:
    """Return whom a button removes: anybody but the author."""
    other = button.removeprefix("remove-")
    return other if other != person else abort(400)


def _page(found: Draft, link: str | None = None) -> str:
    with people().database.reading() as session:
        writers = writers_of(session, found)
    own = require_visitor().person
    shown = {"draft": found, "writers": writers, "link": link, "days": LINK_DAYS, "own": own}
    return render_template("taking_part/together.html", author=found.person_id == own, **shown)
