"""The model for people and programs: ontology, shapes, JSON-LD context, each version under an address of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for

from kg.media_types import RDF_MEDIA_TYPES, by_suffix
from kg.model_documents import ontology_document, ontology_version, shapes_document
from ontology.load import context_file
from webapp.diagram import class_diagram
from webapp.languages import served
from webapp.rdf_negotiation import page_or_rdf
from webapp.term_view import term_groups

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

__all__ = ["blueprint"]

blueprint = Blueprint("model", __name__)

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_A_DAY: Final = "public, max-age=86400"


@blueprint.get("/ontology")
def ontology() -> BaseResponse:
    """Show the terms to people; send programs to the present version in the serialisation that they accept."""
    media = page_or_rdf(url_for("model.version", version=ontology_version(), suffix="*"))
    if media:
        response = redirect(url_for("model.version", version=ontology_version(), suffix=media.suffix), 303)
        response.headers["Vary"] = "Accept"
        return response
    graph = served().graph
    html = render_template(
        "ontology.html", groups=term_groups(graph), version=ontology_version(), formats=RDF_MEDIA_TYPES
    )
    return Response(html, content_type="text/html; charset=utf-8", headers={"Vary": "Accept, Accept-Language"})


@blueprint.get("/ontology/diagram.svg")
def diagram() -> Response:
    """Draw the main classes and what connects them."""
    return Response(class_diagram(served().graph), content_type="image/svg+xml", headers={"Cache-Control": "no-cache"})


@blueprint.get("/ontology/<version>.<suffix>")
def version(version: str, suffix: str) -> Response:
    """Answer with one version of the ontology; it never changes."""
    if version != ontology_version() or not by_suffix(suffix):
        abort(404)
    return _rdf(ontology_document(suffix, _id_base()), suffix)


@blueprint.get("/shapes")
def shapes() -> BaseResponse:
    """Send to the shapes of the present version, as Turtle unless another serialisation is wanted."""
    media = page_or_rdf(url_for("model.shapes_version", version=ontology_version(), suffix="*")) or RDF_MEDIA_TYPES[0]
    response = redirect(url_for("model.shapes_version", version=ontology_version(), suffix=media.suffix), 303)
    response.headers["Vary"] = "Accept"
    return response


@blueprint.get("/shapes/<version>.<suffix>")
def shapes_version(version: str, suffix: str) -> Response:
    """Answer with the SHACL shapes of one version."""
    if version != ontology_version() or not by_suffix(suffix):
        abort(404)
    return _rdf(shapes_document(suffix, _id_base()), suffix)


@blueprint.get("/context/v1.jsonld")
def json_ld_context() -> Response:
    """Answer with the JSON-LD context of all documents."""
    response = Response(context_file().read_bytes(), content_type="application/ld+json")
    response.headers["Cache-Control"] = _FOR_A_DAY
    return response


def _rdf(body: bytes, suffix: str) -> Response:
    media = by_suffix(suffix)
    content_type = f"{media.media_type}; charset=utf-8" if media else None
    return Response(body, content_type=content_type, headers={"Cache-Control": _FOR_EVER})


def _id_base() -> str:
    base: str = current_app.extensions["ihub.site"].settings.id_base
    return base
