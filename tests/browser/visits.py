"""A visit to the site by a browser, which sees whether a page complains or asks another host for something."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from babel.messages.pofile import read_po
from playwright.sync_api import expect

from webapp.interface_language import CATALOGUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages import Catalog
    from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request

PATIENCE: Final = 60_000
"""Milliseconds to wait for anything: test machines are slow and shared."""

_FOCUS_IS_SEEN: Final = """() => {
  let focused = document.activeElement;
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  const { top, bottom, left, right } = focused.getBoundingClientRect();
  if (bottom <= 0 || top >= innerHeight || right <= 0 || left >= innerWidth) return false;
  const inShadow = focused.getRootNode() !== document;
  for (let shown = focused; shown; shown = inShadow ? shown.parentElement : null) {
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    if (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) return true;
  }
  return false;
}"""

expect.set_options(timeout=PATIENCE)

_NUMBER: Final = re.compile(r"\d{1,3}(?:[\s.,]\d{3})+(?!\d)|\d+")


@contextmanager
def visit(browser: Browser, site: str, *, width: int = 1280, **options: Any) -> Iterator[BrowserContext]:
    """Open a browser without memory; at its end, fail if a page said anything wrong or asked another host.

    Args:
        browser: The running Chromium.
        site: The address of the site, which may be asked.
        width: CSS pixels of the window.
        options: Of :meth:`playwright.sync_api.Browser.new_context`.
    """
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{site}/", "data:", "blob:")):
            wrong.append(f"asked another host: {request.url}")

    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE)
    context.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("request", asked)
    try:
        yield context
    finally:
        context.close()
    assert wrong == []


def interface_text(language: str, text: str) -> str:
    """Return what the interface says in a language for an English text: the same where the catalogue has nothing."""
    entry = None if language == "en" else _catalogue(language).get(text)
    return str(entry.string if entry and entry.string and not entry.fuzzy else text)


@lru_cache(maxsize=8)
def _catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=language)


def number_in(text: str) -> int:
    """Return the greatest number in a text of the interface, however its language groups digits and orders words."""
    return max(int(re.sub(r"\D", "", found)) for found in _NUMBER.findall(text))


def focus_is_seen(page: Page) -> bool:
    """Whether whatever has the focus shows it by an outline of at least 2 px, and stands in the window.

    An editor in a shadow tree may show it around what it consists of, and a moment later.
    """
    for _ in range(20):
        if page.evaluate(_FOCUS_IS_SEEN):
            return True
        page.wait_for_timeout(50)
    return False


def tab_to(page: Page, target: Locator, *, most: int = 150, back: bool = False) -> int:
    """Press Tab until the target has the focus; each stop on the way must be seen.

    Returns:
        How often Tab was pressed.

    Raises:
        AssertionError: If a stop cannot be seen, or the target is not reached.
    """
    for pressed in range(1, most + 1):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        assert focus_is_seen(page), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if target.evaluate("element => element === document.activeElement"):
            return pressed
    message = f"not reached by {most} presses of Tab: {target}"
    raise AssertionError(message)
