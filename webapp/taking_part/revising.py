"""Pages of what is published already: begin a change, see all that happened, compare submissions, bring one back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from flask import abort, redirect, render_template, request, url_for

from kg.errors import DocumentError
from webapp.interface_language import gettext
from webapp.languages import served
from webapp.taking_part.changing import begin_change, can_be_restored, go_on, is_editor, restore
from webapp.taking_part.chronicle import chronicle
from webapp.taking_part.comparing import compare
from webapp.taking_part.contributions import contribution
from webapp.taking_part.drafts import find_draft
from webapp.taking_part.hubs import all_hubs, hub_or_404
from webapp.taking_part.models import Proposal
from webapp.taking_part.moments import now
from webapp.taking_part.news import mark_seen
from webapp.taking_part.proposals import reviews_of, versions_of
from webapp.taking_part.publisher import start_publishing
from webapp.taking_part.reviewing import not_acceptable, remarks_on, review_role, rules_version
from webapp.taking_part.standing import outlived, without_withdrawn
from webapp.taking_part.state import blueprint, id_base, people, require_visitor
from webapp.taking_part.wording import WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from webapp.taking_part.models import ProposalVersion

__all__ = ["bring_back", "change", "keep_mine", "overtaken", "proposal_history", "seen"]

_LONGEST = 5000


@blueprint.post("/proposals/<proposal>/change")
def change(proposal: str) -> tuple[str, int] | Response:
    """Begin a change of a proposal, or go on with the one that the visitor has begun."""
    _visible(proposal)
    with people().database.writing() as session:
        draft = begin_change(session, proposal, require_visitor())
    if draft is None:
        return _page(proposal, gettext("This cannot be changed now. Look at what happened last.")), 409
    return redirect(url_for("taking_part.draft", draft=draft.id), 303)


@blueprint.get("/proposals/<proposal>/history")
def proposal_history(proposal: str) -> str:
    """Show its author and the hub's editors all that happened to a proposal, and compare any two submissions."""
    _visible(proposal)
    return _page(proposal)


@blueprint.post("/hub/<hub>/proposals/<proposal>/restore")
def bring_back(hub: str, proposal: str) -> str | tuple[str, int] | Response:
    """Bring back a submission that was accepted once; it is published at once."""
    place, found = hub_or_404(hub), _visible(proposal)
    if found.hub != place.identifier:
        abort(404)
    reason = request.form.get("text", "").strip()[:_LONGEST]
    version, number = (request.form.get(name, 0, type=int) for name in ("version", "number"))
    if not reason:
        return _page(proposal, gettext("Say why you bring it back.")), 422
    if told := _refusal(proposal, number):
        return _page(proposal, told), 422
    with people().database.writing() as session:
        done = restore(
            session, proposal, version, number, reason, by=require_visitor(), role=review_role(found.hub),
            rules=rules_version(),
        )  # fmt: skip
    if not done:
        message = gettext("This proposal has changed since you opened it. Look at it once more; nothing was restored.")
        return _page(proposal, message), 409
    start_publishing(people().settings)
    return redirect(url_for("taking_part.proposal_history", proposal=proposal), 303)


def overtaken(draft: str) -> tuple[str, int]:
    """Show a draft beside what somebody else submitted since it was begun, or say that all of it was taken back."""
    with people().database.reading() as session:
        visitor = require_visitor()
        found = find_draft(session, draft, visitor) or abort(404)
        proposal = session.get_one(Proposal, found.proposal_id)
        last = versions_of(session, proposal.id)[-1]
    document = contribution(
        found.data,
        identifier=proposal.document,
        hub=proposal.hub,
        agent=proposal.agent_id,
        completeness=str(last.data.get("completeness", "")).partition("/")[2],
        day=now().date(),
    )
    changed = compare(last.data, document, WORDS)
    known = proposal.agent_id == visitor.agent or is_editor(visitor, proposal.hub)
    shown = {"draft": found, "proposal": proposal, "last": last, "changed": changed, "known": known}
    return render_template("taking_part/overtaken.html", **shown), 409


@blueprint.post("/drafts/<draft>/go-on")
def keep_mine(draft: str) -> tuple[str, int] | Response:
    """Go on with a draft after having seen what somebody else submitted."""
    with people().database.reading() as session:
        visitor = require_visitor()
        found = find_draft(session, draft, visitor)
    if found is None or found.proposal_id is None:
        abort(404)
    if found.person_id != visitor.person:  # who submits it is who has to have seen it
        abort(403)
    version, number = (request.form.get(name, 0, type=int) for name in ("version", "number"))
    with people().database.writing() as session:
        done = go_on(session, draft, found.person_id, version, number)
    return redirect(url_for("taking_part.draft", draft=draft), 303) if done else overtaken(draft)


@blueprint.post("/news/seen")
def seen() -> Response:
    """Keep that the visitor has seen the news up to the moment at which the page was made."""
    try:
        until = dt.datetime.fromisoformat(request.form.get("until", ""))
    except ValueError:
        abort(400)
    if until.tzinfo is None:
        abort(400)
    with people().database.writing() as session:
        mark_seen(session, require_visitor(), until)
    return redirect(url_for("taking_part.home"), 303)


def _visible(proposal: str) -> Proposal:
    """Return a proposal to its author and the editors of its hub; for everybody else it is not there."""
    visitor = require_visitor()
    with people().database.reading() as session:
        found = session.get(Proposal, proposal)
    if found is None or not (found.agent_id == visitor.agent or is_editor(visitor, found.hub)):
        abort(404)
    return found


def _refusal(proposal: str, number: int) -> str:
    """Return why a submission cannot be published today; empty where it can, or there is none of this number."""
    with people().database.reading() as session:
        versions, gone = versions_of(session, proposal), outlived(session, proposal)
    if not 1 <= number <= len(versions):
        return ""
    if told := not_acceptable(proposal, number):
        return told
    try:
        data = without_withdrawn(versions[number - 1].data, gone)
        remarks = remarks_on(data, [version.agent_id for version in versions])
        why = " ".join(text for _, text, _, severity in remarks if severity == "Violation")
    except DocumentError:
        why = gettext("It refers to something that is not there any more.")
    return gettext("The rules have changed since, and refuse this submission: %(why)s", why=why) if why else ""


def _page(proposal: str, mistake: str = "") -> str:
    with people().database.reading() as session:
        found = session.get_one(Proposal, proposal)
        versions, reviews = versions_of(session, proposal), reviews_of(session, proposal)
        events = served().release.history.events_of(f"{id_base()}{found.document}")
        happened = chronicle(session, found, events)
    place = next((hub for hub in all_hubs() if hub.identifier == found.hub), None)
    editing = place is not None and is_editor(require_visitor(), found.hub)
    shown = {
        "proposal": found,
        "versions": versions,
        "happened": happened,
        "editing": editing,
        "hub": place,
        "restorable": can_be_restored(found, reviews) if editing else [],
        "mistake": mistake,
        **_compared(versions),
    }
    return render_template("taking_part/proposal_history.html", **shown)


def _compared(versions: Sequence[ProposalVersion]) -> dict[str, Any]:
    """Return the two submissions that the address names, by default the last two, and in what they differ."""
    last = len(versions)
    former = request.args.get("former", max(1, last - 1), type=int)
    later = request.args.get("later", last, type=int)
    if not (1 <= former <= last and 1 <= later <= last):
        abort(404)
    changed = compare(versions[former - 1].data, versions[later - 1].data, WORDS)
    return {"former": former, "later": later, "changed": changed}
