"""Where each address of the site lies among the files, and what a link to it becomes."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from kg.errors import IhubError
from kg.exporting.formats import EXPORT_FORMATS
from kg.media_types import RDF_MEDIA_TYPES
from webapp.companions import COMPANIONS
from webapp.interface_language import INTERFACE_LANGUAGES

__all__ = ["BROWSED", "SEARCH", "StaticExportError", "file_of", "path_below", "relative_link"]

SEARCH: Final = "search/index.html"
"""The page that searches in the browser."""

BROWSED: Final = ("subject", "level", "competence", "language")
"""Filters with a page of scenarios for each value."""

_SUFFIXES: Final = (
    *(f".{row.suffix}" for row in EXPORT_FORMATS),
    *(f".{row.suffix}" for row in RDF_MEDIA_TYPES),
    *(f".{row.suffix}" for row in COMPANIONS),
)
_PAGES: Final = frozenset(
    {
        *("ontology", "exports", "charts", "sparql/examples", "dumps", "browse"),
        *("competences", "subjects", "hubs", "about/data", "about/privacy", "about/accessibility", "help"),
    }
)
_LISTS: Final = frozenset({"collections", "practices", "schools"})
"""Pages that go on under ``?page=2``."""

_NAMED: Final = {"": "index.html", "search": SEARCH, "atom": "atom.xml", "shapes": "shapes/index.html"} | {
    "feed": "feed.trig",
    "catalog": "catalog.ttl",
    "void": "void.ttl",
}
_DYNAMIC: Final = (
    *("api/", "coverage", "monitoring", "graph", "plan", "sparql", "mcp"),
    *("metrics", "healthz", "readyz", "openapi.yaml"),
)
_LONGEST_NAME: Final = 255  # bytes, on nearly all file systems


class StaticExportError(IhubError):
    """The site cannot be written as files; names the address and why."""


def file_of(path: str, query: str = "") -> str | None:
    """Return the file that holds what is at an address, or None for what only a server can answer.

    Args:
        path: The path below the base, percent-encoded or not, without the first slash.
        query: The query string.

    Raises:
        StaticExportError: No file can have this name.

    >>> file_of("doc/scenario/heat-map"), file_of("doc/scenario/heat-map.ttl")
    ('doc/scenario/heat-map/index.html', 'doc/scenario/heat-map.ttl')
    >>> file_of("doc/scenario/heat-map", "page=2"), file_of("search", "subject=history")
    ('doc/scenario/heat-map/page-2.html', 'browse/subject/history.html')
    >>> file_of("sparql") is None
    True
    """
    name = unquote(path).rstrip("/")
    parameters = dict(parse_qsl(query))
    if name == "search":
        return _browsed(parameters)
    if name in _NAMED:
        return _NAMED[name]
    if name in _PAGES or name.startswith("id/"):
        return _checked(f"{name}/index.html")
    if name in _LISTS:
        page = parameters.get("page", "1")
        return _checked(f"{name}/index.html" if page == "1" else f"{name}/page-{page}.html")
    if name.startswith("doc/"):
        return _checked(_document(name, parameters.get("page", "1")))
    live = name == "oai" or name.startswith(_DYNAMIC) or name.split("/")[0] in INTERFACE_LANGUAGES
    return None if live else _checked(name)


def relative_link(target: str, page: str) -> str:
    """Return the address of one file as seen from another, percent-encoded.

    >>> relative_link("doc/scenario/caf\u00e9.ttl", "doc/scenario/caf\u00e9/index.html")
    '../caf%C3%A9.ttl'
    """
    return quote(posixpath.relpath(target, posixpath.dirname(page) or "."), safe="/!$&'()*+,;=@~")


def path_below(base: str, page_address: str, link: str) -> tuple[str, str, str] | None:
    """Return path, query and fragment of a link that leads to this site, or None for any other.

    Args:
        base: The base IRI.
        page_address: The address of the page that the link stands in.
        link: The link.
    """
    parts = urlsplit(urljoin(page_address, link))
    whole = f"{parts.scheme}://{parts.netloc}{parts.path}"
    if parts.scheme not in {"http", "https"} or not whole.startswith(base):
        return None
    return whole.removeprefix(base), parts.query, parts.fragment


def _document(name: str, page: str) -> str:
    suffix = next((s for s in _SUFFIXES if name.endswith(s)), None)
    if suffix:
        return name if page == "1" else f"{name.removesuffix(suffix)}.page-{page}{suffix}"
    return f"{name}/index.html" if page == "1" else f"{name}/page-{page}.html"


def _browsed(parameters: dict[str, str]) -> str:
    (name, value), *others = [*parameters.items()] or [("", "")]
    return f"browse/{name}/{value}.html" if name in BROWSED and not others else SEARCH


def _checked(name: str) -> str:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\x00" in name or any(len(p.encode()) > _LONGEST_NAME for p in parts):
        raise StaticExportError("cannot be the name of a file", field=name[:200])
    return name
