"""Linked data: an entity's IRI redirects by Accept to its documents, each of which has one address and one form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Blueprint, Response, abort, g, redirect, render_template, request

from kg.describe import INVERSE_LINKS, describe, serialise
from kg.exporting.formats import EXPORT_FORMATS, ExportFormat
from kg.exporting.source import Source
from kg.media_types import RDF_MEDIA_TYPES, RdfMediaType
from kg.scenario import SCENARIO_CLASS
from kg.terms import is_iri
from ontology.entity_types import ENTITY_TYPES
from webapp.addresses import GENID, document_address, published_address, requested_slug
from webapp.companions import COMPANIONS, Companion
from webapp.conditional import FOREVER, code_digest, conditional, of_release
from webapp.entity_pages import entity_page
from webapp.entity_pages.told import referring_counts
from webapp.entity_view import inverse_view
from webapp.gone import withdrawn
from webapp.languages import label, served
from webapp.rdf_negotiation import PAGE, Representation, acceptable
from webapp.signposting import document_links, page_links, paging_links

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

__all__ = ["blueprint"]

blueprint = Blueprint("entities", __name__)

_MOST_PAGES: Final = 10**6


class _Asked(NamedTuple):
    """What the address of a document asks for: an entity, and its form where that is not the page."""

    iri: str
    form: RdfMediaType | ExportFormat | Companion | None = None


@blueprint.get("/id/<segment>/<path:slug>")
def entity(segment: str, slug: str) -> BaseResponse:
    """Redirect (303) to the document that suits Accept: an entity is not a document (W3C 2008, Cool URIs)."""
    iri = _iri(segment, requested_slug(slug))
    if _never_was(iri, segment):
        abort(404)
    # AMB and LOM share their media types with JSON-LD and RDF/XML; they are had by their own addresses only.
    chosen = acceptable([offer for offer in _representations(iri) if "." not in offer.suffix])
    if iri not in served().graph:
        return withdrawn(iri, chosen.media_type)
    response = redirect(chosen.address, 303)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/.well-known/genid/<path:slug>")
def skolem(slug: str) -> BaseResponse:
    """Redirect in the same way from the IRI that the build gave to a nameless part of the ontology."""
    return entity(GENID, slug)


@blueprint.get("/doc/<segment>/<path:slug>")
def document(segment: str, slug: str) -> BaseResponse:
    """Answer with the page about an entity, or one of its documents where the address ends in a format's suffix."""
    asked = g.asked = _asked(segment, requested_slug(slug))
    if asked.iri not in served().graph:
        return withdrawn(asked.iri, asked.form.media_type if asked.form else None)
    if isinstance(asked.form, Companion) and asked.form.lasting:
        form = asked.form
        return conditional(f"{form.suffix}:{code_digest()}:{asked.iri}", lambda: _companion(asked.iri, form), FOREVER)
    return of_release(lambda: _document(asked), page=asked.form is None)


def _document(asked: _Asked) -> Response:
    if asked.form is None:
        return _page(asked.iri)
    if isinstance(asked.form, Companion):
        return _companion(asked.iri, asked.form)
    if isinstance(asked.form, ExportFormat):
        return _export(asked.iri, asked.form)
    return _rdf(asked.iri, asked.form)


def _iri(segment: str, slug: str) -> str:
    base = served().release.manifest["base_iri"]
    return f"{base}.well-known/genid/{slug}" if segment == GENID else f"{base}id/{segment}/{slug}"


def _asked(segment: str, slug: str) -> _Asked:
    """Return what a document's address asks for, or end the request with 404."""
    # A slug may itself end in what looks like a suffix: the entity of the whole name goes first.
    whole = _iri(segment, slug)
    if not _never_was(whole, segment):
        return _Asked(whole)
    forms: tuple[RdfMediaType | ExportFormat | Companion, ...] = (*EXPORT_FORMATS, *COMPANIONS, *RDF_MEDIA_TYPES)
    for form in forms:
        iri = whole.removesuffix(f".{form.suffix}")
        if iri != whole and not _never_was(iri, segment):
            if isinstance(form, ExportFormat | Companion) and not _is_scenario(iri):
                break
            return _Asked(iri, form)
    abort(404)
    return None


def _never_was(iri: str, segment: str) -> bool:
    """Whether an IRI names nothing that is or was here."""
    if (segment not in ENTITY_TYPES and segment != GENID) or not is_iri(iri):
        return True
    return iri not in served().graph and served().release.history.entity(iri) is None


def _is_scenario(iri: str) -> bool:
    # A withdrawn scenario has no types any more; its former exports are gone like itself.
    return SCENARIO_CLASS in served().graph.types(iri) or "/id/scenario/" in iri


def _representations(iri: str) -> list[Representation]:
    page = Representation(PAGE, "Page", document_address(iri) or "")
    return [page, *(_representation(iri, form) for form in _forms(iri))]


def _forms(iri: str) -> list[RdfMediaType | ExportFormat]:
    return [*RDF_MEDIA_TYPES, *(EXPORT_FORMATS if _is_scenario(iri) else ())]


def _representation(iri: str, form: RdfMediaType | ExportFormat) -> Representation:
    address = document_address(iri, f".{form.suffix}") or ""
    if isinstance(form, ExportFormat):
        return Representation(form.media_type, form.label, address, form.suffix, (), form.specification)
    return Representation(form.media_type, form.label, address, form.suffix, form.aliases)


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:8]) <= _MOST_PAGES:
        abort(404)
    return int(text)


def _rdf(iri: str, media: RdfMediaType) -> Response:
    found = describe(served().graph, iri, _page_number())
    if found.page > found.pages:
        abort(404)
    body = serialise(found, media, served().release.manifest["base_iri"] + "context/v1.jsonld")
    response = Response(body, content_type=f"{media.media_type}; charset=utf-8")
    links = document_links(iri, _representation(iri, media))
    links += paging_links(iri, f".{media.suffix}", found.page, found.pages)
    response.headers["Link"] = ", ".join(links)
    return response


def _export(iri: str, form: ExportFormat) -> Response:
    page = published_address(iri) or iri
    body = form.write(Source(served().graph, iri), page, published_address(iri, ".md") or iri)
    response = Response(body, content_type=f"{form.media_type}; charset=utf-8")
    response.headers["Link"] = ", ".join(document_links(iri, _representation(iri, form)))
    return response


def _companion(iri: str, form: Companion) -> Response:
    response = Response(form.write(iri), content_type=f"{form.media_type}; charset=utf-8")
    page = published_address(iri) or iri
    response.headers["Link"] = f'<{page}>; rel="describes"; type="text/html", <{iri}>; rel="cite-as"'
    return response


def _page(iri: str) -> Response:
    graph = served().graph
    number = _page_number()
    counts = referring_counts(iri)
    pages = max(1, -(-sum(counts.values()) // INVERSE_LINKS))
    if number > pages:
        abort(404)
    others = [_representation(iri, form) for form in _forms(iri)]
    frame = {
        "iri": iri,
        "title": label(iri),
        "alternates": others,
        "inverse": inverse_view(graph.referring_page(iri, counts, (number - 1) * INVERSE_LINKS, INVERSE_LINKS), counts),
        "page": number,
        "pages": pages,
        "here": document_address(iri),
        "canonical": published_address(iri),
    }
    kind = entity_page(iri)
    html = render_template(kind.template, **kind.view(iri), **frame)
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Link"] = ", ".join([*page_links(iri, others), *paging_links(iri, "", number, pages)])
    return response
