"""The orders in which hits can be listed beside that by relevance: by something that each scenario has."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from ontology.language import choose
from search.alphabet import alphabet_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from search.columns import Columns

__all__ = ["Orders"]

_LAST: Final = np.iinfo(np.int64).max // 4
"""Sorts what does not say what is sorted by after everything that does."""

_REMEMBERED_READERS: Final = 64


class Orders:
    """Sorts works by what their scenarios have; equal ones stay in the order in which they come.

    Args:
        columns: What is known of the scenarios.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._preferences = lru_cache(maxsize=_REMEMBERED_READERS)(self._preference)

    def of(
        self, order: str, works: NDArray[np.int64], scenarios: NDArray[np.bool_], languages: Sequence[str]
    ) -> NDArray[np.int64]:
        """Return the places of ``works`` in another order.

        Args:
            order: ``newest`` (among equals those in the reader's first language go first), ``shortest`` or ``title``.
            works: Numbers of works.
            scenarios: Which scenarios count for their work; shape ``(scenarios,)``.
            languages: The reader's languages, the most wanted first.
        """
        rows = np.flatnonzero(scenarios)
        if order == "title":
            keys = self._title_places(rows, tuple(languages))
        elif order == "shortest":
            minutes = self._columns.minutes[rows].astype(np.int64)
            keys = self._least(rows, np.where(minutes < 0, _LAST, minutes))
        else:
            dates = self._columns.published[rows].astype(np.int64)
            keys = self._least(rows, np.where(dates < 0, _LAST, -dates))
            readable = self._columns.readable(languages[0]) if languages else None
            keys = keys * 2 + (1 if readable is None else ~readable)
        return np.argsort(keys[works], kind="stable")

    def _least(self, rows: NDArray[np.int64], keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each work the least of the keys of its scenarios in ``rows``."""
        least = np.full(self._columns.works, _LAST, np.int64)
        np.minimum.at(least, self._columns.work_of[rows], keys)
        return least

    def _title_places(self, rows: NDArray[np.int64], languages: tuple[str, ...]) -> NDArray[np.int64]:
        """Return for each work the place of its title: of the scenario in the language that the reader reads best."""
        count = len(self._columns.work_of)
        preference = self._preferences(languages)[self._columns.language_of[rows]]
        shown = self._least(rows, preference * count + rows) % count
        places = self._columns.titles[alphabet_of(languages[0] if languages else "")]
        return places[shown].astype(np.int64)

    def _preference(self, languages: tuple[str, ...]) -> NDArray[np.int64]:
        """Return for each language of texts how many others the reader would rather have."""
        waiting = {tag: tag for tag in self._columns.languages}
        preference = np.zeros(len(waiting), np.int64)
        while chosen := choose(waiting, languages):
            preference[self._columns.languages.index(chosen[1])] = len(preference) - len(waiting)
            del waiting[chosen[1]]
        return preference
