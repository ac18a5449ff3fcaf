"""What is in a plan: its scenarios with their times, what they cover of the goal, and what to add."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from flask import current_app

from kg.terms import is_iri
from search.planning.goal import lessons_of, required_competences
from search.planning.proposal import Proposal, covering, propose
from search.remembering import Memory
from webapp.languages import reader_languages, served
from webapp.plan.asked import PlanRequest, plan_request

if TYPE_CHECKING:
    from flask import Flask

    from kg.history import EntityHistory

__all__ = ["Contents", "Member", "init_memory", "plan_contents", "slug_of"]

_REMEMBERED: Final = 512


@dataclass(frozen=True)
class Member:
    """One scenario of a plan.

    Attributes:
        slug: Its slug.
        iri: Its IRI.
        row: Its row in the engine; None for what is no scenario here.
        lessons: How many lessons it takes.
        history: When and why it was withdrawn; None for what is here or never was.
    """

    slug: str
    iri: str
    row: int | None
    lessons: int
    history: EntityHistory | None = None

    @property
    def card(self) -> dict[str, Any]:
        """What a list shows of it; empty for what is no scenario here."""
        return served().engine.cards[self.row] if self.row is not None else {}


class Contents:
    """What is in a plan, over the release that this request is answered from.

    Args:
        plan: The plan.
    """

    def __init__(self, plan: PlanRequest) -> None:
        self.plan = plan
        self.members = [_member(slug, plan.goal.lesson_minutes) for slug in plan.slugs]
        self.here = [member for member in self.members if member.row is not None]
        self.unavailable = [member for member in self.members if member.row is None]

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """The scenarios that are here, as rows of the engine."""
        return tuple(member.row for member in self.here if member.row is not None)

    @property
    def lessons(self) -> int:
        """Lessons that the plan takes."""
        return sum(member.lessons for member in self.here)

    @property
    def minutes(self) -> int:
        """Minutes that its scenarios state."""
        return sum(member.card["minutes"] or 0 for member in self.here)

    @property
    def untimed(self) -> int:
        """How many of its scenarios do not state their time; each is taken for one lesson."""
        return sum(not member.card["minutes"] for member in self.here)

    def by_subject(self) -> list[tuple[str, int, int]]:
        """Return subjects with their minutes and number of scenarios, the largest first.

        A scenario with several subjects counts for each of them, in full.
        """
        found: dict[str, tuple[int, int]] = {}
        for member in self.here:
            for subject in member.card["subjects"]:
                minutes, count = found.get(subject, (0, 0))
                found[subject] = (minutes + (member.card["minutes"] or 0), count + 1)
        return sorted(((iri, *sums) for iri, sums in found.items()), key=lambda entry: (-entry[1], entry[0]))

    @cached_property
    def competences(self) -> tuple[str, ...]:
        """What the goal asks for, areas replaced by what is in them."""
        return required_competences(self.plan.goal.competences, served().graph)

    @cached_property
    def coverage(self) -> dict[str, list[int]]:
        """For each competence of the goal the rows of the scenarios that teach it, in the order of the plan."""
        return covering(served().engine, self.plan.goal, self.competences, self.rows)

    @property
    def missing(self) -> list[str]:
        """The competences of the goal that no scenario of the plan teaches."""
        return [competence for competence, rows in self.coverage.items() if not rows]

    @cached_property
    def proposal(self) -> Proposal | None:
        """What to add; None where nothing is missing."""
        if not self.missing:
            return None
        memory: Memory[Proposal] = current_app.extensions["ihub.plans"]
        goal, language = self.plan.goal, reader_languages()[0]
        # The order of a plan changes nothing of what to add to it.
        key = (served().release.id, goal.key, tuple(sorted(self.rows)), language)
        return memory.get(key, lambda: propose(served().engine, goal, self.competences, self.rows, language))


def init_memory(app: Flask) -> None:
    """Give the application its memory of proposals."""
    app.extensions["ihub.plans"] = Memory(_REMEMBERED)


def plan_contents() -> Contents:
    """Return what is in the plan that this HTTP request is about.

    Raises:
        ParameterError: A parameter cannot be used.
    """
    return Contents(plan_request())


def slug_of(iri: str) -> str:
    """Return the slug of a scenario: what its IRI ends in."""
    return iri.partition("/id/scenario/")[2]


def _member(slug: str, lesson_minutes: int) -> Member:
    iri = f"{served().release.id_base}scenario/{slug}"
    engine = served().engine
    row = engine.row(iri)
    if row is not None:
        return Member(slug, iri, row, lessons_of(engine.cards[row]["minutes"], lesson_minutes))
    history = served().release.history.entity(iri) if is_iri(iri) else None
    return Member(slug, iri, None, 0, history if history and history.deleted else None)
