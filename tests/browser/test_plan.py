"""A plan follows its reader through the site in the browser's storage; one sent by another does not replace it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def slugs(page: Page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("s", [])


def test_a_plan_is_kept_while_its_reader_goes_about(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/search")
    first = page.locator("[data-plan-slug='checking-a-photo']")
    assert first.get_attribute("aria-pressed") == "false"
    first.focus()
    page.keyboard.press("Enter")
    assert first.get_attribute("aria-pressed") == "true"
    assert first.evaluate("e => e === document.activeElement"), "the focus stays"
    page.get_by_text("Scenarios in the plan: 1").wait_for(state="attached")
    page.goto(f"{address}/fi/doc/scenario/river-data")
    page.locator("[data-plan-slug='river-data']").first.click()
    page.locator(".plan-link", has_text="(2)").click()
    assert slugs(page) == ["checking-a-photo", "river-data"]
    assert page.locator("[data-plan-foreign]").is_hidden()
    page.locator("#scenario-1 .plan-moves li:nth-child(2) a").click()
    assert slugs(page) == ["river-data", "checking-a-photo"]
    page.goto(f"{address}/plan?s=robot-ka&name=Another")
    page.get_by_role("button", name="Keep it in this browser").wait_for()
    page.goto(f"{address}/search")
    page.locator(".plan-link", has_text="(2)").click()
    assert slugs(page) == ["river-data", "checking-a-photo"], "a plan that was only looked at replaces nothing"
    page.goto(f"{address}/plan?s=robot-ka&name=Another")
    page.get_by_role("button", name="Keep it in this browser").click()
    page.goto(f"{address}/plan")
    kept = page.locator("[data-plan-list] a")
    assert kept.all_inner_texts() == ["Plan without a name, scenarios: 2", "Another, scenarios: 1"]
    kept.first.click()
    assert slugs(page) == ["river-data", "checking-a-photo"]
    page.locator("#scenario-1 .plan-moves li:nth-child(3) a").click()
    page.reload()
    page.locator(".plan-link", has_text="(1)").wait_for()
    assert slugs(page) == ["checking-a-photo"]
    assert complaints == []
    context.close()
