"""Whether something may be made of a scenario, and under which licences: said in words, asked again at each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.importing.licences import licence_name
from kg.licences import OFFERED, Terms, adaptation_licences, allows_adaptation, terms_of
from kg.scenario import SCENARIO_CLASS
from kg.stated_document import listed
from ontology.namespaces import SCHEMA
from webapp.interface_language import gettext, message
from webapp.languages import served
from webapp.licence_words import LicenceWords, licence_words
from webapp.taking_part.origins import answers_of, changes, is_translation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["document_refusal", "licence_reason", "licence_refusal", "licences_for", "refusal", "refused_licences"]

_REASONS: Final = {
    Terms.FREE: message("It is free of copyright: any licence will do."),
    Terms.ATTRIBUTION: message("Its licence asks that its authors stay named, in yours as well."),
    Terms.NONCOMMERCIAL: message("Its licence allows no profit, so yours must not allow it either."),
    Terms.SHARE_ALIKE: message("Its licence asks that what is made of it bears the same licence."),
    Terms.NO_DERIVATIVES: message(
        "Its licence lets you share it only as it is. You can read it and teach with it, but nothing made of it can be "
        "published."
    ),
    Terms.UNKNOWN: message(
        "It has no licence that lets others change it. You can read it, but nothing made of it can be published unless "
        "its authors allow it."
    ),
}


def licence_reason(licence: str | None) -> str:
    """Return what a scenario's licence means for what is made of it."""
    return gettext(_REASONS[terms_of(licence)])


def licence_refusal(licence: str | None) -> str:
    """Return why nothing may be made of a scenario with this licence; empty where something may."""
    return licence_reason(licence) if terms_of(licence) in {Terms.NO_DERIVATIVES, Terms.UNKNOWN} else ""


def licences_for(licence: str | None) -> list[LicenceWords]:
    """Return the licences to choose from for what is made of a scenario, in words."""
    return [licence_words(iri) for iri in adaptation_licences(licence)]


def refused_licences(licence: str | None) -> list[str]:
    """Return the names of the licences that people know and that cannot be chosen here."""
    return [licence_name(iri) for iri in OFFERED if not allows_adaptation(licence, iri)]


def refusal(answers: Mapping[str, Any], outlived: Collection[str] = ()) -> str:
    """Return why an adaptation or a translation cannot be submitted; empty where it can.

    What is asked of the origin is asked of the release as it is now, whatever it was when the draft was begun.

    Args:
        answers: The answers.
        outlived: Identifiers of withdrawn origins, of which what is published may be changed all the same.
    """
    origin, chosen = answers["origin"]["document"], answers["license"]
    gone = origin["id"] in outlived
    if found := _clash(origin.get("license"), chosen) if gone else _refusal_of(origin["id"], chosen):
        return found
    if is_translation(answers):
        return "" if answers["values"].get("name") else gettext("Translate at least the title, then submit it.")
    if not changes(answers_of(origin), answers):
        return gettext("Nothing is changed yet. Change what you do otherwise, then submit it.")
    return ""


def document_refusal(document: Mapping[str, Any]) -> str:
    """Return why a document that was submitted cannot be accepted, where it is made of others; empty where it can."""
    sources = [source for source in listed(document.get("isBasedOn")) if source.startswith("scenario/")]
    return next(filter(None, (_refusal_of(source, document.get("license")) for source in sources)), "")


def _refusal_of(identifier: str, chosen: str | None) -> str:
    found = served()
    iri = f"{found.release.id_base}{identifier}"
    if SCENARIO_CLASS not in found.graph.types(iri):
        return gettext("The scenario that this is made of is not published any more.")
    return _clash(found.graph.iri(iri, SCHEMA + "license"), chosen)


def _clash(licence: str | None, chosen: str | None) -> str:
    if told := licence_refusal(licence):
        return told
    if chosen and allows_adaptation(licence, chosen):
        return ""
    names = {"own": licence_name(chosen or ""), "theirs": licence_name(licence or "")}
    told = gettext("The licence %(own)s does not go with %(theirs)s, the licence of the original.", **names)
    return f"{told} {licence_reason(licence)}"
