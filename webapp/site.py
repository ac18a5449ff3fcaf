"""What this process serves: the current release with its engine, loaded on first use and replaced without a pause."""

from __future__ import annotations

import gc
import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import IhubError, StoreError
from kg.release import Release, current_release
from search.embedders import load_embedder
from search.engine import SearchEngine
from search.remembering import RememberingEmbedder
from search.spellings import filter_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.graph import Graph
    from kg.settings import Settings
    from search.embedders import Embedder

__all__ = ["Served", "Site"]

_CHECK_SECONDS: Final = 1.0
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Served:
    """One release, ready to answer.

    Attributes:
        release: The release.
        engine: The search engine over it.
        filter_values: For each filter, what people may write for a value, and the value.
        graph_of: Where the graph of a release is looked up.
    """

    release: Release
    engine: SearchEngine
    filter_values: dict[str, dict[str, str]]
    graph_of: Callable[[Release], Graph]

    @property
    def graph(self) -> Graph:
        """The release's graph: its own, or the same in the store behind the site."""
        return self.graph_of(self.release)


class Site:
    """Keeps the served release in step with ``{home}/current``.

    The engine is loaded in the process that serves, never before a fork: its libraries start threads.

    Args:
        settings: The settings of this run.
        ready: Whether a release can be answered for in full; a newer one is taken only when it can.
        graph_of: Where the graph of a release is looked up; in the release itself if not given.
    """

    def __init__(
        self,
        settings: Settings,
        ready: Callable[[Release], bool] = lambda _: True,
        graph_of: Callable[[Release], Graph] = lambda release: release.graph,
    ) -> None:
        self.settings = settings
        self._ready = ready
        self._graph_of = graph_of
        self._served: Served | None = None
        self._embedder: Embedder | None = None
        self._checked = 0.0
        self._loading = threading.Lock()

    def served(self) -> Served:
        """Return what to answer from; loads a newer release in the background and the first one in the foreground.

        Raises:
            ReleaseError: There is no release yet, or it cannot be served.
        """
        if self._served is None:
            with self._loading:
                if self._served is None:
                    self._served = self._load(current_release(self.settings))
                    _settle()
        elif time.monotonic() - self._checked > _CHECK_SECONDS:
            self._checked = time.monotonic()
            self._look_for_newer(self._served)
        return self._served

    def _look_for_newer(self, served: Served) -> None:
        try:
            newest = (self.settings.home / "current").resolve(strict=True)
        except OSError:
            return
        if newest != served.release.directory and self._loading.acquire(blocking=False):
            threading.Thread(target=self._replace, name="release-loader", daemon=True).start()

    def _replace(self) -> None:
        try:
            release = current_release(self.settings)
            if self._ready(release):
                self._served = self._load(release)
                _settle()
        except IhubError:
            # The former release goes on serving; the operator finds the cause here.
            _LOG.exception("the new release cannot be served")
        finally:
            self._loading.release()

    def _load(self, release: Release) -> Served:
        if self._embedder is None:
            embedder = load_embedder(self.settings.embedder)
            self._embedder = RememberingEmbedder(embedder) if embedder else None
        engine = SearchEngine(release, self._embedder, self.settings.vector_store)
        values = filter_values(release.graph, engine.facets)
        _LOG.info("serving release %s: %d quads", release.id, release.manifest["quads"])
        served = Served(release, engine, values, self._graph_of)
        shown = {value for spellings in values.values() for value in spellings.values() if ":" in value}
        try:
            served.graph.prefetch(sorted(shown))  # every page shows them
        except StoreError as error:
            _LOG.warning("%s", error)
        return served


def _settle() -> None:
    """Free what the last release leaves, and keep the collector from going through the new one again and again."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
