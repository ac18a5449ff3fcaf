"""Plans: as JSON with what they cover and what to add, and as a table, a calendar and JSON-LD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.planning.goal import LESSON_MINUTES, MOST_COMPETENCES, MOST_LESSONS
from search.planning.proposal import GAP_REASONS
from webapp.openapi.parts import content, get, query, reference
from webapp.plan.asked import LESSON_LENGTHS, LONGEST_NAME, LONGEST_SLUG, MOST_SCENARIOS, PARAMETERS
from webapp.plan.calendar import MOST_TIMES, WEEKDAYS, ZONES

if TYPE_CHECKING:
    from webapp.openapi.parts import Json

__all__ = ["PLAN_SCHEMAS", "plan_paths"]

_TEXT: Final[Json] = {"type": "string"}
_IRI: Final[Json] = {"type": "string", "format": "iri"}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_OPTIONAL_COUNT: Final[Json] = {"type": ["integer", "null"], "minimum": 0}
_OPTIONAL_TEXT: Final[Json] = {"type": ["string", "null"]}
_ABSENT: Final[Json] = {"type": "string", "maxLength": 0, "description": "As if the parameter were absent."}
_CONCEPT: Final = reference("schemas", "Concept")


def _object(properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


_SCENARIO: Final[Json] = {
    "allOf": [reference("schemas", "Hit"), _object({"slug": _TEXT, "lessons": _COUNT, "covers": _list(_IRI)})]
}
_PROPOSAL: Final = _object(
    {
        "scenarios": _list(_SCENARIO),
        "lessons": _COUNT,
        "minutes": _COUNT,
        "address": _TEXT,
        "lessonsForAll": _OPTIONAL_COUNT,
        "proven": {"type": "boolean"},
        "unproven": {
            "oneOf": [
                _object({"aim": {"enum": ["competences", "lessons", "minutes", "language"]}, "bound": _COUNT}),
                {"type": "null"},
            ]
        },
        "gaps": _list(
            _object({"competence": _CONCEPT, "reason": {"enum": list(GAP_REASONS)}, "text": _TEXT, "works": _COUNT})
        ),
    }
)
PLAN_SCHEMAS: Final[Json] = {
    "Plan": _object(
        {
            "release": _TEXT,
            "address": _TEXT,
            "name": _TEXT,
            "lessonMinutes": _COUNT,
            "lessonsAtMost": _OPTIONAL_COUNT,
            "lessons": _COUNT,
            "minutes": _COUNT,
            "untimed": _COUNT,
            "scenarios": _list(_SCENARIO),
            "unavailable": _list(
                _object(
                    {"slug": _TEXT, "iri": _TEXT, "state": {"enum": ["withdrawn", "unknown"]}, "title": _TEXT}
                    | {"withdrawnOn": _OPTIONAL_TEXT, "reason": _OPTIONAL_TEXT}
                )
            ),
            "subjects": _list(_object({"iri": _IRI, "label": _TEXT, "minutes": _COUNT, "scenarios": _COUNT})),
            "coverage": _list(_object({"competence": _CONCEPT, "coveredBy": _list(_IRI), "search": _TEXT})),
            "proposal": {"oneOf": [_PROPOSAL, {"type": "null"}]},
        }
    )
}
"""The components, by name."""


def plan_paths() -> Json:
    """Return the paths; the goal of a plan has some of the parameters of a search."""
    own = _own()
    named = [own[name] if name in own else reference("parameters", name) for name in sorted(PARAMETERS)]
    return {
        "/api/plan": get(
            "A plan of scenarios: time, coverage of its goal, and the fewest lessons that cover the rest",
            content(["application/json"], reference("schemas", "Plan")),
            parameters=named,
            statuses=[400],
            description="The address of a plan is all that there is of it. docs/plans.md says what the members mean.",
        ),
        "/plan.csv": get("A plan as a table", content(["text/csv"]), parameters=named, statuses=[400]),
        "/plan.jsonld": get(
            "A plan as JSON-LD",
            content(["application/ld+json"], {"type": "object"}),
            parameters=named,
            statuses=[400],
        ),
        "/plan.ics": get(
            "A plan as a calendar (RFC 5545), an event for each lesson",
            content(["text/calendar"]),
            parameters=[*named, *_timetable()],
            statuses=[400],
        ),
    }


def _own() -> dict[str, Json]:
    slugs: Json = {"type": "array", "maxItems": MOST_SCENARIOS, "items": {"type": "string", "maxLength": LONGEST_SLUG}}
    length = _number(*LESSON_LENGTHS)
    text = f"Competences to cover; areas stand for all of theirs. At most {MOST_COMPETENCES} competences in all."
    return {
        "s": query("s", slugs, "The scenarios, in order: the ends of their IRIs, or whole IRIs."),
        "name": query("name", {"type": "string", "maxLength": LONGEST_NAME}, "What the plan is called."),
        "lessons": query("lessons", _number(1, MOST_LESSONS), f"Lessons at most. {text}"),
        "lesson_minutes": query("lesson_minutes", length, f"Minutes of a lesson; {LESSON_MINUTES} when not given."),
    }


def _timetable() -> list[Json]:
    day: Json = {"type": "string", "format": "date"}
    zone = query(
        "zone", {"type": "string", "enum": ["", *ZONES]}, "Time zone; any of the IANA database. Else floating."
    )
    time: Json = {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9])?$"}
    times: Json = {"type": "array", "maxItems": MOST_TIMES, "items": time}
    start = {**query("start", day, "The first day."), "required": True}
    return [start, zone, *(query(name, times, "When lessons begin on this day of the week.") for name in WEEKDAYS)]


def _number(least: int, most: int) -> Json:
    return {"anyOf": [{"type": "integer", "minimum": least, "maximum": most}, _ABSENT]}
