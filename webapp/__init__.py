"""The Flask site: pages, search API, linked data, SPARQL protocol, and the ``ihub`` command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]


def create_app(settings: Settings | None = None, *, supervised: bool = False) -> Flask:
    """Return the WSGI application.

    Args:
        settings: The settings; read from the environment when not given.
        supervised: Whether ``ihub serve`` starts the SPARQL processes; else this process starts its own when asked.
    """
    from flask import Flask
    from werkzeug.local import LocalProxy
    from werkzeug.middleware.proxy_fix import ProxyFix

    from webapp import (
        addresses,
        answers,
        api,
        assets,
        atom,
        catalogue,
        completions,
        discovery,
        dumps,
        entities,
        examples,
        exports,
        feed,
        harvested,
        headers,
        health,
        languages,
        metrics,
        model,
        oai,
        pages,
        problems,
        rate_limit,
    )
    from webapp import sparql as sparql_protocol
    from webapp.mcp import views as mcp
    from webapp.openapi import views as openapi
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
    app.extensions["ihub.sparql"] = LocalProxy(lambda: services.service(languages.served().release))
    for module in (addresses, answers, assets, harvested, headers, languages, metrics, oai, problems):
        module.init_app(app)
    rate_limit.init_app(app, supervised=supervised)
    for blueprint in (
        pages.blueprint,
        api.blueprint,
        entities.blueprint,
        exports.blueprint,
        model.blueprint,
        examples.blueprint,
        completions.blueprint,
        health.blueprint,
        oai.blueprint,
        feed.blueprint,
        catalogue.blueprint,
        dumps.blueprint,
        atom.blueprint,
        discovery.blueprint,
        openapi.blueprint,
        mcp.blueprint,
        metrics.blueprint,
        sparql_protocol.blueprint,
    ):
        app.register_blueprint(blueprint)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app
