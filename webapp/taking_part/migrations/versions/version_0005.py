"""Self-assessment of schools, and what hubs were told of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "assessments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("changed", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_assessments_agent_id")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["mentoring_schools.id"], name=op.f("fk_assessments_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("school_id", "month", name=op.f("uq_assessments_school_id_month")),
    )
    op.create_index(op.f("ix_assessments_agent_id"), "assessments", ["agent_id"], unique=False)
    op.create_table(
        "assessment_summaries",
        sa.Column("hub", sa.String(length=200), nullable=False),
        sa.Column("half_year", sa.String(length=7), nullable=False),
        sa.Column("dimension", sa.String(length=40), nullable=False),
        sa.Column("schools", sa.Integer(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("told", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("hub", "half_year", "dimension", name=op.f("pk_assessment_summaries")),
    )
