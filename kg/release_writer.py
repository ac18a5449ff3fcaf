"""Writing a release: into a temporary directory, verified and synced, then renamed into place in one step."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import time
from typing import TYPE_CHECKING, Any, Protocol

from kg.entity_table import ENTITIES, write_entity_table
from kg.graph import Graph
from kg.release import FORMAT, MANIFEST, Release
from kg.release_store import open_store
from kg.tombstones import TOMBSTONES, Tombstone, write_tombstones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyoxigraph as ox

    from kg.settings import Settings

__all__ = ["ReleasePart", "StepTimes", "write_release"]


class ReleasePart(Protocol):
    """Something that another package adds to a release, such as the search index."""

    name: str

    def fingerprint(self) -> str:
        """Return what identifies how the part is made (model, versions); it enters the release's identifier."""

    def build(self, graph: Graph, directory: Path, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
        """Write the part's files into ``directory`` and return what the manifest shall say of it."""


class StepTimes(dict[str, float]):
    """Seconds by step."""

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done in the context."""
        start = time.perf_counter()
        yield
        self[name] = round(time.perf_counter() - start, 3)


def write_release(
    settings: Settings,
    quads: Sequence[ox.Quad],
    parts: Sequence[ReleasePart],
    account: Mapping[str, Any],
    times: StepTimes,
    progress: Callable[[str, int, int], None],
    tombstones: Sequence[Tombstone] = (),
    former: Release | None = None,
) -> Release:
    """Write the release of ``quads`` and return it; it is not made current.

    Args:
        settings: Where to, and the base IRI.
        quads: Everything the release says.
        parts: What other packages add.
        account: What the manifest shall say of the sources.
        times: Gets the time of each step.
        progress: Passed to the parts.
        tombstones: Entities that were withdrawn, and why.
        former: The release whose store is taken over and changed; None loads all quads.

    Raises:
        ReleaseError: What was written is not what was meant.
    """
    settings.releases.mkdir(parents=True, exist_ok=True)
    for abandoned in settings.releases.glob(".building-*"):
        shutil.rmtree(abandoned)
    # A name of its own for each build: what a store was opened under stays locked until the store is collected.
    work = settings.releases / f".building-{os.getpid()}-{time.monotonic_ns()}"
    work.mkdir()
    try:
        manifest = {**_fill(settings, work, quads, parts, times, progress, former), **account}
        final = settings.releases / manifest["id"]
        if final.exists():
            # The same content again: the release that stands is as good, only its account of the sources is renewed.
            write_tombstones(final / TOMBSTONES, tombstones)
            _write_manifest(final, manifest)
        else:
            write_tombstones(work / TOMBSTONES, tombstones)
            _write_manifest(work, manifest)
            _sync(work)
            work.rename(final)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Release.open(final)


def _fill(
    settings: Settings,
    work: Path,
    quads: Sequence[ox.Quad],
    parts: Sequence[ReleasePart],
    times: StepTimes,
    progress: Callable[[str, int, int], None],
    former: Release | None,
) -> dict[str, Any]:
    with times.step("store"):
        store, lines = open_store(quads, work / "store", former)
        (work / "quads.nq").write_bytes(b"".join(lines))
    digest = hashlib.sha256(f"{FORMAT}\n{settings.base_iri}\n".encode())
    for line in lines:
        digest.update(line)
    with times.step("entities"):
        write_entity_table(work / "quads.nq", work / ENTITIES, settings.id_base)
    described: dict[str, Any] = {}
    for part in parts:
        with times.step(part.name):
            directory = work / part.name
            directory.mkdir()
            described[part.name] = {"fingerprint": part.fingerprint(), **part.build(Graph(store), directory, progress)}
        digest.update(part.fingerprint().encode())
    return {
        "format": FORMAT,
        "id": digest.hexdigest()[:16],
        "base_iri": settings.base_iri,
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "quads": len(lines),
        "parts": described,
    }


def _write_manifest(directory: Path, manifest: Mapping[str, Any]) -> None:
    temporary = directory / f"{MANIFEST}.new"
    temporary.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(directory / MANIFEST)


def _sync(directory: Path) -> None:
    """Bring the files to disk before the rename that publishes them."""
    for path in directory.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
