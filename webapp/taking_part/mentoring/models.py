"""The tables of mentoring: schools, relations, circles, and what coordinators refused.

A school's contact is a person, and goes with that person's account; nothing else here names anybody.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - SQLAlchemy reads the annotations
from typing import Any, Final

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.taking_part.models import Table

__all__ = ["MentoringCircle", "MentoringRefusal", "MentoringRelation", "MentoringSchool"]

_ID: Final = 32
_DIGEST: Final = 64


class MentoringSchool(Table):
    """A school of a hub, with what it can share and what it needs."""

    __tablename__ = "mentoring_schools"
    __table_args__ = (UniqueConstraint("hub", "document"),)

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    hub: Mapped[str]
    document: Mapped[str]
    """The identifier that the school has in the graph or would have, such as ``school/rakvere``."""
    own: Mapped[bool]
    """Whether it was entered here; else the graph had it before."""
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    """The person who speaks for the school."""
    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    """The profile, as :mod:`webapp.taking_part.mentoring.profiles` knows it."""
    confirmed: Mapped[dt.datetime | None]
    """When a coordinator confirmed it; until then it is not matched."""
    agreed: Mapped[dt.datetime | None]
    """When the school agreed that its entry is published."""
    published: Mapped[dt.datetime | None]
    """Since when its entry belongs into the hub's collection."""
    withdrawn: Mapped[dt.datetime | None]
    """Since when it does not any more."""
    created: Mapped[dt.datetime]
    changed: Mapped[dt.datetime]


class MentoringCircle(Table):
    """Schools that work on a need that they share."""

    __tablename__ = "mentoring_circles"

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    hub: Mapped[str] = mapped_column(index=True)
    mentor_id: Mapped[str | None] = mapped_column(ForeignKey("mentoring_schools.id"))
    state: Mapped[str] = mapped_column(String(20))
    """``open`` or ``ended``."""
    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    """``need``, ``language``, ``members`` (identifiers of rows of schools) and ``note``."""
    created: Mapped[dt.datetime]
    changed: Mapped[dt.datetime]


class MentoringRelation(Table):
    """A school that mentors another, as a coordinator confirmed it."""

    __tablename__ = "mentoring_relations"

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    hub: Mapped[str] = mapped_column(index=True)
    document: Mapped[str] = mapped_column(unique=True)
    """The identifier under which it would be published, such as ``mentoring/k3x9w2``."""
    mentor_id: Mapped[str] = mapped_column(ForeignKey("mentoring_schools.id"), index=True)
    mentee_id: Mapped[str] = mapped_column(ForeignKey("mentoring_schools.id"), index=True)
    circle_id: Mapped[str | None] = mapped_column(ForeignKey("mentoring_circles.id"))
    open_pair: Mapped[str | None] = mapped_column(String(2 * _ID + 1), unique=True)
    """Both schools while the relation is open, so that two who confirm at once do not make two of it."""
    state: Mapped[str] = mapped_column(String(20))
    """``open``, ``ended`` or ``cancelled`` (it was a mistake)."""
    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    """What is recorded of it, as :mod:`webapp.taking_part.mentoring.relations` knows it."""
    mentor_agreed: Mapped[dt.datetime | None]
    mentee_agreed: Mapped[dt.datetime | None]
    """When each school agreed that the relation is published."""
    published: Mapped[dt.datetime | None]
    withdrawn: Mapped[dt.datetime | None]
    created: Mapped[dt.datetime]
    changed: Mapped[dt.datetime]


class MentoringRefusal(Table):
    """A proposal that a coordinator refused, by a digest of what it was about: it counts until that changes."""

    __tablename__ = "mentoring_refusals"

    id: Mapped[str] = mapped_column(String(_DIGEST), primary_key=True)
    hub: Mapped[str] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    """``mentor`` and ``mentee``, or ``school`` and ``need`` of a circle."""
    reason: Mapped[str] = mapped_column(Text)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    decided: Mapped[dt.datetime]
