"""Static files under addresses that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app, request

from webapp.interface_language import plain_address

if TYPE_CHECKING:
    from flask import Flask, Response

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Provide ``asset(name)`` and ``built(name)`` to templates, and long caching to addresses made by them."""
    app.jinja_env.globals.update(asset=_address, built=_built)
    app.after_request(_cache)


def _address(name: str) -> str:
    path = Path(str(current_app.static_folder)) / name
    # The same address in all languages of the interface, so that a browser fetches the file once.
    return plain_address("static", filename=name, v=_digest(path, path.stat().st_mtime_ns))


def _built(name: str) -> str | None:
    """Return the address of a file that the set-up builds (webapp/frontend), or None where it could not."""
    path = Path(str(current_app.static_folder)) / "built" / name
    return _address(f"built/{name}") if path.is_file() else None


@lru_cache(maxsize=64)
def _digest(path: Path, modified: int) -> str:  # noqa: ARG001 - a file that was built anew gets a new address
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _cache(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in {200, 304} and request.args.get("v"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
