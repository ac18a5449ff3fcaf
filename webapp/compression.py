"""Compression in gzip of pages, of their files, and of long answers to programs, for clients that accept it."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, Final

from flask import current_app, request

from search.remembering import Memory

if TYPE_CHECKING:
    from flask import Flask, Response

__all__ = ["compressed", "init_app"]

_LEAST: Final = 1400  # bytes; less fits one packet as it is
_LEVEL: Final = 6
_FILE_LEVEL: Final = 9
"""Files are compressed once for all clients, so with care."""

_TEXTS: Final = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "text/plain"}
)
_MOST_BODIES: Final = 256
"""Compressed bodies that are kept: of files, and of pages that are asked for again; some 15 KB each."""


def init_app(app: Flask) -> None:
    """Compress every page, and the files that pages load; what is compressed already stays as it is."""
    app.extensions["ihub.compressed"] = Memory[bytes](_MOST_BODIES)
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    # A part of a file (206) stays as it is: its range counts the bytes of the plain form.
    if response.status_code != 200 or response.mimetype not in _TEXTS or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    is_file = request.endpoint == "static"
    short = (response.content_length or _LEAST) < _LEAST
    if request.accept_encodings["gzip"] <= 0 or short or (response.is_streamed and not is_file):
        return response
    body = _packed_file(response) if is_file else _packed(response)
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag is not None:
        # A weak validator holds for the plain and the compressed form (RFC 9110, section 8.8.1).
        response.set_etag(tag, weak=True)
    return response


def _packed_file(response: Response) -> bytes:
    response.direct_passthrough = False
    response.call_on_close(getattr(response.response, "close", lambda: None))
    key = (request.path, response.get_etag()[0])
    return _memory().get(key, lambda: gzip.compress(response.get_data(), _FILE_LEVEL, mtime=0))


def _packed(response: Response) -> bytes:
    plain = response.get_data()
    return _memory().get(hashlib.blake2b(plain).digest(), lambda: gzip.compress(plain, _LEVEL, mtime=0))


def _memory() -> Memory[bytes]:
    memory: Memory[bytes] = current_app.extensions["ihub.compressed"]
    return memory


def compressed(response: Response) -> Response:
    """Return ``response``, its body in gzip where the client accepts that; equal bodies give equal bytes."""
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] > 0 and len(response.get_data()) >= _LEAST:
        response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        tag, weak = response.get_etag()
        if tag is not None:
            response.set_etag(f"{tag}-gzip", bool(weak))  # one validator for each form (RFC 9110, section 8.8.3.3)
    return response
