"""What a plan is to reach: competences, for whom, and in how many lessons."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ontology.namespaces import PREFIXES
from search.fields import SUGGESTED
from search.request import ParameterError, SearchRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.graph import Graph

__all__ = ["LESSON_MINUTES", "MOST_COMPETENCES", "MOST_LESSONS", "Goal", "lessons_of", "required_competences"]

LESSON_MINUTES: Final = 45
"""Length of a lesson where nothing else is said."""

MOST_LESSONS: Final = 200
"""The largest number of lessons that a goal may allow: a school year with five lessons a week."""

MOST_COMPETENCES: Final = 60
"""Competences of one goal: a set of them is one 64-bit number."""

_BROADER: Final = PREFIXES["skos"] + "broader"
_NOTATION: Final = PREFIXES["skos"] + "notation"


@dataclass(frozen=True)
class Goal:
    """What a plan is to reach.

    Attributes:
        competences: IRIs of competences or of areas, which stand for all their competences.
        filters: What scenarios must be like, as in a search: ``level``, ``subject``, ``language``, ``devices``.
        suggested: Whether competences that only a program suggests count as taught.
        lessons: Lessons that there are at most; None for any number.
        lesson_minutes: Length of a lesson.
    """

    competences: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suggested: bool = False
    lessons: int | None = None
    lesson_minutes: int = LESSON_MINUTES

    @property
    def key(self) -> tuple[object, ...]:
        """What two goals have in common exactly when they are equal."""
        return self.competences, tuple(sorted(self.filters.items())), self.suggested, self.lessons, self.lesson_minutes

    @property
    def competence_field(self) -> str:
        """The facet that says which scenarios teach a competence."""
        return SUGGESTED if self.suggested else "competence"

    def search(self, **changes: tuple[str, ...]) -> SearchRequest:
        """Return the search for all scenarios that the goal's filters let pass, and further filters."""
        return SearchRequest(filters={**self.filters, **changes}, suggested=self.suggested)


def lessons_of(minutes: int | None, lesson_minutes: int) -> int:
    """Return how many lessons a scenario takes; one of unknown length is taken for a single lesson.

    >>> lessons_of(90, 45), lessons_of(50, 45), lessons_of(None, 45)
    (2, 2, 1)
    """
    return max(1, -(-(minutes or 0) // lesson_minutes))


def required_competences(asked: Sequence[str], graph: Graph) -> tuple[str, ...]:
    """Return the competences that a goal names, areas replaced by all that is in them, by framework and number.

    Raises:
        ParameterError: There are more than :data:`MOST_COMPETENCES`.
    """
    found: dict[str, None] = {}
    waiting = list(asked)
    seen: set[str] = set()
    while waiting:
        iri = waiting.pop()
        if iri in seen:
            continue
        seen.add(iri)
        narrower = graph.subjects(_BROADER, iri)
        waiting += narrower
        if not narrower:
            found[iri] = None
    if len(found) > MOST_COMPETENCES:
        cause = f"names {len(found)} competences, more than {MOST_COMPETENCES}"
        raise ParameterError(cause, field="competence", hint="choose fewer areas")
    return tuple(sorted(found, key=lambda iri: _place(iri, graph)))


def _place(iri: str, graph: Graph) -> tuple[str, list[int], str]:
    """Return where a competence stands: 1.10 comes after 1.9, and frameworks do not mix."""
    notation = graph.value(iri, _NOTATION) or ""
    framework = iri.removesuffix(notation) if notation else iri
    return framework, [int(number) for number in re.findall(r"\d{1,9}", notation)], iri
