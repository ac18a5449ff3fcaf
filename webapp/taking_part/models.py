"""The tables: people and what they may do, their sessions, what they write, its review, and who did what.

Names and addresses of people are in ``people`` and what hangs on it, and go when a person is erased. What was
submitted, reviewed and logged names an *agent*: a pseudonym that says no more than the person chose to say.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Literal

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from webapp.taking_part.moments import Moment

__all__ = [
    "Agent",
    "AuditEntry",
    "Comment",
    "Draft",
    "Failure",
    "Identity",
    "Invitation",
    "Membership",
    "OpenIdAttempt",
    "Person",
    "Proposal",
    "ProposalVersion",
    "ProposalWithdrawal",
    "RecoveryCode",
    "Review",
    "SignIn",
    "Table",
]

Attribution = Literal["name", "pseudonym", "none"]
"""How a person wants to be named with what they contributed."""

_SHORT: Final = 200
_DIGEST: Final = 64
_ID: Final = 32


class Table(DeclarativeBase):
    """What all tables share: names of constraints that migrations can refer to."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dt.datetime: Moment(), dict[str, Any]: JSON(), str: String(_SHORT)}  # noqa: RUF012 - SQLAlchemy's


class Agent(Table):
    """Who stands behind something, as the published graph may know it: a random identifier and perhaps a name."""

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    """The slug of the contributor's IRI."""
    shown_name: Mapped[str | None]
    """What the graph says of it: the name or pseudonym that the person chose; None for no name at all."""
    created: Mapped[dt.datetime]


class Person(Table):
    """Somebody with an account. Everything about the person is here and in tables that go with this one."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"), unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    """In lower case: by which the person signs in."""
    name: Mapped[str]
    pseudonym: Mapped[str | None]
    attribution: Mapped[str] = mapped_column(String(10))
    password_hash: Mapped[str | None]
    """Argon2id; None for somebody who signs in by OpenID Connect only."""
    created: Mapped[dt.datetime]
    disabled: Mapped[dt.datetime | None]
    news_seen: Mapped[dt.datetime | None]
    """Up to when the person has seen what became of their proposals; None for never."""


class Identity(Table):
    """A person's account at an OpenID Connect provider (OpenID Connect Core 1.0, section 5.7)."""

    __tablename__ = "identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)


class RecoveryCode(Table):
    """The digest of a code that opens an account once without its password."""

    __tablename__ = "recovery_codes"

    digest: Mapped[str] = mapped_column(String(_DIGEST), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    used: Mapped[dt.datetime | None]


class Membership(Table):
    """A role that a person has at a hub."""

    __tablename__ = "memberships"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    hub: Mapped[str] = mapped_column(primary_key=True)
    """Such as ``hub/tallinn``; ``*`` for all hubs."""
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    granted: Mapped[dt.datetime]


class Invitation(Table):
    """An invitation to a hub, of which only a digest is kept."""

    __tablename__ = "invitations"

    digest: Mapped[str] = mapped_column(String(_DIGEST), primary_key=True)
    hub: Mapped[str] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(String(20))
    invited_by: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    created: Mapped[dt.datetime]
    expires: Mapped[dt.datetime]
    used: Mapped[dt.datetime | None]


class SignIn(Table):
    """A browser that is signed in."""

    __tablename__ = "sessions"

    digest: Mapped[str] = mapped_column(String(_DIGEST), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created: Mapped[dt.datetime]
    seen: Mapped[dt.datetime]


class OpenIdAttempt(Table):
    """A sign-in under way at the OpenID Connect provider, by the digest of its ``state``."""

    __tablename__ = "openid_attempts"

    digest: Mapped[str] = mapped_column(String(_DIGEST), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(_DIGEST))
    verifier: Mapped[str] = mapped_column(String(128))
    """The secret of PKCE (RFC 7636)."""
    invitation: Mapped[str | None] = mapped_column(String(_DIGEST))
    created: Mapped[dt.datetime]


class Failure(Table):
    """Failed attempts of an account or an address, by a keyed digest: the table names neither."""

    __tablename__ = "failures"

    digest: Mapped[str] = mapped_column(String(_DIGEST), primary_key=True)
    count: Mapped[int]
    since: Mapped[dt.datetime]


class Draft(Table):
    """What somebody is writing; each change makes a new version, and only of the one before."""

    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    hub: Mapped[str]
    proposal_id: Mapped[str | None] = mapped_column(ForeignKey("proposals.id"))
    """The proposal that the next submission belongs to, once there is one."""
    based_on: Mapped[int | None]
    """The last submission of that proposal that the writer has seen: nobody submits over one that they have not."""
    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    """The document, as kg.documents knows it, perhaps incomplete."""
    created: Mapped[dt.datetime]
    changed: Mapped[dt.datetime]


class Proposal(Table):
    """A document that a hub is asked to publish."""

    __tablename__ = "proposals"
    __table_args__ = (Index(None, "hub", "state"),)

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    document: Mapped[str] = mapped_column(unique=True)
    """The identifier that the document has or will have, such as ``scenario/heat-map-k3x9``."""
    hub: Mapped[str]
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    """What is to be done: ``waiting`` (an editor must look), ``changes`` (its author must mend it), ``accepted`` or
    ``refused`` (nothing, until somebody changes it), ``withdrawn`` (nothing: all of it was taken back)."""
    version: Mapped[int]
    """Counts everything that happened to it but remarks, so that nobody decides about what they have not seen."""
    published_number: Mapped[int | None]
    """The submission that was accepted last: the one in the hub's collection, unless all of it was taken back.

    It stays while a change waits or is refused."""
    changed: Mapped[dt.datetime]

    @property
    def is_published(self) -> bool:
        """Whether the hub's collection has it, be it while a change of it waits."""
        return self.published_number is not None and self.state != "withdrawn"


class ProposalVersion(Table):
    """One submission of a proposal, as it was; nothing changes it afterwards."""

    __tablename__ = "proposal_versions"

    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    """Who submitted it: the author, or an editor who changed or restored something."""
    role: Mapped[str] = mapped_column(String(20))
    data: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the form held, for whoever changes it later; None in submissions from before this was kept."""
    restored: Mapped[int | None]
    """The submission whose content this one brings back."""
    submitted: Mapped[dt.datetime]


class Review(Table):
    """A decision about one submission."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int]
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    role: Mapped[str] = mapped_column(String(20))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    rules: Mapped[str]
    """Under which rules: the version of the shapes that judged the document."""
    decided: Mapped[dt.datetime]


class ProposalWithdrawal(Table):
    """Somebody took a proposal back, or only the change of it that waited."""

    __tablename__ = "proposal_withdrawals"

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposals.id"), index=True)
    number: Mapped[int]
    """Its last submission then."""
    only_change: Mapped[bool]
    """Whether what was published stayed."""
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    role: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[dt.datetime]


class Comment(Table):
    """A remark on a proposal, by its author or a reviewer."""

    __tablename__ = "comments"

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposals.id"), index=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    text: Mapped[str] = mapped_column(Text)
    written: Mapped[dt.datetime]


class AuditEntry(Table):
    """Who did what, as which role, when: only ever added to."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    time: Mapped[dt.datetime] = mapped_column(index=True)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    """None for the command line."""
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    hub: Mapped[str | None]
    object: Mapped[str | None]
