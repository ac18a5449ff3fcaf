"""Asks the site for its answers and writes them as files; several processes do, each for other addresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from kg.exporting.formats import EXPORT_FORMATS
from kg.media_types import RDF_MEDIA_TYPES
from webapp.companions import COMPANIONS
from webapp.static_export.layout import StaticExportError, file_of, path_below, relative_link
from webapp.static_export.rewriting import static_page

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from kg.settings import Settings

__all__ = ["SiteFiles", "Written"]

_SAFE: Final = "%!$&'()*+,/:;=@~"
_REDIRECT: Final = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{iri}</title>'
    '<link rel="icon" href="data:,"><link rel="canonical" href="{canonical}">'
    '<meta http-equiv="refresh" content="0; url={target}"></head>'
    '<body><p><a href="{target}">{iri}</a></p></body></html>\n'
)


@dataclass
class Written:
    """What was written.

    Attributes:
        pages: The HTML files, for the check of their links.
        files: Number of files.
        size: Their bytes.
        documents: Paths of documents about entities that pages link to.
    """

    pages: list[str]
    files: int = 0
    size: int = 0
    documents: frozenset[str] = frozenset()

    def add(self, other: Written) -> None:
        """Take in what another process wrote."""
        self.pages += other.pages
        self.files += other.files
        self.size += other.size
        self.documents |= other.documents


class SiteFiles:
    """The site of one release, and the directory that its files go to.

    Args:
        settings: The settings of this run.
        root: The directory.
    """

    def __init__(self, settings: Settings, root: Path) -> None:
        from webapp import create_app

        # No queries are embedded and none are counted here; all else is as the site answers.
        self.app = create_app(replace(settings, requests_per_minute=0, embedder="none"), supervised=True)
        self.root = root
        self._base = settings.base_iri
        self._client: FlaskClient = self.app.test_client()
        self.written = Written([])

    def write(self, name: str, body: bytes) -> None:
        """Write one file.

        Raises:
            StaticExportError: It cannot be written, such as where another address needs a directory of its name.
        """
        path = self.root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        except OSError as error:
            raise StaticExportError(f"cannot be written: {error.strerror}", field=name) from error
        self.written.files += 1
        self.written.size += len(body)

    def page(self, html: str, path: str) -> None:
        """Write a page that the site gives, or would give, at ``path`` (with its query)."""
        address = self._base + path
        found = static_page(html, address, self._base)
        self.written.documents |= found.documents
        where = path_below(self._base, address, address)
        name = file_of(where[0], where[1]) if where else None
        if name is None:
            raise StaticExportError("has no place among the files", field=path)
        self.write(name, found.html)
        self.written.pages.append(name)

    def copy(self, path: str) -> None:
        """Write what the site answers at ``path``, percent-encoded and below the base; follows its ``next`` links.

        Raises:
            StaticExportError: The answer is no 200.
        """
        following: str | None = path
        while following is not None:
            following = self._copy(following)

    def _copy(self, path: str) -> str | None:
        with self._client.get(f"/{path}", base_url=self._base, headers={"Accept-Language": "en"}) as answer:
            if answer.status_code != 200:
                raise StaticExportError(f"is answered with {answer.status_code}", field=self._base + path)
            if answer.mimetype == "text/html":
                self.page(answer.get_data(as_text=True), path)
            else:
                parts = urlsplit(path)
                name = file_of(parts.path, parts.query)
                if name is None:
                    raise StaticExportError("has no place among the files", field=path)
                self.write(name, answer.data)
            return _next(answer.headers.get("Link", ""), self._base)

    def entity(self, path: str, *, scenario: bool) -> None:
        """Write all documents about an entity, and the page at its IRI.

        Args:
            path: Path of its page below the base, percent-encoded.
            scenario: Whether it has the exports of scenarios.
        """
        self.copy(path)
        suffixes = [row.suffix for row in RDF_MEDIA_TYPES]
        if scenario:
            suffixes += [*(row.suffix for row in EXPORT_FORMATS), *(row.suffix for row in COMPANIONS)]
        for suffix in suffixes:
            self.copy(f"{path}.{suffix}")
        name = path.removeprefix("doc/")
        where = f".well-known/{name}" if name.startswith("genid/") else f"id/{name}"
        self.redirect(where, path)

    def redirect(self, path: str, target: str) -> None:
        """Write a page at ``path`` that leads to the one at ``target``."""
        page = f"{file_of(path) or path}"
        page = page if page.endswith(".html") else f"{page}/index.html"
        link = relative_link(file_of(target) or target, page)
        canonical = quote(self._base + target, safe=_SAFE)
        html = _REDIRECT.format(iri=escape(self._base + path), canonical=escape(canonical), target=escape(link))
        self.write(page, html.encode())
        self.written.pages.append(page)


def _next(links: str, base: str) -> str | None:
    """Return the path of the next page that a Link header names."""
    for link in links.split(", <"):
        address, _, rest = link.strip("<").partition(">")
        if '; rel="next"' in rest and address.startswith(base):
            return address.removeprefix(base)
    return None
