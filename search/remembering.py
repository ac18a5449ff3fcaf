"""A bounded memory of answers: the least recently used go first."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import numpy as np
    from numpy.typing import NDArray

    from search.embedders import Embedder

__all__ = ["Memory", "RememberingEmbedder"]

_Value = TypeVar("_Value")


class Memory(Generic[_Value]):
    """Remembers up to ``most`` values; safe to use from several threads.

    >>> memory = Memory(1)
    >>> memory.get("a", lambda: 1), memory.get("a", lambda: 2)
    (1, 1)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, _Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return the value of ``key``, made by ``make`` unless it is remembered.

        Two threads that miss the same key at once both make the value: holding others up would cost more.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._most:
                self._values.popitem(last=False)
        return value


class RememberingEmbedder:
    """An embedder that remembers the vectors of the last queries, also for the next release.

    Args:
        embedder: The embedder.
        most: Queries to remember; each takes some 2 KB.
    """

    def __init__(self, embedder: Embedder, most: int = 4096) -> None:
        self._embedder = embedder
        self._queries: Memory[NDArray[np.float32]] = Memory(most)
        self.passages = embedder.passages

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._embedder.dimension

    @property
    def fingerprint(self) -> str:
        """That of the embedder."""
        return self._embedder.fingerprint

    def query(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a query, shape ``(dimension,)``."""
        return self._queries.get(text, lambda: self._embedder.query(text))
