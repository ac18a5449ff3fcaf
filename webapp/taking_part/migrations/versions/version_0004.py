"""The tables of mentoring."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    _schools()
    _circles()
    _relations()
    _refusals()


def _moment(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(20), nullable=nullable)


def _schools() -> None:
    op.create_table(
        "mentoring_schools",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hub", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        *(_moment(name) for name in ("confirmed", "agreed", "published", "withdrawn")),
        *(_moment(name, nullable=False) for name in ("created", "changed")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["people.id"], name=op.f("fk_mentoring_schools_contact_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_schools")),
        sa.UniqueConstraint("hub", "document", name=op.f("uq_mentoring_schools_hub_document")),
    )
    op.create_index(op.f("ix_mentoring_schools_contact_id"), "mentoring_schools", ["contact_id"], unique=False)


def _circles() -> None:
    op.create_table(
        "mentoring_circles",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hub", sa.String(length=200), nullable=False),
        sa.Column("mentor_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        *(_moment(name, nullable=False) for name in ("created", "changed")),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentoring_schools.id"], name=op.f("fk_mentoring_circles_mentor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_circles")),
    )
    op.create_index(op.f("ix_mentoring_circles_hub"), "mentoring_circles", ["hub"], unique=False)


def _relations() -> None:
    op.create_table(
        "mentoring_relations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hub", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("mentor_id", sa.String(length=32), nullable=False),
        sa.Column("mentee_id", sa.String(length=32), nullable=False),
        sa.Column("circle_id", sa.String(length=32), nullable=True),
        sa.Column("open_pair", sa.String(length=65), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        *(_moment(name) for name in ("mentor_agreed", "mentee_agreed", "published", "withdrawn")),
        *(_moment(name, nullable=False) for name in ("created", "changed")),
        sa.ForeignKeyConstraint(["circle_id"], ["mentoring_circles.id"], name=op.f("fk_mentoring_relations_circle_id")),
        sa.ForeignKeyConstraint(["mentee_id"], ["mentoring_schools.id"], name=op.f("fk_mentoring_relations_mentee_id")),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentoring_schools.id"], name=op.f("fk_mentoring_relations_mentor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_relations")),
        sa.UniqueConstraint("document", name=op.f("uq_mentoring_relations_document")),
        sa.UniqueConstraint("open_pair", name=op.f("uq_mentoring_relations_open_pair")),
    )
    for column in ("hub", "mentee_id", "mentor_id"):
        op.create_index(op.f(f"ix_mentoring_relations_{column}"), "mentoring_relations", [column], unique=False)


def _refusals() -> None:
    op.create_table(
        "mentoring_refusals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("hub", sa.String(length=200), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        _moment("decided", nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_mentoring_refusals_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_refusals")),
    )
    op.create_index(op.f("ix_mentoring_refusals_hub"), "mentoring_refusals", ["hub"], unique=False)
