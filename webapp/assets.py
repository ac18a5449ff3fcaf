"""Static files under addresses that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app, request, url_for

if TYPE_CHECKING:
    from flask import Flask, Response

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Provide ``asset(name)`` to templates, and long caching to addresses made by it."""
    app.jinja_env.globals["asset"] = _address
    app.after_request(_cache)


def _address(name: str) -> str:
    return url_for("static", filename=name, v=_digest(Path(str(current_app.static_folder)) / name))


@lru_cache(maxsize=64)
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _cache(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in {200, 304} and request.args.get("v"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
