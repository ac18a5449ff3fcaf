"""Validators (RFC 9110, section 8.8) of what a release determines: entity tag and date of change, and their 304.

The date is that of the edition: when the release became current, be it by a rollback. A document also shows labels of
its neighbours and what refers to it, so the date of the entity's own last change would not be safe.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import request

from webapp.languages import reader_languages, served

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as BaseResponse

__all__ = ["fresh", "validated"]

_CODE: Final = ("webapp/**/*.py", "webapp/templates/*", "kg/exporting/*.py", "kg/*.py")


def fresh(*, page: bool = False) -> Response | None:
    """Return the 304 for a client that has the document already, before any work is done on it; None for all others.

    Args:
        page: Whether the document speaks the reader's language.
    """
    from flask import Response

    response = validated(Response(), page=page)
    return response if response.status_code == 304 else None


def validated(response: Response, *, page: bool = False) -> Response:
    """Give ``response`` its validators, and make it a 304 where the client's copy still holds.

    Args:
        response: A complete answer to GET or HEAD that depends on the release and the address alone.
        page: Whether it speaks the reader's language as well.
    """
    languages = reader_languages() if page else ()
    key = "\n".join((served().release.id, code_digest(), request.full_path, *languages))
    response.set_etag(hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:24])
    edition = served().release.history.edition()
    if edition:
        response.last_modified = min(edition.time, dt.datetime.now(dt.UTC))
    response.headers["Cache-Control"] = "no-cache"
    if page:
        response.headers["Vary"] = "Accept-Language"
    conditional: BaseResponse = response.make_conditional(request)
    assert conditional is response  # noqa: S101 - werkzeug changes it in place
    return response


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return a digest of the code and templates that make pages, so that an upgrade is seen by clients."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for pattern in _CODE:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()
