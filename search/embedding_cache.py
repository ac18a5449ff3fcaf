"""Embeddings kept from build to build, by (embedder fingerprint, text), so that only what changed is embedded."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.cache import ByteCache
from kg.executors import run_ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

    from search.embedders import Embedder

__all__ = ["embed_passages", "text_key"]

_CHUNK: Final = 64
_LOOKED_UP: Final = 20_000
"""Texts whose vectors are looked up at a time, which bounds the memory for it."""


def text_key(fingerprint: str, text: str) -> bytes:
    """Return the key under which the vector of ``text`` by the embedder of this fingerprint is kept."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()


def embed_passages(
    texts: Sequence[str],
    embedder: Embedder,
    cache_file: Path,
    progress: Callable[[int, int], None],
    others: Callable[[Sequence[bytes]], dict[bytes, bytes]] = lambda _keys: {},
    executor: Executor | None = None,
) -> tuple[NDArray[np.float32], int]:
    """Return the vectors of ``texts``, shape ``(len(texts), dimension)``, and how many had to be computed.

    What is computed is stored chunk by chunk, so that an interrupted build goes on where it stopped.

    Args:
        texts: The texts.
        embedder: Computes what is not known.
        cache_file: Where vectors are kept between builds.
        progress: Called with what is done and what is to be done.
        others: Looks up keys that the cache does not have.
        executor: Runs the embedder on several chunks side by side, here or elsewhere.
    """
    fingerprint = embedder.fingerprint  # asked once: some look their package up for it
    vectors = np.empty((len(texts), embedder.dimension), np.float32)
    rows: dict[bytes, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text_key(fingerprint, text), []).append(row)

    def fill(found: Mapping[bytes, bytes]) -> None:
        """Take over the vectors that were found, and wait no longer for them."""
        for key, vector in found.items():
            vectors[rows.pop(key)] = np.frombuffer(vector, np.float32)

    with ByteCache(cache_file) as cache:
        keys = list(rows)
        for start in range(0, len(keys), _LOOKED_UP):
            fill(cache.get_many(keys[start : start + _LOOKED_UP]))
        fill(others(list(rows)) if rows else {})
        computed = len(rows)
        progress(len(texts) - computed, len(texts))
        # Short texts first: the progress bar then never stands still before it has moved.
        waiting = sorted(((key, texts[own[0]]) for key, own in rows.items()), key=lambda item: len(item[1]))
        chunks = [waiting[start : start + _CHUNK] for start in range(0, len(waiting), _CHUNK)]
        calls = ((embedder, [text for _, text in chunk]) for chunk in chunks)
        for chunk, made in zip(chunks, run_ordered(executor, _embed, calls), strict=True):
            new = {key: row.astype(np.float32).tobytes() for (key, _), row in zip(chunk, made, strict=True)}
            cache.put_many(new)
            fill(new)
            progress(len(texts) - len(rows), len(texts))
    return vectors, computed


_RESIDENT: Final[dict[str, Embedder]] = {}
"""The embedders of this process, by fingerprint: one that comes with a call has not loaded its model yet."""


def _embed(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Embed one chunk; runs in a worker, which keeps its model from chunk to chunk."""
    return _RESIDENT.setdefault(embedder.fingerprint, embedder).passages(texts)
