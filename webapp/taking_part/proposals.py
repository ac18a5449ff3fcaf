"""Proposals: submitted, judged by a hub's editors, and from then on what the hub's collection is made of."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import defer

from webapp.taking_part.audit import record
from webapp.taking_part.contributions import contribution, new_identifier
from webapp.taking_part.models import Comment, Draft, Proposal, ProposalVersion, ProposalWithdrawal, Review
from webapp.taking_part.moments import now
from webapp.taking_part.roles import Role
from webapp.taking_part.together import authors_of
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from webapp.taking_part.state import Visitor

__all__ = [
    "DECISIONS",
    "NotSubmitted",
    "add_comment",
    "add_submission",
    "decide",
    "last_titles",
    "list_own",
    "list_waiting",
    "reviews_of",
    "submit",
    "take_change_back",
    "versions_of",
    "withdraw",
]

DECISIONS: Final = {"accept": "accepted", "changes": "changes", "refuse": "refused"}
"""What an editor may decide, and the state that a proposal is in afterwards."""


class NotSubmitted(Enum):
    """Why a draft was not submitted."""

    DRAFT_CHANGED = "the draft was changed meanwhile"
    OVERTAKEN = "somebody else submitted something that the writer has not seen"
    WITHDRAWN = "what it would change was taken back"


def submit(
    session: Session, draft: Draft, version: int, answers: dict[str, Any], by: Visitor, completeness: str
) -> str | NotSubmitted:
    """Submit a draft, as a new proposal or as the next submission of one; return the proposal's identifier.

    The answers stay with the draft, for the next submission. Where it is not submitted, nothing changes.

    Args:
        session: The transaction.
        draft: The draft.
        version: Its version that holds the answers.
        answers: What it says.
        by: Who submits it, as an editor where it is another's and they review for the hub.
        completeness: As how complete it is meant.
    """
    moment = now()
    # The proposal is taken before the draft, as decisions do, so that none waits for the other for ever.
    known = session.execute(select(Draft.proposal_id, Draft.based_on).where(Draft.id == draft.id)).one_or_none()
    if known is None:
        return NotSubmitted.DRAFT_CHANGED
    proposal = session.get(Proposal, known.proposal_id, with_for_update=True) if known.proposal_id else None
    last = len(versions_of(session, proposal.id)) if proposal else None
    if proposal and known.based_on != last:
        return NotSubmitted.OVERTAKEN
    if proposal and proposal.state == "withdrawn" and proposal.published_number:
        return NotSubmitted.WITHDRAWN
    number = 1 + (last or 0)
    if not _claim(session, draft, version, number, moment):
        return NotSubmitted.DRAFT_CHANGED
    if proposal is None:
        name = new_identifier(answers)
        proposal = Proposal(
            id=new_id(), document=name, hub=draft.hub, agent_id=by.agent, state="waiting", version=0, changed=moment
        )
        session.add(proposal)
        session.flush()
    document = contribution(
        answers,
        identifier=proposal.document,
        hub=proposal.hub,
        agent=proposal.agent_id,
        completeness=completeness,
        day=moment.date(),
    )
    document["creator"] = [f"contributor/{agent}" for agent in _authors(session, proposal, draft.id)]
    role = _role(proposal, by)
    add_submission(session, proposal, number, document, answers, by=by, role=role)
    proposal.state, proposal.version, proposal.changed = "waiting", proposal.version + 1, moment
    session.execute(update(Draft).where(Draft.id == draft.id).values(proposal_id=proposal.id))
    record(session, "submit", agent=by.agent, role=role, hub=proposal.hub, about=proposal.document)
    return proposal.id


def _authors(session: Session, proposal: Proposal, draft: str) -> list[str]:
    """Return the agents who are named as authors: those of what is published, and those who wrote at the draft."""
    published = session.get(ProposalVersion, (proposal.id, proposal.published_number or 0))
    named = [creator.partition("/")[2] for creator in published.data.get("creator", [])] if published else []
    return list(dict.fromkeys([*named, *authors_of(session, draft, proposal.agent_id)]))


def _role(proposal: Proposal, by: Visitor) -> Role:
    reviewing = [role for role in (Role.EDITOR, Role.ADMINISTRATOR) if role in by.roles_at(proposal.hub)]
    return reviewing[0] if reviewing and proposal.agent_id != by.agent else Role.CONTRIBUTOR


def _claim(session: Session, draft: Draft, version: int, number: int, moment: dt.datetime) -> bool:
    """Take the draft for a submission, unless it is no longer of the version."""
    claimed = session.execute(
        update(Draft)
        .where(Draft.id == draft.id, Draft.version == version)
        .values(version=version + 1, based_on=number, changed=moment)
        .returning(Draft.id)
    ).one_or_none()
    return claimed is not None


def add_submission(
    session: Session,
    proposal: Proposal,
    number: int,
    document: dict[str, Any],
    answers: dict[str, Any] | None,
    *,
    by: Visitor,
    role: str,
    restored: int | None = None,
) -> None:
    """Add a submission to a proposal that the transaction holds."""
    session.add(
        ProposalVersion(
            proposal_id=proposal.id, number=number, agent_id=by.agent, role=role, data=document, answers=answers,
            restored=restored, submitted=now(),
        )
    )  # fmt: skip


def decide(
    session: Session, proposal: str, version: int, decision: str, reason: str, *, by: Visitor, role: str, rules: str
) -> bool:
    """Decide about a proposal that is waiting; False where it is no longer of the version that the editor saw.

    Whatever is decided about a change, what is published stays until one is accepted.

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
    taken = _take(session, proposal, version, ("waiting",), DECISIONS[decision])
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
        _forget_drafts(session, proposal)
    record(session, f"review.{decision}", agent=by.agent, role=role, hub=taken.hub, about=taken.document)
    return True


def withdraw(session: Session, proposal: str, version: int, reason: str, *, by: Visitor, role: str) -> bool:
    """Take all of a proposal back, published or not; a published one gets a tombstone.

    False where it is no longer of the version that was seen, or was taken back already.
    """
    taken = _take(session, proposal, version, ("waiting", "changes", "accepted", "refused"), "withdrawn")
    if taken is None:
        return False
    _note_withdrawal(session, proposal, reason, by, role, only_change=False)
    _forget_drafts(session, proposal)
    record(session, "withdraw", agent=by.agent, role=role, hub=taken.hub, about=taken.document)
    return True


def take_change_back(session: Session, proposal: str, version: int, *, by: Visitor, role: str) -> bool:
    """Take back a change that waits or is to be mended; what is published stays, and so does the writer's draft.

    False where it is no longer of the version that was seen, or there is no such change.
    """
    found = session.get(Proposal, proposal, with_for_update=True)
    if found is None or not found.is_published:
        return False
    taken = _take(session, proposal, version, ("waiting", "changes"), "accepted")
    if taken is None:
        return False
    _note_withdrawal(session, proposal, "", by, role, only_change=True)
    record(session, "withdraw.change", agent=by.agent, role=role, hub=taken.hub, about=taken.document)
    return True


def _take(session: Session, proposal: str, version: int, states: tuple[str, ...], then: str) -> Proposal | None:
    """Bring a proposal of this version from one of the states to another; None where it is not so, or no longer.

    One statement compares and writes, so of two who act upon what they saw at once, one is told.
    """
    return session.execute(
        update(Proposal)
        .where(Proposal.id == proposal, Proposal.version == version, Proposal.state.in_(states))
        .values(state=then, version=version + 1, changed=now())
        .returning(Proposal),
        execution_options={"populate_existing": True},
    ).scalar_one_or_none()


def _note_withdrawal(
    session: Session, proposal: str, reason: str, by: Visitor, role: str, *, only_change: bool
) -> None:
    number = len(versions_of(session, proposal))
    session.add(
        ProposalWithdrawal(
            id=new_id(), proposal_id=proposal, number=number, only_change=only_change, agent_id=by.agent, role=role,
            reason=reason, withdrawn=now(),
        )
    )  # fmt: skip


def _forget_drafts(session: Session, proposal: str) -> None:
    """Delete the drafts that hold nothing but what was submitted; what somebody went on writing stays."""
    submitted = [version.answers for version in versions_of(session, proposal)]
    for draft in session.scalars(select(Draft).where(Draft.proposal_id == proposal)):
        if draft.data in submitted:
            session.execute(delete(Draft).where(Draft.id == draft.id, Draft.version == draft.version))


def add_comment(session: Session, proposal: Proposal, text: str, by: Visitor, role: str) -> None:
    """Add a remark to a proposal."""
    session.add(Comment(id=new_id(), proposal_id=proposal.id, agent_id=by.agent, text=text, written=now()))
    record(session, "comment", agent=by.agent, role=role, hub=proposal.hub, about=proposal.document)


def list_waiting(session: Session, hub: str) -> list[tuple[Proposal, ProposalVersion]]:
    """Return what a hub's editors have to look at, each with its last submission, the longest waiting first."""
    query = (
        select(Proposal, ProposalVersion)
        .join(ProposalVersion, ProposalVersion.proposal_id == Proposal.id)
        .where(Proposal.hub == hub, Proposal.state == "waiting")
        .order_by(Proposal.changed, Proposal.id, ProposalVersion.number)
        .options(defer(ProposalVersion.answers))
    )
    last = {proposal.id: (proposal, version) for proposal, version in session.execute(query)}
    return list(last.values())


def list_own(session: Session, agent: str) -> list[Proposal]:
    """Return what somebody has submitted, the last changed first."""
    return list(session.scalars(select(Proposal).where(Proposal.agent_id == agent).order_by(Proposal.changed.desc())))


def last_titles(
    session: Session, proposals: Sequence[Proposal], *, of_published: bool = False
) -> dict[str, dict[str, str]]:
    """Return the title of each proposal's last submission, or of what is published of it where that is asked for."""
    chosen = {p.id: p.published_number for p in proposals if of_published and p.published_number}
    keys = [proposal.id for proposal in proposals]
    last = (
        select(ProposalVersion.proposal_id, func.max(ProposalVersion.number).label("number"))
        .where(ProposalVersion.proposal_id.in_(keys))
        .group_by(ProposalVersion.proposal_id)
        .subquery()
    )
    told = (
        select(ProposalVersion.proposal_id, ProposalVersion.number, ProposalVersion.data["name"])
        .join(last, last.c.proposal_id == ProposalVersion.proposal_id)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(or_(ProposalVersion.number == last.c.number, ProposalVersion.number == Proposal.published_number))
    )
    return {
        key: name or {}
        for key, number, name in session.execute(told.order_by(ProposalVersion.number))
        if number == chosen.get(key, number)
    }


def versions_of(session: Session, proposal: str) -> Sequence[ProposalVersion]:
    """Return the submissions of a proposal, the first first."""
    query = select(ProposalVersion).where(ProposalVersion.proposal_id == proposal).order_by(ProposalVersion.number)
    return session.scalars(query).all()


def reviews_of(session: Session, proposal: str) -> Sequence[Review]:
    """Return the decisions about a proposal, the first first."""
    return session.scalars(select(Review).where(Review.proposal_id == proposal).order_by(Review.number)).all()
