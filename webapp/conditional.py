"""Answers with a validator, which are only made for clients that do not have them yet (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from flask import Response, request

from webapp.compression import compressed

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

__all__ = ["FOREVER", "conditional"]

FOREVER: Final = "public, max-age=31536000, immutable"
"""Cache-Control of what never changes under its address."""


def conditional(state: str, make: Callable[[], Response], caching: str = "no-cache") -> BaseResponse:
    """Return 304 where the client has what it asks for, else what ``make`` gives, compressed if it takes that.

    Args:
        state: What changes whenever the answer does: two answers of the same state are equal byte for byte.
        make: Makes the answer.
        caching: Its Cache-Control.
    """
    tag = hashlib.sha256(state.encode()).hexdigest()[:24]
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
