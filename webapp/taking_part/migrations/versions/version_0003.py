"""Changing what is published: who submitted what, upon which submission, and what was taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns and a table; until now only authors submitted, and the log knew who took back."""
    op.add_column("people", sa.Column("news_seen", sa.String(20), nullable=True))
    _drafts()
    _submissions()
    _withdrawals()


def _drafts() -> None:
    op.add_column("drafts", sa.Column("based_on", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE drafts SET based_on = (SELECT max(v.number) FROM proposal_versions AS v "
        "WHERE v.proposal_id = drafts.proposal_id) WHERE proposal_id IS NOT NULL"
    )


def _submissions() -> None:
    with op.batch_alter_table("proposal_versions") as table:
        table.add_column(sa.Column("agent_id", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("role", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("answers", sa.JSON(), nullable=True))
        table.add_column(sa.Column("restored", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE proposal_versions SET role = 'contributor', "
        "agent_id = (SELECT p.agent_id FROM proposals AS p WHERE p.id = proposal_versions.proposal_id)"
    )
    with op.batch_alter_table("proposal_versions") as table:
        table.alter_column("agent_id", existing_type=sa.String(length=32), nullable=False)
        table.alter_column("role", existing_type=sa.String(length=20), nullable=False)
        table.create_foreign_key(op.f("fk_proposal_versions_agent_id"), "agents", ["agent_id"], ["id"])


def _withdrawals() -> None:
    op.create_table(
        "proposal_withdrawals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("proposal_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("only_change", sa.Boolean(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_proposal_withdrawals_agent_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_withdrawals_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_withdrawals")),
    )
    op.create_index(op.f("ix_proposal_withdrawals_proposal_id"), "proposal_withdrawals", ["proposal_id"], unique=False)
    op.execute(
        "INSERT INTO proposal_withdrawals "
        "SELECT p.id, p.id, (SELECT max(v.number) FROM proposal_versions AS v WHERE v.proposal_id = p.id), "
        "false, a.agent_id, a.role, '', a.time FROM proposals AS p JOIN audit AS a ON a.object = p.document "
        "WHERE p.state = 'withdrawn' AND a.action = 'withdraw' AND a.agent_id IS NOT NULL"
    )
