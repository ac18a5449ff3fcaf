"""Pages of review: a hub's queue, a proposal with its findings and differences, the decision; and its author's view."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select

from kg.errors import DocumentError
from kg.judging import judge
from kg.validation import field_of
from ontology.form_fields import form_fields
from ontology.load import shape_files
from webapp.interface_language import gettext
from webapp.languages import label, pick, served
from webapp.taking_part.hubs import hub_or_404
from webapp.taking_part.models import Comment, Proposal
from webapp.taking_part.origin_changes import changes_from_origin
from webapp.taking_part.permissions import document_refusal
from webapp.taking_part.proposals import (
    DECISIONS,
    add_comment,
    decide,
    list_waiting,
    reviews_of,
    versions_of,
    withdraw,
)
from webapp.taking_part.publisher import start_publishing
from webapp.taking_part.roles import Role
from webapp.taking_part.state import blueprint, people, require_visitor
from webapp.taking_part.stories import story_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

__all__ = ["decision", "differences", "in_words", "own_proposal", "proposal", "queue"]

_LONGEST: Final = 5000

_KNOWN: Final = frozenset({"id", "type", "dataKind", "publisher", "creator", "learningResourceType", "audience"})
"""What is the same in all contributions to a hub, or stands elsewhere on the page."""

_PLACE: Final = re.compile(r"(activity|learningOutcome|alignment)-(\d+)\.")
_IDENTIFIER: Final = re.compile(r"[a-z-]+/[\w.-]+")
_SHAPES: Final = {"activity": "Activity", "learningOutcome": "Outcome"}


@blueprint.get("/hub/<hub>/queue")
def queue(hub: str) -> str:
    """List what waits for the hub's editors."""
    place = hub_or_404(hub)
    with people().database.reading() as session:
        waiting = [(p, versions_of(session, p.id)[-1]) for p in list_waiting(session, place.identifier)]
        published = session.scalars(
            select(Proposal)
            .where(Proposal.hub == place.identifier, Proposal.published_number.is_not(None))
            .order_by(Proposal.changed.desc())
        ).all()
    return render_template("taking_part/queue.html", hub=place, waiting=waiting, published=published)


@blueprint.get("/hub/<hub>/proposals/<proposal>")
def proposal(hub: str, proposal: str) -> str:
    """Show a proposal to the hub's editors."""
    return _review_page(hub, proposal)


@blueprint.post("/hub/<hub>/proposals/<proposal>")
def decision(hub: str, proposal: str) -> str | tuple[str, int] | Response:
    """Decide about a proposal, or remark on it; what is accepted is published at once."""
    found = _at_hub(hub, proposal)
    visitor, button = require_visitor(), request.form.get("do", "")
    text = request.form.get("text", "").strip()[:_LONGEST]
    role = next(r for r in (Role.EDITOR, Role.ADMINISTRATOR) if r in visitor.roles_at(found.hub))
    if button not in {*DECISIONS, "comment", "withdraw"}:
        abort(400)
    if button != "accept" and not text:
        return _review_page(hub, proposal, gettext("Say why, so that the author can do something with it.")), 422
    if button == "accept" and (told := _not_acceptable(found)):
        return _review_page(hub, proposal, told), 422
    with people().database.writing() as session:
        if button == "comment":
            add_comment(session, found, text, visitor, role)
            done = True
        elif button == "withdraw":
            add_comment(session, found, text, visitor, role)
            done = withdraw(session, proposal, visitor, role)
        else:
            version = request.form.get("version", 0, type=int)
            done = decide(session, proposal, version, button, text, by=visitor, role=role, rules=rules_version())
    if not done:
        message = gettext("This proposal has changed since you opened it. Look at it once more; nothing was decided.")
        return _review_page(hub, proposal, message), 409
    if button in {"accept", "withdraw"}:
        start_publishing(people().settings)
    return redirect(url_for("taking_part.proposal", hub=hub, proposal=proposal), 303)


@blueprint.route("/proposals/<proposal>", methods=["GET", "POST"])
def own_proposal(proposal: str) -> str | Response:
    """Show its author a proposal with what became of it; take remarks, and take it back."""
    visitor = require_visitor()
    with people().database.reading() as session:
        found = session.get(Proposal, proposal)
        if found is None:
            abort(404)
        shown = _shown(session, proposal)
    submitted = found.agent_id == visitor.agent
    named = f"contributor/{visitor.agent}" in shown["versions"][-1].data.get("creator", [])
    if not submitted and not (named and request.method == "GET"):
        abort(404)
    if request.method == "GET":
        return render_template("taking_part/own_proposal.html", submitted=submitted, **shown)
    text = request.form.get("text", "").strip()[:_LONGEST]
    back = request.form.get("do") == "withdraw"
    with people().database.writing() as session:
        if back:
            withdraw(session, proposal, visitor, Role.CONTRIBUTOR)
        elif text:
            add_comment(session, found, text, visitor, Role.CONTRIBUTOR)
    if back and found.published_number:
        start_publishing(people().settings)
    return redirect(url_for("taking_part.own_proposal", proposal=proposal), 303)


def differences(former: Mapping[str, Any], later: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the fields in which two submissions differ, each with both texts.

    >>> differences({"minutes": 45, "name": {"en": "A"}}, {"minutes": 60, "name": {"en": "A"}})
    [('minutes', '45', '60')]
    """
    one, other = dict(_flat(former)), dict(_flat(later))
    names = dict.fromkeys([*one, *other])
    return [(name, one.get(name, ""), other.get(name, "")) for name in names if one.get(name) != other.get(name)]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for number, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{path}-{number}")
    elif value is not None:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@lru_cache(maxsize=1)
def rules_version() -> str:
    """Return what the shapes are known by in reviews: the beginning of their SHA-256."""
    digest = hashlib.sha256()
    for path in shape_files():
        digest.update(path.read_bytes())
    return f"shapes sha256:{digest.hexdigest()[:16]}"


def _at_hub(hub: str, proposal: str) -> Proposal:
    place = hub_or_404(hub)
    with people().database.reading() as session:
        found = session.get(Proposal, proposal)
    if found is None or found.hub != place.identifier:
        abort(404)
    return found


def _not_acceptable(found: Proposal) -> str:
    """Return why the last submission cannot be published, whatever its editors think of it; empty where it can."""
    with people().database.reading() as session:
        return document_refusal(versions_of(session, found.id)[-1].data)


def _review_page(hub: str, proposal: str, mistake: str = "") -> str:
    found = _at_hub(hub, proposal)
    with people().database.reading() as session:
        shown = _shown(session, proposal)
    data = shown["versions"][-1].data
    base = f"{served().release.manifest['base_iri']}id/"
    try:
        findings = judge(data, served().graph, base, {f"contributor/{found.agent_id}", *data.get("creator", [])})
    except DocumentError:  # it is made of what is not there any more
        findings, mistake = [], mistake or document_refusal(data)
    remarks = [(field_of(f) or "", *pick(f.message), f.severity) for f in findings]
    return render_template("taking_part/proposal.html", hub=hub_or_404(hub), remarks=remarks, mistake=mistake, **shown)


def in_words(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return rows with fields and values as readers call them, not as documents do."""
    return [(_field_name(row[0]), *(_value_name(text) for text in row[1:])) for row in rows]


def _field_name(name: str) -> str:
    """Return what the shapes' messages call a field: of an activity, ``Activity 2: Minutes``."""
    base = f"{served().release.manifest['base_iri']}id/"
    scenario, part = story_fields(base) | form_fields("Scenario", base), _PLACE.match(name)
    key = name[part.end() if part else 0 :].partition(".")[0]
    fields = form_fields(_SHAPES[part[1]], base) if part and part[1] in _SHAPES else scenario
    if part and part[1] == "alignment":
        return pick(scenario["teaches"].name)[0]
    text = pick(fields[key].name)[0] if key in fields else key
    return f"{pick(scenario[part[1]].name)[0]} {part[2]}: {text}" if part else text


def _value_name(text: str) -> str:
    """Return the labels of identifiers, and any other text as it is."""
    items, graph = text.split(", "), served().graph
    if not all(_IDENTIFIER.fullmatch(item) for item in items):
        return text
    iris = [f"{served().release.manifest['base_iri']}id/{item}" for item in items]
    return ", ".join(label(iri)[0] for iri in iris) if all(iri in graph for iri in iris) else text


def _shown(session: Session, proposal: str) -> dict[str, Any]:
    versions = versions_of(session, proposal)
    comments = select(Comment).where(Comment.proposal_id == proposal).order_by(Comment.written)
    return {
        "proposal": session.get_one(Proposal, proposal),
        "versions": versions,
        "changed": in_words(differences(versions[-2].data, versions[-1].data)) if len(versions) > 1 else [],
        "fields": in_words((name, text) for name, text in _flat(versions[-1].data) if name not in _KNOWN),
        "from_origin": in_words(changes_from_origin(versions[-1].data)),
        "comments": session.scalars(comments).all(),
        "reviews": reviews_of(session, proposal),
    }
