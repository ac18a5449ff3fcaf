"""What of mentoring is published: schools that were entered here, and relations, as documents of the hub's collection.

A school's entry is published while a coordinator has confirmed it and the school agrees; a relation while both schools
agree, both are in the graph or published with it, and the shapes find nothing against it. When that ends, what was
published is withdrawn. Notes, next steps, outcomes and contacts are never published.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import select

from kg.errors import DocumentError
from kg.judging import judge
from kg.withdrawals import DELETED, Withdrawal
from search.remembering import Memory
from webapp.taking_part.hubs import made_up_hubs
from webapp.taking_part.mentoring.models import MentoringRelation, MentoringSchool
from webapp.taking_part.moments import now

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from kg.graph import Graph
    from ontology.validate import Finding

__all__ = [
    "collected",
    "findings_about",
    "fits_hub",
    "hubs_with_any",
    "is_public",
    "pending",
    "refresh",
    "school_document",
    "violations",
]

_SYNTHETIC: Final = "data-kind/synthetic"
_REAL: Final = "data-kind/original"
_BETWEEN_SCHOOLS: Final = "mentoring-level/interSchool"
_REMEMBERED: Final = 2000

_FOUND: Final[WeakKeyDictionary[Graph, Memory[list[Finding]]]] = WeakKeyDictionary()
"""What was found lately, by release: each change asks about all relations of a hub, of which one has changed."""


def school_document(school: MentoringSchool) -> dict[str, Any]:
    """Return the entry of a school that was entered here."""
    data = school.data
    kind = _SYNTHETIC if data.get("synthetic") else _REAL
    return {
        "id": school.document,
        "type": "School",
        "name": _name(school),
        "country": data.get("country"),
        "place": data.get("placeId"),
        "latitude": data.get("latitude"),
        "longitude": data.get("longitude"),
        "inHub": school.hub,
        "offers": data.get("offers", []),
        "needs": data.get("needs", []),
        "dataKind": kind,
        "source": [school.hub],
    }


def relation_document(
    relation: MentoringRelation, mentor: MentoringSchool, mentee: MentoringSchool, names: Mapping[str, str]
) -> dict[str, Any]:
    """Return a relation as a document.

    Args:
        relation: The relation.
        mentor: Who helps.
        mentee: Who is helped.
        names: What the two are called in English, by identifier.
    """
    data = relation.data
    reached = sorted(data.get("phases", {}).items(), key=lambda row: row[1])
    return {
        "id": relation.document,
        "type": "MentoringRelation",
        "name": {"en": f"{names[mentor.document]} mentors {names[mentee.document]}"},
        "mentorSchool": mentor.document,
        "menteeSchool": mentee.document,
        "practice": data.get("practice", []),
        "incentive": data.get("incentive", []),
        "phase": reached[-1][0] if reached else None,
        "startDate": data.get("startDate"),
        "endDate": data.get("endDate"),
        "mentoringLevel": _BETWEEN_SCHOOLS,
        "hub": [relation.hub],
        "dataKind": _SYNTHETIC if mentor.data.get("synthetic") else _REAL,
        "source": [relation.hub],
    }


def _name(school: MentoringSchool) -> dict[str, str]:
    languages = school.data.get("languages") or ["en"]
    return {languages[0]: school.data.get("name", "")}


def is_public(school: MentoringSchool) -> bool:
    """Whether readers know or may know of a school: it was in the graph before, or its entry is published."""
    return not school.own or (school.published is not None and school.withdrawn is None)


def _names(graph: Graph, id_base: str, *schools: MentoringSchool) -> dict[str, str]:
    return {
        school.document: school.data.get("name", "")
        if school.own
        else graph.label(id_base + school.document, ("en",))[0]
        for school in schools
    }


def findings_about(
    session: Session, relation: MentoringRelation, graph: Graph, id_base: str
) -> tuple[dict[str, Any], list[Finding]]:
    """Return a relation as a document, and what the shapes find in it.

    Raises:
        DocumentError: It refers to what does not exist, such as a practice that the release has no longer.
    """
    mentor, mentee = (session.get_one(MentoringSchool, key) for key in (relation.mentor_id, relation.mentee_id))
    document = relation_document(relation, mentor, mentee, _names(graph, id_base, mentor, mentee))
    beside = [school_document(school) for school in (mentor, mentee) if school.own]
    return document, _judged(document, graph, id_base, beside)


def refresh(session: Session, hub: str, graph: Graph, id_base: str, touched: Collection[str] = ()) -> bool:
    """Decide anew what of a hub's mentoring is published; whether its collection changes. Belongs into every change.

    Args:
        session: The transaction of the change.
        hub: The hub.
        graph: The graph of the release that is served.
        id_base: Base of the entities' IRIs.
        touched: Identifiers of rows that were changed: if they are published, then anew.
    """
    session.flush()
    session.expire_all()
    schools = {s.id: s for s in session.scalars(select(MentoringSchool).where(MentoringSchool.hub == hub))}
    changed = False
    for school in schools.values():
        if school.own:
            may = school.confirmed is not None and school.agreed is not None
            may = may and fits_hub(school, graph, id_base) and _passes(school, graph, id_base)
            changed |= _move(school, may=may, touched=school.id in touched)
    for relation in session.scalars(select(MentoringRelation).where(MentoringRelation.hub == hub)):
        pair = [schools[relation.mentor_id], schools[relation.mentee_id]]
        may = (
            relation.state != "cancelled" and relation.mentor_agreed is not None and relation.mentee_agreed is not None
        )
        may = may and all(map(is_public, pair)) and _is_right(session, relation, graph, id_base)
        changed |= _move(relation, may=may, touched=relation.id in touched)
    return changed


def _move(row: MentoringSchool | MentoringRelation, *, may: bool, touched: bool) -> bool:
    """Note whether a row is published from now on, or withdrawn; whether its collection has to be written anew."""
    published = row.published is not None and row.withdrawn is None
    if may and not published:
        row.published, row.withdrawn = now(), None
    elif published and not may:
        row.withdrawn = now()
    return may is not published or (published and touched)


def fits_hub(school: MentoringSchool, graph: Graph, id_base: str) -> bool:
    """Whether a school is as real as its hub: what is made up is published by hubs for demonstrations only."""
    return bool(school.data.get("synthetic")) is (school.hub in made_up_hubs(graph, id_base))


def violations(school: MentoringSchool, graph: Graph, id_base: str) -> list[Finding]:
    """Return what keeps the entry of a school from being published.

    Raises:
        DocumentError: It refers to what does not exist.
    """
    found = _judged(school_document(school), graph, id_base)
    return [finding for finding in found if finding.severity == "Violation"]


def _judged(
    document: Mapping[str, Any], graph: Graph, id_base: str, beside: Sequence[Mapping[str, Any]] = ()
) -> list[Finding]:
    memory = _FOUND.setdefault(graph, Memory(_REMEMBERED))
    key = json.dumps([document, *beside], sort_keys=True)
    return memory.get(key, lambda: judge(document, graph, id_base, beside=beside))


def _passes(school: MentoringSchool, graph: Graph, id_base: str) -> bool:
    try:
        return not violations(school, graph, id_base)
    except DocumentError:
        return False


def _is_right(session: Session, relation: MentoringRelation, graph: Graph, id_base: str) -> bool:
    try:
        _, findings = findings_about(session, relation, graph, id_base)
    except DocumentError:
        return False
    return not any(finding.severity == "Violation" for finding in findings)


def hubs_with_any(session: Session) -> set[str]:
    """Return the hubs of whose mentoring anything is or was published."""
    tables = (MentoringSchool, MentoringRelation)
    return {hub for table in tables for hub in session.scalars(select(table.hub).where(table.published.is_not(None)))}


def collected(
    session: Session, hub: str, school_names: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[Withdrawal]]:
    """Return the documents of a hub's mentoring for its collection, and what was withdrawn.

    Args:
        session: One state of the database.
        hub: The hub.
        school_names: What schools of the graph are called in English, by identifier.
    """
    schools = {s.id: s for s in session.scalars(select(MentoringSchool).where(MentoringSchool.hub == hub))}
    names = {s.document: s.data.get("name") or school_names.get(s.document, s.document) for s in schools.values()}
    found: list[tuple[MentoringSchool | MentoringRelation, dict[str, Any]]] = [
        (school, school_document(school)) for school in schools.values() if school.own
    ]
    for relation in session.scalars(select(MentoringRelation).where(MentoringRelation.hub == hub)):
        pair = schools[relation.mentor_id], schools[relation.mentee_id]
        found.append((relation, relation_document(relation, *pair, names)))
    found.sort(key=lambda row: row[0].document)
    documents = [document for row, document in found if row.published and not row.withdrawn]
    withdrawn = [
        Withdrawal(row.document, row.withdrawn.isoformat(), DELETED, hub, document["name"])
        for row, document in found
        if row.published and row.withdrawn
    ]
    return documents, withdrawn


def pending(session: Session, graph: Graph, id_base: str, built: str) -> bool:
    """Whether a release does not show yet what is published, or still shows what is withdrawn or has changed.

    Args:
        session: One state of the database.
        graph: The release's graph.
        id_base: Base of the entities' IRIs.
        built: When the release was built, as ISO 8601.
    """
    moment = dt.datetime.fromisoformat(built)
    return any(
        (id_base + document in graph) is (withdrawn is not None) or changed > moment
        for table in (MentoringSchool, MentoringRelation)
        for document, withdrawn, changed in session.execute(
            select(table.document, table.withdrawn, table.changed).where(table.published.is_not(None))
        )
    )
