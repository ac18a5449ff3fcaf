"""A teacher's first journey in a real headless Chromium: search, narrow, open; with and without JavaScript."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.webapp.conftest import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from kg.release import Release
    from kg.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(site_settings: Settings, release: Release) -> Iterator[str]:
    with running_server(site_settings) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not executable:
        pytest.skip("needs Chromium (Debian and Ubuntu: apt install chromium)")
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=quiet)
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_search_narrow_and_open(browser: Browser, address: str, width: int, *, scripts: bool) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.goto(address)
    page.get_by_role("searchbox").fill("რობოტი ლაბირინთში")
    page.get_by_role("button", name="Search").click()
    cards = page.get_by_role("article")
    assert cards.count() >= 1
    assert cards.first.get_by_role("link").inner_text() == "რობოტი ლაბირინთში"
    page.get_by_role("complementary").get_by_role("link", name="Georgian", exact=True).click()
    assert page.get_by_role("article").count() == 1
    page.get_by_role("article").get_by_role("link").click()
    assert page.get_by_role("heading", level=1).inner_text() == "რობოტი ლაბირინთში"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out sideways"
    page.go_back()
    assert page.get_by_role("searchbox").input_value() == "რობოტი ლაბირინთში"
    assert complaints == []
    context.close()
