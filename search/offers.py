"""What a reader may do next: filters read from the words of the query, and what to drop where nothing is found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from search.request import NUMBERS
from search.results import Offer, Relaxation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from search.constraints import Constraint
    from search.filters import Passing
    from search.request import SearchRequest

__all__ = ["offers", "relaxations", "with_constraint"]


def with_constraint(request: SearchRequest, constraint: Constraint) -> SearchRequest | None:
    """Return ``request`` with a constraint set and its words taken out of the query; None where it is set already."""
    filters = dict(request.filters)
    numbers: dict[str, Any] = {}
    for name, values in constraint.parameters:
        if name in NUMBERS:
            if getattr(request, name) != int(values[0]):
                numbers[name] = int(values[0])
        else:
            joined = tuple(sorted({*filters.get(name, ()), *values}))
            if joined != filters.get(name):
                filters[name] = joined
    if not numbers and filters == request.filters:
        return None
    return replace(request, query=constraint.rest, filters=filters, offset=0, **numbers)


def offers(
    request: SearchRequest,
    constraints: Iterable[Constraint],
    total: Callable[[SearchRequest], int],
    surely: Callable[[SearchRequest], bool],
) -> Iterator[Offer]:
    """Yield the constraints that are not set yet and give hits.

    How many is said where it takes no second ranking: that would cost as much as the search itself.

    Args:
        request: What was asked for.
        constraints: What its query reads as.
        total: Counts the hits of a request.
        surely: Whether a request has hits by its words alone, or at all; it may take longer to say no.
    """
    for constraint in constraints:
        asked = with_constraint(request, constraint)
        if asked is None:
            continue
        if asked.query in {"", request.query}:
            if count := total(asked):
                yield Offer(constraint, count)
        elif surely(asked):
            yield Offer(constraint, None)


def relaxations(request: SearchRequest, passing: Passing) -> Iterator[Relaxation]:
    """Yield what can be dropped from a request that finds nothing: each filter, all of them, or the query."""
    names = passing.names
    dropped = [(name,) for name in names] + ([tuple(names)] if len(names) > 1 else [])
    found = [Relaxation(drop, passing.works(passing.scenarios(without=drop))) for drop in dropped]
    if request.query:
        found.append(Relaxation(("q",), passing.works(passing.scenarios(query=False))))
    yield from (relaxation for relaxation in found if relaxation.total)
