"""Exploring the graph in a real Chromium: the keyboard opens neighbours, and back leads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.webapp.test_graph_page import COMPETENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_neighbours_open_by_keyboard_and_get_the_focus(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    page.goto(f"{address}/graph?about={COMPETENCE}")
    if not page.locator("script[src*='built/graph.js']").count():
        pytest.skip("needs the scripts that the set-up builds with Node.js")
    assert page.locator(".drawing-canvas canvas").first.is_visible()
    link = page.locator("[data-expand='scenario/checking-a-photo']").first
    link.focus()
    page.keyboard.press("Enter")
    page.locator("#centre-2").wait_for()
    assert page.evaluate("document.activeElement.id") == "centre-2"
    assert "open=scenario/checking-a-photo" in page.url
    page.go_back()
    page.locator("#centre-2").wait_for(state="detached")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "nothing sticks out sideways"
    assert complaints == []
    context.close()
