"""Drafts: kept as people write, each change upon the version that they saw, so that nothing is overwritten unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from webapp.taking_part.models import Draft
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["begin_draft", "find_draft", "list_drafts", "save_draft"]


def begin_draft(session: Session, person: str, hub: str, answers: dict[str, Any]) -> Draft:
    """Begin a draft of a person for a hub."""
    moment = now()
    draft = Draft(id=new_id(), person_id=person, hub=hub, version=1, data=answers, created=moment, changed=moment)
    session.add(draft)
    return draft


def find_draft(session: Session, draft: str, person: str) -> Draft | None:
    """Return a person's own draft, or None."""
    return session.scalar(select(Draft).where(Draft.id == draft, Draft.person_id == person))


def list_drafts(session: Session, person: str) -> list[Draft]:
    """Return a person's drafts, the last changed first."""
    return list(session.scalars(select(Draft).where(Draft.person_id == person).order_by(Draft.changed.desc())))


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
