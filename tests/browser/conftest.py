"""A real headless Chromium and a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kg.settings import Settings
from tests.browser.chromium import chromium
from tests.webapp.conftest import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from kg.release import Release


@pytest.fixture(scope="package")
def address(site_settings: Settings, release: Release) -> Iterator[str]:
    """The address of a server of the fixture release."""
    with running_server(site_settings) as (address, _):
        yield address


@pytest.fixture(scope="package")
def shipped_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the shipped collections, built as `make run` builds them."""
    settings = Settings.from_environment(
        {"IHUB_HOME": str(tmp_path_factory.mktemp("shipped")), "IHUB_REQUESTS_PER_MINUTE": "0"}
    )
    build = [sys.executable, "-m", "webapp.cli", "build"]
    subprocess.run(build, env={**os.environ, **settings.to_environment()}, check=True, capture_output=True)
    with running_server(settings) as (address, _):
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with chromium() as browser:
        yield browser
