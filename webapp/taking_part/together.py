"""Several people who write at one draft: invited by its author through a link, and named if they agree."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, select, update

from webapp.taking_part.draft_models import CoWriter, DraftLink
from webapp.taking_part.models import Draft, Membership, Person, Proposal
from webapp.taking_part.moments import now
from webapp.taking_part.roles import ALL_HUBS
from webapp.taking_part.tokens import digest, new_token

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = [
    "LINK_DAYS",
    "Writer",
    "authors_of",
    "hand_over",
    "invite_to",
    "join_by",
    "linked_draft",
    "mark_saved",
    "remove_writer",
    "set_named",
    "writers_of",
]

LINK_DAYS: Final = 14


class Writer(NamedTuple):
    """Somebody who writes at a draft.

    Attributes:
        person: The identifier of the person.
        agent: The identifier under which the person acts.
        name: How the hub's people know the person.
        named: Whether the person is to be among the authors.
        author: Whether the draft is the person's own.
        last: Whether nobody has changed the draft after this person.
    """

    person: str
    agent: str
    name: str
    named: bool
    author: bool
    last: bool


def writers_of(session: Session, draft: Draft) -> list[Writer]:
    """Return who writes at a draft, the author first; nobody where the draft is not shared."""
    rows = session.execute(
        select(CoWriter, Person).join(Person).where(CoWriter.draft_id == draft.id).order_by(CoWriter.joined, Person.id)
    ).all()
    newest = max((row.version for row, _ in rows), default=0)
    found = [
        Writer(p.id, p.agent_id, p.name, row.named, p.id == draft.person_id, 0 < row.version == newest)
        for row, p in rows
    ]
    return sorted(found, key=lambda writer: not writer.author)


def authors_of(session: Session, draft: str, agent: str) -> list[str]:
    """Return the agents that are named with what is submitted: who submits it, then those who agreed to be named."""
    others = (
        select(Person.agent_id)
        .join(CoWriter)
        .where(CoWriter.draft_id == draft, CoWriter.named, Person.agent_id != agent)
        .order_by(CoWriter.joined, Person.id)
    )
    return [agent, *session.scalars(others)]


def invite_to(session: Session, draft: Draft) -> str:
    """Make a link by which one person of the hub joins a draft; return its token, which is nowhere else."""
    if not session.get(CoWriter, (draft.id, draft.person_id)):
        # An editor who changes what is another's is named as who helped, alone or together with others.
        proposal = session.get(Proposal, draft.proposal_id) if draft.proposal_id else None
        named = proposal is None or proposal.agent_id == session.get_one(Person, draft.person_id).agent_id
        own = CoWriter(draft_id=draft.id, person_id=draft.person_id, named=named, joined=now(), version=draft.version)
        session.add(own)
    token = new_token()
    session.add(DraftLink(digest=digest(token), draft_id=draft.id, expires=now() + dt.timedelta(days=LINK_DAYS)))
    return token


def linked_draft(session: Session, token: str) -> Draft | None:
    """Return the draft that a link leads to, or None where the link was used, has expired or never was."""
    link = session.get(DraftLink, digest(token))
    return session.get(Draft, link.draft_id) if link and link.expires > now() else None


def join_by(session: Session, token: str, person: str, *, named: bool) -> str | None:
    """Let a person write at the draft of a link, which cannot be used again; return the draft, or None."""
    # The draft before its link, as where it is thrown away, so that none waits for the other for ever.
    link = select(DraftLink.draft_id).where(DraftLink.digest == digest(token))
    session.execute(select(Draft.id).where(Draft.id.in_(link)).with_for_update())
    # One statement both asks and takes, so two who use the same link at once cannot both have it.
    draft = session.execute(
        delete(DraftLink)
        .where(DraftLink.digest == digest(token), DraftLink.expires > now())
        .returning(DraftLink.draft_id)
    ).scalar_one_or_none()
    if draft and not session.get(CoWriter, (draft, person)):
        session.add(CoWriter(draft_id=draft, person_id=person, named=named, joined=now(), version=0))
    return draft


def remove_writer(session: Session, draft: str, person: str) -> None:
    """Let a person write at a draft no longer."""
    session.execute(delete(CoWriter).where(CoWriter.draft_id == draft, CoWriter.person_id == person))


def set_named(session: Session, draft: str, person: str, *, named: bool) -> None:
    """Change whether a person is to be among the authors."""
    whose = (CoWriter.draft_id == draft, CoWriter.person_id == person)
    session.execute(update(CoWriter).where(*whose).values(named=named))


def mark_saved(session: Session, draft: str, person: str, version: int) -> None:
    """Keep who made a version of a draft that several people share; of others there is nobody else to ask about."""
    whose = (CoWriter.draft_id == draft, CoWriter.person_id == person)
    session.execute(update(CoWriter).where(*whose).values(version=version))


def hand_over(session: Session, person: str) -> None:
    """Give a person's shared drafts to who joined them first, as when the person goes; the others' work stays.

    Who has left the hub since gets none.
    """
    for draft in session.scalars(select(Draft).where(Draft.person_id == person)):
        heirs = (
            select(CoWriter.person_id)
            .join(Membership, Membership.person_id == CoWriter.person_id)
            .where(CoWriter.draft_id == draft.id, CoWriter.person_id != person)
            .where(Membership.hub.in_([draft.hub, ALL_HUBS]))
        )
        if heir := session.scalar(heirs.order_by(CoWriter.joined, CoWriter.person_id).limit(1)):
            draft.person_id = heir
    session.flush()
