"""Places in a web process for requests that wait for the zygote, so that those of long queries cannot take them all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from kg.sparql.errors import ServiceBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Places", "QuickShapes"]

_WAIT_SECONDS: Final = 1.0
_SHORT_WAIT_SECONDS: Final = 0.05  # for an unknown query behind another that waits
_SHAPES_KEPT: Final = 1_000
_FORGOTTEN_ABOVE: Final = 1.0  # seconds; on a busy machine a quick query may take more than a quick one should


class QuickShapes:
    """The shapes of queries that this process has seen answered quickly; thread-safe.

    Args:
        quick: Seconds up to which an answer is quick.

    """

    def __init__(self, quick: float) -> None:
        self._quick = quick
        self._lock = threading.Lock()
        self._shapes: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, shape: str) -> bool:
        """Whether queries of this shape are known to be quick."""
        return shape in self._shapes

    def learn(self, shape: str, seconds: float) -> None:
        """Remember what a query of a shape took; ``inf`` for one that was ended."""
        with self._lock:
            if seconds <= self._quick:
                self._shapes[shape] = None
                self._shapes.move_to_end(shape)
                if len(self._shapes) > _SHAPES_KEPT:
                    self._shapes.popitem(last=False)
            elif seconds > _FORGOTTEN_ABOVE:
                self._shapes.pop(shape, None)


class Places:
    """So many requests may wait at a time, half of them for queries that are not known to be quick.

    Args:
        count: The number of places.

    """

    def __init__(self, count: int) -> None:
        self._all = threading.BoundedSemaphore(count)
        self._unknown = threading.BoundedSemaphore(max(1, count // 2))
        self._waits = threading.Semaphore(1)

    @contextmanager
    def hold(self, *, known: bool) -> Iterator[None]:
        """Hold a place.

        Args:
            known: Whether the query is known to be quick.

        Raises:
            ServiceBusyError: None became free in time.

        """
        if known:
            with _held(self._all, _WAIT_SECONDS):
                yield
            return
        with self._turn(), _held(self._all, _WAIT_SECONDS):
            yield

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold a place for unknown queries; one at a time may wait long for it, lest they take all threads."""
        patient = self._waits.acquire(blocking=False)
        try:
            found = self._unknown.acquire(timeout=_WAIT_SECONDS if patient else _SHORT_WAIT_SECONDS)
        finally:
            if patient:
                self._waits.release()
        if not found:
            raise ServiceBusyError("the service is busy", retry_after=1)
        try:
            yield
        finally:
            self._unknown.release()


@contextmanager
def _held(semaphore: threading.BoundedSemaphore, seconds: float) -> Iterator[None]:
    if not semaphore.acquire(timeout=seconds):
        raise ServiceBusyError("the service is busy", retry_after=1)
    try:
        yield
    finally:
        semaphore.release()
