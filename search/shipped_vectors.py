"""Vectors that come with a collection, so that its first build need not embed it.

``python -m search.shipped_vectors SLUG FILE`` writes those of a collection of the current release. They are kept by
the digest of embedder and text, in half precision; a text that has changed simply is not found among them.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.release import Release, current_release
from kg.settings import Settings
from search.cards import open_cards
from search.embedding_cache import text_key
from search.passages import open_passages
from search.vector_space import VectorSpace
from search.vector_store import open_index

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FILE_NAME", "lookup", "read_shipped", "write_shipped"]

FILE_NAME: Final = "vectors.npz"
"""The file's name in a collection's folder."""

_KEY_BYTES: Final = 16
"""Bytes of a key that are kept: enough that two texts never share one."""


def read_shipped(files: Iterable[Path]) -> dict[bytes, bytes]:
    """Return the vectors of the files that exist, as the cache holds them: 32-bit floats by the start of the key."""
    found: dict[bytes, bytes] = {}
    for path in files:
        if path.is_file():
            with np.load(path) as arrays:
                rows = arrays["vectors"].astype(np.float32)
                keys = arrays["keys"]
            found.update((key.tobytes(), row.tobytes()) for key, row in zip(keys, rows, strict=True))
    return found


def lookup(shipped: dict[bytes, bytes], keys: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return the vectors of those ``keys`` that were shipped."""
    return {key: shipped[key[:_KEY_BYTES]] for key in keys if key[:_KEY_BYTES] in shipped}


def write_shipped(release: Release, collection: str, path: Path) -> int:
    """Write the vectors of one collection of a release; return how many there are."""
    directory = release.directory / "search"
    about = release.manifest["parts"]["search"]
    cards = open_cards(directory)
    passages = list(open_passages(directory))
    owners = np.load(directory / "owners.npy")
    index = open_index(directory)
    embedded = VectorSpace.open(directory).restored(index.reconstruct_n(0, index.ntotal), passages, owners)
    fingerprint = about["fingerprint"].split("+", 1)[1]
    wanted = f"{release.id_base}collection/{collection}"
    rows = {
        text_key(fingerprint, text)[:_KEY_BYTES]: row
        for row, (_, _, text) in enumerate(passages)
        if cards[owners[row]]["collection"] == wanted
    }
    keys = sorted(rows)
    vectors = embedded[[rows[key] for key in keys]].astype(np.float16)
    np.savez(path, keys=np.frombuffer(b"".join(keys), np.uint8).reshape(-1, _KEY_BYTES), vectors=vectors)
    return len(keys)


def main() -> None:
    """Write the file that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", metavar="SLUG")
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    write_shipped(current_release(Settings.from_environment()), arguments.collection, arguments.file)


if __name__ == "__main__":
    main()
