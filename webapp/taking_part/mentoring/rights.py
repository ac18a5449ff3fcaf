"""Who may see and change what of mentoring, beyond what the table of addresses says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import abort

from webapp.languages import label
from webapp.taking_part.mentoring.models import MentoringRelation, MentoringSchool
from webapp.taking_part.mentoring.profiles import list_schools
from webapp.taking_part.roles import Role
from webapp.taking_part.state import blueprint, id_base, people, require_visitor

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = [
    "acting_role",
    "is_team",
    "may_decide",
    "own_mentoring_schools",
    "relation_or_404",
    "school_name",
    "school_or_404",
    "speaks_for",
]

_ORDER: Final = (Role.COORDINATOR, Role.ADMINISTRATOR, Role.EDITOR, Role.CONTRIBUTOR)
_TEAM: Final = frozenset({Role.EDITOR, Role.COORDINATOR, Role.ADMINISTRATOR})


def acting_role(hub: str) -> str:
    """Return as what the visitor acts at a hub: the role that matters most here, ``school`` for a contact without."""
    roles = require_visitor().roles_at(hub)
    return next((role.value for role in _ORDER if role in roles), "school")


def may_decide(hub: str) -> bool:
    """Whether the visitor is a coordinator of a hub, or an administrator."""
    return bool(require_visitor().roles_at(hub) & {Role.COORDINATOR, Role.ADMINISTRATOR})


def is_team(hub: str) -> bool:
    """Whether the visitor belongs to the team of a hub."""
    return bool(require_visitor().roles_at(hub) & _TEAM)


def speaks_for(school: MentoringSchool) -> bool:
    """Whether the visitor may agree for a school: its contact may; a coordinator, where it has none."""
    if school.contact_id is None:
        return may_decide(school.hub)
    return school.contact_id == require_visitor().person


def school_or_404(session: Session, key: str) -> MentoringSchool:
    """Return a school, to its contact and its hub's team; answers 404 to others."""
    school = session.get(MentoringSchool, key)
    if school is None or not (is_team(school.hub) or school.contact_id == require_visitor().person):
        abort(404)
    return school


def relation_or_404(session: Session, key: str) -> tuple[MentoringRelation, MentoringSchool, MentoringSchool]:
    """Return a relation with its mentor and mentee, to both schools' contacts and the hub's team; 404 to others."""
    relation = session.get(MentoringRelation, key)
    if relation is None:
        abort(404)
    mentor = session.get_one(MentoringSchool, relation.mentor_id)
    mentee = session.get_one(MentoringSchool, relation.mentee_id)
    if not is_team(relation.hub) and require_visitor().person not in {mentor.contact_id, mentee.contact_id}:
        abort(404)
    return relation, mentor, mentee


@blueprint.app_template_global()
def school_name(school: MentoringSchool) -> tuple[str, str]:
    """Return what a school is called, and in which language."""
    if school.own:
        return school.data.get("name", ""), (school.data.get("languages") or ["und"])[0]
    return label(id_base() + school.document)


@blueprint.app_template_global()
def own_mentoring_schools() -> list[MentoringSchool]:
    """Return the schools that the visitor speaks for."""
    with people().database.reading() as session:
        return list_schools(session, require_visitor().person)
