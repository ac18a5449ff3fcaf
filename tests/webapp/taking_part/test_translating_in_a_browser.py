"""In a real browser: a translation beside its original, wide and narrow, saved while it is written."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.browser.axe import violations
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

PATIENCE = 60_000  # milliseconds


@pytest.fixture
def page(hub_settings: Settings, tmp_path: Path) -> Iterator[Page]:
    """The page of a scenario, in a browser that somebody is signed in with."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        pytest.skip("needs Chromium (Debian and Ubuntu: apt install chromium)")
    ignored = shutil.ignore_patterns("run", "people.sqlite*")
    shutil.copytree(hub_settings.home, tmp_path / "home", symlinks=True, ignore=ignored)
    settings = replace(hub_settings, home=tmp_path / "home")
    with closing(open_database(settings)) as database:
        database.upgrade()
        member(database, "mari@school.example", "contributor", password_hash=Passwords().keep(WORDS))
    with running_server(settings) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        found = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        found.set_default_timeout(PATIENCE)
        found.goto(f"{address}/taking-part/sign-in")
        found.get_by_label("E-mail address").fill("mari@school.example")
        found.get_by_label("Password").fill(WORDS)
        found.get_by_role("button", name="Sign in").click()
        found.goto(f"{address}/doc/scenario/rich")
        yield found
        browser.close()


def test_a_translation_is_written_beside_its_original(page: Page) -> None:
    page.get_by_role("link", name="Translate this lesson").click()
    page.get_by_label("Language to translate into").select_option("et")
    page.get_by_role("button", name="Translate this lesson").click()
    page.wait_for_url("**/drafts/*")

    count = page.locator("[aria-describedby$='-theirs']").count()
    page.get_by_text(f"{count} texts are not translated yet.").wait_for()
    page.locator("#name").fill("Mürakaart")
    page.get_by_text(f"{count - 1} texts are not translated yet.").wait_for()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        theirs, own = page.locator("#name-theirs").bounding_box(), page.locator("#name").bounding_box()
        assert theirs
        assert own
        if width == 1280:
            assert theirs["x"] + theirs["width"] <= own["x"]
        else:
            assert theirs["y"] + theirs["height"] <= own["y"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []


def test_an_adaptation_shows_what_differs_while_it_is_written(page: Page) -> None:
    page.get_by_role("link", name="Adapt this lesson").click()
    page.get_by_role("button", name="Adapt this lesson").click()
    page.wait_for_url("**/drafts/*")
    page.locator("[name='activity-2.minutes']").fill("20")
    page.locator("ins", has_text="20").wait_for()
    assert page.locator("#minutes").text_content() == "50"
    assert violations(page) == []
