"""Releases: immutable directories that services read, and the link that says which one is current."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from kg.errors import ReleaseError
from kg.graph import Graph
from kg.history import History
from kg.history_log import GONE, record_edition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.settings import Settings

__all__ = [
    "FORMAT",
    "MANIFEST",
    "Release",
    "current_release",
    "list_releases",
    "prune",
    "record_current",
    "roll_back",
    "switch",
]

FORMAT: Final = 1
"""Version of the layout of a release directory; a server refuses to serve another."""

MANIFEST: Final = "manifest.json"


@dataclass(frozen=True)
class Release:
    """One release on disk.

    Attributes:
        directory: The release's directory.
        manifest: What the build wrote about it: identifier, counts, versions, fingerprints.
    """

    directory: Path
    manifest: Mapping[str, Any]

    @classmethod
    def open(cls, directory: Path) -> Release:
        """Read the manifest of the release in ``directory``.

        Raises:
            ReleaseError: There is none, or it is of another format.
        """
        path = directory / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ReleaseError(f"is not a readable manifest: {error}", file=path, hint="run ihub build") from error
        if manifest.get("format") != FORMAT:
            raise ReleaseError("was made by another version of ihub", file=path, hint="run ihub build")
        return cls(directory, manifest)

    @property
    def id(self) -> str:
        """The release's identifier, derived from its content."""
        return str(self.manifest["id"])

    @property
    def id_base(self) -> str:
        """Base of the entities' IRIs: ``{base_iri}id/`` of the base IRI that the release was built for."""
        return f"{self.manifest['base_iri']}id/"

    @property
    def quads_file(self) -> Path:
        """The quads in canonical order, as N-Quads."""
        return self.directory / "quads.nq"

    @property
    def store_directory(self) -> Path:
        """The on-disk store."""
        return self.directory / "store"

    @property
    def columns_directory(self) -> Path | None:
        """The columns; None in a release that an earlier version of ihub built."""
        directory = self.directory / "columns"
        return directory if directory.is_dir() else None

    @cached_property
    def graph(self) -> Graph:
        """The release's graph, opened for reading when first asked for."""
        return Graph.open(self.store_directory)

    @cached_property
    def history(self) -> History:
        """The history of the deployment's entities, as far as this release's last edition."""
        return History.of(self)


def current_release(settings: Settings) -> Release:
    """Return the release that ``{home}/current`` points to.

    Raises:
        ReleaseError: There is none yet, or it was built for another base IRI.
    """
    link = settings.home / "current"
    if not link.exists():
        raise ReleaseError("there is no release yet", file=link, hint="run ihub build")
    release = Release.open(link.resolve())
    if release.manifest["base_iri"] != settings.base_iri:
        built_for = release.manifest["base_iri"]
        raise ReleaseError(f"was built for {built_for}, not for {settings.base_iri}", file=link, hint="run ihub build")
    return release


def list_releases(settings: Settings) -> list[Release]:
    """Return the releases on disk, the newest first."""
    if not settings.releases.is_dir():
        return []
    found = [
        Release.open(path.parent) for path in settings.releases.glob(f"*/{MANIFEST}") if path.parent.name[0] != "."
    ]
    return sorted(found, key=lambda release: str(release.manifest["created"]), reverse=True)


def switch(settings: Settings, release: Release, gone: str = GONE) -> None:
    """Make ``release`` the current one, in one atomic step, after its differences were added to the history.

    Args:
        settings: Where the releases are.
        release: A release in there.
        gone: Why entities that are not in ``release`` have gone, where it does not say.
    """
    with _switching(settings):
        record_edition(release, gone)
        temporary = settings.home / f".current-{os.getpid()}"
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(os.path.relpath(release.directory, settings.home), target_is_directory=True)
        temporary.replace(settings.home / "current")


def record_current(settings: Settings) -> None:
    """Make sure that the history knows of the current release; an earlier version of ihub kept none.

    Raises:
        ReleaseError: There is no current release, or it is for another base IRI.
    """
    with _switching(settings):
        record_edition(current_release(settings))


@contextlib.contextmanager
def _switching(settings: Settings) -> Iterator[None]:
    """One at a time: the last edition of the history must be of the release that becomes current last."""
    with (settings.home / "switch.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def roll_back(settings: Settings, release_id: str | None = None) -> Release:
    """Make the release of this identifier current, or the newest one older than the current.

    Raises:
        ReleaseError: There is no such release.
    """
    releases = list_releases(settings)
    if release_id is None:
        ids = [release.id for release in releases]
        current = current_release(settings).id
        older = releases[ids.index(current) + 1 :] if current in ids else []
    else:
        older = [release for release in releases if release.id == release_id]
    if not older:
        raise ReleaseError("there is no such release to go back to", file=settings.releases, hint="see ihub releases")
    switch(settings, older[0], "It is not in the earlier release to which the repository went back.")
    return older[0]


def prune(settings: Settings, keep: int) -> list[str]:
    """Remove all but the ``keep`` newest releases; never the current one. Returns the identifiers removed."""
    current = (settings.home / "current").resolve()
    removed = []
    for release in list_releases(settings)[max(keep, 1) :]:
        if release.directory.resolve() != current:
            # Renamed first, so that a release is never seen half removed.
            doomed = release.directory.with_name(f".{release.directory.name}.removed")
            release.directory.rename(doomed)
            shutil.rmtree(doomed)
            removed.append(release.id)
    return removed
