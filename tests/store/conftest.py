"""A release of the fixture and core collections, an embedded service over it, and a real Virtuoso."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.build import SHIPPED_COLLECTIONS, build_release
from kg.settings import Settings
from kg.sparql.client import SparqlService
from kg.sparql.launcher import start_zygote
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.store.virtuoso import installed, virtuoso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.release import Release
    from tests.store.virtuoso import Virtuoso


def build(settings: Settings, *roots: Path) -> Release:
    part = SearchPart(None, settings.home / "cache" / "embeddings.sqlite")
    report = build_release(settings, list(roots), [part], strict=True)
    assert report.release is not None, [str(error) for error in report.errors]
    return report.release


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings without a store."""
    home = tmp_path_factory.mktemp("store-home")
    return Settings.from_environment({"IHUB_HOME": str(home), "IHUB_EMBEDDER": "none"})


@pytest.fixture(scope="session")
def published_release(plain: Settings) -> Release:
    return build(plain, COLLECTIONS, SHIPPED_COLLECTIONS / "core")


@pytest.fixture(scope="session")
def embedded(plain: Settings, published_release: Release) -> Iterator[SparqlService]:
    """The service over the release's own store."""
    with (
        tempfile.TemporaryDirectory(prefix="ihub-") as directory,
        start_zygote(Path(directory) / "s", quads=published_release.quads_file, base_iri=plain.id_base) as zygote,
    ):
        yield SparqlService(zygote.socket_path, release=published_release.id)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    if not installed():
        pytest.skip("needs Virtuoso 7 (Debian: apt install virtuoso-opensource-7)")
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running


@pytest.fixture(scope="session")
def store_settings(plain: Settings, server: Virtuoso) -> Settings:
    """The same settings, with the store."""
    return replace(plain, **{name.removeprefix("IHUB_").lower(): value for name, value in server.environment().items()})
