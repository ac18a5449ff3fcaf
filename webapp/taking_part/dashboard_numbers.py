"""What the database of those who take part tells of one hub: submissions, decisions, how long things wait."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, func, select

from webapp.taking_part.assessment.instrument import DIMENSIONS
from webapp.taking_part.assessment.models import Assessment
from webapp.taking_part.assessment.schools import confirmed_schools
from webapp.taking_part.assessment.summaries import list_summaries
from webapp.taking_part.mentoring.models import MentoringRelation
from webapp.taking_part.models import Membership, Proposal, ProposalVersion, ProposalWithdrawal, Review
from webapp.taking_part.moments import now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.taking_part.assessment.models import AssessmentSummary

__all__ = [
    "Mentoring",
    "Reviewing",
    "assessed_schools",
    "members_by_role",
    "mentoring",
    "reviewing",
    "summaries_by_dimension",
]

_DAY: Final = 86_400
_YEAR: Final = 365


@dataclass(frozen=True)
class Reviewing:
    """How review goes at a hub.

    Attributes:
        waiting: Submissions that wait now.
        oldest: For how many days the oldest has waited; None where none waits.
        decided: Decisions of the last 365 days.
        median_days: Half of these came within so many days of their submission; None where there is none.
        submissions: Submissions by month.
        decisions: Decisions by month.
    """

    waiting: int
    oldest: float | None
    decided: int
    median_days: float | None
    submissions: dict[str, int] = field(default_factory=dict)
    decisions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Mentoring:
    """Confirmed schools of a hub; those in open relations, those of them that mentor; and open relations."""

    schools: int
    active: int
    mentors: int
    relations: int


def reviewing(session: Session, hub: str) -> Reviewing:
    """Return how review goes at a hub; what an editor brought back was neither submitted for review nor decided."""
    taken_back = exists().where(
        ProposalWithdrawal.proposal_id == Proposal.id, ProposalWithdrawal.number >= ProposalVersion.number
    )
    rows = session.execute(
        select(Proposal.state, ProposalVersion.submitted, Review.decided, taken_back.label("taken_back"))
        .join(ProposalVersion, ProposalVersion.proposal_id == Proposal.id)
        .outerjoin(Review, (Review.proposal_id == Proposal.id) & (Review.number == ProposalVersion.number))
        .where(Proposal.hub == hub, ProposalVersion.restored.is_(None))
    ).all()
    moment = now()
    open_ = [row.submitted for row in rows if row.state == "waiting" and row.decided is None and not row.taken_back]
    took = [
        (row.decided - row.submitted).total_seconds() / _DAY
        for row in rows
        if row.decided and (moment - row.decided).days < _YEAR
    ]
    return Reviewing(
        waiting=session.scalar(select(func.count()).where(Proposal.hub == hub, Proposal.state == "waiting")) or 0,
        oldest=round((moment - min(open_)).total_seconds() / _DAY, 1) if open_ else None,
        decided=len(took),
        median_days=round(median(took), 1) if took else None,
        submissions=_by_month(row.submitted.strftime("%Y-%m") for row in rows),
        decisions=_by_month(row.decided.strftime("%Y-%m") for row in rows if row.decided),
    )


def members_by_role(session: Session, hub: str) -> dict[str, int]:
    """Return how many people have each role at a hub."""
    query = select(Membership.role, func.count()).where(Membership.hub == hub).group_by(Membership.role)
    return {row[0]: row[1] for row in session.execute(query)}


def mentoring(session: Session, hub: str) -> Mentoring:
    """Return the schools of a hub, and how many take part in mentoring now."""
    query = select(MentoringRelation.mentor_id, MentoringRelation.mentee_id)
    open_ = session.execute(query.where(MentoringRelation.hub == hub, MentoringRelation.state == "open")).all()
    mentors, mentees = {row.mentor_id for row in open_}, {row.mentee_id for row in open_}
    schools = len(confirmed_schools(session, hub))
    return Mentoring(schools=schools, active=len(mentors | mentees), mentors=len(mentors), relations=len(open_))


def assessed_schools(session: Session, hub: str) -> dict[str, int]:
    """Return how many schools of a hub assessed themselves in each month."""
    own = confirmed_schools(session, hub)
    months = session.scalars(select(Assessment.month).where(Assessment.school_id.in_(own)))
    return _by_month(months)


def summaries_by_dimension(session: Session, hub: str) -> dict[str, dict[str, AssessmentSummary]]:
    """Return what a hub was told of its schools' self-assessment, by dimension and half-year."""
    found: dict[str, dict[str, AssessmentSummary]] = {dimension: {} for dimension in DIMENSIONS}
    for summary in list_summaries(session, hub):
        found.setdefault(summary.dimension, {})[summary.half_year] = summary
    return found


def _by_month(months: object) -> dict[str, int]:
    return dict(sorted(Counter(months).items()))  # type: ignore[call-overload]
