"""The gallery of example queries: the competency questions, each of which is a test too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, render_template

from kg.question_documents import questions_document
from ontology.questions import AUDIENCES, questions
from webapp.audiences import audience_name
from webapp.rdf_negotiation import page_or_rdf

if TYPE_CHECKING:
    from ontology.questions import Question

__all__ = ["blueprint"]

blueprint = Blueprint("examples", __name__)


@blueprint.get("/sparql/examples")
def examples() -> Response:
    """Show the questions to people, give them as RDF to programs."""
    media = page_or_rdf()
    headers = {"Vary": "Accept"}
    if media:
        base = current_app.extensions["ihub.site"].settings.base_iri
        body = questions_document(base, media)
        return Response(body, content_type=f"{media.media_type}; charset=utf-8", headers=headers)
    headers = {"Vary": "Accept, Accept-Language"}
    html = render_template("examples.html", groups=_groups(), audience_name=audience_name)
    return Response(html, content_type="text/html; charset=utf-8", headers=headers)


def _groups() -> dict[str, list[Question]]:
    found = questions()
    return {audience: [question for question in found if question.audience == audience] for audience in AUDIENCES}
