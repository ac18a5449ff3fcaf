"""The gallery of example queries: the competency questions, each of which is a test too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, render_template, request

from kg.media_types import RDF_MEDIA_TYPES
from kg.question_documents import questions_document
from ontology.questions import AUDIENCES, questions
from webapp.negotiation import negotiate

if TYPE_CHECKING:
    from ontology.questions import Question

__all__ = ["blueprint"]

blueprint = Blueprint("examples", __name__)

_PAGE = "text/html"


@blueprint.get("/sparql/examples")
def examples() -> Response:
    """Show the questions to people, give them as RDF to programs."""
    chosen = negotiate(request.headers.get("Accept"), [_PAGE, *(media.media_type for media in RDF_MEDIA_TYPES)])
    if chosen is None:
        abort(406)
    media = next((row for row in RDF_MEDIA_TYPES if row.media_type == chosen), None)
    headers = {"Vary": "Accept"}
    if media:
        base = current_app.extensions["ihub.site"].settings.base_iri
        body = questions_document(base, media)
        return Response(body, content_type=f"{media.media_type}; charset=utf-8", headers=headers)
    html = render_template("examples.html", groups=_groups())
    return Response(html, content_type="text/html; charset=utf-8", headers=headers)


def _groups() -> dict[str, list[Question]]:
    found = questions()
    return {audience: [question for question in found if question.audience == audience] for audience in AUDIENCES}
