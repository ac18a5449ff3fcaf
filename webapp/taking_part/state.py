"""What the running site has for those who take part, and who this request is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, g

from webapp.languages import served
from webapp.taking_part.roles import ALL_HUBS, Role

if TYPE_CHECKING:
    import datetime as dt

    from kg.settings import Settings
    from webapp.taking_part.database import Database
    from webapp.taking_part.passwords import Passwords

__all__ = ["People", "Visitor", "blueprint", "id_base", "people", "require_visitor", "visitor"]

blueprint = Blueprint("taking_part", __name__, url_prefix="/taking-part")
"""Every address of those who take part."""


@dataclass(frozen=True)
class People:
    """What the pages work with.

    Attributes:
        settings: The settings of this run.
        database: The database of people.
        key: The site's secret.
        passwords: Keeps and checks passwords.
    """

    settings: Settings
    database: Database
    key: bytes
    passwords: Passwords


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in, as of the beginning of this request.

    Attributes:
        person: The identifier of the person.
        agent: The identifier under which the person acts.
        name: What the person is called.
        roles: Pairs of hub and role.
        session: The digest of the session.
        since: When the person signed in.
    """

    person: str
    agent: str
    name: str
    roles: frozenset[tuple[str, str]]
    session: str
    since: dt.datetime

    def roles_at(self, hub: str | None) -> frozenset[Role]:
        """Return the roles at a hub, those at all hubs included; without a hub, the roles anywhere."""
        return frozenset(Role(role) for where, role in self.roles if hub is None or where in {hub, ALL_HUBS})

    def hubs(self, *roles: Role) -> frozenset[str]:
        """Return the hubs at which the visitor has one of the roles; :data:`ALL_HUBS` stands for every one."""
        return frozenset(hub for hub, role in self.roles if role in roles)


def people() -> People:
    """Return what the running site has for those who take part."""
    found: People = current_app.extensions["ihub.people"]
    return found


def id_base() -> str:
    """Return the base of the entities' IRIs in the release that is served."""
    return served().release.id_base


def visitor() -> Visitor | None:
    """Return who is signed in; None for nobody."""
    found: Visitor | None = g.get("visitor")
    return found


def require_visitor() -> Visitor:
    """Return who is signed in, on pages that nobody else reaches."""
    found = visitor()
    if found is None:
        raise LookupError("this page is reached by those who are signed in only")
    return found
