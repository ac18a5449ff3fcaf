"""``ihub people``: the accounts of those who take part, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.errors import TakingPartError
from kg.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.taking_part.database import Database
    from webapp.taking_part.models import Person

__all__ = ["people"]

_ROLES = ("contributor", "editor", "coordinator", "administrator")


@click.group()
def people() -> None:
    """Look after the accounts of those who take part (docs/taking-part.md)."""


def _database(*, current: bool = True) -> Database:
    from webapp.taking_part.database import open_database

    database = open_database(Settings.from_environment())
    if current:
        database.require_current()
    return database


@people.command()
def upgrade() -> None:
    """Make the database's tables, or bring them to this version of ihub."""
    from webapp.taking_part.tokens import secret_key

    secret_key(Settings.from_environment().home)
    database = _database(current=False)
    click.echo(f"{database.name} has the tables of version {database.upgrade()}")


@people.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
def backup(path: Path) -> None:
    """Write everything to FILE, while the server runs; the file holds personal data."""
    from webapp.taking_part.backup import back_up

    click.echo(f"{path}: {back_up(_database(), path)} rows")


@people.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Throw away what the database holds.")
def restore(path: Path, *, replace: bool) -> None:
    """Fill an empty database from a backup, whichever kind of database that was of."""
    from webapp.taking_part.backup import restore as run

    click.echo(f"{run(_database(current=False), path, replace=replace)} rows restored")


@people.command()
@click.argument("hub", metavar="HUB")
@click.option("--role", type=click.Choice(_ROLES), default="contributor", show_default=True)
def invite(hub: str, role: str) -> None:
    """Print a link by which one person joins HUB, such as hub/tallinn; all stands for every hub."""
    from webapp.taking_part.audit import COMMAND_LINE
    from webapp.taking_part.people import INVITATION_DAYS
    from webapp.taking_part.people import invite as make
    from webapp.taking_part.roles import ALL_HUBS

    settings = Settings.from_environment()
    if hub != "all":
        _require_hub(settings, hub)
    with _database().writing() as session:
        token = make(session, ALL_HUBS if hub == "all" else hub, role, None, COMMAND_LINE)
    click.echo(f"{settings.base_iri}taking-part/join/{token}")
    click.echo(f"It works once, for {INVITATION_DAYS} days.", err=True)


def _require_hub(settings: Settings, hub: str) -> None:
    from kg.release import current_release
    from ontology.namespaces import IHUB

    hubs = current_release(settings).graph.instances(f"{IHUB}RegionalInnovationHub")
    known = sorted(iri.removeprefix(settings.id_base) for iri in hubs)
    if hub not in known:
        raise TakingPartError(f"no hub of the release is called {hub!r}", hint=f"one of: {', '.join(known)}, or all")


@people.command("list")
def list_() -> None:
    """List who has an account, with roles."""
    from sqlalchemy import select

    from webapp.taking_part.models import Membership, Person

    with _database().reading() as session:
        for person in session.scalars(select(Person).order_by(Person.email)):
            roles = session.scalars(select(Membership).where(Membership.person_id == person.id))
            shown = ", ".join(sorted(f"{m.role} of {m.hub}" for m in roles)) or "no role"
            click.echo(f"{person.email}\t{person.name}\t{person.agent_id}\t{shown}")


@people.command()
@click.argument("email")
def export(email: str) -> None:
    """Print everything that is kept about a person, as JSON."""
    import json

    from webapp.taking_part.people import export_person

    with _database().reading() as session:
        click.echo(json.dumps(export_person(session, _person(session, email)), ensure_ascii=False, indent=2))


@people.command()
@click.argument("email")
@click.option("--keep-name/--no-name", default=False, help="Whether what was published keeps the chosen name.")
@click.confirmation_option(prompt="Erase this person's account for ever?")
def erase(email: str, *, keep_name: bool) -> None:
    """Erase a person; what was published stays, by default without a name."""
    from webapp.taking_part.audit import COMMAND_LINE
    from webapp.taking_part.people import erase_person

    with _database().writing() as session:
        erase_person(session, _person(session, email), by=None, role=COMMAND_LINE, keep_name=keep_name)
    click.echo("erased")


def _person(session: Session, email: str) -> Person:
    from sqlalchemy import select

    from webapp.taking_part.models import Person

    found = session.scalar(select(Person).where(Person.email == email.lower()))
    if found is None:
        raise TakingPartError(f"nobody has an account with {email!r}")
    return found
