"""Pages on which somebody begins to adapt or to translate a published scenario, whoever published it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, redirect, render_template, request, url_for

from kg.exporting.citation import citation
from kg.exporting.source import Source
from kg.importing.licences import licence_name
from webapp.interface_language import gettext, interface_language
from webapp.languages import served
from webapp.licence_words import licence_words
from webapp.taking_part.drafts import begin_draft
from webapp.taking_part.hubs import hub_or_404, hubs_among
from webapp.taking_part.layout import LANGUAGES
from webapp.taking_part.origin_changes import origin_document
from webapp.taking_part.origins import ADAPTATION, TRANSLATION, begun_answers, fits, shown_text, text_language
from webapp.taking_part.permissions import licence_reason, licence_refusal, licences_for
from webapp.taking_part.roles import Role
from webapp.taking_part.state import blueprint, id_base, people, require_visitor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

__all__ = ["adapt", "begin_derived", "translate"]


@blueprint.get("/adapt/<path:scenario>")
def adapt(scenario: str) -> str:
    """Ask for which of the visitor's hubs to adapt a scenario, or say why that cannot be."""
    return _page(_document_or_404(f"scenario/{scenario}"), ADAPTATION)


@blueprint.get("/translate/<path:scenario>")
def translate(scenario: str) -> str:
    """Ask into which language, and for which of the visitor's hubs, to translate a scenario."""
    return _page(_document_or_404(f"scenario/{scenario}"), TRANSLATION)


@blueprint.post("/hub/<hub>/adaptations")
def begin_derived(hub: str) -> Response | tuple[str, int]:
    """Begin an adaptation or a translation for a hub: a draft with everything that the scenario has."""
    place = hub_or_404(hub)
    document = _document_or_404(request.form.get("scenario", ""))
    kind = TRANSLATION if request.form.get("kind") == TRANSLATION else ADAPTATION
    language = request.form.get("language", "") if kind == TRANSLATION else text_language(document)
    if _refusal(document) or (kind == TRANSLATION and language not in _targets(document)):
        return _page(document, kind), 422
    licence = licences_for(document.get("license"))[0].iri
    answers = begun_answers(document, kind, language=language, licence=licence, credit=_credit(document))
    with people().database.writing() as session:
        draft = begin_draft(session, require_visitor().person, place.identifier, answers)
    return redirect(url_for("taking_part.draft", draft=draft.id), 303)


def _page(document: dict[str, Any], kind: str) -> str:
    licence = document.get("license")
    targets = _targets(document)
    wanted = interface_language()
    return render_template(
        "taking_part/adapt.html",
        origin=document,
        kind=kind,
        languages=targets,
        wanted=wanted if wanted in targets else "",
        own=hubs_among(require_visitor().hubs(*Role)),
        licence=licence_words(licence) if licence else None,
        reason=licence_reason(licence),
        refusal=_refusal(document),
    )


def _refusal(document: dict[str, Any]) -> str:
    if told := licence_refusal(document.get("license")):
        return told
    return "" if fits(document) else gettext("It is longer than the form here can hold, and nothing should get lost.")


def _targets(document: dict[str, Any]) -> list[str]:
    own = text_language(document)
    return [tag for tag in LANGUAGES if tag != own]


def _credit(document: dict[str, Any]) -> str:
    """Return the line that names the origin's authors, as its licence asks: who, what, where, under which licence.

    Whom the origin itself names is named on.
    """
    found = served()
    source = Source(found.graph, f"{id_base()}{document['id']}")
    cited = citation(source, found.release.id)
    title = shown_text(document.get("name"), text_language(document))
    parts = [", ".join(cited.authors), title, cited.iri, licence_name(document.get("license") or "")]
    former = document.get("creditText") or ""
    if former and former not in cited.authors:
        parts.append(former)
    return " · ".join(part for part in parts if part)


def _document_or_404(identifier: str) -> dict[str, Any]:
    return origin_document(identifier) or abort(404)
