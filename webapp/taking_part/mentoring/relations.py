"""Relations between schools as coordinators confirm them: begun, recorded phase by phase, ended; and what they refuse.

What is recorded is kept as plain values: ``phases`` (the day on which each was reached), ``nextStep``, ``notes`` (for
the hub's team only), ``practice``, ``incentive``, ``startDate``, ``endDate`` and ``outcome``.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ontology.namespaces import IHUB, SCHEMA
from webapp.interface_language import gettext
from webapp.taking_part.audit import record
from webapp.taking_part.choices import choices
from webapp.taking_part.mentoring.models import MentoringCircle, MentoringRefusal, MentoringRelation
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from kg.graph import Graph
    from webapp.taking_part.mentoring.models import MentoringSchool
    from webapp.taking_part.state import Visitor

__all__ = [
    "INCENTIVE",
    "PHASE",
    "PRACTICE",
    "STATES",
    "begin_circle",
    "begin_relation",
    "mistakes_in",
    "phases_of",
    "read_record",
    "refuse",
    "relations_of",
    "save_record",
]

PHASE: Final = IHUB + "ProcessPhase"
PRACTICE: Final = IHUB + "MentoringPractice"
INCENTIVE: Final = IHUB + "IncentiveType"
STATES: Final = ("open", "ended", "cancelled")
_LONGEST: Final = 5000


def phases_of(graph: Graph, id_base: str) -> list[str]:
    """Return the identifiers of the process phases, in their order."""
    iris = [iri for iri in graph.instances(PHASE) if iri.startswith(id_base)]
    iris.sort(key=lambda iri: (graph.integer(iri, SCHEMA + "position") or 0, iri))
    return [iri.removeprefix(id_base) for iri in iris]


def begin_relation(
    session: Session,
    mentor: MentoringSchool,
    mentee: MentoringSchool,
    *,
    by: Visitor,
    role: str,
    circle: str | None = None,
) -> MentoringRelation | None:
    """Begin a relation, today if nobody records another day; None where it is there already.

    Args:
        session: The transaction.
        mentor: Who helps.
        mentee: Who is helped.
        by: Who confirms it.
        role: As what.
        circle: The circle that it belongs to, if any.
    """
    pair = f"{mentor.id}:{mentee.id}"
    if session.scalar(select(MentoringRelation.id).where(MentoringRelation.open_pair == pair)):
        return None
    moment = now()
    shared = {concept for concept in mentor.data.get("offers", []) if concept.startswith("practice/")}
    relation = MentoringRelation(
        id=new_id(),
        hub=mentee.hub,
        document=f"mentoring/m-{new_id(10)}",
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        circle_id=circle,
        open_pair=pair,
        state="open",
        version=1,
        data={"practice": sorted(shared & set(mentee.data.get("needs", []))), "startDate": moment.date().isoformat()},
        created=moment,
        changed=moment,
    )
    try:
        with session.begin_nested():
            session.add(relation)
    except IntegrityError:  # on PostgreSQL, somebody else has begun it at the same moment
        return None
    record(session, "mentoring.begin", agent=by.agent, role=role, hub=mentee.hub, about=relation.document)
    session.flush()
    return relation


def begin_circle(
    session: Session,
    data: Mapping[str, Any],
    members: Iterable[MentoringSchool],
    mentor: MentoringSchool | None,
    *,
    by: Visitor,
    role: str,
) -> MentoringCircle:
    """Begin a circle; one with a mentor also begins a relation to each of its schools.

    Args:
        session: The transaction.
        data: Its ``need`` and ``language``.
        members: Its schools.
        mentor: Who helps it; None for a circle of peers.
        by: Who confirms it.
        role: As what.
    """
    schools, moment = list(members), now()
    circle = MentoringCircle(
        id=new_id(),
        hub=schools[0].hub,
        mentor_id=mentor.id if mentor else None,
        state="open",
        version=1,
        data={**data, "members": [school.id for school in schools], "note": ""},
        created=moment,
        changed=moment,
    )
    session.add(circle)
    session.flush()
    record(session, "mentoring.circle", agent=by.agent, role=role, hub=circle.hub, about=circle.id)
    for school in schools if mentor else ():
        begin_relation(session, mentor, school, by=by, role=role, circle=circle.id)  # type: ignore[arg-type]
    return circle


def refuse(
    session: Session, hub: str, refused: Mapping[str, Mapping[str, str]], reason: str, *, by: Visitor, role: str
) -> None:
    """Keep that proposals are not wanted, and why.

    Args:
        session: The transaction.
        hub: At which hub.
        refused: What each was about, by its digest.
        reason: Why.
        by: Who refuses.
        role: As what.
    """
    for digest, data in refused.items():
        if session.get(MentoringRefusal, digest) is None:
            row = {"data": dict(data), "reason": reason, "agent_id": by.agent, "decided": now()}
            session.add(MentoringRefusal(id=digest, hub=hub, **row))
            record(session, "mentoring.refuse", agent=by.agent, role=role, hub=hub, about=digest)


def relations_of(session: Session, hub: str) -> list[MentoringRelation]:
    """Return the relations of a hub that are open or have ended, the last changed first."""
    query = select(MentoringRelation).where(MentoringRelation.hub == hub, MentoringRelation.state != "cancelled")
    return list(session.scalars(query.order_by(MentoringRelation.changed.desc(), MentoringRelation.id)))


def read_record(form: MultiDict[str, str], phases: Iterable[str]) -> dict[str, Any]:
    """Return what a form tells of a relation; what it does not have is left out."""
    texts = {
        key: form.get(key, "").replace("\r\n", "\n").strip()[:_LONGEST] for key in ("nextStep", "notes", "outcome")
    }
    found: dict[str, Any] = {
        "phases": {phase: day for phase in phases if (day := form.get(phase, "").strip()[:20])},
        "practice": _known(form, "practice", PRACTICE),
        "incentive": _known(form, "incentive", INCENTIVE),
        "startDate": form.get("startDate", "").strip()[:20],
        "endDate": form.get("endDate", "").strip()[:20],
        **texts,
    }
    return {key: value for key, value in found.items() if value}


def _known(form: MultiDict[str, str], name: str, class_iri: str) -> list[str]:
    known = {choice.identifier for choice in choices(class_iri)}
    return [value for value in dict.fromkeys(form.getlist(name)) if value in known]


def mistakes_in(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a record, by field, in the reader's language: days that are none, or out of order."""
    found = {
        name: gettext("Give the day as year-month-day, such as 2026-11-22.")
        for name, text in [*data.get("phases", {}).items(), *((k, data.get(k)) for k in ("startDate", "endDate"))]
        if text and _day(text) is None
    }
    start, end = data.get("startDate"), data.get("endDate")
    if not found and start and end and start > end:
        found["endDate"] = gettext("The end is before the start.")
    return found


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2026-11-22") else None
    except ValueError:
        return None


def save_record(
    session: Session,
    relation: MentoringRelation,
    version: int,
    data: dict[str, Any],
    state: str,
    *,
    by: Visitor,
    role: str,
) -> bool:
    """Keep what is recorded; False where the relation is no longer of the version that was changed.

    Args:
        session: The transaction.
        relation: The relation.
        version: The version that was changed.
        data: What is recorded now. What ends without a day of its end ends today: else it would count as going on.
        state: One of :data:`STATES`. A relation that is not open any more is not opened again: begin a new one.
        by: Who does it.
        role: As what.
    """
    state = state if relation.state == "open" else relation.state
    if state == "ended" and not data.get("endDate"):
        today = max(now().date().isoformat(), data.get("startDate", ""))
        data = {**data, "endDate": relation.data.get("endDate") or today}
    kept = {"data": data, "state": state, "version": version + 1, "changed": now()}
    if state != "open":
        kept["open_pair"] = None
    saved = session.execute(
        update(MentoringRelation)
        .where(MentoringRelation.id == relation.id, MentoringRelation.version == version)
        .values(**kept)
        .returning(MentoringRelation.id)
    ).scalar_one_or_none()
    if saved:
        record(session, f"mentoring.{state}", agent=by.agent, role=role, hub=relation.hub, about=relation.document)
    return saved is not None
