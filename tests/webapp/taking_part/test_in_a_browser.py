"""In a real browser: what somebody writes is saved as they write, and stays when it cannot be."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.webapp.conftest import running_server
from tests.webapp.taking_part.conftest import WORDS, member
from webapp.taking_part.database import open_database
from webapp.taking_part.passwords import Passwords

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from kg.settings import Settings

pytestmark = [pytest.mark.long, pytest.mark.browser]

SAVED = "All changes are saved"
PATIENCE = 60_000  # milliseconds


@pytest.fixture
def draft(hub_settings: Settings, tmp_path: Path) -> Iterator[Page]:
    """A draft that somebody has just begun, in a browser."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        pytest.skip("needs Chromium (Debian and Ubuntu: apt install chromium)")
    shutil.copytree(
        hub_settings.home, tmp_path / "home", symlinks=True, ignore=shutil.ignore_patterns("run", "people.sqlite*")
    )
    settings = replace(hub_settings, home=tmp_path / "home")
    with closing(open_database(settings)) as database:
        database.upgrade()
        member(database, "mari@school.example", "contributor", password_hash=Passwords().keep(WORDS))
    with running_server(settings) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context().new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/taking-part/sign-in")
        page.get_by_label("E-mail address").fill("mari@school.example")
        page.get_by_label("Password").fill(WORDS)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Begin a scenario").click()
        page.wait_for_url("**/drafts/*")
        yield page
        browser.close()


def test_what_is_written_is_saved_and_judged_without_a_button(draft: Page) -> None:
    draft.locator("#name").fill("How loud is our canteen?")
    draft.locator("#minAge").fill("200")
    draft.get_by_text(SAVED).wait_for()

    assert draft.locator("#remarks a[href='#minAge']").count() == 1
    draft.reload()
    assert draft.locator("#name").input_value() == "How loud is our canteen?"


def test_minutes_add_up_while_one_writes(draft: Page) -> None:
    draft.locator("[name='activity-1.minutes']").fill("30")
    assert draft.locator("#minutes").text_content() == "30"
    draft.locator("[name='activity-1.inClass']").uncheck()
    assert draft.locator("#minutes").text_content() == "0"


def test_what_cannot_be_saved_stays_on_the_page_and_is_saved_later(draft: Page) -> None:
    draft.route("**/drafts/*", lambda route: route.abort())
    draft.locator("#name").fill("Written on a train")
    draft.get_by_text("the server does not answer").wait_for()
    draft.unroute("**/drafts/*")
    draft.locator("#description").fill("There is a network again.")
    draft.get_by_text(SAVED).wait_for()
    draft.reload()
    assert draft.locator("#name").input_value() == "Written on a train"


def test_a_session_that_is_over_is_told_and_loses_nothing(draft: Page) -> None:
    cookies = draft.context.cookies()
    draft.context.clear_cookies()
    draft.locator("#name").fill("After the session")
    draft.get_by_text("you are not signed in any more").wait_for()
    draft.context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave
    draft.locator("#description").fill("Signed in again.")
    draft.get_by_text(SAVED).wait_for()
    draft.reload()
    assert draft.locator("#name").input_value() == "After the session"


def test_another_window_is_not_overwritten(draft: Page) -> None:
    other = draft.context.new_page()
    other.goto(draft.url)
    other.locator("#name").fill("The other window")
    other.get_by_text(SAVED).wait_for()
    draft.locator("#name").fill("This window")
    draft.get_by_text("changed in another window").wait_for()
    draft.get_by_role("button", name="Save", exact=True).last.click()
    draft.get_by_text("What you were about to save").wait_for()
    assert {"The other window", "This window"} <= set(draft.locator("td").all_text_contents())
