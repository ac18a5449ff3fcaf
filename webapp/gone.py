"""Tombstones: the answer for an entity that was withdrawn says what it was, when it went and why (410)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, render_template

from kg.describe import describe_withdrawn, serialise
from kg.media_types import RDF_MEDIA_TYPES
from webapp.languages import pick, served
from webapp.negotiation import negotiate
from webapp.problems import problem
from webapp.rdf_negotiation import PAGE

if TYPE_CHECKING:
    from kg.history import EntityHistory

__all__ = ["withdrawn"]


def withdrawn(iri: str, media_type: str | None) -> Response:
    """Return the tombstone of an entity that is no longer there.

    Args:
        iri: The entity.
        media_type: What the client is to have: a page, one of the RDF serialisations, or else a problem document; None
            where the address does not say and the Accept header decides.
    """
    history = served().release.history.entity(iri)
    if history is None or history.deleted is None:
        abort(404)
    row = next((row for row in RDF_MEDIA_TYPES if row.media_type == media_type), None)
    if row:
        context = served().release.manifest["base_iri"] + "context/v1.jsonld"
        body: str | bytes = serialise(describe_withdrawn(iri, history), row, context)
        response = Response(body, 410, content_type=f"{row.media_type}; charset=utf-8")
    elif media_type == PAGE or (media_type is None and _wants_page()):
        name = pick(history.title)
        body = render_template("gone.html", iri=iri, name=name, history=history)
        response = Response(body, 410, content_type="text/html; charset=utf-8")
    else:
        response = _problem(iri, history)
    response.last_modified = history.deleted
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _wants_page() -> bool:
    from flask import request

    return negotiate(request.headers.get("Accept"), (PAGE, "application/problem+json", "application/json")) == PAGE


def _problem(iri: str, history: EntityHistory) -> Response:
    when = history.deleted.date().isoformat() if history.deleted else ""
    title = pick(history.title)[0] or iri
    detail = f"“{title}” was withdrawn on {when}. {history.reason or ''}".strip()
    return problem(
        410,
        detail,
        kind="withdrawn",
        iri=iri,
        name=dict(history.title),
        withdrawnOn=history.deleted.isoformat() if history.deleted else None,
        reason=history.reason,
    )
