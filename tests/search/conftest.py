"""A second release, small and without vectors, whose scenarios differ in everything that can be filtered by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.build import build_release
from kg.settings import Settings
from search.engine import SearchEngine
from search.index import SearchPart
from tests.conftest import FIXTURES

if TYPE_CHECKING:
    from kg.release import Release


@pytest.fixture(scope="session")
def lab_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = str(tmp_path_factory.mktemp("lab"))
    return Settings.from_environment({"IHUB_HOME": home, "IHUB_EMBEDDER": "none"})


@pytest.fixture(scope="session")
def lab_release(lab_settings: Settings) -> Release:
    part = SearchPart(None, lab_settings.home / "cache.sqlite")
    report = build_release(lab_settings, [FIXTURES / "search"], [part], strict=True)
    assert report.release is not None, [str(error) for error in report.errors]
    return report.release


@pytest.fixture(scope="session")
def lab(lab_release: Release) -> SearchEngine:
    return SearchEngine(lab_release, None)
