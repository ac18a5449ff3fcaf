"""The vectors of a release in a Milvus server, for collections beyond one machine (extra ``[milvus]``).

Each release has a Milvus collection named after the digest of its vectors, so that equal vectors are loaded once. Its
alias is set when it is complete, and only that is read: a load that was cut short is thrown away by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.errors import SettingError, StoreError
from search.vector_store import VECTORS_FILE, open_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kg.release import Release

__all__ = ["MilvusStore"]

MOST: Final = 16384
"""Vectors that Milvus gives in one answer; a query that is near to more of them gets the nearest."""

BATCH: Final = 2000
"""Vectors that are loaded at a time: 3 MB of 384 dimensions."""

TIMEOUT: Final = 10.0
"""Seconds that a search may take."""

_LOG = logging.getLogger(__name__)


class MilvusStore:
    """Searches one release's vectors in a Milvus server; safe to use from several threads.

    Args:
        release: A release with vectors.
        address: The server, such as ``http://127.0.0.1:19530``.

    Raises:
        SettingError: pymilvus is not installed.
        StoreError: The server does not answer as it should.
    """

    def __init__(self, release: Release, address: str) -> None:
        try:
            import pymilvus
        except ImportError as error:
            hint = "pip install 'ihub-graph[milvus]'"
            raise SettingError("needs pymilvus", field="IHUB_VECTOR_STORE", hint=hint) from error
        self._milvus: Any = pymilvus
        self._address = address
        self._name = f"ihub_{_digest(release)}"
        with self._answering():
            self._client = pymilvus.MilvusClient(uri=address, timeout=TIMEOUT)
            with _lock(release):
                if not self._is_loaded():
                    self._load(release)
            self._client.load_collection(self._name)

    def above(self, vector: NDArray[np.float32], threshold: float) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the cosines and numbers of the vectors, at most ``MOST``, whose cosine exceeds ``threshold``."""
        return self._search(vector, MOST, {"radius": threshold}, "")

    def nearest(
        self, vector: NDArray[np.float32], most: int, without: Sequence[int] = ()
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the cosines and numbers of the nearest vectors, nearest first, but those of scenarios ``without``."""
        left_out = ", ".join(str(int(row)) for row in without)
        return self._search(vector, min(most, MOST), {}, f"scenario not in [{left_out}]" if left_out else "")

    def vectors(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of these numbers, shape ``(len(numbers), dimension)``."""
        wanted = [int(number) for number in numbers]
        with self._answering():
            found = self._client.get(self._name, ids=wanted, output_fields=["vector"], timeout=TIMEOUT)
        by_number = {entry["number"]: entry["vector"] for entry in found}
        return np.array([by_number[number] for number in wanted], np.float32)

    def _search(
        self, vector: NDArray[np.float32], most: int, parameters: dict[str, float], condition: str
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        with self._answering():
            (hits,) = self._client.search(
                self._name,
                data=[vector.tolist()],
                anns_field="vector",
                limit=most,
                filter=condition,
                search_params={"metric_type": "IP", "params": parameters},
                timeout=TIMEOUT,
            )
        cosines = np.array([hit["distance"] for hit in hits], np.float32)
        return cosines, np.array([hit["id"] for hit in hits], np.int64)

    def _is_loaded(self) -> bool:
        try:
            return bool(self._client.describe_alias(self._name))
        except self._milvus.MilvusException:
            return False  # there is no such alias

    def _load(self, release: Release) -> None:
        index = open_index(release.directory / "search")
        owners = np.load(release.directory / "search" / "owners.npy", mmap_mode="r")
        collection = f"{self._name}_data"
        if self._client.has_collection(collection):
            self._client.drop_collection(collection)
        _LOG.info("loading %d vectors of release %s into %s", index.ntotal, release.id, self._address)
        self._client.create_collection(
            collection, schema=self._schema(index.d), index_params=self._index(), consistency_level="Strong"
        )
        for start in range(0, index.ntotal, BATCH):
            rows = index.reconstruct_n(start, min(BATCH, index.ntotal - start))
            entries = [
                {"number": start + place, "scenario": int(owners[start + place]), "vector": row.tolist()}
                for place, row in enumerate(rows)
            ]
            self._client.insert(collection, entries, timeout=6 * TIMEOUT)
        self._client.flush(collection)
        self._client.create_alias(collection, self._name)

    def _schema(self, dimension: int) -> Any:
        schema = self._client.create_schema(auto_id=False)
        schema.add_field("number", self._milvus.DataType.INT64, is_primary=True)
        schema.add_field("scenario", self._milvus.DataType.INT64)
        schema.add_field("vector", self._milvus.DataType.FLOAT_VECTOR, dim=dimension)
        return schema

    def _index(self) -> Any:
        parameters = self._client.prepare_index_params()
        parameters.add_index("vector", index_type="FLAT", metric_type="IP")
        return parameters

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """Tell what a Milvus error means here."""
        try:
            yield
        except self._milvus.MilvusException as error:
            raise StoreError(f"the vector store at {self._address} does not answer as it should: {error}") from error


def _digest(release: Release) -> str:
    with (release.directory / "search" / VECTORS_FILE).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


@contextlib.contextmanager
def _lock(release: Release) -> Iterator[None]:
    """Let one process of this machine load at a time; the others find what it loaded."""
    with (release.directory.parent / ".vectors.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
