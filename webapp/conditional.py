"""Answers with a validator, which are only made for clients that do not have them yet (RFC 9110, sections 8.8 and 13).

Two kinds: what a state decides, such as the feed and the catalogue, goes out compressed, since programs fetch it; what
the release decides, such as pages and documents, also has a date (pages are compressed last of all). The date is
that of the edition: when the release became current, be it by a rollback. A document also shows labels of its
neighbours and what refers to it, so the date of the entity's own last change would not be safe.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Response, request

from webapp.compression import compressed
from webapp.languages import reader_languages, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

__all__ = ["FOREVER", "code_digest", "conditional", "of_release"]

FOREVER: Final = "public, max-age=31536000, immutable"
"""Cache-Control of what never changes under its address."""

_REVALIDATED: Final = "no-cache"

_CODE: Final = (
    "webapp/**/*.py",
    "webapp/templates/**/*",
    "webapp/translations/**/*.po",
    "webapp/static/**/*",
    "kg/exporting/*.py",
    "kg/*.py",
)
"""What makes pages and documents; pages name static files by their content, so these count, too."""


def conditional(state: str, make: Callable[[], Response], caching: str = _REVALIDATED) -> BaseResponse:
    """Return 304 where the client has what it asks for, else what ``make`` gives, compressed if it takes that.

    Args:
        state: What changes whenever the answer does: two answers of the same state are equal byte for byte.
        make: Makes the answer.
        caching: Its Cache-Control.
    """
    tag = _tag(state)
    known = request.if_none_match
    if request.method in {"GET", "HEAD"} and (known.contains_weak(tag) or known.contains_weak(f"{tag}-gzip")):
        response = Response(status=304)
        response.set_etag(tag)
        response.vary.add("Accept-Encoding")
    else:
        response = make()
        response.set_etag(tag)
        compressed(response)
    response.headers["Cache-Control"] = caching
    return response


def of_release(make: Callable[[], Response], *, page: bool = False) -> Response:
    """Return 304 where the client's copy still holds, by tag or by date, else what ``make`` gives.

    Args:
        make: Makes a complete answer to GET or HEAD that depends on the release and the address alone.
        page: Whether the answer speaks the reader's language as well.
    """
    tag = _tag("\n".join(_release_state(page=page)))
    known = _validated(Response(), tag, page=page)
    return known if known.status_code == 304 else _validated(make(), tag, page=page)


def _release_state(*, page: bool) -> tuple[str, ...]:
    # The root holds the language of the path and what a proxy adds; links begin with it.
    address = request.root_path + request.full_path
    return served().release.id, code_digest(), address, *(reader_languages() if page else ())


def _validated(response: Response, tag: str, *, page: bool) -> Response:
    response.set_etag(tag)
    edition = served().release.history.edition()
    if edition:
        response.last_modified = min(edition.time, dt.datetime.now(dt.UTC))
    response.headers["Cache-Control"] = _REVALIDATED
    if page:
        response.vary.add("Accept-Language")
    conditional_: BaseResponse = response.make_conditional(request)
    assert conditional_ is response  # noqa: S101 - werkzeug changes it in place
    return response


def _tag(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "surrogateescape")).hexdigest()[:24]


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return a digest of the code, templates and texts that make pages, so that clients see an upgrade."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for pattern in _CODE:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()
