"""A plan as the page shows it: every address that changes it, labels in the reader's language, the form of the goal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ontology.language import choose
from ontology.namespaces import IHUB, PREFIXES
from search.fields import FIELDS
from search.planning.goal import Goal, lessons_of, required_competences
from search.request import SearchRequest
from search.spellings import short_value
from webapp.addresses import document_address
from webapp.answers import shared
from webapp.interface_language import interface_language
from webapp.languages import label, pick, reader_languages, served
from webapp.plan.asked import MOST_SCENARIOS, PlanRequest, plan_address
from webapp.plan.contents import slug_of
from webapp.search_address import address
from webapp.search_labels import competence_label, value_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from webapp.plan.contents import Contents, Member

__all__ = [
    "all_added",
    "board",
    "entry",
    "form",
    "found_entries",
    "member_entries",
    "proposal_entries",
    "said",
    "subject_times",
    "unavailable_entries",
]

_BROADER = PREFIXES["skos"] + "broader"


def said(iri: str) -> tuple[str, str]:
    """Return the label of an entity, with the number of a competence, and its language."""
    text, language = label(iri)
    return (competence_label(iri), language) if "/id/competence/" in iri else (text, language)


def entry(row: int, lesson_minutes: int) -> dict[str, Any]:
    """Return what a list shows of a scenario."""
    card = served().engine.cards[row]
    title, language = choose(card["names"], (card["language"], *reader_languages())) or ("", "und")
    own, own_language = pick(card["names"])
    return {
        "iri": card["iri"],
        "slug": slug_of(card["iri"]),
        "title": title,
        "language": language,
        "reader_title": None if own_language == language else (own, own_language),
        "url": document_address(card["iri"]),
        "minutes": card["minutes"],
        "lessons": lessons_of(card["minutes"], lesson_minutes),
        "levels": [said(iri) for iri in card["levels"]],
        "subjects": [said(iri) for iri in card["subjects"]],
        "competences": [said(iri) for iri in card["competences"]],
        "text_language": value_label("language", card["language"].split("-")[0]),
        "kind": (card["dataKind"] or "").rsplit("/", 1)[-1],
    }


def member_entries(contents: Contents) -> list[dict[str, Any]]:
    """Return the scenarios of a plan that are here, each with the addresses that move it and take it out."""
    plan = contents.plan
    last = len(plan.slugs) - 1
    entries = []
    for number, member in enumerate(contents.here, 1):
        place = plan.slugs.index(member.slug)
        anchor = f"scenario-{number}"
        moves = {
            "up": plan_address(plan.moved(place, -1), anchor="order") if place else None,
            "down": plan_address(plan.moved(place, 1), anchor="order") if place < last else None,
            "remove": plan_address(plan.without(member.slug), anchor="order"),
        }
        shown = entry(member.row or 0, plan.goal.lesson_minutes)
        entries.append({**shown, **moves, "number": number, "anchor": anchor})
    return entries


def unavailable_entries(contents: Contents) -> list[dict[str, Any]]:
    """Return what the plan names and cannot be had: what it was, and the address of the plan without it."""
    return [_unavailable(member, contents.plan) for member in contents.unavailable]


def _unavailable(member: Member, plan: PlanRequest) -> dict[str, Any]:
    history = member.history
    return {
        "slug": member.slug,
        "title": pick(history.title) if history else ("", "und"),
        "deleted": history.deleted.date() if history and history.deleted else None,
        "reason": history.reason if history else None,
        "url": document_address(member.iri) if history else None,
        "remove": plan_address(plan.without(member.slug)),
    }


def subject_times(contents: Contents) -> list[dict[str, Any]]:
    """Return minutes and number of scenarios by subject."""
    return [
        {
            "label": said(iri),
            "minutes": minutes,
            "scenarios": count,
            "url": address(SearchRequest(filters={"subject": (iri,)})),
        }
        for iri, minutes, count in contents.by_subject()
    ]


def board(
    contents: Contents, members: Sequence[dict[str, Any]], proposed: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the competences of the goal in groups by area: which scenarios teach each, or where to look for some.

    Args:
        contents: The plan.
        members: Its entries.
        proposed: The entries of what is suggested.
    """
    by_iri = {shown["iri"]: shown for shown in members}
    cards = served().engine.cards
    gaps = {gap.competence: gap for gap in contents.proposal.gaps} if contents.proposal else {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for competence, rows in contents.coverage.items():
        area = served().graph.iri(competence, _BROADER) or ""
        line = {
            "label": said(competence),
            "address": document_address(competence),
            "members": [by_iri[cards[row]["iri"]] for row in rows],
            "search": address(contents.plan.goal.search(competence=(competence,))),
            "gap": gaps.get(competence),
            "suggested": next((shown for shown in proposed if said(competence) in shown["fills"]), None),
        }
        groups.setdefault(area, []).append(line)
    return [{"label": said(area) if area else None, "lines": lines} for area, lines in groups.items()]


def proposal_entries(contents: Contents) -> list[dict[str, Any]]:
    """Return the suggested scenarios, each with what it covers and the address that adds it."""
    if contents.proposal is None:
        return []
    plan, facets = contents.plan, served().engine.facets
    entries = []
    for row in contents.proposal.rows:
        shown = entry(row, plan.goal.lesson_minutes)
        teaches = [said(c) for c in contents.missing if facets.has(plan.goal.competence_field, c, row)]
        entries.append({**shown, "fills": teaches, "add": _add(plan, [shown["slug"]])})
    return entries


def all_added(contents: Contents) -> str | None:
    """Return the address of the plan with everything that is suggested, if there is room for it."""
    rows = contents.proposal.rows if contents.proposal else ()
    return _add(contents.plan, [slug_of(served().engine.cards[row]["iri"]) for row in rows]) if rows else None


def _add(plan: PlanRequest, slugs: Iterable[str]) -> str | None:
    more = plan.and_(slugs)
    return plan_address(more, anchor="order") if len(more.slugs) <= MOST_SCENARIOS else None


def found_entries(contents: Contents, words: str) -> list[dict[str, Any]]:
    """Return scenarios found by words under the goal's filters, each with the address that adds it to the plan."""
    plan = contents.plan
    asked = replace(
        plan.goal.search(), query=words, limit=6, languages=reader_languages(), constraints=False, facets=()
    )
    hits = served().engine.search(asked).hits
    entries = [entry(hit.row, plan.goal.lesson_minutes) for hit in hits if hit.row not in contents.rows]
    return [{**shown, "add": _add(plan, [shown["slug"]])} for shown in entries]


def form(plan: PlanRequest) -> dict[str, Any]:
    """Return the choices of the goal's form, by parameter, and those that are made."""
    known = shared("plan-form")
    if not known:
        known["frameworks"] = _frameworks()
        for name in ("level", "subject", "language"):
            known[name] = _choices(name)
    chosen = {short_value("competence", iri) for iri in plan.goal.competences}
    filters = {name: [short_value(name, value) for value in values] for name, values in plan.goal.filters.items()}
    if plan.goal == Goal():  # a first goal is for texts that its reader can read
        filters["language"] = [tag for tag in ("", interface_language()) if not tag or tag in dict(known["language"])][
            -1:
        ]
    return {**known, "chosen": chosen, "filters": filters}


def _choices(name: str) -> list[tuple[str, tuple[str, str]]]:
    """Return the values of a filter that some scenario has, with their labels, in order of these."""
    values = [value for value in served().engine.facets.values(name) if value]
    pairs = [(short_value(name, value), _label(name, value)) for value in values]
    return pairs if name == "level" else sorted(pairs, key=lambda pair: pair[1][0].casefold())


def _label(name: str, value: str) -> tuple[str, str]:
    return said(value) if FIELDS[name].classes else (value_label(name, value), reader_languages()[0])


def _frameworks() -> list[dict[str, Any]]:
    """Return the frameworks of which some scenario teaches something: their areas with all their competences."""
    graph = served().graph
    taught = served().engine.facets.values("competence")
    frameworks = sorted({f for iri in taught for f in graph.iris(iri, IHUB + "framework")})
    found = []
    for framework in frameworks:
        members = graph.subjects(IHUB + "framework", framework)
        # Proficiency levels belong to a framework, too.
        areas = [i for i in members if IHUB + "Competence" in graph.types(i) and not graph.iris(i, _BROADER)]
        shown = [{**_competence(area), "narrower": _narrower(area)} for area in sorted(areas, key=said)]
        found.append({"label": said(framework), "areas": shown})
    return found


def _narrower(area: str) -> list[dict[str, Any]]:
    inside = required_competences((area,), served().graph)
    return [_competence(iri) for iri in inside if iri != area]


def _competence(iri: str) -> dict[str, Any]:
    return {"value": short_value("competence", iri), "label": said(iri)}
