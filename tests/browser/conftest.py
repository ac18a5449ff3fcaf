"""A real headless Chromium and a real server."""

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


@pytest.fixture(scope="package")
def address(site_settings: Settings, release: Release) -> Iterator[str]:
    """The address of a server of the fixture release."""
    with running_server(site_settings) as (address, _):
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
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
