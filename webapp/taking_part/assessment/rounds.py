"""Rounds of self-assessment as the database keeps them: one for each school and month, never overwritten unseen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from webapp.interface_language import message
from webapp.taking_part.assessment.models import Assessment
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

__all__ = [
    "LONGEST_NOTE",
    "assessments_by",
    "delete_round",
    "find_round",
    "list_rounds",
    "month_mistake",
    "save_round",
    "this_month",
]

LONGEST_NOTE: Final = 5000
"""Characters."""

_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def this_month() -> str:
    """Return the month that it is, such as ``2027-05``."""
    return now().strftime("%Y-%m")


def month_mistake(month: str) -> str | None:
    """Return what is wrong with a month, as a text for gettext: no month, or one that is still to come."""
    if not _MONTH.fullmatch(month):
        return message("Give a month as year and number, such as 2027-05.")
    return message("This month is still to come.") if month > this_month() else None


def list_rounds(session: Session, school: str) -> list[Assessment]:
    """Return a school's rounds, the first first."""
    query = select(Assessment).where(Assessment.school_id == school).order_by(Assessment.month)
    return list(session.scalars(query))


def find_round(session: Session, school: str, month: str) -> Assessment | None:
    """Return a school's round of a month, or None."""
    return session.scalar(select(Assessment).where(Assessment.school_id == school, Assessment.month == month))


def save_round(
    session: Session, school: str, month: str, version: int, answers: Mapping[str, int], note: str, *, agent: str
) -> bool:
    """Keep a round; False where it is no longer of the version that was changed, 0 for one that was not there.

    Of two who save at once, one is told.
    """
    values: dict[str, Any] = {"answers": dict(answers), "note": note, "agent_id": agent, "changed": now()}
    if version:
        query = update(Assessment).where(
            Assessment.school_id == school, Assessment.month == month, Assessment.version == version
        )
        done = session.execute(query.values(version=version + 1, **values).returning(Assessment.id))
        return done.scalar_one_or_none() is not None
    try:
        with session.begin_nested():
            session.add(Assessment(id=new_id(), school_id=school, month=month, version=1, **values))
    except IntegrityError:
        return False
    return True


def delete_round(session: Session, school: str, month: str, version: int) -> bool:
    """Throw a round away; False where it is no longer of the version that was seen."""
    query = delete(Assessment).where(
        Assessment.school_id == school, Assessment.month == month, Assessment.version == version
    )
    return session.execute(query.returning(Assessment.id)).scalar_one_or_none() is not None


def assessments_by(session: Session, agent: str) -> list[dict[str, Any]]:
    """Return the rounds that somebody changed last, as plain values, for the export of a person."""
    query = select(Assessment).where(Assessment.agent_id == agent).order_by(Assessment.school_id, Assessment.month)
    return [
        {
            "school": r.school_id,
            "month": r.month,
            "answers": r.answers,
            "note": r.note,
            "changed": r.changed.isoformat(),
        }
        for r in session.scalars(query)
    ]
