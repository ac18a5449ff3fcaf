"""SPARQL zygotes, one for each served release: started by the parent of the web workers, found by them by release."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Self

from kg.errors import ReleaseError
from kg.sparql.client import SparqlService
from kg.sparql.launcher import Zygote, start_zygote
from kg.sparql.limits import Limits
from kg.sparql.metrics import QueryMetrics

if TYPE_CHECKING:
    from types import TracebackType

    from kg.release import Release
    from kg.settings import Settings

__all__ = ["ReleaseServices", "Zygotes", "announced"]

_LOG: Final = logging.getLogger("ihub.zygotes")
_RETIRED_AFTER: Final = 60.0  # seconds that web workers have to leave a release that is no longer current
_RETRY_AFTER: Final = 10.0


def announced(settings: Settings, release_id: str) -> Path | None:
    """Return the socket of the zygote that serves a release, or None where none is announced."""
    try:
        # The link is read, not followed by connect: a socket's address must be short, a home directory need not be.
        return _announcement(settings, release_id).readlink()
    except OSError:
        return None


def _announcement(settings: Settings, release_id: str) -> Path:
    return settings.home / "run" / f"{release_id}.sparql"


class Zygotes:
    """The zygotes of one server: one for the current release, and the former one for a while.

    A context manager; on leaving it they all end and their announcements vanish.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sockets = Path(tempfile.mkdtemp(prefix="ihub-"))
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
        shutil.rmtree(self._sockets, ignore_errors=True)

    def follow(self, release: Release) -> None:
        """Make sure that a zygote serves ``release``, and end those of releases that web workers have left.

        Raises:
            ReleaseError: It cannot be started; it is tried again some seconds later.
        """
        zygote = self._running.get(release.id)
        if zygote is None or not zygote.running:
            self._start(release)
        self._retired.pop(release.id, None)
        for other in [name for name in self._running if name != release.id]:
            since = self._retired.setdefault(other, time.monotonic())
            if time.monotonic() - since > _RETIRED_AFTER:
                self._end(other)

    def _start(self, release: Release) -> None:
        if time.monotonic() - self._failed.get(release.id, -_RETRY_AFTER) < _RETRY_AFTER:
            return
        if release.id in self._running:
            _LOG.warning("the zygote of release %s ended; starting another", release.id)
            self._running.pop(release.id).close()
        self._started += 1
        try:
            zygote = open_zygote(self._settings, release, self._sockets / f"{self._started}.sock")
        except ReleaseError:
            self._failed[release.id] = time.monotonic()
            raise
        self._running[release.id] = zygote
        link = _announcement(self._settings, release.id)
        link.parent.mkdir(parents=True, exist_ok=True)
        temporary = link.with_name(f".{link.name}.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(zygote.socket_path)
        temporary.replace(link)

    def _end(self, release_id: str) -> None:
        zygote = self._running.pop(release_id)
        if announced(self._settings, release_id) == zygote.socket_path:
            _announcement(self._settings, release_id).unlink(missing_ok=True)
        self._retired.pop(release_id, None)
        zygote.close(timeout=1.0)


def open_zygote(settings: Settings, release: Release, socket_path: Path) -> Zygote:
    """Start a zygote for ``release``: in memory up to the setting, else from the store on disk.

    Raises:
        ReleaseError: It did not start.
    """
    in_memory = release.manifest["quads"] <= settings.sparql_in_memory_quads
    return start_zygote(
        socket_path,
        quads=release.quads_file if in_memory else None,
        store=None if in_memory else release.store_directory,
        limits=Limits.from_settings(settings),
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
        self._services: dict[str, tuple[Path, SparqlService]] = {}
        self._own: Zygotes | None = None
        self._metrics = QueryMetrics()  # one for all releases, so that counters survive a new one
        self._lock = Lock()

    def ready(self, release: Release) -> bool:
        """Whether queries over ``release`` can be answered now."""
        if not self._supervised:
            self.service(release)
        return announced(self._settings, release.id) is not None

    def service(self, release: Release) -> SparqlService:
        """Return the service that answers queries over ``release``.

        Raises:
            ReleaseError: There is none at the moment.
        """
        with self._lock:
            if not self._supervised:
                self._follow(release)
            socket_path = announced(self._settings, release.id)
            if socket_path is None:
                raise ReleaseError("the SPARQL service is not ready yet", file=release.directory)
            known = self._services.get(release.id)
            if known and known[0] == socket_path:
                return known[1]
            limits = Limits.from_settings(self._settings)
            # Two threads never wait for SPARQL, so that pages always find one.
            in_flight = max(1, self._settings.threads - 2)
            service = SparqlService(
                socket_path, limits, release=release.id, max_in_flight=in_flight, metrics=self._metrics
            )
            self._services = {release.id: (socket_path, service)}
            return service

    def _follow(self, release: Release) -> None:
        if self._own is None:
            self._own = Zygotes(self._settings)
            atexit.register(self.close)
        self._own.follow(release)

    def close(self) -> None:
        """End the zygotes that this process started itself."""
        if self._own is not None:
            self._own.__exit__(None, None, None)
            self._own = None
