"""Fills an empty home with the demonstration: a release, people, and what they do on the site's pages."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import yaml

from kg.errors import TakingPartError
from webapp import create_app
from webapp.demonstration.visitor import Visitor
from webapp.demonstration.world import hubs, write_world
from webapp.taking_part.audit import COMMAND_LINE
from webapp.taking_part.database import open_database
from webapp.taking_part.passwords import Passwords
from webapp.taking_part.people import Newcomer, accept_invitation, create_person, invite
from webapp.taking_part.publisher import publish, publishing_turn
from webapp.taking_part.roles import ALL_HUBS
from webapp.taking_part.tokens import secret_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from flask import Flask

    from kg.settings import Settings

__all__ = ["Account", "fill", "filled"]

_MARK: Final = "demonstration.json"
_ROLES: Final = ("contributor", "editor", "coordinator")


@dataclass(frozen=True)
class Account:
    """Somebody who can be signed in as.

    Attributes:
        email: The address to sign in with.
        role: The role.
        hub: The hub's identifier, or ``*``.
    """

    email: str
    role: str
    hub: str


def filled(home: Path) -> tuple[str, list[Account]] | None:
    """Return the password and the accounts of a home that was filled before; None of one that is empty.

    Raises:
        TakingPartError: There is something else in it.
    """
    mark = home / _MARK
    if mark.is_file():
        kept = json.loads(mark.read_text(encoding="utf-8"))
        return kept["password"], [Account(**account) for account in kept["accounts"]]
    if home.is_dir() and any(home.iterdir()):
        hint = "set IHUB_HOME to a new folder; if a demonstration was interrupted there, remove the folder"
        raise TakingPartError("is not empty, and a demonstration needs a home of its own", file=home, hint=hint)
    return None


def fill(settings: Settings, tell: Callable[[str], None]) -> tuple[str, list[Account]]:
    """Fill the home of these settings; some two minutes.

    Args:
        settings: Settings with an empty home.
        tell: Is given a line about each step.

    Returns:
        The password of everybody, and the accounts.

    Raises:
        TakingPartError: The home is not empty, or a page refuses what the demonstration does.
    """
    password = secrets.token_urlsafe(9)
    tell("Building a release with the demonstration's hubs and schools")
    write_world(settings.collections, dt.datetime.now(dt.UTC).date())
    _build(settings)
    tell("Making accounts")
    accounts = _make_accounts(settings, password)
    app = create_app(settings)
    try:
        # Nothing is published before everything is there, so that one release is made of it.
        with publishing_turn(settings):
            tell("Writing, submitting and reviewing scenarios")
            _contribute(app, password)
    finally:
        app.extensions["ihub.services"].close()
        app.extensions["ihub.people"].database.close()
    tell("Publishing what was accepted")
    publish(settings)
    kept = {"password": password, "accounts": [vars(account) for account in accounts]}
    (settings.home / _MARK).write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return password, accounts


def email(role: str, hub: str) -> str:
    """Return the address of the person who has a role at a hub.

    >>> email("editor", "example-north")
    'editor@example-north.example'
    """
    return f"{role}@{hub}.example"


def _build(settings: Settings) -> None:
    command = [sys.executable, "-m", "webapp.cli", "build", "--strict"]
    subprocess.run(command, env={**os.environ, **settings.to_environment()}, check=True)  # noqa: S603 - our own program


def _make_accounts(settings: Settings, password: str) -> list[Account]:
    accounts = [Account("administrator@demonstration.example", "administrator", ALL_HUBS)]
    accounts += [Account(email(role, h["slug"]), role, f"hub/{h['slug']}") for h in hubs() for role in _ROLES]
    secret_key(settings.home)
    kept = Passwords().keep(password)
    with closing(open_database(settings)) as database:
        database.upgrade()
        with database.writing() as session:
            for account in accounts:
                name = f"Example {account.role}, {account.hub}"
                newcomer = Newcomer(account.email, name, "pseudonym", f"Example {account.role}", kept)
                person = create_person(session, newcomer)
                token = invite(session, account.hub, account.role, None, COMMAND_LINE)
                accept_invitation(session, token, person)
    return accounts


def _contribute(app: Flask, password: str) -> None:
    for lesson in _lessons():
        hub = lesson["hub"]
        author = Visitor(app, email("contributor", hub), password)
        draft = author.send(f"/hub/{hub}/drafts", "/account", {})
        proposal = author.send(draft, draft, {**lesson["fields"], "do": "submit"}).rpartition("/")[2]
        if lesson["becomes"] != "waiting":
            page = f"/hub/{hub}/proposals/{proposal}"
            do = {"accepted": "accept", "changes": "changes"}[lesson["becomes"]]
            editor = Visitor(app, email("editor", hub), password)
            editor.send(page, page, {"do": do, "text": lesson.get("reason", "")})


def _lessons() -> Iterable[dict[str, Any]]:
    text = files(__package__).joinpath("lessons.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found
