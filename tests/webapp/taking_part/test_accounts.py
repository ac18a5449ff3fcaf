"""People join by invitation, sign in and out, come back by a recovery code, and leave with what is theirs."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from kg.errors import TakingPartError
from tests.webapp.taking_part.conftest import WORDS, Browser, member, newcomer
from webapp import create_app
from webapp.taking_part.lock_out import ACCOUNT, ADDRESS, WINDOW
from webapp.taking_part.models import Agent, AuditEntry, Failure, Invitation, Membership, Person, SignIn
from webapp.taking_part.moments import now
from webapp.taking_part.passwords import weakness
from webapp.taking_part.people import accept_invitation, create_person, invite
from webapp.taking_part.sign_ins import IDLE, LONGEST
from webapp.taking_part.tokens import digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from webapp.taking_part.database import Database

JOINING = {"name": "Mari Maasikas", "email": "mari@school.example", "password": WORDS, "attribution": "pseudonym"}


def invitation(kept: Database, role: str = "contributor", hub: str = "hub/east") -> str:
    """The address of an invitation, below /taking-part."""
    with kept.writing() as session:
        return f"/join/{invite(session, hub, role, None, 'test')}"


def test_an_invitation_makes_an_account_once(browser: Browser, kept: Database, people_app: Flask) -> None:
    link = invitation(kept)
    assert "Hub east" in browser.get(link).get_data(as_text=True)
    joined = browser.post(link, link, **JOINING, pseudonym="Vaarikas")
    assert joined.status_code == 200
    assert joined.get_data(as_text=True).count("<code>") == 8
    assert "Mari Maasikas" in browser.get("/").get_data(as_text=True)
    assert Browser(people_app).get(link).status_code == 410
    with kept.reading() as session:
        person = session.scalars(select(Person)).one()
        assert session.get_one(Agent, person.agent_id).shown_name == "Vaarikas"
        assert WORDS not in str(person.password_hash)
        assert str(person.password_hash).startswith("$argon2id$")
        assert [(m.hub, m.role) for m in session.scalars(select(Membership))] == [("hub/east", "contributor")]


def test_two_cannot_use_one_invitation_at_once(kept: Database) -> None:
    link = invitation(kept).removeprefix("/join/")
    outcomes: list[str] = []

    def join(number: int) -> None:
        try:
            with kept.writing() as session:
                accept_invitation(session, link, create_person(session, newcomer(f"p{number}@school.example")))
            outcomes.append("joined")
        except TakingPartError:
            outcomes.append("refused")

    threads = [threading.Thread(target=join, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["joined", "refused", "refused", "refused", "refused"]
    with kept.reading() as session:
        assert len(session.scalars(select(Person)).all()) == 1


def test_an_invitation_ends_by_itself(browser: Browser, kept: Database) -> None:
    link = invitation(kept)
    with kept.writing() as session:
        session.execute(update(Invitation).values(expires=now() - dt.timedelta(seconds=1)))
    assert browser.get(link).status_code == 410


def test_the_database_does_not_have_the_link(kept: Database) -> None:
    link = invitation(kept).removeprefix("/join/")
    with kept.reading() as session:
        assert session.scalars(select(Invitation.digest)).one() == digest(link)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "mari", "Give an e-mail address"),
        ("name", " ", "Give a name"),
        ("password", "short", "at least 10"),
        ("password", "maasikas2026", "easy to guess"),
        ("password", "aaaaaaaaaaaaaaa", "easy to guess"),
        ("attribution", "", "how you want to be named"),
        ("pseudonym", "", "Give the pseudonym"),
    ],
)
def test_what_a_newcomer_gets_wrong_is_said_beside_it(
    browser: Browser, kept: Database, field: str, value: str, words: str
) -> None:
    link = invitation(kept)
    answer = browser.post(link, link, **{**JOINING, "pseudonym": "Vaarikas", field: value})
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert 'value="mari@school.example"' in answer.get_data(as_text=True) or field == "email"


def test_a_second_account_with_one_address_is_refused_and_the_invitation_stays(
    browser: Browser, kept: Database
) -> None:
    member(kept, "mari@school.example", "contributor")
    link = invitation(kept)
    answer = browser.post(link, link, **JOINING, pseudonym="Vaarikas")
    assert "already" in answer.get_data(as_text=True)
    assert browser.get(link).status_code == 200


def test_somebody_with_an_account_takes_a_further_role(signed_in: Callable[..., Browser], kept: Database) -> None:
    mari = signed_in("contributor")
    link = invitation(kept, "editor", "hub/west")
    assert mari.post(link, link).status_code == 303
    assert mari.get("/hub/west/people").status_code == 200
    assert mari.get("/hub/east/people").status_code == 403


def test_who_signs_in_gets_a_cookie_that_only_the_server_reads(
    browser: Browser, kept: Database, password_hash: str
) -> None:
    member(kept, "mari@school.example", "contributor", password_hash=password_hash)
    answer = browser.sign_in(" Mari@School.example ")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("ihub-session="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie  # the tests speak http
    assert answer.headers["Cache-Control"] == "no-store"


def test_over_https_cookies_are_secure_and_bound_to_the_host(
    people_app: Flask, kept: Database, password_hash: str
) -> None:
    member(kept, "mari@school.example", "contributor", password_hash=password_hash)
    client = people_app.test_client()
    https = {"base_url": "https://ihub.example.org/"}
    page = client.get("/taking-part/sign-in", **https)
    token = page.get_data(as_text=True).split('name="form_token" value="')[1].split('"')[0]
    fields = {"form_token": token, "email": "mari@school.example", "password": WORDS}
    answer = client.post("/taking-part/sign-in", data=fields, **https)
    for cookie in page.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-ihub-")
        assert "Secure" in cookie
        assert "Domain" not in cookie


def test_a_session_gets_a_new_token_at_sign_in(signed_in: Callable[..., Browser], kept: Database) -> None:
    mari = signed_in("contributor")
    first = mari.client.get_cookie("ihub-session")
    other = Browser(mari.client.application)
    other.client.set_cookie("ihub-session", "chosen-by-somebody-else")
    other.sign_in("contributor@school.example")
    second = other.client.get_cookie("ihub-session")
    assert first
    assert second
    assert len({first.value, second.value, "chosen-by-somebody-else"}) == 3
    with kept.reading() as session:
        assert first.value not in set(session.scalars(select(SignIn.digest)))


def test_who_signs_out_is_out_even_with_the_old_cookie(signed_in: Callable[..., Browser]) -> None:
    mari = signed_in("contributor")
    cookie = mari.client.get_cookie("ihub-session")
    assert cookie
    assert mari.post("/sign-out", "/account").status_code == 303
    mari.client.set_cookie("ihub-session", cookie.value)
    assert mari.get("/account").status_code == 303


@pytest.mark.parametrize(("column", "age"), [("seen", IDLE), ("created", LONGEST)])
def test_an_old_session_is_over(
    signed_in: Callable[..., Browser], kept: Database, column: str, age: dt.timedelta
) -> None:
    mari = signed_in("contributor")
    with kept.writing() as session:
        session.execute(update(SignIn).values({column: now() - age - dt.timedelta(seconds=2)}))
    assert mari.get("/account").status_code == 303


def test_a_session_that_is_used_lasts(signed_in: Callable[..., Browser], kept: Database) -> None:
    mari = signed_in("contributor")
    before = now() - IDLE + dt.timedelta(minutes=1)
    with kept.writing() as session:
        session.execute(update(SignIn).values(seen=before))
    assert mari.get("/account").status_code == 200
    with kept.reading() as session:
        assert session.scalars(select(SignIn.seen)).one() > before


def test_a_disabled_account_is_out_at_once(signed_in: Callable[..., Browser], kept: Database) -> None:
    mari = signed_in("contributor")
    with kept.writing() as session:
        session.execute(update(Person).values(disabled=now()))
    assert mari.get("/account").status_code == 303
    assert mari.sign_in("contributor@school.example").status_code == 403


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(
    browser: Browser, kept: Database, password_hash: str
) -> None:
    member(kept, "mari@school.example", "contributor", password_hash=password_hash)
    member(kept, "openid@school.example", "contributor")
    pages = [
        browser.sign_in(email, "wrong").get_data(as_text=True).replace(email, "")
        for email in ("mari@school.example", "nobody@school.example", "openid@school.example")
    ]
    assert pages[0] == pages[1] == pages[2]


def test_an_account_is_locked_after_some_failures_from_wherever_they_come(
    people_app: Flask, browser: Browser, kept: Database, password_hash: str
) -> None:
    member(kept, "mari@school.example", "contributor", password_hash=password_hash)
    for number in range(ACCOUNT):
        client = Browser(people_app)
        client.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert client.sign_in("mari@school.example", "wrong").status_code == 403
    locked = browser.sign_in("mari@school.example")
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= WINDOW.total_seconds()
    with kept.writing() as session:
        session.execute(update(Failure).values(since=now() - WINDOW - dt.timedelta(seconds=1)))
    assert browser.sign_in("mari@school.example").status_code == 303


def test_tries_at_once_are_all_counted(people_app: Flask, kept: Database, password_hash: str) -> None:
    member(kept, "mari@school.example", "contributor", password_hash=password_hash)
    browsers = [Browser(people_app) for _ in range(ACCOUNT + 4)]
    tokens = [browser.token() for browser in browsers]
    statuses: list[int] = []

    def attempt(browser: Browser, token: str) -> None:
        fields = {"form_token": token, "email": "mari@school.example", "password": "wrong"}
        statuses.append(browser.client.post("/taking-part/sign-in", data=fields).status_code)

    threads = [threading.Thread(target=attempt, args=pair) for pair in zip(browsers, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [403] * ACCOUNT + [429] * 4


def test_an_address_that_tries_many_accounts_is_locked(browser: Browser, kept: Database) -> None:
    browser.sign_in("p0@school.example", "wrong")
    with kept.writing() as session:
        session.execute(update(Failure).values(count=ADDRESS))
    assert browser.sign_in("another@school.example", "wrong").status_code == 429


def test_failures_are_kept_without_names_and_addresses(browser: Browser, kept: Database) -> None:
    browser.sign_in("mari@school.example", "wrong")
    with kept.reading() as session:
        digests = set(session.scalars(select(Failure.digest)))
    assert len(digests) == 2
    assert digest("mari@school.example") not in digests


def test_a_recovery_code_opens_the_account_once(browser: Browser, kept: Database, people_app: Flask) -> None:
    link = invitation(kept)
    page = browser.post(link, link, **JOINING, pseudonym="Vaarikas").get_data(as_text=True)
    code = page.split("<code>")[1].split("</code>")[0]
    other = Browser(people_app)
    fields = {"email": "mari@school.example", "code": code.upper(), "password": "hoopis uus sõna"}
    assert other.post("/recover", "/recover", **fields).status_code == 303
    assert browser.get("/account").status_code == 303  # what was open before is closed
    assert Browser(people_app).post("/recover", "/recover", **fields).status_code == 403
    assert Browser(people_app).sign_in("mari@school.example", "hoopis uus sõna").status_code == 303
    page = other.get("/account").get_data(as_text=True)
    assert "7 codes" in page, page[page.index("Recovery codes") :][:300]


def test_guessed_recovery_codes_lock_the_account(browser: Browser, kept: Database) -> None:
    member(kept, "mari@school.example", "contributor")
    fields = {"email": "mari@school.example", "code": "aaaa-bbbb", "password": "hoopis uus sõna"}
    statuses = [browser.post("/recover", "/recover", **fields).status_code for _ in range(ACCOUNT + 1)]
    assert statuses == [403] * ACCOUNT + [429]


def test_a_new_password_ends_the_other_sessions(signed_in: Callable[..., Browser]) -> None:
    mari = signed_in("contributor")
    other = Browser(mari.client.application)
    other.sign_in("contributor@school.example")
    fields = {"current_password": WORDS, "password": "hoopis uus sõna"}
    assert mari.post("/account/password", "/account", **{**fields, "current_password": "wrong"}).status_code == 403
    assert mari.post("/account/password", "/account", **fields).status_code == 303
    assert mari.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_people_see_and_change_how_they_are_named(signed_in: Callable[..., Browser], kept: Database) -> None:
    mari = signed_in("contributor")
    assert mari.post("/account/attribution", "/account", attribution="pseudonym", pseudonym="").status_code == 422
    assert mari.post("/account/attribution", "/account", attribution="name").status_code == 303
    with kept.reading() as session:
        assert session.scalars(select(Agent.shown_name)).one() == "Mari Maasikas"


def test_the_export_has_what_is_kept_and_no_secret(signed_in: Callable[..., Browser], password_hash: str) -> None:
    answer = signed_in("contributor").get("/account/export")
    kept = answer.get_json()
    assert kept["person"]["email"] == "contributor@school.example"
    assert [(m["hub"], m["role"]) for m in kept["memberships"]] == [("hub/east", "contributor")]
    assert [entry["action"] for entry in kept["log"]] == ["account.create", "join", "sign-in"]
    assert password_hash not in answer.get_data(as_text=True)
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(("keep", "shown"), [({"keep": "name"}, "Mari Maasikas"), ({}, None)])
def test_who_leaves_is_erased_and_keeps_the_name_only_if_they_want(
    signed_in: Callable[..., Browser], kept: Database, keep: dict[str, str], shown: str | None
) -> None:
    mari = signed_in("contributor")
    mari.post("/account/attribution", "/account", attribution="name")
    assert mari.post("/account/erase", "/account", erase_password="wrong").status_code == 403  # noqa: S106 - an example
    assert mari.post("/account/erase", "/account", erase_password=WORDS, **keep).status_code == 303
    assert mari.get("/account").status_code == 303
    with kept.reading() as session:
        assert session.scalars(select(Person)).all() == []
        assert session.scalars(select(SignIn)).all() == []
        assert session.scalars(select(Agent.shown_name)).one() == shown
        assert "account.erase" in set(session.scalars(select(AuditEntry.action)))


def test_nothing_of_an_erased_person_is_left_in_the_files(signed_in: Callable[..., Browser], kept: Database) -> None:
    mari = signed_in("contributor", email="very-special-address@school.example")
    mari.post("/account/erase", "/account", erase_password=WORDS)
    with kept.reading() as session:
        session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    folder = str(kept.url.database)
    for suffix in ("", "-wal"):
        with open(folder + suffix, "rb") as file:  # noqa: PTH123 - the database's own name
            assert b"very-special-address" not in file.read()


def test_a_team_invites_and_removes_at_its_own_hub(
    signed_in: Callable[..., Browser], people_app: Flask, kept: Database
) -> None:
    editor = signed_in("editor")
    page = editor.post("/hub/east/people", "/hub/east/people", role="contributor").get_data(as_text=True)
    link = page.split("/taking-part/join/")[1].split('"')[0]
    newbie = Browser(people_app)
    assert newbie.post(f"/join/{link}", f"/join/{link}", **JOINING, pseudonym="V").status_code == 200
    with kept.reading() as session:
        person = session.scalars(select(Person.id).where(Person.email == "mari@school.example")).one()
    fields = {"person": person, "role": "contributor"}
    assert editor.post("/hub/east/people/remove", "/hub/east/people", **fields).status_code == 303
    with kept.reading() as session:
        assert session.get(Membership, (person, "hub/east", "contributor")) is None
        logged = session.scalars(select(AuditEntry).where(AuditEntry.action == "remove.contributor")).one()
        assert (logged.role, logged.hub) == ("editor", "hub/east")


@pytest.mark.parametrize("role", ["coordinator", "administrator", "emperor"])
def test_an_editor_cannot_make_more_than_editors(signed_in: Callable[..., Browser], role: str) -> None:
    answer = signed_in("editor").post("/hub/east/people", "/hub/east/people", role=role)
    assert answer.status_code in {400, 403}


def test_pages_for_one_person_lead_back_after_signing_in(browser: Browser, kept: Database, password_hash: str) -> None:
    member(kept, "mari@school.example", "contributor", password_hash=password_hash)
    address = browser.get("/account").headers["Location"]
    assert "next=/taking-part/account" in address
    fields = {"email": "mari@school.example", "password": WORDS, "next": "/taking-part/account"}
    assert browser.post("/sign-in", **fields).headers["Location"] == "/taking-part/account"


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/taking-part/", "/taking-part/\\evil"])
def test_signing_in_leads_nowhere_else(browser: Browser, kept: Database, password_hash: str, elsewhere: str) -> None:
    member(kept, "mari@school.example", "contributor", password_hash=password_hash)
    fields = {"email": "mari@school.example", "password": WORDS, "next": elsewhere}
    assert browser.post("/sign-in", **fields).headers["Location"] == "/taking-part/"


def test_a_weak_password_is_told_by_what_others_know() -> None:
    assert weakness("lots of good words") is None
    assert weakness("Maasikas-ja-piim", "Mari Maasikas")
    assert weakness("x" * 201)


def test_without_the_setting_none_of_it_is_loaded_or_answers(people_app: Flask) -> None:
    code = (
        "import sys; from webapp import create_app; app = create_app();"
        "assert not [r for r in app.url_map.iter_rules() if 'taking' in r.rule];"
        "loaded = {'sqlalchemy', 'alembic', 'argon2', 'authlib', 'webapp.taking_part'} & sys.modules.keys();"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    environment = {"IHUB_EMBEDDER": "none", "IHUB_HOME": str(people_app.extensions["ihub.site"].settings.home)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_a_site_does_not_start_with_tables_of_another_version(people_app: Flask, tmp_path: object) -> None:
    from dataclasses import replace

    settings = replace(people_app.extensions["ihub.site"].settings, database_url=f"sqlite:///{tmp_path}/new.sqlite")
    with pytest.raises(TakingPartError, match="ihub people upgrade"):
        create_app(settings)


def test_the_privacy_page_tells_what_an_account_keeps(browser: Browser) -> None:
    page = browser.client.get("/about/privacy").get_data(as_text=True)
    assert "If you have an account" in page
    assert "except on the pages for taking part" in page
