"""Accounts: invited, made, exported and erased."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, update

from kg.errors import TakingPartError
from webapp.interface_language import message
from webapp.taking_part.assessment.rounds import assessments_by
from webapp.taking_part.audit import record
from webapp.taking_part.draft_models import CoWriter, Upload
from webapp.taking_part.mentoring.models import MentoringRefusal
from webapp.taking_part.mentoring.profiles import list_schools
from webapp.taking_part.models import (
    Agent,
    AuditEntry,
    Comment,
    Draft,
    Identity,
    Invitation,
    Membership,
    Person,
    Proposal,
    ProposalVersion,
    ProposalWithdrawal,
    Review,
    SignIn,
)
from webapp.taking_part.moments import now
from webapp.taking_part.together import hand_over
from webapp.taking_part.tokens import digest, new_id, new_token

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = [
    "ATTRIBUTIONS",
    "INVITATION_DAYS",
    "Newcomer",
    "accept_invitation",
    "create_person",
    "erase_person",
    "export_person",
    "invite",
    "open_invitation",
    "rename",
]

INVITATION_DAYS: Final = 14
ATTRIBUTIONS: Final = ("name", "pseudonym", "none")
_EMAIL: Final = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\".]+(\.[^\s@<>\".]+)+")


@dataclass(frozen=True)
class Newcomer:
    """What somebody says about themselves when they join.

    Attributes:
        email: By which they sign in.
        name: How the hub's people know them.
        attribution: What is published with their contributions: their name, a pseudonym, or nothing.
        pseudonym: The pseudonym; None for no pseudonym.
        password_hash: What is kept of the password; None where there is none.
    """

    email: str
    name: str
    attribution: str = "none"
    pseudonym: str | None = None
    password_hash: str | None = None

    def shown_name(self) -> str | None:
        """Return what the graph may say."""
        return {"name": self.name, "pseudonym": self.pseudonym}.get(self.attribution)

    def mistakes(self) -> dict[str, str]:
        """Return what is wrong, by field, as texts for gettext."""
        found: dict[str, str] = {}
        if len(self.email) > 200 or not _EMAIL.fullmatch(self.email):
            found["email"] = message("Give an e-mail address, such as mari@school.example.")
        if not self.name.strip() or len(self.name) > 200:
            found["name"] = message("Give a name of at most 200 characters.")
        if self.attribution not in ATTRIBUTIONS:
            found["attribution"] = message("Choose how you want to be named.")
        if self.attribution == "pseudonym" and not (self.pseudonym and len(self.pseudonym) <= 200):
            found["pseudonym"] = message("Give the pseudonym, of at most 200 characters.")
        return found


def invite(session: Session, hub: str, role: str, invited_by: str | None, as_role: str) -> str:
    """Make an invitation and return its token, which is nowhere else.

    Args:
        session: The transaction.
        hub: To which hub.
        role: As what.
        invited_by: The agent who invites; None for the command line.
        as_role: As what that agent does it.
    """
    token, made = new_token(), now()
    expires = made + dt.timedelta(days=INVITATION_DAYS)
    session.add(
        Invitation(digest=digest(token), hub=hub, role=role, invited_by=invited_by, created=made, expires=expires)
    )
    record(session, "invite", agent=invited_by, role=as_role, hub=hub, about=role)
    return token


def open_invitation(session: Session, token: str) -> Invitation | None:
    """Return the invitation of a token that was not used and has not expired, or None."""
    found = session.get(Invitation, digest(token))
    return found if found and found.used is None and found.expires > now() else None


def create_person(session: Session, newcomer: Newcomer) -> Person:
    """Make an account without any role.

    Raises:
        TakingPartError: The e-mail address has an account already, or what the newcomer says cannot be used.
    """
    if mistakes := newcomer.mistakes():
        field, cause = next(iter(mistakes.items()))
        raise TakingPartError(cause, field=field)
    email = newcomer.email.lower()
    if session.scalar(select(Person.id).where(Person.email == email)):
        raise TakingPartError(message("There is an account with this e-mail address already."), field="email")
    made = now()
    agent = Agent(id=f"c-{new_id(12)}", shown_name=newcomer.shown_name(), created=made)
    person = Person(
        id=new_id(),
        agent_id=agent.id,
        email=email,
        name=newcomer.name.strip(),
        pseudonym=newcomer.pseudonym,
        attribution=newcomer.attribution,
        password_hash=newcomer.password_hash,
        created=made,
    )
    session.add(agent)
    session.flush()
    session.add(person)
    session.flush()
    record(session, "account.create", agent=agent.id, role="newcomer")
    return person


def accept_invitation(session: Session, token: str, person: Person) -> Invitation:
    """Give a person the role that they were invited to; the invitation cannot be used again.

    Raises:
        TakingPartError: The invitation was used, has expired or never was.
    """
    # One statement both asks and takes, so two who use the same link at once cannot both have it.
    taken = session.execute(
        update(Invitation)
        .where(Invitation.digest == digest(token), Invitation.used.is_(None), Invitation.expires > now())
        .values(used=now())
        .returning(Invitation)
    ).scalar_one_or_none()
    if taken is None:
        raise TakingPartError(message("This invitation was used already, or it has expired."), field="invitation")
    if not session.get(Membership, (person.id, taken.hub, taken.role)):
        session.add(Membership(person_id=person.id, hub=taken.hub, role=taken.role, granted=now()))
    record(session, "join", agent=person.agent_id, role=taken.role, hub=taken.hub)
    return taken


def rename(session: Session, person: Person, attribution: str, pseudonym: str | None) -> None:
    """Change how a person is named with everything that they contributed.

    Raises:
        TakingPartError: The choice cannot be used.
    """
    chosen = Newcomer(person.email, person.name, attribution, pseudonym)
    if mistakes := chosen.mistakes():
        field, cause = next(iter(mistakes.items()))
        raise TakingPartError(cause, field=field)
    person.attribution, person.pseudonym = attribution, pseudonym
    _agent(session, person).shown_name = chosen.shown_name()
    record(session, "account.attribution", agent=person.agent_id, role="self", about=attribution)


def export_person(session: Session, person: Person) -> dict[str, Any]:
    """Return everything that the database holds about a person, as plain values (GDPR, articles 15 and 20)."""
    agent = person.agent_id
    sign_ins = session.scalars(select(SignIn).where(SignIn.person_id == person.id))
    proposals = list(session.scalars(select(Proposal).where(Proposal.agent_id == agent)))
    return {
        "person": {
            **_fields(person, "email", "name", "attribution", "pseudonym", "created", "news_seen"),
            "password": person.password_hash is not None,
        },
        "agent": _fields(_agent(session, person), "id", "shown_name", "created"),
        "memberships": _rows(session, Membership, person.id, "hub", "role", "granted"),
        "openid": _rows(session, Identity, person.id, "issuer", "subject"),
        "signIns": [_fields(found, "created", "seen") for found in sign_ins],
        "drafts": _rows(session, Draft, person.id, "id", "hub", "version", "data", "created", "changed"),
        "schools": [
            _fields(school, "id", "hub", "document", "data", "created", "changed")
            for school in list_schools(session, person.id)
        ],
        "sharedDrafts": _rows(session, CoWriter, person.id, "draft_id", "named", "joined", "version"),
        "uploads": _rows(session, Upload, person.id, "hub", "file", "report", "created"),
        "proposals": [
            {**_fields(p, "id", "document", "hub", "state", "changed"), "versions": _versions(session, p.id)}
            for p in proposals
        ],
        "submissions": [
            _fields(v, "proposal_id", "number", "role", "restored", "data", "submitted")
            for v in session.scalars(select(ProposalVersion).where(ProposalVersion.agent_id == agent))
        ],
        "withdrawals": [
            _fields(w, "proposal_id", "number", "only_change", "role", "reason", "withdrawn")
            for w in session.scalars(select(ProposalWithdrawal).where(ProposalWithdrawal.agent_id == agent))
        ],
        "reviews": [
            _fields(r, "proposal_id", "number", "role", "decision", "reason", "decided")
            for r in session.scalars(select(Review).where(Review.agent_id == agent))
        ],
        "comments": [
            _fields(c, "proposal_id", "text", "written")
            for c in session.scalars(select(Comment).where(Comment.agent_id == agent))
        ],
        "assessments": assessments_by(session, agent),
        "mentoringRefusals": [
            _fields(r, "hub", "data", "reason", "decided")
            for r in session.scalars(select(MentoringRefusal).where(MentoringRefusal.agent_id == agent))
        ],
        "invitations": [
            _fields(i, "hub", "role", "created", "expires", "used")
            for i in session.scalars(select(Invitation).where(Invitation.invited_by == agent))
        ],
        "log": [
            _fields(a, "time", "role", "action", "hub", "object")
            for a in session.scalars(select(AuditEntry).where(AuditEntry.agent_id == agent).order_by(AuditEntry.id))
        ],
    }


def erase_person(session: Session, person: Person, *, by: str | None, role: str, keep_name: bool) -> None:
    """Erase a person: account, sessions, drafts, roles. What was published stays, under the agent.

    Args:
        session: The transaction.
        person: Whom.
        by: The agent who does it; None for the command line.
        role: As what.
        keep_name: Whether the name or pseudonym that the person chose stays with what was published.
    """
    agent = _agent(session, person)
    if not keep_name:
        agent.shown_name = None
    record(session, "account.erase", agent=by, role=role, about=agent.id)
    # An invitation that is still open would outlive who vouched for it.
    session.execute(delete(Invitation).where(Invitation.invited_by == agent.id, Invitation.used.is_(None)))
    hand_over(session, person.id)
    session.execute(delete(Person).where(Person.id == person.id))


def _agent(session: Session, person: Person) -> Agent:
    return session.get_one(Agent, person.agent_id)


def _versions(session: Session, proposal: str) -> list[dict[str, Any]]:
    query = select(ProposalVersion).where(ProposalVersion.proposal_id == proposal).order_by(ProposalVersion.number)
    return [_fields(version, "number", "data", "submitted") for version in session.scalars(query)]


def _rows(
    session: Session, table: type[Membership | Identity | Draft | CoWriter | Upload], person: str, *names: str
) -> list[dict[str, Any]]:
    return [_fields(row, *names) for row in session.scalars(select(table).where(table.person_id == person))]


def _fields(row: object, *names: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in values.items()}
