"""Filters: which scenarios and units pass those of a request, and how many works each further value would give.

Filters are joined by AND, the values of one by OR. They hold for a single scenario of a work, and those on activities
(class organisation, learning type, co-authorship, tool) for a single activity of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from search.fields import EXCLUDING, SUGGESTED

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from search.columns import Columns
    from search.facets import FacetIndex
    from search.request import SearchRequest

__all__ = ["TIMES", "Passing"]

TIMES: Final = (45, 90, 180, 360)
"""Minutes of the facet ``minutes_max``: a lesson, a double lesson, half a day, a day."""


class Passing:
    """What passes the filters of one request.

    Args:
        request: The request.
        matches: Which scenarios match its query; shape ``(scenarios,)``.
        facets: Values of scenarios and units.
        columns: Works, times and ages of scenarios.
    """

    def __init__(
        self,
        request: SearchRequest,
        matches: NDArray[np.bool_],
        facets: FacetIndex,
        columns: Columns,
    ) -> None:
        self._facets = facets
        self._columns = columns
        self._matches = matches
        self._competence = SUGGESTED if request.suggested else "competence"
        self._scenarios = self._number_masks(request)
        self._units: dict[str, NDArray[np.bool_]] = {}
        for name, values in request.filters.items():
            field = EXCLUDING.get(name, self._field(name))
            mask = facets.mask(field, values)
            if name in EXCLUDING:
                self._scenarios[name] = ~self._with_unit(mask)
            elif facets.of_units(field):
                self._units[name] = mask
            else:
                self._scenarios[name] = mask

        self._passing = self.scenarios()

    def passes(self, row: int) -> bool:
        """Whether a scenario matches and passes all filters."""
        return bool(self._passing[row])

    def activity(self, row: int, activities: int) -> int | None:
        """Return the position of the first activity that passes all filters on activities, if any are set."""
        units = self._of_units(())
        if units is None or not activities:
            return None
        first = int(self._facets.owner.searchsorted(np.int32(row)))
        return int(np.argmax(units[first : first + activities])) + 1

    @property
    def names(self) -> list[str]:
        """Names of the filters that are set."""
        return [*self._scenarios, *self._units]

    def scenarios(self, *, without: Collection[str] = (), query: bool = True) -> NDArray[np.bool_]:
        """Return the scenarios that pass all filters but those ``without``; of those that match, or of all."""
        passing = self._of_scenarios(without, query=query)
        units = self._of_units(without)
        return passing if units is None else passing & self._with_unit(units)

    def works(self, scenarios: NDArray[np.bool_]) -> int:
        """Return the number of works that these scenarios are of."""
        mask = np.zeros(self._columns.works, np.bool_)
        mask[self._columns.work_of[scenarios]] = True
        return int(np.count_nonzero(mask))

    def counts(self, field: str) -> dict[str, int]:
        """Count the values of ``field`` under the filters of the others: what each would give in its place."""
        stored = self._field(field)
        units = self._of_units((field,)) if self._facets.of_units(stored) else None
        if units is None:
            return self._facets.counts(stored, self.scenarios(without=(field,)))
        return self._facets.counts_by_unit(stored, self._of_scenarios((field,))[self._facets.owner] & units)

    def times(self) -> dict[str, int]:
        """Return how many works take at most each of :data:`TIMES`, under the filters but the one on it."""
        passing = self.scenarios(without=("minutes_max",))
        minutes = self._columns.minutes
        found = {str(most): self.works(passing & (minutes >= 0) & (minutes <= most)) for most in TIMES}
        return {most: count for most, count in found.items() if count}

    def _field(self, name: str) -> str:
        return self._competence if name == "competence" else name

    def _of_scenarios(self, without: Collection[str], *, query: bool = True) -> NDArray[np.bool_]:
        masks = [mask for name, mask in self._scenarios.items() if name not in without]
        start = self._matches if query else np.ones(len(self._matches), np.bool_)
        passing: NDArray[np.bool_] = np.logical_and.reduce([start, *masks])
        return passing

    def _of_units(self, without: Collection[str]) -> NDArray[np.bool_] | None:
        masks = [mask for name, mask in self._units.items() if name not in without]
        return np.logical_and.reduce(masks) if masks else None

    def _with_unit(self, units: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the scenarios that have one of ``units``."""
        mask = np.zeros(self._facets.scenarios, np.bool_)
        mask[self._facets.owner[units]] = True
        return mask

    def _number_masks(self, request: SearchRequest) -> dict[str, NDArray[np.bool_]]:
        masks = {}
        minutes, ages = self._columns.minutes, self._columns.ages
        if request.minutes_min is not None:
            masks["minutes_min"] = minutes >= max(request.minutes_min, 0)
        if request.minutes_max is not None:
            masks["minutes_max"] = (minutes >= 0) & (minutes <= request.minutes_max)
        if request.age is not None:
            masks["age"] = (ages[:, 0] >= 0) & (ages[:, 0] <= request.age) & (request.age <= ages[:, 1])
        return masks
