"""The schools that assess themselves: those of mentoring, by the person who speaks for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from webapp.languages import label, served
from webapp.taking_part.mentoring.models import MentoringSchool

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.taking_part.state import Visitor

__all__ = ["School", "confirmed_schools", "find_own_school", "own_schools"]


class School(NamedTuple):
    """A school: its identifier, its hub, what it is called, and in which language."""

    id: str
    hub: str
    name: str
    language: str


def own_schools(session: Session, visitor: Visitor) -> list[School]:
    """Return the schools that a visitor speaks for, by name."""
    query = select(MentoringSchool).where(MentoringSchool.contact_id == visitor.person)
    return sorted((_school(row) for row in session.scalars(query)), key=lambda school: school.name)


def find_own_school(session: Session, school: str, visitor: Visitor) -> School | None:
    """Return a school that a visitor speaks for, or None."""
    row = session.get(MentoringSchool, school)
    return _school(row) if row is not None and row.contact_id == visitor.person else None


def confirmed_schools(session: Session, hub: str) -> set[str]:
    """Return the identifiers of a hub's schools that a coordinator confirmed."""
    query = select(MentoringSchool.id).where(MentoringSchool.hub == hub, MentoringSchool.confirmed.is_not(None))
    return set(session.scalars(query))


def _school(row: MentoringSchool) -> School:
    if name := row.data.get("name"):
        languages = row.data.get("languages") or ["und"]
        return School(row.id, row.hub, name, languages[0])
    return School(row.id, row.hub, *label(f"{served().release.manifest['base_iri']}id/{row.document}"))
