"""How much the site is used: requests counted by day and kind, without anything about who makes them.

What a request counts as is decided from its route and the kind of answer alone (:mod:`webapp.usage.kinds`). Each web
process adds up in memory (:mod:`webapp.usage.counter`) and every minute adds that to a small file in the home
(:mod:`webapp.usage.file`), which pages read (:mod:`webapp.usage.reading`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from webapp.usage.counter import UsageCounter
from webapp.usage.file import usage_file
from webapp.usage.kinds import seen
from webapp.usage.robots import is_robot

if TYPE_CHECKING:
    from flask import Flask, Response

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Count what the site answers, unless the settings say not to (``IHUB_USAGE``).

    To be called last: what is counted is looked at before it is compressed.
    """
    settings = app.extensions["ihub.site"].settings
    app.jinja_env.globals["usage_counted"] = settings.counts_usage
    if not settings.counts_usage:
        return
    counter = app.extensions["ihub.usage"] = UsageCounter(usage_file(settings))

    @app.after_request
    def _count(response: Response) -> Response:
        found = seen(response)
        if found:
            counter.add(found, robots=is_robot(request.headers.get("User-Agent", "")))
        return response
