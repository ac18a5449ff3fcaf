"""How Alembic reaches the database: over the connection that :mod:`webapp.taking_part.database` hands it."""

from __future__ import annotations

from alembic import context

from webapp.taking_part.models import Table

if __name__ == "env_py":  # the name under which Alembic runs it; whoever else imports it only looks
    context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
    context.run_migrations()
