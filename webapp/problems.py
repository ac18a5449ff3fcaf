"""Errors as RFC 9457 problem documents for programs, as a readable page for browsers; never a trace."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, json, render_template, request
from werkzeug.exceptions import HTTPException

from kg.errors import IhubError
from webapp.interface_language import gettext, message
from webapp.negotiation import negotiate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

__all__ = ["PROBLEM_JSON", "init_app", "problem"]

PROBLEM_JSON: Final = "application/problem+json"
_OFFERS: Final = (PROBLEM_JSON, "application/json", "text/html", "application/xhtml+xml", "text/plain")
_KEPT: Final = frozenset({"Allow", "Retry-After", "Content-Range"})
_HEADINGS: Final = {
    400: message("There is a mistake in the address"),
    404: message("There is no such page"),
    413: message("This is too large"),
    429: message("Too many requests: please wait a little"),
    500: message("Something went wrong here"),
    503: message("The site is busy: please try again"),
}
"""What a page says of a status, to people; the title and detail below it are for those who program."""

_LOG: Final = logging.getLogger("ihub.web")


def init_app(app: Flask) -> None:
    """Answer every HTTP error of the site, and every error that nobody expected, in this way."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IhubError, _bad_state)
    app.register_error_handler(Exception, _surprise)


def problem(
    status: int,
    detail: str,
    *,
    title: str | None = None,
    kind: str | None = None,
    headers: Mapping[str, str] | None = None,
    **extensions: object,
) -> Response:
    """Return an error response in the form that the client prefers; must run within a request.

    Args:
        status: HTTP status.
        detail: What is wrong with this request, in a sentence.
        title: What this kind of problem is called; the name of the status when not given.
        kind: Ending of the problem type ``urn:ihub:problem:...``; ``about:blank`` when not given.
        headers: More response headers, such as Retry-After.
        extensions: Further members of the problem document; those that are None are left out.

    """
    document = {
        "type": f"urn:ihub:problem:{kind}" if kind else "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **{name: value for name, value in extensions.items() if value is not None},
    }
    chosen = negotiate(request.headers.get("Accept"), _OFFERS) or PROBLEM_JSON
    if chosen in {"text/html", "application/xhtml+xml"}:
        heading = gettext(_HEADINGS[status]) if status in _HEADINGS and not title else None
        body, chosen = render_template("problem.html", problem=document, heading=heading), "text/html"
    elif chosen == "text/plain":
        body = f"{document['title']}: {detail}\n"
    else:
        body = json.dumps(document, ensure_ascii=False) + "\n"
    response = Response(body, status, content_type=f"{chosen}; charset=utf-8" if chosen.startswith("text/") else chosen)
    response.headers.update(headers or {})
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if error.response is not None or 300 <= status < 400:
        return error
    headers = {name: value for name, value in error.get_headers() if name in _KEPT}
    return problem(status, error.description or "", headers=headers)


def _bad_state(error: IhubError) -> Response:
    _LOG.error("%s", error)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "The service cannot answer at the moment.", headers={"Retry-After": "5"}
    )


def _surprise(error: Exception) -> Response:
    _LOG.error("unexpected error at %s", request.path, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed to answer; the cause has been logged.")
