"""The tables of self-assessment."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - the tables are made of the annotations
from typing import Any, Final

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.taking_part.models import Table

__all__ = ["Assessment", "AssessmentSummary"]

_ID: Final = 32


class Assessment(Table):
    """What a school said of itself in a month."""

    __tablename__ = "assessments"
    __table_args__ = (UniqueConstraint("school_id", "month"),)

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    school_id: Mapped[str] = mapped_column(ForeignKey("mentoring_schools.id", ondelete="CASCADE"))
    month: Mapped[str] = mapped_column(String(7))
    """Such as ``2027-05``."""
    answers: Mapped[dict[str, Any]]
    """Levels by the names of statements; those that were not answered are not there."""
    note: Mapped[str] = mapped_column(Text)
    """For the school alone."""
    version: Mapped[int]
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"), index=True)
    """Who changed it last."""
    changed: Mapped[dt.datetime]


class AssessmentSummary(Table):
    """What a hub was told of its schools together for a half-year; once told, it never changes."""

    __tablename__ = "assessment_summaries"

    hub: Mapped[str] = mapped_column(primary_key=True)
    half_year: Mapped[str] = mapped_column(String(7), primary_key=True)
    """Such as ``2027-H1``."""
    dimension: Mapped[str] = mapped_column(String(40), primary_key=True)
    schools: Mapped[int]
    band: Mapped[int]
    """The place of the mean in :data:`kg.monitoring.means.BANDS`."""
    told: Mapped[dt.datetime]
