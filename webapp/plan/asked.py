"""A plan as its address says it: scenarios in order, a name, and a goal. The address is all that there is of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import current_app, request, url_for

from search.planning.goal import LESSON_MINUTES, MOST_LESSONS, Goal
from search.request import ParameterError, clean_query, parse_request
from search.spellings import short_value
from webapp.languages import reader_languages, served

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "LESSON_LENGTHS",
    "LONGEST_NAME",
    "LONGEST_SLUG",
    "MOST_SCENARIOS",
    "PARAMETERS",
    "PlanRequest",
    "plan_address",
    "plan_parameters",
    "plan_request",
]

MOST_SCENARIOS: Final = 60
"""Scenarios of one plan: its address stays shorter than what servers and mail programs take."""

LESSON_LENGTHS: Final = (10, 240)
"""The least and the greatest length of a lesson, in minutes."""

LONGEST_NAME: Final = 80
"""Characters of a plan's name."""

LONGEST_SLUG: Final = 300
"""Characters of what stands for a scenario."""

_FILTERS: Final = ("level", "subject", "language", "devices")
_SEARCHED: Final = ("competence", *_FILTERS, "suggested")

PARAMETERS: Final = frozenset({"s", "name", *_SEARCHED, "lessons", "lesson_minutes", "lang"})
"""Everything that makes a plan, and the language in which to show it."""


@dataclass(frozen=True)
class PlanRequest:
    """A plan.

    Attributes:
        slugs: Its scenarios, in order: the ends of their IRIs, each once.
        name: What its owner calls it; may be empty.
        goal: What it is to reach.
    """

    slugs: tuple[str, ...] = ()
    name: str = ""
    goal: Goal = field(default_factory=Goal)

    def moved(self, place: int, by: int) -> PlanRequest:
        """Return the plan with the scenario at ``place`` moved up or down."""
        slugs = list(self.slugs)
        slugs.insert(place + by, slugs.pop(place))
        return replace(self, slugs=tuple(slugs))

    def without(self, slug: str) -> PlanRequest:
        """Return the plan without a scenario."""
        return replace(self, slugs=tuple(other for other in self.slugs if other != slug))

    def and_(self, slugs: Iterable[str]) -> PlanRequest:
        """Return the plan with further scenarios at its end."""
        return replace(self, slugs=tuple(dict.fromkeys((*self.slugs, *slugs))))


def plan_request() -> PlanRequest:
    """Return the plan that this HTTP request is about.

    Raises:
        ParameterError: A parameter cannot be used.
    """
    given = {name: values for name, values in request.args.lists() if name in PARAMETERS}
    settings = current_app.extensions["ihub.site"].settings
    searched = parse_request(
        {name: values for name, values in given.items() if name in _SEARCHED},
        served().filter_values,
        served().release.id,
        longest=settings.query_max_chars,
        largest_page=settings.page_size_max,
        languages=reader_languages(),
    )
    goal = Goal(
        competences=searched.filters.get("competence", ()),
        filters={name: values for name, values in searched.filters.items() if name in _FILTERS},
        suggested=searched.suggested,
        lessons=_number("lessons", 1, MOST_LESSONS),
        lesson_minutes=_number("lesson_minutes", *LESSON_LENGTHS) or LESSON_MINUTES,
    )
    return PlanRequest(_slugs(given.get("s", [])), _name(), goal)


def plan_parameters(plan: PlanRequest) -> list[tuple[str, str]]:
    """Return the parameters of a plan in canonical form; parsing them gives an equal plan again."""
    goal = plan.goal
    pairs = [("s", slug) for slug in plan.slugs]
    if plan.name:
        pairs.append(("name", plan.name))
    pairs += [("competence", short_value("competence", value)) for value in goal.competences]
    pairs += [(name, short_value(name, value)) for name in _FILTERS for value in goal.filters.get(name, ())]
    if goal.suggested:
        pairs.append(("suggested", "1"))
    if goal.lessons is not None:
        pairs.append(("lessons", str(goal.lessons)))
    if goal.lesson_minutes != LESSON_MINUTES:
        pairs.append(("lesson_minutes", str(goal.lesson_minutes)))
    return pairs


def plan_address(
    plan: PlanRequest, endpoint: str = "plan.plan", *, absolute: bool = False, anchor: str | None = None, **extra: str
) -> str:
    """Return the address of a plan, in the language that this request asked for by ``lang``."""
    pairs = [*plan_parameters(plan), *extra.items()]
    if language := request.args.get("lang"):
        pairs.append(("lang", language))
    base = url_for(endpoint, _external=absolute)
    return base + (f"?{urlencode(pairs)}" if pairs else "") + (f"#{anchor}" if anchor else "")


def _slugs(given: Iterable[str]) -> tuple[str, ...]:
    """Return the slugs of scenarios that are given by slug or IRI, each once."""
    start = f"{served().release.id_base}scenario/"
    found = tuple(dict.fromkeys(value.strip().removeprefix(start) for value in given if value.strip()))
    if len(found) > MOST_SCENARIOS:
        raise ParameterError(f"names {len(found)} scenarios; a plan has at most {MOST_SCENARIOS}", field="s")
    for slug in found:
        if len(slug) > LONGEST_SLUG:
            raise ParameterError(f"{slug[:80]!r}... is longer than {LONGEST_SLUG} characters", field="s")
    return found


def _name() -> str:
    name = request.args.get("name", "")
    if len(name) > LONGEST_NAME:
        raise ParameterError(f"is longer than {LONGEST_NAME} characters", field="name")
    return clean_query(name)


def _number(name: str, least: int, most: int) -> int | None:
    values: list[Any] = request.args.getlist(name)
    if len(values) > 1:
        raise ParameterError("is given more than once", field=name)
    text = values[0].strip() if values else ""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise ParameterError(f"must be a whole number from {least} to {most}", field=name)
    return int(text)
