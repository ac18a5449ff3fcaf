"""Response headers that hold for the whole site: security policy, and cross-origin reading of data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

__all__ = ["init_app"]

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_PAGES: Final = "text/html"


def init_app(app: Flask) -> None:
    """Add the headers to every response."""
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if response.mimetype == _PAGES:
        response.headers.setdefault("Content-Security-Policy", _POLICY)
    elif request.endpoint != "static" and request.blueprint != "taking_part":
        # Data may be read from any site; nothing of it depends on who asks.
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
    return response
