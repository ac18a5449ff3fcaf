"""The log of who did what, as which role, when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.taking_part.models import AuditEntry
from webapp.taking_part.moments import now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["COMMAND_LINE", "record"]

COMMAND_LINE = "command line"
"""The role of whoever has a shell on the machine."""


def record(
    session: Session, action: str, *, agent: str | None, role: str, hub: str | None = None, about: str | None = None
) -> None:
    """Add to the log, in the transaction of what is logged: both are kept or neither.

    Args:
        session: The transaction.
        action: What was done, such as ``invite`` or ``review.accept``.
        agent: Who did it; None for the command line.
        role: As what.
        hub: At which hub.
        about: To what: an identifier, never a name or an address of a person.
    """
    session.add(AuditEntry(time=now(), agent_id=agent, role=role, action=action, hub=hub, object=about))
