"""One limit on the requests of each client, behind everything but static files and what operators watch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from flask import Response, request

from webapp.problems import problem
from webapp.server_directory import server_directory
from webapp.sparql_request import client_of
from webapp.token_buckets import RateLimiter, rates_file

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["init_app"]

_EXEMPT: Final = frozenset({"static", "health.healthz", "health.readyz", "metrics.metrics"})


def init_app(app: Flask, *, supervised: bool) -> None:
    """Limit the requests of each client, if the settings do (``IHUB_REQUESTS_PER_MINUTE``).

    Args:
        app: The application.
        supervised: Whether this is one of several web processes, which share their buckets.
    """
    settings = app.extensions["ihub.site"].settings
    per_minute = settings.requests_per_minute
    if not per_minute:
        return
    directory = server_directory() if supervised else None
    shared = RateLimiter.shared(per_minute, rates_file(directory)) if directory else None
    limiter = shared or RateLimiter.private(per_minute)

    @app.before_request
    def _limit() -> Response | None:
        if request.endpoint in _EXEMPT:
            return None
        seconds = limiter.wait(client_of(request.remote_addr))
        if not seconds:
            return None
        detail = (
            f"This client has made its {per_minute} requests a minute. The dumps at /dumps/ have everything at once."
        )
        headers = {"Retry-After": str(math.ceil(seconds))}
        return problem(429, detail, kind="too-many-requests", headers=headers, retryAfter=math.ceil(seconds))
