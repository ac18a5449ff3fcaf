"""Everything that happened to a proposal, in order: who did it, as what, when, under which rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from webapp.taking_part.models import Agent, Comment, Proposal, ProposalVersion, ProposalWithdrawal, Review

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from kg.history import Event

__all__ = ["Happening", "chronicle", "happenings"]

_RELEASED: Final = {"create": "appeared", "update": "shown anew", "delete": "disappeared"}


@dataclass(frozen=True)
class Happening:
    """Something that happened.

    Attributes:
        time: When.
        kind: ``submit``, ``restore``, ``accept``, ``changes``, ``refuse``, ``remark``, ``withdraw``,
            ``withdraw change``; or what a release did with it: ``appeared``, ``shown anew``, ``disappeared``.
        number: The submission that it is about; 0 for none.
        agent: The agent who did it; empty for a release.
        name: What the agent wants to be called; None for nothing.
        role: As what.
        text: A reason or remark.
        rules: Under which rules something was decided.
        restored: The submission that a restoration brings back.
    """

    time: dt.datetime
    kind: str
    number: int = 0
    agent: str = ""
    name: str | None = None
    role: str = ""
    text: str = ""
    rules: str = ""
    restored: int | None = None


def chronicle(session: Session, proposal: Proposal, released: Iterable[Event] = ()) -> list[Happening]:
    """Return what happened to a proposal, the first first.

    Args:
        session: One state of the database.
        proposal: The proposal.
        released: What releases did with its document.
    """
    found = [happening for _, happening in happenings(session, Proposal.id == proposal.id)]
    found += [Happening(event.time, _RELEASED[event.kind]) for event in released]
    return sorted(found, key=lambda h: (h.time, h.number or _LAST, _STEPS.get(h.kind, 3)))


def happenings(session: Session, *wanted: ColumnElement[bool]) -> Iterator[tuple[str, Happening]]:
    """Yield what happened to all proposals that are wanted, each with the proposal's identifier, in no order."""
    for identifier, *row in session.execute(_rows(ProposalVersion, _SUBMITTED, wanted)):
        time, number, restored, agent, name, role = row
        yield (
            identifier,
            Happening(time, "restore" if restored else "submit", number, agent, name, role, "", "", restored),
        )
    for identifier, *row in session.execute(_rows(Review, _DECIDED, wanted)):
        yield identifier, Happening(*row)
    for identifier, time, only_change, *row in session.execute(_rows(ProposalWithdrawal, _WITHDRAWN, wanted)):
        yield identifier, Happening(time, "withdraw change" if only_change else "withdraw", *row)
    for identifier, author, time, text, agent, name in session.execute(_rows(Comment, _REMARKED, wanted)):
        yield identifier, Happening(time, "remark", 0, agent, name, "author" if agent == author else "editor", text)


_SUBMITTED: Final = (
    ProposalVersion.submitted, ProposalVersion.number, ProposalVersion.restored, Agent.id, Agent.shown_name,
    ProposalVersion.role,
)  # fmt: skip
_DECIDED: Final = (
    Review.decided, Review.decision, Review.number, Agent.id, Agent.shown_name, Review.role, Review.reason,
    Review.rules,
)  # fmt: skip
_WITHDRAWN: Final = (
    ProposalWithdrawal.withdrawn, ProposalWithdrawal.only_change, ProposalWithdrawal.number, Agent.id,
    Agent.shown_name, ProposalWithdrawal.role, ProposalWithdrawal.reason,
)  # fmt: skip
_REMARKED: Final = (Proposal.agent_id, Comment.written, Comment.text, Agent.id, Agent.shown_name)

_LAST: Final = 1_000_000_000
"""Remarks say nothing of where they stand among other things of the same second; last is as good as any."""

_STEPS: Final = {"submit": 0, "restore": 0, "accept": 1, "changes": 1, "refuse": 1, "withdraw": 2, "withdraw change": 2}
"""In which order things of one second and one submission can only have happened."""


def _rows(table: Any, columns: tuple[Any, ...], wanted: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    joined = select(Proposal.id, *columns).select_from(table).join(Proposal, table.proposal_id == Proposal.id)
    return joined.join(Agent, table.agent_id == Agent.id).where(*wanted)
