"""axe-core in a page: what it finds against WCAG 2.2 at the levels A and AA, and against common good practice."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import webapp

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SOURCE: Final = Path(webapp.__file__).parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN: Final = """async (rules) => {
  const told = ({ target, any, all, none }) =>
    [target.join(' '), ...[...any, ...all, ...none].map((check) => check.message)].join(' ');
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
  return violations.map((found) => `${found.id}: ${found.help}: ` + found.nodes.slice(0, 4).map(told).join(' | '));
}"""


@lru_cache(maxsize=1)
def source() -> str:
    """The script; it comes with the other npm packages (`make editor`)."""
    if not _SOURCE.is_file():
        pytest.skip("needs axe-core, which `make editor` fetches with the other npm packages")
    return _SOURCE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands, a line for each rule."""
    page.evaluate(source())  # not as an element: the site's policy allows none but its own
    found: list[str] = page.evaluate(_RUN, _RULES)
    return found
