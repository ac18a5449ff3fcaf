"""Embeddings kept from build to build, by (embedder fingerprint, text), so that only what changed is embedded."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.cache import ByteCache

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.embedders import Embedder

__all__ = ["embed_passages", "text_key"]

_CHUNK: Final = 64


def text_key(fingerprint: str, text: str) -> bytes:
    """Return the key under which the vector of ``text`` by the embedder of this fingerprint is kept."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()


def embed_passages(
    texts: Sequence[str],
    embedder: Embedder,
    cache_file: Path,
    progress: Callable[[int, int], None],
    others: Callable[[Sequence[bytes]], dict[bytes, bytes]] = lambda _keys: {},
) -> tuple[NDArray[np.float32], int]:
    """Return the vectors of ``texts``, shape ``(len(texts), dimension)``, and how many had to be computed.

    What is computed is stored chunk by chunk, so that an interrupted build goes on where it stopped.

    Args:
        texts: The texts.
        embedder: Computes what is not known.
        cache_file: Where vectors are kept between builds.
        progress: Called with what is done and what is to be done.
        others: Looks up keys that the cache does not have.
    """
    keys = [text_key(embedder.fingerprint, text) for text in texts]
    vectors = np.empty((len(texts), embedder.dimension), np.float32)
    with ByteCache(cache_file) as cache:
        known = cache.get_many(keys)
        known.update(others([key for key in keys if key not in known]))
        todo = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        progress(len(texts) - len(todo), len(texts))
        # Short texts first: the progress bar then never stands still before it has moved.
        waiting = sorted(todo.items(), key=lambda item: len(item[1]))
        for start in range(0, len(waiting), _CHUNK):
            chunk = waiting[start : start + _CHUNK]
            rows = embedder.passages([text for _, text in chunk])
            new = {key: row.astype(np.float32).tobytes() for (key, _), row in zip(chunk, rows, strict=True)}
            cache.put_many(new)
            known.update(new)
            progress(len(texts) - len(todo) + start + len(chunk), len(texts))
    for row, key in enumerate(keys):
        vectors[row] = np.frombuffer(known[key], np.float32)
    return vectors, len(todo)
