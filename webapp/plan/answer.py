"""A plan as the API gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from search.planning.goal import lessons_of
from search.request import SearchRequest
from search.results import Hit
from webapp.languages import label, pick, served
from webapp.plan.asked import plan_address
from webapp.plan.contents import slug_of
from webapp.plan.texts import gap_text
from webapp.presentation import hit_entry
from webapp.search_address import address

if TYPE_CHECKING:
    from webapp.plan.contents import Contents, Member

__all__ = ["plan_json"]


def plan_json(contents: Contents) -> dict[str, Any]:
    """Return the plan with its times, what it covers of its goal, and what to add; docs/plans.md says it in words."""
    plan = contents.plan
    return {
        "release": served().release.id,
        "address": plan_address(plan, absolute=True),
        "name": plan.name,
        "lessonMinutes": plan.goal.lesson_minutes,
        "lessonsAtMost": plan.goal.lessons,
        "lessons": contents.lessons,
        "minutes": contents.minutes,
        "untimed": contents.untimed,
        "scenarios": [_scenario(contents, member.row or 0, member.lessons) for member in contents.here],
        "unavailable": [_unavailable(member) for member in contents.unavailable],
        "subjects": [
            {**_concept(iri), "minutes": minutes, "scenarios": count} for iri, minutes, count in contents.by_subject()
        ],
        "coverage": [
            {
                "competence": _concept(competence),
                "coveredBy": [served().engine.cards[row]["iri"] for row in rows],
                "search": address(plan.goal.search(competence=(competence,)), absolute=True),
            }
            for competence, rows in contents.coverage.items()
        ],
        "proposal": _proposal(contents),
    }


def _concept(iri: str) -> dict[str, str]:
    return {"iri": iri, "label": label(iri)[0]}


def _scenario(contents: Contents, row: int, lessons: int) -> dict[str, Any]:
    engine, goal = served().engine, contents.plan.goal
    covers = [c for c in contents.competences if engine.facets.has(goal.competence_field, c, row)]
    shown = hit_entry(Hit(row, (), 0.0), SearchRequest())
    return {**shown, "slug": slug_of(shown["iri"]), "lessons": lessons, "covers": covers}


def _unavailable(member: Member) -> dict[str, Any]:
    history = member.history
    return {
        "slug": member.slug,
        "iri": member.iri,
        "state": "withdrawn" if history else "unknown",
        "title": pick(history.title)[0] if history else "",
        "withdrawnOn": history.deleted.isoformat() if history and history.deleted else None,
        "reason": history.reason if history else None,
    }


def _proposal(contents: Contents) -> dict[str, Any] | None:
    proposal = contents.proposal
    if proposal is None:
        return None
    cards = served().engine.cards
    length = contents.plan.goal.lesson_minutes
    added = contents.plan.and_(slug_of(cards[row]["iri"]) for row in proposal.rows)
    unproven = proposal.unproven
    return {
        "scenarios": [_scenario(contents, row, lessons_of(cards[row]["minutes"], length)) for row in proposal.rows],
        "lessons": proposal.lessons,
        "minutes": proposal.minutes,
        "address": plan_address(added, absolute=True),
        "lessonsForAll": proposal.lessons_for_all,
        "proven": unproven is None,
        "unproven": {"aim": unproven.aim, "bound": unproven.bound} if unproven else None,
        "gaps": [
            {"competence": _concept(gap.competence), "reason": gap.reason, "text": gap_text(gap), "works": gap.works}
            for gap in proposal.gaps
        ],
    }
