"""SPARQL zygotes, one for each served release: started by the parent of the web workers, found by them by release."""

from __future__ import annotations

import atexit
import logging
import time
from contextlib import ExitStack
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Final, Self

from kg.errors import ReleaseError, StoreError
from kg.sparql.client import SparqlService
from kg.sparql.launcher import Zygote, start_zygote
from kg.sparql.limits import Limits
from kg.sparql.metrics import QueryMetrics
from kg.store.connection import StoreAddress
from webapp.server_directory import new_server_directory, server_directory
from webapp.store import StoreWatch

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from kg.graph import Graph
    from kg.release import Release
    from kg.settings import Settings

__all__ = ["ReleaseServices", "Zygotes", "announced", "zygote_name"]

_LOG: Final = logging.getLogger("ihub.zygotes")
_RETIRED_AFTER: Final = 60.0  # seconds that web workers have to leave a release that is no longer current
_RETRY_AFTER: Final = 10.0
_STORE: Final = "store"
_REMOTE_QUICK_SECONDS: Final = 0.5  # of waiting for the store's answer


def announced(directory: Path, name: str) -> Path | None:
    """Return the socket of the zygote that a server's directory announces under a name, or None."""
    try:
        # The link is read, not followed by connect: each zygote has an address of its own, by which it is known.
        return _announcement(directory, name).readlink()
    except OSError:
        return None


def zygote_name(settings: Settings, release: Release) -> str:
    """Return the name under which the zygote for a release is announced: one serves all where a store is behind it."""
    return _STORE if settings.sparql_store else release.id


def _announcement(directory: Path, name: str) -> Path:
    return directory / f"{name}.sparql"


class Zygotes:
    """The zygotes of one server: one for the current release, and the former one for a while.

    A context manager; on leaving it they all end and their announcements vanish.

    Args:
        settings: The settings of this run.
        directory: The server's directory, for sockets and announcements.
    """

    def __init__(self, settings: Settings, directory: Path) -> None:
        self._settings = settings
        self._directory = directory
        self._running: dict[str, Zygote] = {}
        self._retired: dict[str, float] = {}
        self._failed: dict[str, float] = {}
        self._started = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything."""
        for release_id in list(self._running):
            self._end(release_id)

    def follow(self, release: Release) -> None:
        """Make sure that a zygote serves ``release``, and end those of releases that web workers have left.

        Raises:
            ReleaseError: It cannot be started; it is tried again some seconds later.
        """
        name = zygote_name(self._settings, release)
        zygote = self._running.get(name)
        if zygote is None or not zygote.running:
            self._start(name, release)
        self._retired.pop(name, None)
        for other in [running for running in self._running if running != name]:
            since = self._retired.setdefault(other, time.monotonic())
            if time.monotonic() - since > _RETIRED_AFTER:
                self._end(other)

    def _start(self, name: str, release: Release) -> None:
        if time.monotonic() - self._failed.get(name, -_RETRY_AFTER) < _RETRY_AFTER:
            return
        if name in self._running:
            _LOG.warning("the zygote of release %s ended; starting another", name)
            self._running.pop(name).close()
        self._started += 1
        try:
            zygote = open_zygote(self._settings, release, self._directory / f"{self._started}.sock")
        except ReleaseError:
            self._failed[name] = time.monotonic()
            raise
        self._running[name] = zygote
        self._announce(name, zygote)

    def _announce(self, name: str, zygote: Zygote) -> None:
        link = _announcement(self._directory, name)
        temporary = link.with_name(f".{link.name}")
        temporary.symlink_to(zygote.socket_path)
        temporary.replace(link)

    def _end(self, name: str) -> None:
        zygote = self._running.pop(name)
        _announcement(self._directory, name).unlink(missing_ok=True)
        self._retired.pop(name, None)
        zygote.close(timeout=1.0)


def open_zygote(settings: Settings, release: Release, socket_path: Path) -> Zygote:
    """Start a zygote for ``release``: in memory up to the setting, else on disk; or in front of the store behind it.

    Raises:
        ReleaseError: It did not start.
    """
    limits = Limits.from_settings(settings)
    remote = StoreAddress.from_settings(settings)
    if remote:
        limits = replace(limits, quick_seconds=_REMOTE_QUICK_SECONDS)
        return start_zygote(socket_path, remote=remote, limits=limits, base_iri=settings.id_base)
    in_memory = release.manifest["quads"] <= settings.sparql_in_memory_quads
    return start_zygote(
        socket_path,
        quads=release.quads_file if in_memory else None,
        store=None if in_memory else release.store_directory,
        columns=release.columns_directory,
        limits=limits,
        base_iri=settings.id_base,
    )


class ReleaseServices:
    """The SPARQL service of each release, for one web process.

    Args:
        settings: The settings of this run.
        supervised: Whether a parent starts the zygotes; else this process starts its own.
    """

    def __init__(self, settings: Settings, *, supervised: bool) -> None:
        self._settings = settings
        self._supervised = supervised
        self._directory = server_directory() if supervised else None
        self._services: dict[str, tuple[Path, SparqlService]] = {}
        self._own: Zygotes | None = None
        self._context = ExitStack()
        self._metrics = QueryMetrics.of_process()  # one for all releases, so that counters survive a new one
        address = StoreAddress.from_settings(settings)
        self._store = StoreWatch(settings, address) if address else None
        self._lock = Lock()

    def ready(self, release: Release) -> bool:
        """Whether everything about ``release`` can be answered now."""
        try:
            return self.obstacle(release) is None
        except StoreError:
            return False

    def obstacle(self, release: Release) -> str | None:
        """Return why queries over ``release`` cannot be answered now, or None.

        Raises:
            StoreError: The store behind the service does not answer.
            ReleaseError: No SPARQL process can be started.
        """
        if not self._supervised:
            with self._lock:
                self._follow(release)
        if self._socket(release) is None:
            return "the SPARQL service is starting"
        held = self._store.publication().release if self._store else release.id
        if held != release.id:
            return f"the store holds {f'release {held}' if held else 'no release'}, not {release.id}: run ihub publish"
        return None

    def graph(self, release: Release) -> Graph:
        """Return the graph to look things up in: the store's, as long as it holds ``release``, else the release's own.

        Raises:
            StoreError: The store behind the service does not answer.
        """
        if self._store and self._store.publication().release == release.id:
            return self._store.graph()
        return release.graph

    def service(self, release: Release) -> SparqlService:
        """Return the service that answers queries over ``release``.

        Raises:
            ReleaseError: There is none at the moment.
        """
        with self._lock:
            if not self._supervised:
                self._follow(release)
            socket_path = self._socket(release)
            if socket_path is None:
                raise ReleaseError("the SPARQL service is not ready yet", file=release.directory)
            release_id, graphs = self._contents(release)
            known = self._services.get(release_id)
            if known and known[0] == socket_path:
                return known[1]
            service = SparqlService(
                socket_path,
                Limits.from_settings(self._settings),
                release=release_id,
                # Two threads never wait for SPARQL, so that pages always find one.
                max_in_flight=max(1, self._settings.threads - 2),
                metrics=self._metrics,
                graphs=graphs,
            )
            self._services = {release_id: (socket_path, service)}
            return service

    def _contents(self, release: Release) -> tuple[str, tuple[str, ...] | None]:
        """Return the release that queries are answered from, and its graphs where there may be others beside them."""
        if self._store is None:
            return release.id, None
        publication = self._store.publication()
        if publication.release is None:
            raise StoreError("holds no release at the moment", field="IHUB_SPARQL_STORE", hint="run ihub publish")
        return publication.release, tuple(sorted(publication.graphs))

    def _socket(self, release: Release) -> Path | None:
        return announced(self._directory, zygote_name(self._settings, release)) if self._directory else None

    def _follow(self, release: Release) -> None:
        if self._own is None:
            self._directory = self._context.enter_context(new_server_directory())
            self._own = self._context.enter_context(Zygotes(self._settings, self._directory))
            atexit.register(self.close)
        self._own.follow(release)

    def close(self) -> None:
        """End the zygotes that this process started itself."""
        self._own = self._directory = None
        self._context.close()
