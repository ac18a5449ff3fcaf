"""A school's profile: read from a form, found wanting or not, kept, and changed by nobody unseen.

It is kept as plain values: ``name``, ``country``, ``place``, ``latitude``, ``longitude``, ``languages``, ``offers``,
``needs``, ``mentorPlaces``, ``menteePlaces``, ``note`` and ``synthetic``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ontology.namespaces import IHUB
from webapp.interface_language import gettext
from webapp.taking_part.audit import record
from webapp.taking_part.choices import choices, find_choice
from webapp.taking_part.mentoring.models import MentoringSchool
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from webapp.taking_part.state import Visitor

__all__ = [
    "COUNTRY",
    "KINDS",
    "LANGUAGES",
    "MOST_PLACES",
    "PLACE",
    "empty_profile",
    "enter_school",
    "list_schools",
    "mistakes_of",
    "read_profile",
    "save_profile",
    "schools_of",
]

KINDS: Final = {
    "practice": IHUB + "MentoringPractice",
    "competence": IHUB + "Competence",
    "tool": IHUB + "DigitalTool",
}
"""What can be shared and needed, by the class of each."""

COUNTRY: Final = IHUB + "Country"
PLACE: Final = IHUB + "Place"
LANGUAGES: Final = ("et", "fi", "lt", "nb", "ka", "en", "sv", "nn", "ru", "uk", "lv", "de", "fr")
"""Languages of work that schools choose from."""

MOST_PLACES: Final = 20
_LONGEST: Final = 2000
_MOST_CONCEPTS: Final = 40


def empty_profile() -> dict[str, Any]:
    """Return the profile of a school of which nothing is known yet."""
    return {"languages": [], "offers": [], "needs": [], "mentorPlaces": 1, "menteePlaces": 1}


def read_profile(form: MultiDict[str, str], former: Mapping[str, Any], *, own: bool) -> dict[str, Any]:
    """Return the profile that a form was sent with; what a name in it stands for is not known stays as ``?name``.

    Args:
        form: The form.
        former: The profile so far: whether a school is synthetic does not change.
        own: Whether the school was entered here, so that its name and country are the form's to tell.
    """
    found: dict[str, Any] = {
        "languages": [tag for tag in LANGUAGES if tag in form.getlist("languages")],
        "offers": _concepts(form, "offers"),
        "needs": _concepts(form, "needs"),
        "mentorPlaces": _places(form.get("mentorPlaces", "")),
        "menteePlaces": _places(form.get("menteePlaces", "")),
        "note": form.get("note", "").replace("\r\n", "\n").strip()[:_LONGEST],
        "latitude": form.get("latitude", "").strip().replace(",", ".")[:20],
        "longitude": form.get("longitude", "").strip().replace(",", ".")[:20],
        "synthetic": bool(former.get("synthetic")),
    }
    if own:
        place = " ".join(form.get("place", "").split())[:200]
        found |= {
            "name": " ".join(form.get("name", "").split())[:200],
            "country": find_choice(COUNTRY, form.get("country", "")) or form.get("country", "")[:50],
            "place": place,
            "placeId": find_choice(PLACE, place) or "",
        }
    return {key: value for key, value in found.items() if value not in ("", [], False)}


def _concepts(form: MultiDict[str, str], name: str) -> list[str]:
    chosen: list[str] = []
    for kind, class_iri in KINDS.items():
        known = {choice.identifier for choice in choices(class_iri)}
        chosen += [value for value in form.getlist(f"{name}.{kind}") if value in known]
        written = [text.strip()[:200] for text in form.get(f"{name}.{kind}.more", "").split(";") if text.strip()]
        chosen += [find_choice(class_iri, text) or f"?{kind}?{text}" for text in written]
    return list(dict.fromkeys(chosen))[:_MOST_CONCEPTS]


def _places(text: str) -> int:
    return min(int(text), MOST_PLACES) if text.strip().isdecimal() else 0


def mistakes_of(profile: Mapping[str, Any], *, own: bool) -> dict[str, str]:
    """Return what is wrong with a profile, by field, in the reader's language."""
    found: dict[str, str] = {}
    if own and not profile.get("name"):
        found["name"] = gettext("Give the name of the school.")
    if own and profile.get("country") not in {choice.identifier for choice in choices(COUNTRY)}:
        found["country"] = gettext("Choose the country.")
    if not profile.get("languages"):
        found["languages"] = gettext("Choose at least one language.")
    for name in ("offers", "needs"):
        unknown = [text.split("?", 2)[2] for text in profile.get(name, []) if text.startswith("?")]
        if unknown:
            names = ", ".join(unknown)
            found[name] = gettext("Nothing in the lists is called: %(names)s. Write it as the list does.", names=names)
    point = [_degrees(profile.get(name)) for name in ("latitude", "longitude")]
    given = [profile.get(name) for name in ("latitude", "longitude")]
    if any(given) and (None in point or abs(point[0] or 0) > 90 or abs(point[1] or 0) > 180):
        found["latitude"] = gettext("Give both as degrees, such as 59.35 and 26.36, or neither.")
    return found


def _degrees(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def enter_school(
    session: Session,
    hub: str,
    document: str | None,
    profile: dict[str, Any],
    *,
    by: Visitor,
    role: str,
    contact: str | None,
    confirmed: bool,
) -> MentoringSchool | None:
    """Keep a new school; None where the hub has it already.

    Args:
        session: The transaction.
        hub: Of which hub it is.
        document: Its identifier in the graph; None for a school that is not there.
        profile: Its profile.
        by: Who enters it.
        role: As what.
        contact: The person who speaks for it.
        confirmed: Whether a coordinator enters it.
    """
    taken = select(MentoringSchool.id).where(MentoringSchool.hub == hub, MentoringSchool.document == document)
    if document and session.scalar(taken):
        return None
    moment = now()
    school = MentoringSchool(
        id=new_id(),
        hub=hub,
        document=document or f"school/s-{new_id(10)}",
        own=document is None,
        contact_id=contact,
        version=1,
        data=profile,
        confirmed=moment if confirmed else None,
        created=moment,
        changed=moment,
    )
    try:
        with session.begin_nested():
            session.add(school)
    except IntegrityError:  # on PostgreSQL, somebody else has entered it at the same moment
        return None
    record(session, "mentoring.enter", agent=by.agent, role=role, hub=hub, about=school.document)
    session.flush()
    return school


def save_profile(
    session: Session, school: MentoringSchool, version: int, profile: dict[str, Any], by: Visitor, role: str
) -> bool:
    """Keep a changed profile; False where it is no longer of the version that was changed."""
    saved = session.execute(
        update(MentoringSchool)
        .where(MentoringSchool.id == school.id, MentoringSchool.version == version)
        .values(data=profile, version=version + 1, changed=now())
        .returning(MentoringSchool.id)
    ).scalar_one_or_none()
    if saved:
        record(session, "mentoring.profile", agent=by.agent, role=role, hub=school.hub, about=school.document)
    return saved is not None


def schools_of(session: Session, hub: str) -> list[MentoringSchool]:
    """Return the schools of a hub, in the order of their identifiers."""
    query = select(MentoringSchool).where(MentoringSchool.hub == hub).order_by(MentoringSchool.document)
    return list(session.scalars(query))


def list_schools(session: Session, person: str) -> list[MentoringSchool]:
    """Return the schools that a person speaks for."""
    query = select(MentoringSchool).where(MentoringSchool.contact_id == person).order_by(MentoringSchool.document)
    return list(session.scalars(query))
