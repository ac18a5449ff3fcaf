"""Schools for tests: made straight in the database, each with the person who speaks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.taking_part.assessment.models import Assessment
from webapp.taking_part.mentoring.models import MentoringSchool
from webapp.taking_part.models import Agent, Person
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.taking_part.database import Database


def school(database: Database, hub: str = "hub/east", email: str | None = None, name: str = "Õismäe School") -> str:
    """Make a confirmed school, for which the person with this address speaks; return its identifier."""
    with database.writing() as session:
        contact = session.scalar(select(Person.id).where(Person.email == email)) if email else None
        key = new_id()
        row = MentoringSchool(
            id=key, hub=hub, document=f"school/{key}", own=True, contact_id=contact, version=1,
            data={"name": name, "languages": ["et"]}, confirmed=now(), created=now(), changed=now(),
        )  # fmt: skip
        session.add(row)
    return key


def assess(database: Database, school: str, month: str, answers: Mapping[str, int], note: str = "") -> None:
    """Keep a round of a school."""
    with database.writing() as session:
        agent = Agent(id=new_id(), shown_name=None, created=now())
        session.add(agent)
        session.flush()
        row = Assessment(
            id=new_id(), school_id=school, month=month, answers=dict(answers), note=note, version=1, agent_id=agent.id,
            changed=now(),
        )  # fmt: skip
        session.add(row)
