"""Drafts: kept as people write, each change upon the version that they saw, so that nothing is overwritten unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from webapp.taking_part.draft_models import CoWriter
from webapp.taking_part.models import Draft
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
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
    """Return a draft that is the visitor's own, or shared with them while they belong to its hub; else None."""
    found = session.get(Draft, draft)
    if found is None or found.person_id == visitor.person:
        return found
    shared = session.get(CoWriter, (draft, visitor.person))
    return found if shared and visitor.roles_at(found.hub) else None


def list_drafts(session: Session, person: str) -> list[Draft]:
    """Return the drafts that are a person's own or shared with them, the last changed first."""
    shared = select(CoWriter.draft_id).where(CoWriter.person_id == person)
    query = select(Draft).where(or_(Draft.person_id == person, Draft.id.in_(shared)))
    return list(session.scalars(query.order_by(Draft.changed.desc())))


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
