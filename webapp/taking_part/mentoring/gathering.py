"""What the matching is asked: profiles with the places that are left, and what is not to be proposed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kg.places import position
from ontology.namespaces import IHUB, SCHEMA
from webapp.taking_part.mentoring.models import MentoringCircle, MentoringRefusal, MentoringRelation
from webapp.taking_part.mentoring.profiles import schools_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from kg.graph import Graph
    from kg.mentoring.proposing import Proposals
    from kg.mentoring.schools import Hierarchy, Profile
    from webapp.taking_part.mentoring.models import MentoringSchool

__all__ = ["Situation", "circle_digest", "gather", "pair_digest", "propose_for"]


@dataclass(frozen=True)
class Situation:
    """Where a hub stands.

    Attributes:
        schools: Its schools that a coordinator has confirmed, by identifier of the document.
        profiles: What the matching knows of each.
        relations: Its open relations.
        circles: Its open circles.
        hierarchy: Which concepts are broader than which.
        excluded: Pairs of mentor and mentee that are not to be proposed.
        not_in_circles: Pairs of school and need about which no circle is to be proposed.
    """

    schools: dict[str, MentoringSchool]
    profiles: list[Profile]
    relations: list[MentoringRelation]
    circles: list[MentoringCircle]
    hierarchy: Hierarchy
    excluded: set[tuple[str, str]]
    not_in_circles: set[tuple[str, str]]


def gather(session: Session, hub: str, graph: Graph, id_base: str, day: dt.date) -> Situation:
    """Return where a hub stands on a day; beside the database, relations that the graph knows of count."""
    from kg.mentoring.schools import hierarchy_of

    rows = [school for school in schools_of(session, hub) if school.confirmed]
    by_id = {school.id: school for school in rows}
    relations = _open(session, MentoringRelation, hub)
    circles = _open(session, MentoringCircle, hub)
    concepts = {concept for row in rows for key in ("offers", "needs") for concept in row.data.get(key, [])}
    hierarchy = hierarchy_of(graph, id_base, concepts)
    pairs = {(by_id[r.mentor_id].document, by_id[r.mentee_id].document) for r in relations if _both(r, by_id)}
    pairs |= _in_graph(graph, id_base, {row.document for row in rows}, day)
    profiles = [_profile(row, by_id, relations, circles, hierarchy, graph, id_base) for row in rows]
    refused = set(session.scalars(select(MentoringRefusal.id).where(MentoringRefusal.hub == hub)))
    excluded = pairs | {
        (one.document, other.document) for one in rows for other in rows if pair_digest(one, other) in refused
    }
    not_in = {
        (row.document, need) for row in rows for need in concepts if refused and circle_digest(row, need) in refused
    }
    schools = {row.document: row for row in rows}
    return Situation(schools, profiles, relations, circles, hierarchy, excluded, not_in)


def propose_for(situation: Situation) -> Proposals:
    """Return what is proposed to a hub."""
    from kg.mentoring.proposing import propose

    return propose(situation.profiles, situation.hierarchy, situation.excluded, situation.not_in_circles)


def pair_digest(mentor: MentoringSchool, mentee: MentoringSchool) -> str:
    """Return what a refused pair is known by: both schools, and what their profiles said about matching."""
    return _digest("pair", mentor.document, _matched(mentor), mentee.document, _matched(mentee))


def circle_digest(school: MentoringSchool, need: str) -> str:
    """Return what a refused circle is known by, for one of its schools."""
    return _digest("circle", school.hub, school.document, _matched(school), need)


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _matched(school: MentoringSchool) -> list[Any]:
    kept = [sorted(school.data.get(key, [])) for key in ("offers", "needs", "languages")]
    return [*kept, school.data.get("latitude"), school.data.get("longitude"), school.data.get("placeId")]


def _open(session: Session, table: Any, hub: str) -> list[Any]:
    query = select(table).where(table.hub == hub, table.state == "open").order_by(table.created, table.id)
    return list(session.scalars(query))


def _both(relation: MentoringRelation, by_id: dict[str, MentoringSchool]) -> bool:
    return relation.mentor_id in by_id and relation.mentee_id in by_id


def _in_graph(graph: Graph, id_base: str, schools: set[str], day: dt.date) -> set[tuple[str, str]]:
    """Return the pairs of these schools between which the graph knows a relation that has not ended."""
    found = set()
    for mentee in schools:
        for relation in graph.subjects(IHUB + "menteeSchool", id_base + mentee):
            mentor = (graph.iri(relation, IHUB + "mentorSchool") or "").removeprefix(id_base)
            ended = graph.value(relation, SCHEMA + "endDate")
            if mentor in schools and not (ended and ended < day.isoformat()):
                found.add((mentor, mentee))
    return found


def _profile(
    row: MentoringSchool,
    by_id: dict[str, MentoringSchool],
    relations: Sequence[MentoringRelation],
    circles: Sequence[MentoringCircle],
    hierarchy: Hierarchy,
    graph: Graph,
    id_base: str,
) -> Profile:
    from kg.mentoring.schools import FULL, Profile

    # A circle meets as one group, so however many relations it stands for, it takes one place of its mentor.
    mentoring = {relation.circle_id or relation.id for relation in relations if relation.mentor_id == row.id}
    mentors = [by_id[r.mentor_id] for r in relations if r.mentee_id == row.id and r.mentor_id in by_id]
    met = {offer for mentor in mentors for offer in mentor.data.get("offers", [])}
    met |= {circle.data["need"] for circle in circles if row.id in circle.data["members"]}
    mentored = sum(relation.mentee_id == row.id for relation in relations)
    needs = {
        need
        for need in row.data.get("needs", [])
        if max((hierarchy.points(need, other) for other in met), default=0) < FULL // 2
    }
    return Profile(
        key=row.document,
        offers=frozenset(row.data.get("offers", [])),
        needs=frozenset(needs),
        languages=frozenset(row.data.get("languages", [])),
        position=_position(row, graph, id_base),
        mentor_places=max(0, int(row.data.get("mentorPlaces", 0)) - len(mentoring)),
        mentee_places=max(0, int(row.data.get("menteePlaces", 0)) - mentored),
        mentored=mentored,
        synthetic=bool(row.data.get("synthetic")),
    )


def _position(row: MentoringSchool, graph: Graph, id_base: str) -> tuple[float, float] | None:
    data = row.data
    if "latitude" in data and "longitude" in data:
        return float(data["latitude"]), float(data["longitude"])
    for known in (data.get("placeId"), None if row.own else row.document):
        if known and (found := position(graph, id_base + known)):
            return found.latitude, found.longitude
    return None
