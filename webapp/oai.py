"""The OAI-PMH endpoint over HTTP: arguments of a GET or of a form, XML back, always with status 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request

from kg.harvesting.oai import OaiProvider
from webapp.compression import compressed

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["blueprint", "init_app"]

blueprint = Blueprint("oai", __name__)
_XML = "text/xml; charset=utf-8"  # the type that OAI-PMH 2.0 asks for (section 3.1.2.1)


def init_app(app: Flask) -> None:
    """Make the provider that answers for this application."""
    settings = app.extensions["ihub.site"].settings
    app.extensions["ihub.oai"] = OaiProvider(settings, settings.contact_email, app.extensions["ihub.harvested"])


@blueprint.route("/oai", methods=["GET", "POST"])
def oai() -> Response:
    """Answer an OAI-PMH request."""
    arguments = dict(request.args.lists())
    if request.method == "POST":
        for name, values in request.form.lists():
            arguments[name] = [*arguments.get(name, []), *values]
    provider: OaiProvider = current_app.extensions["ihub.oai"]
    response = Response(provider.answer(arguments), content_type=_XML)
    response.headers["Cache-Control"] = "no-store"  # every answer bears its own time
    return compressed(response)


@blueprint.get("/oai/rdf.xsd")
def rdf_schema() -> Response:
    """Give the XML schema of the ``rdf`` format: RDF/XML has none of its own, but OAI-PMH wants one to point to."""
    response = current_app.send_static_file("rdf.xsd")
    response.content_type = "application/xml; charset=utf-8"
    return response
