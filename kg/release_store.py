"""The store of a release on disk, and its quads in canonical order: loaded anew, or the former release's, changed.

The store brings typed literals to one form, so the lines of a release are those that a store gives. A line that the
former release has is in that form already; only other quads are taken through a store to learn theirs.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kg.release import Release

__all__ = ["open_store"]

_CHANGED_AT_MOST: Final = 1 / 4
"""Share of the former quads; beyond it, loading anew is quicker."""

_FILES_AT_MOST: Final = 64
"""Each change adds a file to a store; of more than these it makes few again."""

_TABLES: Final = ".sst"
_NOT_COPIED: Final = frozenset({"LOCK", "LOG"})


def open_store(quads: Sequence[ox.Quad], directory: Path, former: Release | None) -> tuple[ox.Store, list[bytes]]:
    """Make a store of ``quads`` in ``directory``; return it with their lines in canonical order.

    Args:
        quads: Everything that it shall hold.
        directory: Where; it does not exist yet.
        former: A release of which little may have changed, or None to load all quads.

    Raises:
        ReleaseError: The store does not hold what it should.
    """
    made = _changed(quads, directory, former) if former else None
    store, lines = made or _loaded(quads, directory)
    if len(lines) != len(store):
        raise ReleaseError(f"holds {len(store)} quads, but {len(lines)} were written", file=directory)
    return store, lines


def _loaded(quads: Sequence[ox.Quad], directory: Path) -> tuple[ox.Store, list[bytes]]:
    store = ox.Store(str(directory))
    store.bulk_extend(quads)
    store.optimize()
    lines = sorted(_lines(store))
    store.flush()
    return store, lines


def _changed(quads: Sequence[ox.Quad], directory: Path, former: Release) -> tuple[ox.Store, list[bytes]] | None:
    """Take over the former release's store and change it; None where too much has changed, or it cannot be had."""
    try:
        old = set(former.quads_file.read_bytes().splitlines(keepends=True))
        lines, unknown = set(), []
        for quad in quads:
            line = f"{quad} .\n".encode()
            if line in old:
                lines.add(line)
            else:
                unknown.append(quad)
        canonical = ox.Store()
        canonical.extend(unknown)
        lines.update(_lines(canonical))
        added, removed = lines - old, old - lines
        if len(added) + len(removed) > _CHANGED_AT_MOST * len(old):
            return None
        _take_over(former.store_directory, directory)
        store = ox.Store(str(directory))
    except (OSError, RuntimeError):  # the latter is how a store tells of torn files
        shutil.rmtree(directory, ignore_errors=True)
        return None
    for quad in _quads(removed):
        store.remove(quad)
    store.extend(_quads(added))
    if any(quad not in store for quad in _quads(added)) or any(quad in store for quad in _quads(removed)):
        raise ReleaseError("does not hold the quads that were written", file=directory)
    if sum(path.suffix == _TABLES for path in directory.iterdir()) > _FILES_AT_MOST:
        store.optimize()
    store.flush()
    return store, sorted(lines)


def _lines(store: ox.Store) -> list[bytes]:
    return (store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)


def _quads(lines: Iterable[bytes]) -> Iterable[ox.Quad]:
    return ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)


def _take_over(former: Path, directory: Path) -> None:
    """Link the tables, which are never written again, and copy what a store appends to or replaces."""
    directory.mkdir()
    for path in former.iterdir():
        if path.suffix == _TABLES:
            try:
                os.link(path, directory / path.name)
            except OSError:  # another file system, or one without links
                shutil.copyfile(path, directory / path.name)
        elif path.name not in _NOT_COPIED:
            shutil.copyfile(path, directory / path.name)
