"""In a real browser: a translation beside its original, wide and narrow, saved while it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.axe import violations
from tests.browser.chromium import chromium
from tests.webapp.conftest import running_server
from tests.webapp.taking_part.conftest import add_members, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from kg.settings import Settings

pytestmark = [pytest.mark.long, pytest.mark.browser]

PATIENCE = 60_000  # milliseconds


@pytest.fixture
def page(home: Settings) -> Iterator[Page]:
    """The page of a scenario, in a browser that somebody is signed in with."""
    add_members(home, {"mari": ("contributor", "east")})
    with running_server(home) as (address, _), chromium() as browser:
        found = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        found.set_default_timeout(PATIENCE)
        sign_in(found, address, "mari")
        found.goto(f"{address}/doc/scenario/rich")
        yield found


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
