"""A teacher's first journey in a real headless Chromium: search, narrow, open; with and without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

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
    page.get_by_label("Search learning scenarios").fill("რობოტი ლაბირინთში")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search?*")
    expect(page.get_by_role("article").first.get_by_role("link").first).to_have_text("რობოტი ლაბირინთში")
    if width == 360:
        assert not page.get_by_role("link", name="Georgian", exact=True).first.is_visible(), "filters are folded away"
        page.get_by_role("complementary").get_by_text("Filters").click()
    page.get_by_role("complementary").get_by_role("link", name="Georgian", exact=True).first.click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("article").get_by_role("heading").get_by_role("link").click()
    assert page.get_by_role("heading", level=1).inner_text() == "რობოტი ლაბირინთში"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out sideways"
    page.go_back()
    expect(page.get_by_label("Search learning scenarios")).to_have_value("რობოტი ლაბირინთში")
    assert complaints == []
    context.close()


def test_changes_in_place_keep_focus_address_and_history(browser: Browser, address: str) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/search?q=photo")
    if not page.locator("script[src*='results.js']").count():
        pytest.skip("needs the built scripts (make editor)")
    everything = page.locator("#total").inner_text()
    page.evaluate("window.unchanged = document.getElementById('total')")
    link = page.locator("#f-language-en")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chip-language-en")).to_be_visible()
    assert page.url == f"{address}/search?q=photo&language=en"
    assert page.evaluate("window.unchanged === document.getElementById('total')"), "readers hear a region that stays"
    expect(page.locator("#f-language-en")).to_be_focused()
    page.locator("#chip-language-en").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_be_focused()
    expect(page.locator("#total")).to_have_text(everything)
    page.go_back()
    expect(page.locator("#chip-language-en")).to_be_visible()
    page.reload()
    expect(page.locator("#chip-language-en")).to_be_visible()
    assert complaints == []


def test_suggestions_are_a_list_for_the_keyboard(browser: Browser, address: str) -> None:
    page = browser.new_context().new_page()
    page.goto(address)
    box = page.get_by_role("combobox")
    box.press_sequentially("robo")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("robo")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*=*")
    expect(page.locator("a.chip:not(.chip-offer)")).to_have_count(1)
    assert page.get_by_role("article").count() >= 1
