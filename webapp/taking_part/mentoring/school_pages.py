"""Pages on which a school is entered, and on which its contact and the hub's team look after its profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import or_, select

from ontology.namespaces import IHUB
from webapp.interface_language import gettext, language_in_words, message
from webapp.languages import label, pick, served
from webapp.taking_part.audit import record
from webapp.taking_part.choices import FEW, choices
from webapp.taking_part.hubs import all_hubs, hub_or_404, made_up_hubs
from webapp.taking_part.mentoring import profiles
from webapp.taking_part.mentoring.models import MentoringRelation, MentoringSchool
from webapp.taking_part.mentoring.publication import fits_hub, refresh, violations
from webapp.taking_part.mentoring.rights import acting_role, is_team, may_decide, school_or_404, speaks_for
from webapp.taking_part.models import Membership, Person
from webapp.taking_part.moments import now
from webapp.taking_part.publisher import start_publishing
from webapp.taking_part.state import blueprint, id_base, people, require_visitor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

__all__ = ["mentoring_enter", "mentoring_school", "mentoring_standing"]

_FIELDS: Final = {
    "name": message("Name of the school"),
    "country": message("Country"),
    "place": message("Town or municipality"),
    "latitude": message("Latitude"),
    "longitude": message("Longitude"),
    "languages": message("Languages of work"),
    "offers": message("What the school can share"),
    "needs": message("What the school needs"),
    "mentorPlaces": message("Schools that it can mentor at the same time"),
    "menteePlaces": message("Mentors that it would like at the same time"),
    "note": message("Note"),
}
_NEW: Final = "new"


@blueprint.route("/hub/<hub>/mentoring/schools", methods=["GET", "POST"])
def mentoring_enter(hub: str) -> str | tuple[str, int] | Response:
    """Enter a school: one of the graph by its name there, or a new one."""
    place = hub_or_404(hub)
    chosen = request.values.get("document", "")
    with people().database.reading() as session:
        taken = {school.document for school in profiles.schools_of(session, place.identifier)}
    known = _schools_in_graph(place.identifier, taken)
    own = chosen == _NEW
    if not own and chosen not in {document for document, _, _ in known}:
        return render_template("taking_part/mentoring/enter.html", hub=place, known=known)
    if request.method == "GET":
        return _form(place, None, chosen, profiles.empty_profile(), own=own)
    former = {"synthetic": _is_made_up(place.identifier, chosen, own=own)}
    profile = profiles.read_profile(request.form, former, own=own)
    if mistakes := profiles.mistakes_of(profile, own=own):
        return _form(place, None, chosen, profile, own=own, mistakes=mistakes), 422
    visitor, team = require_visitor(), is_team(place.identifier)
    with people().database.writing() as session:
        school = profiles.enter_school(
            session,
            place.identifier,
            None if own else chosen,
            profile,
            by=visitor,
            role=acting_role(place.identifier),
            contact=None if team else visitor.person,
            confirmed=may_decide(place.identifier),
        )
    if school is None:
        return redirect(url_for("taking_part.mentoring_enter", hub=hub), 303)
    return redirect(url_for("taking_part.mentoring_school", school=school.id), 303)


@blueprint.route("/mentoring/schools/<school>", methods=["GET", "POST"])
def mentoring_school(school: str) -> str | tuple[str, int] | Response:
    """Show a school's profile as a form, and keep what is changed in it."""
    with people().database.reading() as session:
        found = school_or_404(session, school)
    if request.method == "GET":
        return _school_page(found, found.data)
    profile = profiles.read_profile(request.form, found.data, own=found.own)
    if mistakes := profiles.mistakes_of(profile, own=found.own):
        return _school_page(found, profile, mistakes=mistakes), 422
    version = request.form.get("version", 0, type=int)
    with people().database.writing() as session:
        saved = profiles.save_profile(session, found, version, profile, require_visitor(), acting_role(found.hub))
        public = saved and refresh(session, found.hub, served().graph, id_base(), {found.id})
    if not saved:
        with people().database.reading() as session:
            found = school_or_404(session, school)
        return _school_page(found, profile, differing=_differing(found.data, profile)), 409
    if public:
        start_publishing(people().settings)
    return redirect(url_for("taking_part.mentoring_school", school=school), 303)


@blueprint.post("/mentoring/schools/<school>/standing")
def mentoring_standing(school: str) -> Response:
    """Confirm a school, say who its contact is, agree to publish its entry or end that."""
    button, visitor = request.form.get("do", ""), require_visitor()
    with people().database.writing() as session:
        found = school_or_404(session, school)
        if button in {"confirm", "contact"} and not may_decide(found.hub):
            abort(403)
        if button in {"agree", "end"} and not speaks_for(found):
            abort(403)
        if button == "confirm":
            found.confirmed = found.confirmed or now()
        elif button == "contact":
            person = request.form.get("person", "")
            if person and person not in {key for key, _ in _people_of(session, found)}:
                abort(400)
            found.contact_id = person or None
        elif button in {"agree", "end"}:
            found.agreed = now() if button == "agree" else None
        else:
            abort(400)
        record(session, f"mentoring.school.{button}", agent=visitor.agent, role=acting_role(found.hub), hub=found.hub,
               about=found.document)  # fmt: skip
        public = refresh(session, found.hub, served().graph, id_base())
    if public:
        start_publishing(people().settings)
    return redirect(url_for("taking_part.mentoring_school", school=school), 303)


def _schools_in_graph(hub: str, taken: set[str]) -> list[tuple[str, str, str]]:
    """Return the schools that the graph has in a hub and that are not entered yet, by name."""
    graph, base = served().graph, id_base()
    found = [(iri.removeprefix(base), *label(iri)) for iri in graph.iris(base + hub, IHUB + "hasSchool")]
    return sorted((row for row in found if row[0] not in taken), key=lambda row: row[1])


def _is_made_up(hub: str, document: str, *, own: bool) -> bool:
    """Whether a school is made up: one of the graph says so; a new one is, where its hub is or its form says so."""
    if own:
        return hub in made_up_hubs(served().graph, id_base()) or "synthetic" in request.form
    return served().graph.iri(id_base() + document, IHUB + "dataKind") == f"{id_base()}data-kind/synthetic"


def _people_of(session: Session, school: MentoringSchool) -> list[tuple[str, str]]:
    """Return the people who may be a school's contact, with their names: those of its hub."""
    query = (
        select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.hub == school.hub)
        .distinct()
        .order_by(Person.name, Person.id)
    )
    return [(key, name) for key, name in session.execute(query)]


def _school_page(
    school: MentoringSchool,
    profile: Mapping[str, Any],
    *,
    mistakes: Mapping[str, str] | None = None,
    differing: list[tuple[str, str, str]] | None = None,
) -> str:
    hub = next(hub for hub in all_hubs() if hub.identifier == school.hub)
    with people().database.reading() as session:
        of_school = or_(MentoringRelation.mentor_id == school.id, MentoringRelation.mentee_id == school.id)
        query = select(MentoringRelation).where(of_school, MentoringRelation.state != "cancelled")
        relations = session.scalars(query.order_by(MentoringRelation.created)).all()
        others = {s.id: s for s in profiles.schools_of(session, school.hub)}
        persons = _people_of(session, school) if may_decide(school.hub) else []
        contact = session.get(Person, school.contact_id) if school.contact_id else None
    shown = {
        "relations": relations,
        "others": others,
        "persons": persons,
        "contact": contact,
        "deciding": may_decide(school.hub),
        "speaking": speaks_for(school),
        "team": is_team(school.hub),
        "differing": differing,
        "remarks": _remarks(school),
    }
    return _form(hub, school, school.document, profile, own=school.own, mistakes=mistakes or {}, **shown)


def _remarks(school: MentoringSchool) -> list[tuple[str, str]]:
    """Return what keeps a school that agrees from being published, in the reader's language."""
    if not (school.own and school.agreed):
        return []
    if not fits_hub(school, served().graph, id_base()):
        return [(gettext("A made-up school is published in a made-up hub only, and a real one in a real hub."), "")]
    return [pick(found.message) for found in violations(school, served().graph, id_base())]


def _form(
    hub: Any, school: MentoringSchool | None, document: str, profile: Mapping[str, Any], *, own: bool, **shown: Any
) -> str:
    return render_template(
        "taking_part/mentoring/school.html",
        **{"mistakes": {}, **shown},
        hub=hub,
        school=school,
        document=document,
        profile=profile,
        own=own,
        base=id_base(),
        made_up=hub.identifier in made_up_hubs(served().graph, id_base()),
        kinds=profiles.KINDS,
        countries=choices(profiles.COUNTRY),
        places=choices(profiles.PLACE),
        languages=profiles.LANGUAGES,
        choices=choices,
        few=FEW,
    )


def _differing(kept: Mapping[str, Any], sent: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the fields in which two versions of a profile differ, in words."""
    rows = [
        (gettext(name), _in_words(key, kept.get(key)), _in_words(key, sent.get(key))) for key, name in _FIELDS.items()
    ]
    return [row for row in rows if row[1] != row[2]]


def _in_words(key: str, value: Any) -> str:
    if key == "languages":
        return ", ".join(language_in_words(tag) for tag in value or [])
    if key in {"offers", "needs"}:
        return ", ".join(
            text.split("?")[-1] if text.startswith("?") else label(id_base() + text)[0] for text in value or []
        )
    if key == "country" and value:
        return label(id_base() + str(value))[0]
    return str(value) if value is not None else ""
