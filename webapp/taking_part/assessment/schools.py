"""The schools that assess themselves: those of mentoring, by the person who speaks for each.

Coordinators choose who speaks for a school, so they could choose themselves. What the school says of itself they do
not see even then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import select

from webapp.languages import label
from webapp.taking_part.mentoring.models import MentoringSchool
from webapp.taking_part.roles import Role
from webapp.taking_part.state import id_base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.taking_part.state import Visitor

__all__ = ["School", "confirmed_schools", "find_own_school", "own_schools"]


_COORDINATING: Final = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})


class School(NamedTuple):
    """A school: its identifier, its hub, what it is called, and in which language."""

    id: str
    hub: str
    name: str
    language: str


def own_schools(session: Session, visitor: Visitor) -> list[School]:
    """Return the schools that a visitor speaks for, by name."""
    query = select(MentoringSchool).where(MentoringSchool.contact_id == visitor.person)
    own = (_school(row) for row in session.scalars(query) if _may(row, visitor))
    return sorted(own, key=lambda school: school.name)


def find_own_school(session: Session, school: str, visitor: Visitor) -> School | None:
    """Return a school that a visitor speaks for, or None."""
    row = session.get(MentoringSchool, school)
    return _school(row) if row is not None and _may(row, visitor) else None


def confirmed_schools(session: Session, hub: str) -> set[str]:
    """Return the identifiers of a hub's schools that a coordinator confirmed."""
    query = select(MentoringSchool.id).where(MentoringSchool.hub == hub, MentoringSchool.confirmed.is_not(None))
    return set(session.scalars(query))


def _may(row: MentoringSchool, visitor: Visitor) -> bool:
    return row.contact_id == visitor.person and not visitor.roles_at(row.hub) & _COORDINATING


def _school(row: MentoringSchool) -> School:
    if name := row.data.get("name"):
        languages = row.data.get("languages") or ["und"]
        return School(row.id, row.hub, name, languages[0])
    return School(row.id, row.hub, *label(f"{id_base()}{row.document}"))
