"""People sign in by an OpenID Connect provider: a real one, in a process of its own, that can be told to misbehave."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import func, select

from tests.webapp.conftest import wait_until
from tests.webapp.taking_part.conftest import WORDS, Browser, member
from webapp.taking_part.models import Identity, Membership, OpenIdAttempt, Person
from webapp.taking_part.people import invite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from webapp.taking_part.database import Database

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a running provider."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "tests.webapp.taking_part.openid_provider", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: requests.get(f"{address}/jwks", timeout=5).ok, process)
        yield address
        process.terminate()


@pytest.fixture
def openid_app(people_app: Flask, kept: Database, provider: str) -> Iterator[Flask]:
    """The site, which knows the provider."""
    before = people_app.extensions["ihub.people"]
    known = {"openid_issuer": provider, "openid_client_id": "ihub", "openid_client_secret": "between-us"}
    people_app.extensions["ihub.people"] = replace(before, settings=replace(before.settings, **known))
    yield people_app
    people_app.extensions["ihub.people"] = before


def go(browser: Browser, user: str = "mari", trick: str = "", invitation: str = "") -> TestResponse:
    """Go to the provider and come back; the site's last answer."""
    return browser.get(come_back(browser, user, trick, invitation))


def come_back(browser: Browser, user: str = "mari", trick: str = "", invitation: str = "") -> str:
    """Go to the provider; the address below /taking-part to which it sends the browser back."""
    start = browser.get(f"/openid?invitation={invitation}")
    assert start.status_code == 303
    asked = {"user": user, "trick": trick}
    there = requests.get(start.headers["Location"], params=asked, timeout=10, allow_redirects=False)
    assert there.status_code == 302, there.text
    return str(there.headers["Location"]).partition("/taking-part")[2]


def invitation(kept: Database, role: str = "contributor") -> str:
    with kept.writing() as session:
        return invite(session, "hub/east", role, None, "test")


def count(kept: Database, table: type[Person | Identity | OpenIdAttempt]) -> int:
    with kept.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_somebody_joins_by_invitation_and_signs_in_again(openid_app: Flask, kept: Database) -> None:
    browser = Browser(openid_app)
    assert go(browser, invitation=invitation(kept)).headers["Location"] == "/taking-part/"
    assert "mari@school.example" in browser.get("/account").get_data(as_text=True)
    other = Browser(openid_app)
    assert go(other).status_code == 303
    assert other.get("/account").status_code == 200
    assert count(kept, Person) == count(kept, Identity) == 1
    assert count(kept, OpenIdAttempt) == 0


def test_a_stranger_has_no_account_unless_a_hub_takes_strangers(openid_app: Flask, kept: Database) -> None:
    assert go(Browser(openid_app)).status_code == 403
    found = openid_app.extensions["ihub.people"]
    openid_app.extensions["ihub.people"] = replace(found, settings=replace(found.settings, openid_hub="hub/west"))
    assert go(Browser(openid_app)).status_code == 303
    with kept.reading() as session:
        assert [(m.hub, m.role) for m in session.scalars(select(Membership))] == [("hub/west", "contributor")]


@pytest.mark.parametrize("trick", ["issuer", "audience", "expired", "nonce", "key", "unsigned", "secret", "unverified"])
def test_what_the_provider_did_not_vouch_for_is_refused(openid_app: Flask, kept: Database, trick: str) -> None:
    browser = Browser(openid_app)
    assert go(browser, trick=trick, invitation=invitation(kept)).status_code == 403
    assert browser.get("/account").status_code == 303
    assert count(kept, Person) == 0


def test_what_another_browser_began_does_not_sign_this_one_in(openid_app: Flask, kept: Database) -> None:
    back = come_back(Browser(openid_app), invitation=invitation(kept))
    victim = Browser(openid_app)
    victim.get("/openid")
    assert victim.get(back).status_code == 403
    assert count(kept, Person) == 0


def test_a_way_back_is_used_once(openid_app: Flask, kept: Database) -> None:
    browser = Browser(openid_app)
    back = come_back(browser, invitation=invitation(kept))
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 403


def test_a_code_is_of_no_use_without_the_secret_of_pkce(openid_app: Flask, kept: Database, provider: str) -> None:
    back = parse_qs(urlsplit(come_back(Browser(openid_app), invitation=invitation(kept))).query)
    fields = {
        "grant_type": "authorization_code",
        "code": back["code"][0],
        "redirect_uri": "http://localhost/taking-part/openid/return",
        "code_verifier": "x" * 64,
    }
    stolen = requests.post(f"{provider}/token", data=fields, auth=("ihub", "between-us"), timeout=10)
    assert stolen.status_code == 400


def test_an_account_with_a_password_is_not_taken_over_by_its_address(
    openid_app: Flask, kept: Database, password_hash: str
) -> None:
    member(kept, "mari@school.example", "editor", password_hash=password_hash)
    answer = go(Browser(openid_app), invitation=invitation(kept))
    assert answer.status_code == 403
    assert count(kept, Identity) == 0
    assert Browser(openid_app).sign_in("mari@school.example", WORDS).status_code == 303


def test_a_provider_that_does_not_answer_is_said(openid_app: Flask) -> None:
    found = openid_app.extensions["ihub.people"]
    nowhere = replace(found.settings, openid_issuer="http://127.0.0.1:9")
    openid_app.extensions["ihub.people"] = replace(found, settings=nowhere)
    answer = Browser(openid_app).get("/openid")
    assert answer.status_code == 503
    assert "does not answer" in answer.get_data(as_text=True)


def test_without_a_provider_there_is_no_such_page(browser: Browser) -> None:
    assert browser.get("/openid").status_code == 404
