"""Proposals: submitted, judged by a hub's editors, and from then on what the hub's collection is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, update

from webapp.taking_part.audit import record
from webapp.taking_part.contributions import contribution, new_identifier
from webapp.taking_part.models import Comment, Draft, Proposal, ProposalVersion, Review
from webapp.taking_part.moments import now
from webapp.taking_part.roles import Role
from webapp.taking_part.together import authors_of
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from webapp.taking_part.state import Visitor

__all__ = [
    "DECISIONS",
    "add_comment",
    "decide",
    "list_own",
    "list_waiting",
    "reviews_of",
    "submit",
    "versions_of",
    "withdraw",
]

DECISIONS: Final = {"accept": "accepted", "changes": "changes", "refuse": "refused"}
"""What an editor may decide, and the state that a proposal is in afterwards."""


def submit(
    session: Session, draft: Draft, version: int, answers: dict[str, Any], by: Visitor, completeness: str
) -> str | None:
    """Submit a draft; return the proposal's identifier, or None where the draft was changed meanwhile.

    The answers stay with the draft, for the next submission.
    """
    moment = now()
    claimed = session.execute(
        update(Draft)
        .where(Draft.id == draft.id, Draft.version == version)
        .values(version=version + 1, changed=moment)
        .returning(Draft.proposal_id)
    ).one_or_none()
    if claimed is None:
        return None
    proposal = session.get(Proposal, claimed.proposal_id, with_for_update=True) if claimed.proposal_id else None
    if proposal is None:
        name = new_identifier(answers)
        proposal = Proposal(
            id=new_id(), document=name, hub=draft.hub, agent_id=by.agent, state="waiting", version=0, changed=moment
        )
        session.add(proposal)
        session.flush()
    number = 1 + len(versions_of(session, proposal.id))
    document = contribution(
        answers,
        identifier=proposal.document,
        hub=proposal.hub,
        agent=by.agent,
        completeness=completeness,
        day=moment.date(),
    )
    document["creator"] = [f"contributor/{agent}" for agent in authors_of(session, draft.id, by.agent)]
    session.add(ProposalVersion(proposal_id=proposal.id, number=number, data=document, submitted=moment))
    proposal.state, proposal.version, proposal.changed = "waiting", proposal.version + 1, moment
    session.execute(update(Draft).where(Draft.id == draft.id).values(proposal_id=proposal.id))
    record(session, "submit", agent=by.agent, role=Role.CONTRIBUTOR, hub=proposal.hub, about=proposal.document)
    return proposal.id


def decide(
    session: Session, proposal: str, version: int, decision: str, reason: str, *, by: Visitor, role: str, rules: str
) -> bool:
    """Decide about a proposal that is waiting; False where it is no longer of the version that the editor saw.

    Args:
        session: The transaction.
        proposal: Its identifier.
        version: The version that the editor saw.
        decision: One of :data:`DECISIONS`.
        reason: Why, for its author.
        by: Who decides.
        role: As what.
        rules: Under which rules: the digest of the shapes.
    """
    taken = session.execute(
        update(Proposal)
        .where(Proposal.id == proposal, Proposal.version == version, Proposal.state == "waiting")
        .values(state=DECISIONS[decision], version=version + 1, changed=now())
        .returning(Proposal)
    ).scalar_one_or_none()
    if taken is None:
        return False
    number = len(versions_of(session, proposal))
    review = Review(
        id=new_id(), proposal_id=proposal, number=number, agent_id=by.agent, role=role, decision=decision,
        reason=reason, rules=rules, decided=now(),
    )  # fmt: skip
    session.add(review)
    if decision == "accept":
        taken.published_number = number
        session.execute(delete(Draft).where(Draft.proposal_id == proposal))
    record(session, f"review.{decision}", agent=by.agent, role=role, hub=taken.hub, about=taken.document)
    return True


def withdraw(session: Session, proposal: str, by: Visitor, role: str) -> bool:
    """Take a proposal back, published or not; False where that was done already. A published one gets a tombstone."""
    taken = session.execute(
        update(Proposal)
        .where(Proposal.id == proposal, Proposal.state != "withdrawn")
        .values(state="withdrawn", version=Proposal.version + 1, changed=now())
        .returning(Proposal)
    ).scalar_one_or_none()
    if taken is None:
        return False
    session.execute(delete(Draft).where(Draft.proposal_id == proposal))
    record(session, "withdraw", agent=by.agent, role=role, hub=taken.hub, about=taken.document)
    return True


def add_comment(session: Session, proposal: Proposal, text: str, by: Visitor, role: str) -> None:
    """Add a remark to a proposal."""
    session.add(Comment(id=new_id(), proposal_id=proposal.id, agent_id=by.agent, text=text, written=now()))
    record(session, "comment", agent=by.agent, role=role, hub=proposal.hub, about=proposal.document)


def list_waiting(session: Session, hub: str) -> list[Proposal]:
    """Return what a hub's editors have to look at, the longest waiting first."""
    query = select(Proposal).where(Proposal.hub == hub, Proposal.state == "waiting").order_by(Proposal.changed)
    return list(session.scalars(query))


def list_own(session: Session, agent: str) -> list[Proposal]:
    """Return what somebody has submitted, the last changed first."""
    return list(session.scalars(select(Proposal).where(Proposal.agent_id == agent).order_by(Proposal.changed.desc())))


def versions_of(session: Session, proposal: str) -> Sequence[ProposalVersion]:
    """Return the submissions of a proposal, the first first."""
    query = select(ProposalVersion).where(ProposalVersion.proposal_id == proposal).order_by(ProposalVersion.number)
    return session.scalars(query).all()


def reviews_of(session: Session, proposal: str) -> Sequence[Review]:
    """Return the decisions about a proposal, the first first."""
    return session.scalars(select(Review).where(Review.proposal_id == proposal).order_by(Review.number)).all()
