"""The site by keyboard alone: everything is reached, the focus is seen, kept after changes and never trapped."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.visits import focus_is_seen, number_in, tab_to, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_search_narrow_and_plan_by_keyboard(browser: Browser, shipped_address: str) -> None:
    with visit(browser, shipped_address) as context:
        page = context.new_page()
        page.goto(f"{shipped_address}/et/")
        page.keyboard.press("Tab")
        expect(page.locator("a.skip").first).to_be_focused()
        assert focus_is_seen(page), "the link that skips the navigation shows itself"
        page.keyboard.press("Enter")
        box = page.get_by_role("combobox")
        tab_to(page, box, most=3)
        page.keyboard.type("robo")
        options = page.get_by_role("option")
        expect(options.first).to_be_visible()
        page.keyboard.press("ArrowDown")
        expect(options.first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        expect(options).to_have_count(0)
        page.keyboard.press("Enter")
        page.wait_for_url("**/et/search?*")
        facet = page.locator("#f-language-et")
        promised = number_in(page.locator("li", has=facet).locator(".count").first.inner_text())
        tab_to(page, facet)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?*language=et*")
        expect(page.locator("#chip-language-et")).to_be_visible()
        expect(facet).to_be_focused()
        assert focus_is_seen(page), "the focus is kept after the swap"
        assert number_in(page.locator("#total").inner_text()) == promised
        button = page.locator("button[data-plan-slug]").first
        tab_to(page, button)
        page.keyboard.press("Space")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button).to_be_focused()
        slug = button.get_attribute("data-plan-slug")
        title = page.get_by_role("article").first.get_by_role("heading").get_by_role("link")
        tab_to(page, title, most=6, back=True)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/doc/scenario/{slug}")
        entry = page.locator(".plan-link")
        expect(entry.locator("[data-plan-count]")).to_have_text("(1)")
        tab_to(page, entry)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/plan?s={slug}")


def test_a_plan_is_put_into_order_by_keyboard(browser: Browser, shipped_address: str) -> None:
    with visit(browser, shipped_address) as context:
        page = context.new_page()
        first, second = "viljandi-castle-minecraft-et", "family-object-class-museum-et"
        page.goto(f"{shipped_address}/et/plan?s={first}&s={second}")
        tab_to(page, page.locator("#scenario-1 .plan-moves li:nth-child(2) a"))
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/plan?s={second}&s={first}*")
        tab_to(page, page.locator("#scenario-1 .plan-moves li:nth-child(3) a"))
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/plan?s={first}*")
        assert parse_qs(urlsplit(page.url).query)["s"] == [first]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "place", ["/ka/", "/ka/search?q=robot", "/fi/doc/scenario/viljandi-castle-minecraft-et", "/plan", "/sparql"]
)
def test_tab_goes_through_the_whole_page_and_is_never_trapped(
    browser: Browser, shipped_address: str, place: str, width: int
) -> None:
    with visit(browser, shipped_address, width=width) as context:
        page = context.new_page()
        page.goto(shipped_address + place)
        page.wait_for_load_state("networkidle")
        last = page.locator(".site-footer a").last
        assert tab_to(page, last, most=600) > 8
