"""Where JSON-LD comes from: a file, a folder, an address, a list of addresses, a sitemap."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from kg.errors import DocumentError, FetchError, IhubError, ImportSourceError
from kg.importing.files import read_file
from kg.importing.jsonld.json_text import decoded
from kg.importing.jsonld.sitemap import Sitemap, read_sitemap, read_url_list, unpacked
from kg.importing.jsonld.web_page import looks_like_html
from kg.importing.net.fetching import Fetcher, is_address
from kg.importing.net.robots import Robots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.importing.adapter import Run

__all__ = ["Document", "Place", "Unread", "documents", "files_of"]

SUFFIXES: Final = (".json", ".jsonld", ".html", ".htm", ".xhtml")
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", "application/ld+json", "application/json"})
_DEEPEST_INDEX: Final = 3
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True)
class Place:
    """Where a description stands.

    Attributes:
        name: Of the document, for people.
        address: Of the document, where it has one.
        language: That the document says it is in.
        alone: Whether it is the only description there.
    """

    name: str
    address: str | None = None
    language: str | None = None
    alone: bool = False


@dataclass(frozen=True)
class Document:
    """A document as it came: where from, its bytes, and the character encoding that the server says."""

    place: Place
    content: bytes
    charset: str | None = None


@dataclass(frozen=True)
class Unread:
    """A document that cannot be had: where, and why."""

    place: Place
    cause: str


def documents(run: Run) -> Iterator[Document | Unread]:
    """Yield each document of the source, in an order that stays the same.

    What could not be asked for may still be there, so ``run.complete`` becomes False then, lest it be taken for gone;
    an address that answers 404 or 410 is gone.

    Raises:
        ImportSourceError: The source as a whole cannot be read.
    """
    if is_address(run.source):
        with Fetcher(run) as fetcher:
            yield from _Web(run, fetcher).from_address(run.source)
    elif run.path.is_dir():
        yield from (_file(path, run.path) for path in files_of(run.path))
    elif run.options.get("list") == "urls":
        try:
            pages = read_url_list(decoded(read_file(run.path)))
        except DocumentError as error:
            raise ImportSourceError(error.cause, file=run.path, record=error.record) from error
        with Fetcher(run) as fetcher:
            yield from _Web(run, fetcher).pages(pages)
    else:
        content = _unpacked(read_file(run.path), run.source)
        if run.options.get("list") == "sitemap" or _looks_like_xml(content):
            with Fetcher(run) as fetcher:
                yield from _Web(run, fetcher).sitemap(_sitemap(content, run.source))
        else:
            yield Document(Place(run.path.name), content)


def files_of(folder: Path) -> list[Path]:
    """Return the files below ``folder`` that may hold JSON-LD, sorted by path; hidden ones are left alone.

    Raises:
        ImportSourceError: There are none.
    """
    found = [
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise ImportSourceError("has no file that may hold JSON-LD", file=folder, hint=f"such as *{SUFFIXES[0]}")
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _file(path: Path, folder: Path) -> Document | Unread:
    place = Place(path.relative_to(folder).as_posix())
    try:
        return Document(place, read_file(path))
    except ImportSourceError as error:
        return Unread(place, error.cause)


def _unpacked(content: bytes, source: str) -> bytes:
    try:
        return unpacked(content)
    except FetchError as error:
        raise ImportSourceError(error.cause, file=source) from error


def _looks_like_xml(content: bytes) -> bool:
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"<?xml", b"<urlset", b"<sitemapindex")) and not looks_like_html(content)


def _sitemap(content: bytes, source: str) -> Sitemap:
    try:
        return read_sitemap(content)
    except DocumentError as error:
        raise ImportSourceError(error.cause, file=source, record=error.record, hint=error.hint) from error


class _Web:
    """Documents by their addresses, fetched one after the other."""

    def __init__(self, run: Run, fetcher: Fetcher) -> None:
        self._run = run
        self._fetcher = fetcher
        self._robots = Robots(fetcher) if run.options.get("robots") != "ignore" else None
        self._left = _limit(run)

    def from_address(self, address: str) -> Iterator[Document | Unread]:
        """Yield the documents of the address that the operator named; robots.txt has no say in that one."""
        fetched = self._fetcher.get(address)
        content = _unpacked(fetched.content, address)
        wanted = self._run.options.get("list")
        if wanted == "urls":
            try:
                yield from self.pages(read_url_list(decoded(content, fetched.charset)))
            except DocumentError as error:
                raise ImportSourceError(error.cause, file=address, record=error.record) from error
        elif wanted == "sitemap" or _looks_like_xml(content):
            yield from self.sitemap(_sitemap(content, address))
        else:
            yield Document(Place(fetched.url, fetched.url), content, fetched.charset)

    def sitemap(self, sitemap: Sitemap) -> Iterator[Document | Unread]:
        """Yield the pages of a sitemap, and of the sitemaps that it lists."""
        seen: set[str] = set()
        waiting = [(address, 1) for address in sitemap.sitemaps]
        yield from self.pages(sitemap.pages)
        while waiting and self._left > 0:
            address, depth = waiting.pop(0)
            if address in seen or depth > _DEEPEST_INDEX:
                continue
            seen.add(address)
            try:
                inner = read_sitemap(unpacked(self._fetcher.get(address).content))
            except IhubError as error:
                self._run.complete = False
                yield Unread(Place(address, address), f"is listed as a sitemap, but {error.cause}")
                continue
            waiting += [(one, depth + 1) for one in inner.sitemaps]
            yield from self.pages(inner.pages)

    def pages(self, addresses: tuple[str, ...]) -> Iterator[Document | Unread]:
        """Yield each page, or why it cannot be had."""
        for address in addresses:
            if self._left <= 0:
                self._run.complete = False
                return
            self._left -= 1
            yield self._page(address)

    def _page(self, address: str) -> Document | Unread:
        place = Place(address, address)
        try:
            if self._robots and (refusal := self._robots.refusal(address)):
                self._run.complete = False
                return Unread(place, refusal)
            fetched = self._fetcher.get(address, _PAGES)
        except FetchError as error:
            if error.status not in _GONE:
                self._run.complete = False
            return Unread(place, error.cause)
        return Document(Place(address, fetched.url), fetched.content, fetched.charset)


def _limit(run: Run) -> int:
    try:
        limit = int(run.options.get("limit", str(2**31)))
    except ValueError:
        limit = 0
    if limit < 1:
        raise ImportSourceError(f"{run.options['limit']!r} is no number of pages", field="limit")
    return limit
