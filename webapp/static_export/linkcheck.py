"""Whether every link between written files leads to a file."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

import lxml.html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["BrokenLink", "broken_links"]


class BrokenLink(NamedTuple):
    """A link that leads nowhere: the page that has it, relative to the root, and the link as it stands there."""

    page: str
    link: str


def broken_links(root: Path, pages: Iterable[str]) -> list[BrokenLink]:
    """Return the links of pages that lead to no file below ``root``; those to other sites are not followed.

    Args:
        root: The directory that is served.
        pages: The pages to look at, relative to it.
    """
    found = []
    known: dict[str, bool] = {}
    for page in pages:
        for link in sorted(set(_links(root / page))):
            target = _target(page, link)
            if target is None:
                continue
            if target not in known:
                known[target] = not target.startswith("..") and (root / target).is_file()
            if not known[target]:
                found.append(BrokenLink(page, link))
    return found


def _target(page: str, link: str) -> str | None:
    """Return the file that a link means, relative to the root; None where it leaves the site or stays on the page."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    if parts.path.startswith("/"):
        return ".." + parts.path  # not below any path that the site may live under
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
    return f"{path}/index.html" if parts.path.endswith("/") else path


def _links(path: Path) -> Iterator[str]:
    root = lxml.html.document_fromstring(path.read_bytes())
    # Those of forms and of <meta http-equiv="refresh"> are among them.
    yield from (link.strip() for _, _, link, _ in root.iterlinks())  # type: ignore[attr-defined]  # of lxml.html
