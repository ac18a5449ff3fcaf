"""The catalogue (DCAT) and the statistics (VoID) over HTTP, and the well-known addresses at which programs look."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for

from kg.harvesting.catalogue import SERVICES, catalogue
from kg.harvesting.void import void_description
from kg.media_types import RDF_MEDIA_TYPES, by_suffix
from webapp.conditional import conditional
from webapp.harvested import harvested_release
from webapp.negotiation import negotiate
from webapp.rdf_negotiation import page_or_rdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

    from kg.harvesting.triples import Description
    from kg.release import Release

__all__ = ["blueprint", "state_of"]

blueprint = Blueprint("catalogue", __name__)
_LINKSET = "application/linkset+json"
_PROFILE = "https://www.rfc-editor.org/info/rfc9727"


@blueprint.get("/catalog")
def catalog() -> BaseResponse:
    """Redirect (303) to the catalogue in the serialisation that suits Accept; people get the page of dumps."""
    media = page_or_rdf()
    return _elsewhere(url_for("catalogue.catalog_document", suffix=media.suffix) if media else url_for("dumps.index"))


@blueprint.get("/catalog.<suffix>")
def catalog_document(suffix: str) -> BaseResponse:
    """Give the DCAT catalogue."""
    contact = current_app.extensions["ihub.site"].settings.contact_email
    return _document("catalog", suffix, lambda release: catalogue(release, contact))


@blueprint.get("/.well-known/void")
def well_known_void() -> BaseResponse:
    """Redirect to the VoID description (VoID, section 7.2), in Turtle unless another serialisation is asked for."""
    offers = [media.media_type for media in RDF_MEDIA_TYPES]
    chosen = negotiate(request.headers.get("Accept"), offers) or offers[0]
    suffix = next(media.suffix for media in RDF_MEDIA_TYPES if media.media_type == chosen)
    return _elsewhere(url_for("catalogue.void_document", suffix=suffix))


@blueprint.get("/void.<suffix>")
def void_document(suffix: str) -> BaseResponse:
    """Give the VoID description."""
    return _document("void", suffix, void_description)


@blueprint.get("/.well-known/api-catalog")
def api_catalog() -> BaseResponse:
    """Give the catalogue of programming interfaces (RFC 9727) as a set of links (RFC 9264)."""
    base = current_app.extensions["ihub.site"].settings.base_iri
    items = [{"href": base + service.path, "title": service.title} for service in SERVICES]
    described = [{"href": f"{base}catalog.jsonld", "type": "application/ld+json"}]
    linkset = [
        {"anchor": f"{base}.well-known/api-catalog", "item": items, "describedby": described},
        *(
            {
                "anchor": base + service.path,
                "service-desc": [{"href": f"{base}openapi.yaml", "type": "application/yaml"}],
                "service-doc": [{"href": service.specification}],
                "service-meta": [{"href": f"{base}catalog.ttl", "type": "text/turtle"}],
            }
            for service in SERVICES
        ),
    ]
    body = json.dumps({"linkset": linkset}, indent=1)
    response = Response(body, content_type=f'{_LINKSET}; profile="{_PROFILE}"')
    response.headers["Link"] = f'<{base}.well-known/api-catalog>; rel="api-catalog"'
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def state_of(release: Release) -> str:
    """Return what changes with the release or with its place in the history."""
    edition = release.history.edition()
    return f"{release.id}:{edition.number if edition else 0}"


def _document(name: str, suffix: str, describe: Callable[[Release], Description]) -> BaseResponse:
    media = by_suffix(suffix)
    if media is None:
        abort(404)
    release = harvested_release()

    def make() -> Response:
        return Response(describe(release).serialise(media), content_type=f"{media.media_type}; charset=utf-8")

    return conditional(f"{name}:{state_of(release)}:{suffix}", make)


def _elsewhere(address: str) -> BaseResponse:
    response = redirect(address, 303)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    return response
