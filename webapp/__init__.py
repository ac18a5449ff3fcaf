"""The Flask site: pages, search API, linked data, SPARQL protocol, and the ``ihub`` command line."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from kg.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]

_CONCERNS: Final = (
    *("addresses", "answers", "assets", "card_facts", "compression", "harvested", "headers", "interface_language"),
    *("languages", "metrics", "oai", "problems"),
)
"""Modules that each add one concern to every answer."""

_BLUEPRINTS: Final = (
    *("pages", "api", "entities", "exports", "model", "examples", "completions", "health", "oai", "feed"),
    *("browse", "about"),
    *("catalogue", "dumps", "atom", "discovery", "openapi.views", "mcp.views", "metrics", "sparql"),
    *("coverage", "charts", "monitoring", "monitoring_plots", "network", "plan.views", "usage.views"),
)
"""Modules that each hold the routes of one concern."""


def create_app(settings: Settings | None = None, *, supervised: bool = False) -> Flask:
    """Return the WSGI application.

    Args:
        settings: The settings; read from the environment when not given.
        supervised: Whether ``ihub serve`` starts the SPARQL processes; else this process starts its own when asked.
    """
    from flask import Flask
    from werkzeug.local import LocalProxy

    from webapp import rate_limit, usage
    from webapp.languages import served
    from webapp.site import Site
    from webapp.zygotes import ReleaseServices

    app = Flask(__name__)
    settings = settings or Settings.from_environment()
    app.config.update(MAX_CONTENT_LENGTH=4 * 1024 * 1024, MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    services = ReleaseServices(settings, supervised=supervised)
    app.extensions["ihub.site"] = Site(settings, services.ready, services.graph)
    app.extensions["ihub.services"] = services
    # Each request is answered by the service of the release that the whole request is answered from.
    app.extensions["ihub.sparql"] = LocalProxy(lambda: services.service(served().release))
    for name in _CONCERNS:
        import_module(f"webapp.{name}").init_app(app)
    rate_limit.init_app(app, supervised=supervised)
    for name in _BLUEPRINTS:
        app.register_blueprint(import_module(f"webapp.{name}").blueprint)
    if settings.takes_part:
        # Loaded here only: a site without accounts has neither the code nor a database.
        from webapp.taking_part import mounting

        mounting.init_app(app, settings, supervised=supervised)
    usage.init_app(app)
    if settings.proxies:
        _stand_behind(app, settings.proxies)
    return app


def _stand_behind(app: Flask, count: int) -> None:
    """Take address, scheme and host of a request from what so many proxies say."""
    from werkzeug.middleware.proxy_fix import ProxyFix

    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
