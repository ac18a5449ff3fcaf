"""Drafts: kept as people write, each change upon the version that they saw, so that nothing is overwritten unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, true, update

from webapp.taking_part.draft_models import CoWriter
from webapp.taking_part.models import Draft, Proposal
from webapp.taking_part.moments import now
from webapp.taking_part.roles import ALL_HUBS, Role
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from webapp.taking_part.state import Visitor

__all__ = ["begin_draft", "find_draft", "list_drafts", "save_draft"]


def begin_draft(session: Session, person: str, hub: str, answers: dict[str, Any]) -> Draft:
    """Begin a draft of a person for a hub."""
    moment = now()
    draft = Draft(id=new_id(), person_id=person, hub=hub, version=1, data=answers, created=moment, changed=moment)
    session.add(draft)
    return draft


def find_draft(session: Session, draft: str, visitor: Visitor) -> Draft | None:
    """Return a draft that the visitor reaches, as :func:`list_drafts` tells; else None."""
    return session.scalars(select(Draft).where(Draft.id == draft, _reached_by(visitor))).one_or_none()


def list_drafts(session: Session, visitor: Visitor) -> list[Draft]:
    """Return the drafts that are a visitor's own or shared with them, the last changed first.

    What is shared, and what changes something of somebody else, is there for those who belong to its hub only.
    """
    return list(session.scalars(select(Draft).where(_reached_by(visitor)).order_by(Draft.changed.desc())))


def _reached_by(visitor: Visitor) -> ColumnElement[bool]:
    hubs = visitor.hubs(*Role)
    belongs = true() if ALL_HUBS in hubs else Draft.hub.in_(hubs)
    shared = select(CoWriter.draft_id).where(CoWriter.person_id == visitor.person)
    theirs = select(Proposal.id).where(Proposal.agent_id == visitor.agent)
    of_nobody_else = or_(Draft.proposal_id.is_(None), Draft.proposal_id.in_(theirs))
    return or_(
        and_(Draft.person_id == visitor.person, or_(of_nobody_else, belongs)), and_(Draft.id.in_(shared), belongs)
    )


def save_draft(session: Session, draft: Draft, version: int, answers: dict[str, Any]) -> int | None:
    """Keep new answers; return the new version, or None where the draft is no longer of the version that they changed.

    One statement compares and writes, so of two who save at once one is told.
    """
    if draft.version == version and draft.data == answers:
        return version
    return session.execute(
        update(Draft)
        .where(Draft.id == draft.id, Draft.version == version)
        .values(data=answers, version=version + 1, changed=now())
        .returning(Draft.version)
    ).scalar_one_or_none()
