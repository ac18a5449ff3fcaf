"""A teacher's first journey in a real headless Chromium: search, narrow, open; with and without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


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
