"""Databases of people: SQLite in a folder, and a real PostgreSQL server that the tests start."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete

from kg.build import build_release
from kg.settings import Settings
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.webapp.taking_part.shelf_of_origins import ORIGINS
from webapp import create_app
from webapp.taking_part.database import Database, open_database
from webapp.taking_part.models import Table
from webapp.taking_part.passwords import Passwords
from webapp.taking_part.people import Newcomer, accept_invitation, create_person, invite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flask import Flask
    from playwright.sync_api import Page
    from werkzeug.test import TestResponse


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


HUBS = """\
id: hub/{slug}
type: RegionalInnovationHub
name: {{en: Hub {slug}}}
description: {{en: A hub of the tests.}}
country: country/EE
dataKind: data-kind/{kind}
"""


OTHERS = """\
---
id: practice/peer-learning
type: MentoringPractice
name: {en: Peer learning}
description: {en: Teachers watch each other teach.}
dataKind: data-kind/original
source: [https://example.org/report]
---
id: scenario/drafted-here
type: LearningScenario
inLanguage: [en]
name: {en: A lesson that nobody has taught}
description: {en: Learners compare two maps of a made-up town and say which one they trust.}
license: https://creativecommons.org/licenses/by/4.0/
creditText: The ihub tests
dataKind: data-kind/synthetic
completeness: completeness/minimal
"""


@pytest.fixture(scope="session")
def hub_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a site with two hubs and accounts, whose release is there."""
    home = tmp_path_factory.mktemp("people")
    settings = Settings.from_environment(
        {"IHUB_HOME": str(home), "IHUB_EMBEDDER": "none", "IHUB_TAKING_PART": "1", "IHUB_REQUESTS_PER_MINUTE": "0"}
    )
    folder = home / "collections" / "hubs"
    folder.mkdir(parents=True)
    description = {
        "id": "collection/hubs",
        "type": "Collection",
        "name": {"en": "Hubs"},
        "dataKind": "data-kind/synthetic",
    }
    (folder / "collection.yaml").write_text(json.dumps(description), encoding="utf-8")
    hubs = {"east": "original", "west": "original", "example": "synthetic"}
    documents = "---\n".join(HUBS.format(slug=slug, kind=kind) for slug, kind in hubs.items())
    (folder / "hubs.yaml").write_text(documents + OTHERS, encoding="utf-8")
    (folder / "origins.yaml").write_text(ORIGINS, encoding="utf-8")
    roots = [COLLECTIONS, settings.collections]
    report = build_release(settings, roots, [SearchPart(None, home / "cache" / "embeddings.sqlite")], strict=True)
    assert report.release, [str(error) for error in report.errors]
    return settings


@pytest.fixture
def home(hub_settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a home of its own with the release of the hubs, to build again; nobody takes part yet."""
    # A server that ends takes away the sockets in its home, others' too.
    ignored = shutil.ignore_patterns("run", "*.log", "people.*")
    shutil.copytree(hub_settings.home, tmp_path / "home", symlinks=True, ignore=ignored)
    settings = replace(hub_settings, home=tmp_path / "home")
    with closing(open_database(settings)) as database:
        database.upgrade()
    return settings


def add_members(settings: Settings, people: Mapping[str, tuple[str, str]]) -> None:
    """Add people to a home: by name before ``@school.example`` the role and the hub's slug."""
    kept = Passwords().keep(WORDS)
    with closing(open_database(settings)) as database:
        for name, (role, hub) in people.items():
            member(database, f"{name}@school.example", role, f"hub/{hub}", password_hash=kept)


def sign_in(page: Page, address: str, name: str) -> None:
    """Sign somebody in at a page of a real browser."""
    page.goto(f"{address}/taking-part/sign-in")
    page.get_by_label("E-mail address").fill(f"{name}@school.example")
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Welcome").wait_for()


@pytest.fixture(scope="session")
def people_app(hub_settings: Settings) -> Iterator[Flask]:
    """The site with accounts."""
    with closing(open_database(hub_settings)) as database:
        database.upgrade()
    app = create_app(hub_settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["ihub.people"] = replace(app.extensions["ihub.people"], passwords=Passwords(QUICK))
    yield app
    app.extensions["ihub.services"].close()
    app.extensions["ihub.people"].database.close()


@pytest.fixture
def kept(people_app: Flask) -> Database:
    """The site's database, without anybody."""
    database: Database = people_app.extensions["ihub.people"].database
    with database.writing() as session:
        for table in reversed(Table.metadata.sorted_tables):
            session.execute(delete(table))
    return database


class Browser:
    """A browser that keeps cookies and fills in forms as a person does: with the token of the page they stand on."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, address: str, **headers: str) -> TestResponse:
        return self.client.get(f"/taking-part{address}", headers=headers)

    def token(self, address: str = "/sign-in") -> str:
        page = self.get(address)
        if page.status_code == 303:  # signed in already
            page = self.get("/account")
        found = re.search(r'name="form_token" value="(\w+)"', page.get_data(as_text=True))
        assert found, page.get_data(as_text=True)
        return found[1]

    def post(self, address: str, page: str = "/sign-in", **fields: str) -> TestResponse:
        return self.client.post(f"/taking-part{address}", data={"form_token": self.token(page), **fields})

    def sign_in(self, email: str, words: str = "") -> TestResponse:
        return self.post("/sign-in", email=email, password=words or WORDS)


WORDS = "sõna ja teine sõna"
"""The password of everybody in these tests."""

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Argon2 that takes little time and memory."""


@pytest.fixture
def browser(people_app: Flask, kept: Database) -> Browser:
    """A browser that nobody is signed in with."""
    return Browser(people_app)


@pytest.fixture(scope="session")
def password_hash() -> str:
    return Passwords(QUICK).keep(WORDS)


@pytest.fixture
def signed_in(people_app: Flask, kept: Database, password_hash: str) -> Callable[..., Browser]:
    """Make an account with a role and a browser that is signed in with it."""

    def make(role: str, hub: str = "hub/east", email: str | None = None) -> Browser:
        address = email or f"{role}@school.example"
        member(kept, address, role, hub, password_hash=password_hash)
        browser = Browser(people_app)
        assert browser.sign_in(address).status_code == 303
        return browser

    return make


@pytest.fixture
def mari(signed_in: Callable[..., Browser]) -> Browser:
    """The browser of a contributor."""
    return signed_in("contributor")


@pytest.fixture
def editor(signed_in: Callable[..., Browser]) -> Browser:
    """The browser of an editor of the same hub."""
    return signed_in("editor")
