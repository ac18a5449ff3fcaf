"""Changing what was submitted before: a draft of it, and bringing back what was accepted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from webapp.taking_part.audit import record
from webapp.taking_part.former_answers import former_answers
from webapp.taking_part.models import Draft, Proposal, ProposalVersion, Review
from webapp.taking_part.moments import now
from webapp.taking_part.proposals import add_submission, versions_of
from webapp.taking_part.roles import Role
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from webapp.taking_part.state import Visitor

__all__ = ["begin_change", "can_be_restored", "can_change", "go_on", "is_editor", "restore"]


def is_editor(visitor: Visitor, hub: str) -> bool:
    """Whether somebody reviews for a hub."""
    return bool(visitor.roles_at(hub) & {Role.EDITOR, Role.ADMINISTRATOR})


def can_change(proposal: Proposal, visitor: Visitor) -> bool:
    """Whether somebody may begin a change of a proposal.

    Its author may while they belong to the hub, unless it was taken back; the hub's editors may change what is
    published, while no change is open.
    """
    if proposal.state == "withdrawn" or not visitor.roles_at(proposal.hub):
        return False
    if proposal.agent_id == visitor.agent:
        return True
    idle = proposal.state in {"accepted", "refused"}
    return proposal.is_published and idle and is_editor(visitor, proposal.hub)


def begin_change(session: Session, proposal: str, visitor: Visitor) -> Draft | None:
    """Return the visitor's draft of a change, the one that is there or a new one; None where there may be none.

    A new one holds the last submission, or what is published where that one was refused or taken back.
    """
    found = session.get(Proposal, proposal, with_for_update=True)
    if found is None or not can_change(found, visitor):
        return None
    own = select(Draft).where(Draft.proposal_id == proposal, Draft.person_id == visitor.person)
    draft = session.scalars(own.order_by(Draft.changed.desc())).first()
    if draft is None:
        versions, moment = versions_of(session, proposal), now()
        idle = found.state in {"accepted", "refused"}
        begun = versions[(found.published_number if idle and found.published_number else len(versions)) - 1]
        draft = Draft(
            id=new_id(), person_id=visitor.person, hub=found.hub, proposal_id=proposal, based_on=len(versions),
            version=1, data=_answers(begun), created=moment, changed=moment,
        )  # fmt: skip
        session.add(draft)
    return draft


def go_on(session: Session, draft: str, person: str, version: int, number: int) -> bool:
    """Keep that the writer of a draft has seen what somebody else submitted; False where either changed meanwhile.

    Args:
        session: The transaction.
        draft: The draft.
        person: Its writer.
        version: Its version that the writer saw.
        number: The submission that the writer saw.
    """
    known = session.execute(select(Draft.proposal_id).where(Draft.id == draft, Draft.person_id == person)).one_or_none()
    proposal = session.get(Proposal, known.proposal_id, with_for_update=True) if known and known.proposal_id else None
    if proposal is None or number != len(versions_of(session, proposal.id)):
        return False
    done = session.execute(
        update(Draft)
        .where(Draft.id == draft, Draft.version == version)
        .values(based_on=number, version=version + 1, changed=now())
        .returning(Draft.id)
    ).one_or_none()
    return done is not None


def can_be_restored(proposal: Proposal, reviews: Sequence[Review]) -> list[int]:
    """Return which submissions an editor can bring back: once accepted, and not what is published now.

    None while something waits or is being mended: that is decided first, so that it is not passed over.
    """
    if proposal.state in {"waiting", "changes"}:
        return []
    accepted = [review.number for review in reviews if review.decision == "accept"]
    return [number for number in accepted if not proposal.is_published or number != proposal.published_number]


def restore(
    session: Session, proposal: str, version: int, number: int, reason: str, *, by: Visitor, role: str, rules: str
) -> bool:
    """Bring back a submission that was accepted once, as a new one that is accepted at once.

    False where the proposal is no longer of the version that the editor saw, or the submission cannot be restored.
    """
    found = session.get(Proposal, proposal, with_for_update=True)
    if found is None or found.version != version:
        return False
    reviews = session.scalars(select(Review).where(Review.proposal_id == proposal)).all()
    if number not in can_be_restored(found, reviews):
        return False
    former, new = session.get_one(ProposalVersion, (proposal, number)), len(versions_of(session, proposal)) + 1
    add_submission(session, found, new, former.data, former.answers, by=by, role=role, restored=number)
    review = Review(
        id=new_id(), proposal_id=proposal, number=new, agent_id=by.agent, role=role, decision="accept",
        reason=reason, rules=rules, decided=now(),
    )  # fmt: skip
    session.add(review)
    found.state, found.version, found.changed, found.published_number = "accepted", version + 1, now(), new
    record(session, "restore", agent=by.agent, role=role, hub=found.hub, about=found.document)
    return True


def _answers(version: ProposalVersion) -> dict[str, object]:
    return version.answers or former_answers(version.data)
