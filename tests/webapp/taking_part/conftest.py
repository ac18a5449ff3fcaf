"""Databases of people: SQLite in a folder, and a real PostgreSQL server that the tests start."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from webapp.taking_part.database import Database, open_database
from webapp.taking_part.people import Newcomer, accept_invitation, create_person, invite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.settings import Settings


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Run a PostgreSQL server of its own on a socket in a new folder; yields the address of its database."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = programs[-1] if programs else Path(shutil.which("initdb") or "")
    if not found.is_file():
        pytest.skip("needs a PostgreSQL server (Debian: apt install postgresql)")
    # The server refuses to run as root; Debian's package brings a user for it.
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="ihub-pg-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, user)
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        as_user = {"cwd": folder, "env": environment, **({"user": user} if os.getuid() == 0 else {})}
        initdb = [found, "-D", folder / "data", "-U", "ihub", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, **as_user)  # type: ignore[call-overload]
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        control = [found.with_name("pg_ctl"), "-D", folder / "data", "-w"]
        start = [*control, "-l", folder / "log", "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, **as_user)  # type: ignore[call-overload]
        try:
            yield f"postgresql://ihub@/postgres?host={folder}"
        finally:
            stop = [*control, "-m", "immediate", "stop"]
            subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, **as_user)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a running PostgreSQL."""
    with running_postgresql() as address:
        yield address


def empty(database: Database) -> None:
    """Drop everything that a test left in a PostgreSQL database."""
    from sqlalchemy import text

    with database.writing() as session:
        session.execute(text("DROP SCHEMA public CASCADE"))
        session.execute(text("CREATE SCHEMA public"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """An upgraded database without people, of each kind."""
    if request.param == "postgresql":
        settings = replace(settings, database_url=request.getfixturevalue("postgresql"))
    database = open_database(settings)
    if request.param == "postgresql":
        empty(database)
    database.upgrade()
    yield database
    database.close()


def newcomer(email: str = "mari@school.example", **others: str | None) -> Newcomer:
    """Somebody who joins."""
    return Newcomer(**{"email": email, "name": "Mari Maasikas", **others})  # type: ignore[arg-type]


def member(database: Database, email: str, role: str, hub: str = "hub/east", **others: str | None) -> str:
    """Make an account with a role; returns the person's identifier."""
    with database.writing() as session:
        person = create_person(session, newcomer(email, **others))
        accept_invitation(session, invite(session, hub, role, None, "test"), person)
        return person.id
