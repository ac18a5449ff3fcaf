"""Writes the whole site into a directory: in a temporary one first, link-checked, then put in its place."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from kg.harvesting.dump_formats import CHECKSUMS
from kg.harvesting.feed import FEED_MEDIA_TYPES, Feed
from kg.harvesting.sitemap import SiteMap
from kg.media_types import RDF_MEDIA_TYPES
from kg.model_documents import ontology_version
from kg.release import current_release
from webapp.static_export.layout import StaticExportError, file_of
from webapp.static_export.linkcheck import broken_links
from webapp.static_export.lists import write_index, write_lists
from webapp.static_export.servers import SERVER_FILES
from webapp.static_export.site_files import SiteFiles, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kg.release import Release
    from kg.settings import Settings
    from webapp.static_export.linkcheck import BrokenLink

__all__ = ["StaticExport", "export_static"]

_MARKER: Final = ".ihub-static"
_BATCH: Final = 40
_SAFE: Final = "%!$&'()*+,/:;=@~"
_SHOWN: Final = 10
_site: SiteFiles | None = None


@dataclass(frozen=True)
class StaticExport:
    """What came of an export.

    Attributes:
        release: Identifier of the release.
        files: Number of files.
        size: Their bytes.
        pages: How many of them are pages.
    """

    release: str
    files: int
    size: int
    pages: int


def export_static(
    settings: Settings, target: Path, *, jobs: int, progress: Callable[[str, int, int], None] = lambda *_: None
) -> StaticExport:
    """Write the current release's site as files.

    Args:
        settings: The settings.
        target: The directory; it is replaced whole if an export made it, and must be empty or absent else.
        jobs: Processes that write.
        progress: Is told of each step what is done and what is to be done.

    Raises:
        StaticExportError: The directory is somebody else's, an address cannot be written, or a link leads nowhere.
        ReleaseError: There is no release.
    """
    target = target.absolute()
    if target.exists() and not (target / _MARKER).is_file() and (not target.is_dir() or any(target.iterdir())):
        raise StaticExportError("is not empty and not an earlier export", file=target, hint="name a new directory")
    settings = replace(settings, taking_part="0", usage="0")  # files know nobody and count nothing
    release = current_release(settings)
    partial_target = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        partial_target.mkdir(parents=True)
        written = _write(settings, partial_target, release, jobs, progress)
        _swap(partial_target, target)
    finally:
        shutil.rmtree(partial_target, ignore_errors=True)
    return StaticExport(release.id, written.files, written.size, len(written.pages))


def _write(
    settings: Settings, root: Path, release: Release, jobs: int, progress: Callable[[str, int, int], None]
) -> Written:
    names = [name for name, _ in release.history.pages()]
    site = SiteFiles(settings, root)
    site.write(_MARKER, f"{release.id}\n".encode())
    for path in _fixed(release, settings):
        site.copy(path)
    _write_beside(site, names, settings)
    written = site.written
    todo = {quote(f"doc/{name}", safe=_SAFE) for name in names} | _entities(written.documents)
    done: set[str] = set()
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (settings, root)) as pool:
        # What pages lead to is written as well, until there is nothing new: parts of the ontology, derived entities.
        while todo:
            batches = _batches(sorted(todo))
            done |= todo
            for number, result in enumerate(pool.map(_write_entities, batches), start=1):
                written.add(result)
                progress("write", len(done) - len(todo) + min(number * _BATCH, len(todo)), len(done))
            todo = _entities(written.documents) - done
        broken: list[BrokenLink] = []
        pages = sorted(written.pages)
        for number, found in enumerate(pool.map(partial(broken_links, root), _batches(pages)), start=1):
            broken += found
            progress("links", min(number * _BATCH, len(pages)), len(pages))
    if broken:
        shown = "; ".join(f"{page} -> {link}" for page, link in broken[:_SHOWN])
        raise StaticExportError(f"has {len(broken)} links that lead nowhere: {shown}", file=root)
    return written


def _fixed(release: Release, settings: Settings) -> list[str]:
    """Return the addresses of everything but entities."""
    suffixes = [row.suffix for row in RDF_MEDIA_TYPES]
    version = ontology_version()
    fixed = ["", "ontology", "ontology/diagram.svg", "context/v1.jsonld", "exports", "exports.json", "sparql/examples"]
    fixed += ["competences", "subjects", "hubs", "collections", "practices", "schools"]
    fixed += ["about/data", "about/privacy", "about/accessibility", "help"]
    fixed += [
        "charts",
        *(f"charts/{name}.svg" for name in release.manifest["parts"].get("charts", {}).get("charts", [])),
    ]
    fixed += ["dumps/", "sitemap.xml", "robots.txt", "llms.txt", "atom", "oai/rdf.xsd"]
    described = ("catalog", "void", f"ontology/{version}", f"shapes/{version}")
    fixed += [f"{name}.{suffix}" for name in described for suffix in suffixes]
    shards = len(SiteMap(release.history, settings.base_iri))
    fixed += [f"sitemap-{number}.xml" for number in range(1, shards + 1)]
    files = release.manifest["parts"].get("dumps", {}).get("files", [])
    dumps = [entry["name"] for entry in files] + ([CHECKSUMS] if files else [])
    fixed += [f"dumps/{release.id}/{quote(name)}" for name in dumps]
    edition = release.history.edition()
    if edition:
        feed = Feed(release.history, edition, f"{settings.base_iri}feed")
        pages = [f"feed/{feed.log}/{page.number}" for page in feed.pages()]
        fixed += [f"{name}.{media.suffix}" for name in ("feed", *pages) for media in FEED_MEDIA_TYPES]
    return fixed


def _write_beside(site: SiteFiles, names: Sequence[str], settings: Settings) -> None:
    """Write what the site has no address for: static files, lists, the index, redirects, files for servers."""
    from pathlib import Path

    folder = Path(str(site.app.static_folder))
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            site.write(f"static/{path.relative_to(folder).as_posix()}", path.read_bytes())
    write_lists(site)
    write_index(site, [settings.id_base + name for name in names])
    site.redirect("shapes", f"shapes/{ontology_version()}.ttl")
    for name, text in SERVER_FILES.items():
        site.write(name, text.encode())


def _entities(documents: frozenset[str]) -> set[str]:
    """Return those documents that are pages of entities, and their first ones."""
    return {path for path in documents if "?" not in path and (file_of(path) or "").endswith("/index.html")}


def _batches(items: Sequence[str]) -> list[list[str]]:
    return [list(items[start : start + _BATCH]) for start in range(0, len(items), _BATCH)]


def _start(settings: Settings, root: Path) -> None:
    """Prepare a process."""
    global _site  # noqa: PLW0603 - what a process of the pool keeps between its tasks
    _site = SiteFiles(settings, root)


def _write_entities(paths: Sequence[str]) -> Written:
    assert _site is not None  # noqa: S101 - the pool has called _start
    _site.written = Written([])
    for path in paths:
        _site.entity(path, scenario=path.startswith("doc/scenario/"))
    return _site.written


def _swap(made: Path, target: Path) -> None:
    """Put what was made into its place; an earlier export goes last."""
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)
