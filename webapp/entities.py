"""Linked data: an entity's IRI redirects by Accept to its documents, each of which has one address and one form."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from kg.describe import describe, serialise
from kg.media_types import RDF_MEDIA_TYPES, by_suffix
from kg.scenario import SCENARIO_CLASS, read_scenario
from ontology.entity_types import ENTITY_TYPES
from search.request import SearchRequest
from webapp.entity_view import inverse_view, statement_view
from webapp.languages import label, reader_languages, served
from webapp.presentation import document_address, hit_entry
from webapp.rdf_negotiation import page_or_rdf
from webapp.schema_org import learning_resource

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

__all__ = ["blueprint"]

blueprint = Blueprint("entities", __name__)


@blueprint.get("/id/<segment>/<path:slug>")
def entity(segment: str, slug: str) -> BaseResponse:
    """Redirect (303) to the document that suits Accept: an entity is not a document (W3C 2008, Cool URIs)."""
    _known(segment, slug)
    media = page_or_rdf()
    suffix = f".{media.suffix}" if media else ""
    response = redirect(url_for("entities.document", segment=segment, slug=slug + suffix), 303)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/doc/<segment>/<path:slug>")
def document(segment: str, slug: str) -> BaseResponse:
    """Answer with the page about an entity, or its description where the address ends in a serialisation's suffix."""
    name, dot, suffix = slug.rpartition(".")
    media = by_suffix(suffix) if dot else None
    # A slug may itself end in what looks like a suffix: the entity of the whole name goes first.
    if media is None or _iri(segment, slug) in served().graph:
        return _conditional(_page(_known(segment, slug)), "Accept-Language")
    iri = _known(segment, name)
    body = serialise(describe(served().graph, iri), media)
    response = Response(body, content_type=f"{media.media_type}; charset=utf-8")
    page = document_address(iri)
    response.headers.add("Link", f'<{iri}>; rel="describes"')
    response.headers.add("Link", f'<{page}>; rel="alternate"; type="text/html"')
    return _conditional(response)


def _conditional(response: Response, vary: str | None = None) -> BaseResponse:
    """Give ``response`` a validator made of the release and the address, and answer 304 where it still holds."""
    key = "\n".join((served().release.id, request.full_path, *(reader_languages() if vary else ())))
    response.set_etag(hashlib.sha256(key.encode()).hexdigest()[:24])
    response.headers["Cache-Control"] = "no-cache"
    if vary:
        response.headers["Vary"] = vary
    return response.make_conditional(request)


def _iri(segment: str, slug: str) -> str:
    return f"{served().release.manifest['base_iri']}id/{segment}/{slug}"


def _known(segment: str, slug: str) -> str:
    """Return the IRI of an entity, or end the request with 404."""
    iri = _iri(segment, slug)
    if segment not in ENTITY_TYPES or not _is_iri(iri) or iri not in served().graph:
        abort(404)
    return iri


def _is_iri(text: str) -> bool:
    """Whether ``text`` holds no character that an IRI must not have (RFC 3987)."""
    return not any(
        character <= " " or character in '<>"{}|\\^`' or "\ud800" <= character <= "\udfff" for character in text
    )


def _page(iri: str) -> Response:
    graph = served().graph
    alternates = [
        (media.label, media.media_type, document_address(iri, f".{media.suffix}")) for media in RDF_MEDIA_TYPES
    ]
    common = {"iri": iri, "title": label(iri), "alternates": alternates, "inverse": inverse_view(graph, iri)}
    if SCENARIO_CLASS in graph.types(iri):
        scenario = read_scenario(graph, iri)
        hits = [hit_entry(hit, SearchRequest()) for hit in served().engine.similar(iri, 6, reader_languages())]
        html = render_template(
            "scenario.html", scenario=scenario, similar=hits, schema_org=learning_resource(scenario), **common
        )
    else:
        html = render_template("entity.html", statements=statement_view(graph, iri), **common)
    return Response(html, content_type="text/html; charset=utf-8")
