"""The people of the demonstration: who can be signed in as, and their accounts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webapp.demonstration.world import hubs, school_name
from webapp.taking_part.audit import COMMAND_LINE
from webapp.taking_part.database import open_database
from webapp.taking_part.passwords import Passwords
from webapp.taking_part.people import Newcomer, accept_invitation, create_person, invite
from webapp.taking_part.roles import ALL_HUBS
from webapp.taking_part.tokens import secret_key

if TYPE_CHECKING:
    from kg.settings import Settings

__all__ = ["Account", "contact_email", "contact_name", "email", "make_accounts"]

_ROLES: Final = ("contributor", "editor", "coordinator")


@dataclass(frozen=True)
class Account:
    """Somebody who can be signed in as.

    Attributes:
        email: The address to sign in with.
        role: The role.
        hub: The hub's identifier, or ``*``.
        school: The school that they speak for, as the demonstration calls it; empty for those who speak for none.
    """

    email: str
    role: str
    hub: str
    school: str = ""

    @property
    def name(self) -> str:
        """By which the hub's people know them."""
        return contact_name(self.school) if self.school else f"Example {self.role}, {self.hub}"


def email(role: str, hub: str) -> str:
    """Return the address of the person who has a role at a hub.

    >>> email("editor", "example-north")
    'editor@example-north.example'
    """
    return f"{role}@{hub}.example"


def contact_email(hub: str, school: str) -> str:
    """Return the address of the person who speaks for a school.

    >>> contact_email("example-north", "Maple")
    'school2@example-north.example'
    """
    [schools] = [found["schools"] for found in hubs() if found["slug"] == hub]
    return email(f"school{schools.index(school) + 1}", hub)


def contact_name(school: str) -> str:
    """Return how the person who speaks for a school is called."""
    return f"Teacher, {school_name(school)}"


def make_accounts(settings: Settings, password: str) -> list[Account]:
    """Make the tables and an account for everybody, and return them.

    Args:
        settings: Settings of the home.
        password: The password of everybody.
    """
    accounts = [Account("administrator@demonstration.example", "administrator", ALL_HUBS)]
    for hub in hubs():
        slug, identifier = hub["slug"], f"hub/{hub['slug']}"
        accounts += [Account(email(role, slug), role, identifier) for role in _ROLES]
        accounts += [Account(contact_email(slug, s), "contributor", identifier, s) for s in hub["contacts"]]
    secret_key(settings.home)
    kept = Passwords().keep(password)
    with closing(open_database(settings)) as database:
        database.upgrade()
        with database.writing() as session:
            for account in accounts:
                newcomer = Newcomer(account.email, account.name, "pseudonym", f"Example {account.role}", kept)
                person = create_person(session, newcomer)
                token = invite(session, account.hub, account.role, None, COMMAND_LINE)
                accept_invitation(session, token, person)
    return accounts
