"""The releases that harvesters are answered from: the current one, and kept ones that a list was begun on."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

from kg.errors import ReleaseError
from kg.harvesting.records import RecordList
from kg.release import MANIFEST, Release, current_release

if TYPE_CHECKING:
    from kg.history import Edition
    from kg.settings import Settings

__all__ = ["HarvestedReleases"]

_OPEN: Final = 4


class HarvestedReleases:
    """Opens releases and keeps the last few open; safe to use from several threads.

    The current release is read from the link at each request, not from what a server process has loaded: so all
    processes begin to answer from a new release at the same moment.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: OrderedDict[str, Release] = OrderedDict()
        self._lists: OrderedDict[tuple[str, int], RecordList] = OrderedDict()
        self._lock = Lock()

    def current(self) -> Release:
        """Return the current release.

        Raises:
            ReleaseError: There is none, or it is for another base IRI.
        """
        try:
            release = self.kept((self._settings.home / "current").readlink().name)
        except OSError:
            release = None
        if release is None or release.manifest["base_iri"] != self._settings.base_iri:
            return current_release(self._settings)
        return release

    def kept(self, release_id: str) -> Release | None:
        """Return the release of this identifier, or None where it is not on disk any more."""
        directory = self._settings.releases / release_id
        if not (directory / MANIFEST).is_file():
            return None
        with self._lock:
            if release_id not in self._open:
                try:
                    self._open[release_id] = Release.open(directory)
                except ReleaseError:
                    return None
            self._open.move_to_end(release_id)
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)
            return self._open[release_id]

    def records(self, release: Release, edition: Edition) -> RecordList:
        """Return the records as of an edition of ``release``."""
        key = (release.history.log_id(), edition.number)
        with self._lock:
            if key not in self._lists:
                self._lists[key] = RecordList(release.history, edition)
            self._lists.move_to_end(key)
            while len(self._lists) > _OPEN:
                self._lists.popitem(last=False)
            return self._lists[key]
