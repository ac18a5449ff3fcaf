"""What a search answers: hits with the reasons for them, counts, and what to try instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from search.constraints import Constraint
    from search.passages import Passage

__all__ = ["ConceptReason", "Hit", "More", "Offer", "Relaxation", "SearchResult"]


class ConceptReason(NamedTuple):
    """A concept that the query names and a hit has: in which field, and by which words of the query it was named."""

    iri: str
    asked_as: str
    field: str


@dataclass(frozen=True)
class Hit:
    """One work in a result.

    Attributes:
        row: The scenario that stands for it: the reader's language if it has it.
        others: The work's other scenarios, by row.
        score: The work's score.
        passage: The passage that matched best, by meaning or else by words.
        close: Whether the passage is close to the query in meaning.
        words: Words of the query that occur in it, in some form.
        words_passage: The passage where most of them stand, if ``passage`` has none of them.
        concepts: Concepts that the query names and it has.
        exact: Whether the query is its identifier, slug or IRI.
        title: Whether the query is its title.
        activity: Position of the first activity that all filters on activities hold for; None without such filters.
        signals: Scores by signal, when asked to explain.
    """

    row: int
    others: tuple[int, ...]
    score: float
    passage: Passage | None = None
    close: bool = False
    words: tuple[str, ...] = ()
    words_passage: Passage | None = None
    concepts: tuple[ConceptReason, ...] = ()
    exact: bool = False
    title: bool = False
    activity: int | None = None
    signals: dict[str, float] = field(default_factory=dict)


class Offer(NamedTuple):
    """Words of the query that read as a filter, and how many hits there are with it set; None where not counted."""

    constraint: Constraint
    total: int | None


class Relaxation(NamedTuple):
    """What to drop from a request that finds nothing (names of filters, or ``q``), and how many hits that gives."""

    drop: tuple[str, ...]
    total: int


class More(NamedTuple):
    """How many other works there are for a competence in a subject."""

    competence: str
    subject: str
    others: int


@dataclass(frozen=True)
class SearchResult:
    """A page of hits with the exact number of all.

    Attributes:
        total: Number of all hits.
        hits: Those of the page.
        facets: For each facet the number of hits that each value gives, if chosen in place of the facet's others.
        notices: ``words-only`` where there is no search by meaning.
        offers: Words of the query that read as filters.
        relaxations: What to drop where nothing is found; only what gives hits.
    """

    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]]
    notices: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
