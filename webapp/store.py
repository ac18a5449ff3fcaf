"""The SPARQL server behind this site (``IHUB_SPARQL_STORE``): what it holds, looked at once a second, and its graph."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Final

from kg.errors import StoreError
from kg.store.connection import StoreAddress, StoreConnection
from kg.store.graph import RemoteGraph
from kg.store.publication import Publication, read_publication

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.settings import Settings

__all__ = ["StoreWatch"]

_FRESH_SECONDS: Final = 1.0
_LOOK_UP_SECONDS: Final = 10.0


class StoreWatch:
    """One web process's view of the server; safe to share between threads.

    Args:
        settings: The settings of this run.
        address: The server.
    """

    def __init__(self, settings: Settings, address: StoreAddress) -> None:
        self._base_iri = settings.base_iri
        self._connection = StoreConnection(address, _LOOK_UP_SECONDS)
        self._lock = Lock()
        self._read_at = float("-inf")
        self._publication = Publication()
        self._failure: StoreError | None = None
        self._graph: RemoteGraph | None = None

    def publication(self) -> Publication:
        """Return what the server holds for this deployment.

        Raises:
            StoreError: The server does not answer.
        """
        if time.monotonic() - self._read_at > _FRESH_SECONDS and self._lock.acquire(blocking=self._graph is None):
            try:
                self._look()
            finally:
                self._lock.release()
        if self._failure:
            raise StoreError(self._failure.cause, file=self._failure.file, hint=self._failure.hint)
        return self._publication

    def _look(self) -> None:
        if time.monotonic() - self._read_at <= _FRESH_SECONDS:
            return  # another thread has just done it
        try:
            found = read_publication(self._connection, self._base_iri)
        except StoreError as error:
            self._failure = error
        else:
            self._failure = None
            if self._graph is None or found != self._publication:
                self._graph = RemoteGraph(self._connection, sorted(found.graphs))
            self._publication = found
        self._read_at = time.monotonic()

    def graph(self) -> Graph:
        """Return the graph of the publication that was last seen; a new one, with nothing kept, once it changes.

        Raises:
            StoreError: The server does not answer.
        """
        self.publication()
        if self._graph is None:
            raise StoreError("does not answer", file=self._connection.address.query)
        return self._graph
