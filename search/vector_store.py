"""Where the vectors of a release are searched: in this process by faiss, or in a Milvus server.

Both search exactly, by inner product, and give the same answers. A vector's number is its passage's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import faiss
import numpy as np

from kg.errors import SettingError
from search.mapped import open_array
from search.passages import passages_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kg.release import Release

__all__ = ["VECTORS_FILE", "FaissStore", "VectorStore", "open_index", "open_vectors"]

VECTORS_FILE: Final = "vectors.faiss"
"""The release's vectors, whatever searches them."""

_MILVUS: Final = "milvus:"


class VectorStore(Protocol):
    """Finds vectors near to another one."""

    def above(self, vector: NDArray[np.float32], threshold: float) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the cosines and numbers of all vectors whose cosine with ``vector`` exceeds ``threshold``."""

    def nearest(
        self, vector: NDArray[np.float32], most: int, without: Sequence[int] = ()
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the cosines and numbers of the nearest vectors, nearest first, but those of scenarios ``without``."""

    def vectors(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of these numbers, shape ``(len(numbers), dimension)``."""


class FaissStore:
    """The default: an exact index, mapped from the release's file, so that processes share its memory.

    Args:
        release: A release with vectors.
    """

    def __init__(self, release: Release) -> None:
        directory = release.directory / "search"
        self._index = open_index(directory)
        self._owners: NDArray[np.int32] = open_array(directory / "owners.npy")

    def above(self, vector: NDArray[np.float32], threshold: float) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the cosines and numbers of all vectors whose cosine with ``vector`` exceeds ``threshold``."""
        _, cosines, numbers = self._index.range_search(vector[None], threshold)
        return cosines, numbers

    def nearest(
        self, vector: NDArray[np.float32], most: int, without: Sequence[int] = ()
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the cosines and numbers of the nearest vectors, nearest first, but those of scenarios ``without``."""
        left_out = np.array([n for row in without for n in passages_of(self._owners, row)], np.int64)
        selector = faiss.IDSelectorNot(faiss.IDSelectorBatch(left_out))
        most = min(most, self._index.ntotal - len(left_out))
        if most < 1:
            return np.empty(0, np.float32), np.empty(0, np.int64)
        cosines, numbers = self._index.search(vector[None], most, params=faiss.SearchParameters(sel=selector))  # type: ignore[call-arg]
        return cosines[0], numbers[0]

    def vectors(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of these numbers, shape ``(len(numbers), dimension)``."""
        found: NDArray[np.float32] = self._index.reconstruct_batch(np.asarray(numbers, np.int64))
        return found


def open_index(directory: Path) -> faiss.Index:
    """Map the vectors of the release whose search part is in ``directory``."""
    # The other flag of this kind, IO_FLAG_MMAP, maps inverted lists only and reads the rest into memory.
    return faiss.read_index(str(directory / VECTORS_FILE), faiss.IO_FLAG_MMAP_IFC)


def open_vectors(release: Release, setting: str) -> VectorStore | None:
    """Return what searches the vectors of ``release``, or None where it has none.

    Args:
        release: The release.
        setting: ``faiss``, or ``milvus:`` and the address of a server; what is not there yet is loaded into it.

    Raises:
        SettingError: The setting names no store, or its library is not installed.
        StoreError: The server does not answer as it should.
    """
    if not (release.directory / "search" / VECTORS_FILE).is_file():
        return None
    if setting == "faiss":
        return FaissStore(release)
    if setting.startswith(_MILVUS):
        from search.milvus_store import MilvusStore

        return MilvusStore(release, setting.removeprefix(_MILVUS))
    raise SettingError(f"{setting!r} is no store of vectors", field="IHUB_VECTOR_STORE", hint="faiss or milvus:ADDRESS")
