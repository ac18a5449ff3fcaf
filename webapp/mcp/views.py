"""``/mcp``: the MCP server over streamable HTTP, without sessions, for models that reach the site over the network."""

from __future__ import annotations

import atexit
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from webapp.problems import problem

if TYPE_CHECKING:
    from flask import Flask

    from webapp.mcp.bridge import Bridge

__all__ = ["blueprint"]

blueprint = Blueprint("mcp", __name__)

_MOST_BYTES: Final = 1 << 20
_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_PASSED: Final = frozenset({"content-type", "mcp-session-id"})
_starting = Lock()


@blueprint.post("/mcp")
def mcp() -> Response:
    """Answer a message of the protocol."""
    if not _is_welcome(request.headers.get("Origin")):
        return problem(403, "This page of another site may not use the tools (Origin).", kind="foreign-origin")
    request.max_content_length = _MOST_BYTES
    body = request.get_data(cache=False)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    headers = [(name, value) for name, value in request.headers.items() if name.lower() != "host"]
    try:
        reply = _bridge(app).answer("POST", "/mcp", [*headers, ("host", "ihub")], body, request.remote_addr or "")
    except TimeoutError:
        return problem(504, "The tool took too long.")
    response = Response(reply.body, reply.status)
    response.headers.pop("Content-Type")
    response.headers.update([(name, value) for name, value in reply.headers if name.lower() in _PASSED])
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_welcome(origin: str | None) -> bool:
    """Whether a request comes from no web page, from one of this site, or from one of this machine.

    The protocol demands it against DNS rebinding: a page of another site under a name that leads here.
    """
    if origin is None:
        return True
    try:
        found = urlsplit(origin)
        own = urlsplit(current_app.extensions["ihub.site"].settings.base_iri)
    except ValueError:
        return False
    return found.hostname in _HERE or (found.scheme, found.netloc) == (own.scheme, own.netloc)


def _bridge(app: Flask) -> Bridge:
    """Return the way to the server; the package behind it is only loaded by who uses it."""
    with _starting:
        if "ihub.mcp" not in app.extensions:
            from webapp.mcp.bridge import Bridge
            from webapp.mcp.server import mcp_server

            bridge = Bridge(mcp_server(app), _MOST_BYTES)
            app.extensions["ihub.mcp"] = bridge
            atexit.register(bridge.close)
        found: Any = app.extensions["ihub.mcp"]
    bridge_of_app: Bridge = found
    return bridge_of_app
