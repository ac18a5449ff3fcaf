"""Compression of long answers to programs that ask for it; pages leave it to the server in front."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from flask import request

if TYPE_CHECKING:
    from flask import Response

__all__ = ["compressed"]

_LEAST: Final = 1400  # bytes; less fits one packet as it is
_LEVEL: Final = 5


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
