"""One long journey in a real browser: written, sent back, accepted, found, adapted, used, told of, and counted."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import TimeoutError as TooLateError

from kg.sources import record_sources
from tests.browser.chromium import chromium
from tests.conftest import COLLECTIONS
from tests.webapp.conftest import running_server
from tests.webapp.taking_part.conftest import add_members, sign_in
from tests.webapp.taking_part.test_contributing import COMPLETE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from kg.settings import Settings

pytestmark = [pytest.mark.long, pytest.mark.browser]

PATIENCE = 30_000  # milliseconds
TITLE = "Zebras in the canteen"
ADAPTED = "Zebras in the gym"
PEOPLE = {"mari": ("contributor", "east"), "ed": ("editor", "east"), "co": ("coordinator", "east")}
PEOPLE |= {"ann": ("contributor", "west"), "wes": ("editor", "west")}


@pytest.fixture
def people(home: Settings) -> Iterator[tuple[str, Callable[[str], Page]]]:
    """The site's address, and a way to have somebody signed in at a browser of their own."""
    record_sources(home, [COLLECTIONS])
    add_members(home, PEOPLE)
    with running_server(home) as (address, _), chromium() as browser:

        def page_of(name: str) -> Page:
            page = browser.new_context().new_page()
            page.set_default_timeout(PATIENCE)
            sign_in(page, address, name)
            return page

        yield address, page_of


def fill(page: Page, fields: dict[str, str | list[str]]) -> None:
    """Fill in the form of a draft by the names of its fields, as far as they have one row."""
    for name, value in fields.items():
        if name == "activities":
            continue
        field = page.locator(f"[name='{name}']")
        kind = field.first.evaluate("field => field.type")
        text = value if isinstance(value, str) else value[0]
        if kind == "checkbox":
            page.locator(f"[name='{name}'][value='{text}']").check()
        elif kind.startswith("select"):
            field.select_option(text)
        else:
            field.first.fill(text)


def write(page: Page, fields: dict[str, str | list[str]]) -> None:
    """Write a scenario with two activities, and submit it."""
    page.get_by_role("button", name="Begin a scenario").first.click()
    page.get_by_role("button", name="One more activity").click()
    page.locator("[id='activity-2']").wait_for()
    fill(page, fields)
    submit(page)


def submit(page: Page) -> None:
    page.get_by_role("button", name="Save and submit for review").click()
    page.wait_for_url("**/taking-part/proposals/*")


def decide(page: Page, address: str, hub: str, title: str, button: str, words: str = "") -> None:
    """Open a proposal from the queue and decide about it."""
    page.goto(f"{address}/taking-part/hub/{hub}/queue")
    page.get_by_role("link", name=title).first.click()
    page.get_by_label("To the author").fill(words)
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state()
    assert page.get_by_role("alert").count() == 0


def find(page: Page, address: str, title: str) -> float:
    """Search as a reader does until a title is found and its page opened; the seconds that it took."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        page.goto(f"{address}/search?q={title.replace(' ', '+')}")
        link = page.get_by_role("main").get_by_role("link", name=title, exact=True)
        if link.count():
            seconds = time.monotonic() - began
            link.first.click()
            with suppress(TooLateError):  # the other web process may not know the new release yet
                page.get_by_role("heading", level=1, name=title).wait_for(timeout=3000)
                return seconds
        time.sleep(0.5)
    raise AssertionError(f"{title} was not found within a minute")


def test_from_an_idea_to_a_number_on_a_dashboard(people: tuple[str, Callable[[str], Page]]) -> None:
    address, page_of = people
    mari, editor = page_of("mari"), page_of("ed")

    fields = {name: value for name, value in COMPLETE.items() if name != "teaches"}
    write(mari, {**fields, "name": TITLE, "teaches.more": "Managing data, information and digital content"})
    decide(editor, address, "east", TITLE, "Ask for changes", "Which animals? Please say it in the title.")
    mari.reload()
    mari.get_by_text("Which animals?").wait_for()
    mari.goto(f"{address}/taking-part/")
    mari.locator("a[href*='/drafts/']", has_text=TITLE).click()
    mari.locator("#description").fill("Pupils count the zebras in the canteen on three days and draw a map.")
    submit(mari)
    decide(editor, address, "east", TITLE, "Accept and publish")
    seconds = find(mari, address, TITLE)

    ann, west = page_of("ann"), page_of("wes")
    find(ann, address, TITLE)
    ann.get_by_role("link", name="Adapt this lesson").click()
    ann.get_by_role("button", name="Adapt this lesson").click()
    ann.wait_for_url("**/drafts/*")
    assert ann.locator("#description").input_value().startswith("Pupils count the zebras")
    ann.locator("#name").fill(ADAPTED)
    submit(ann)
    decide(west, address, "west", ADAPTED, "Accept and publish")
    find(ann, address, ADAPTED)
    assert ann.get_by_role("main").get_by_role("link", name=TITLE).count() > 0

    ann.get_by_role("link", name="I used this").click()
    ann.get_by_role("button", name="Tell of it").click()
    story = {
        "educationalLevel": "level/isced-2",
        "groupSizeBand": "20-29",
        "whatChanged": "The gym instead of the canteen.",
        "whatHappened": "Four groups counted, and two agreed.",
    }
    fill(ann, dict(story))
    submit(ann)
    decide(west, address, "west", "Four groups counted", "Accept and publish")
    end = time.monotonic() + 60
    reader = mari.context.new_page()
    while not reader.get_by_text("Used 1 time").count() and time.monotonic() < end:
        reader.goto(f"{address}/search?q={ADAPTED.replace(' ', '+')}")
    assert reader.get_by_text("Used 1 time").count()

    coordinator = page_of("co")
    coordinator.get_by_role("link", name="Dashboard").click()
    coordinator.get_by_role("heading", name="Dashboard").wait_for()
    contributions = coordinator.locator("section", has=coordinator.get_by_role("heading", name="Contributions"))
    assert contributions.locator(".count").inner_text() == "1"
    sys.stdout.write(f"\nfound {seconds:.1f} s after it was accepted\n")
