"""Fills an empty home with the demonstration: a release, people, and what they do on the site's pages."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from kg.errors import TakingPartError
from webapp import create_app
from webapp.demonstration.accounts import Account, make_accounts
from webapp.demonstration.assessing import assess
from webapp.demonstration.contributing import contribute
from webapp.demonstration.mentoring import mentor
from webapp.demonstration.world import write_world
from webapp.taking_part.publisher import publish, publishing_turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.settings import Settings

__all__ = ["act", "fill", "filled"]

_MARK: Final = "demonstration.json"


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
    today = dt.datetime.now(dt.UTC).date()
    write_world(settings.collections, today)
    _build(settings)
    tell("Making accounts")
    accounts = make_accounts(settings, password)
    act(settings, password, today, tell)
    tell("Publishing what was accepted and agreed to")
    publish(settings)
    kept = {"password": password, "accounts": [vars(account) for account in accounts]}
    (settings.home / _MARK).write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return password, accounts


def act(settings: Settings, password: str, today: dt.date, tell: Callable[[str], None]) -> None:
    """Let everybody do what they do on the site's pages; nothing of it is published yet.

    Args:
        settings: Settings of a home with a release and accounts.
        password: The password of everybody.
        today: The day on which the demonstration is filled.
        tell: Is given a line about each step.

    Raises:
        TakingPartError: A page refuses it.
    """
    app = create_app(settings)
    try:
        # Nothing is published before everything is there, so that one release is made of it.
        with publishing_turn(settings):
            tell("Writing, submitting and reviewing scenarios and stories")
            contribute(app, password)
            tell("Bringing schools together")
            addresses = mentor(app, password, today)
            tell("Assessing schools")
            assess(app, password, today, addresses)
    finally:
        app.extensions["ihub.services"].close()
        app.extensions["ihub.people"].database.close()


def _build(settings: Settings) -> None:
    command = [sys.executable, "-m", "webapp.cli", "build", "--strict"]
    subprocess.run(command, env={**os.environ, **settings.to_environment()}, check=True)  # noqa: S603 - our own program
