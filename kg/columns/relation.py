"""Sets of solutions by columns, and the operations of the algebra that columns are quick at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Groups", "Numbers", "Relation", "UnsolvedError", "among"]

Numbers = NDArray[np.uint32]
"""Numbers of terms."""

_MOST_ROWS: Final = 10_000_000
_SPARSE: Final = 8  # beyond this many numbers for each row, sorting is quicker than a table over all numbers


class UnsolvedError(Exception):
    """What is asked for is not worked out here: a join is too large, or of a kind that columns are of no use for."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows grouped by some of their columns.

    Attributes:
        columns: One row for each group.
        of_row: The group of each row.
    """

    columns: Mapping[str, Numbers]
    of_row: NDArray[np.int64]
    size: int

    def count(self) -> NDArray[np.int64]:
        """Return how many rows each group has."""
        return np.bincount(self.of_row, minlength=self.size)

    def count_distinct(self, values: Numbers) -> NDArray[np.int64]:
        """Return how many different values each group has; ``values`` are those of the rows."""
        different, ranks = _ranked(values)
        pairs = np.sort(self.of_row * len(different) + ranks)
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        return np.bincount(pairs // max(1, len(different)), minlength=self.size)


@dataclass(frozen=True, eq=False)
class Relation:
    """Solutions, each once: for each variable the column of the numbers it is bound to, all equally long.

    Attributes:
        columns: By name of the variable.
        size: How many solutions there are.
        ascending: The variable whose numbers ascend from one solution to the next, where that is known.
    """

    columns: Mapping[str, Numbers]
    size: int
    ascending: str = ""

    def column(self, name: str) -> Numbers:
        """Return what a variable is bound to."""
        return self.columns[name]

    def where(self, kept: NDArray[np.bool_]) -> Relation:
        """Return the rows for which ``kept`` is true."""
        columns = {name: column[kept] for name, column in self.columns.items()}
        return Relation(columns, int(np.count_nonzero(kept)), self.ascending)

    def matching(self, other: Relation, terms: int, *, found: bool = True) -> Relation:
        """Return the rows that agree with some row of ``other`` on all variables of both; or, not found, with none.

        Args:
            other: Has a variable in common.
            terms: How many numbers there are.
            found: Which rows to keep.
        """
        shared = [name for name in self.columns if name in other.columns]
        mine, theirs = self._keys(shared, terms), other._keys(shared, terms)
        if len(shared) == 1 and terms <= _SPARSE * (len(mine) + len(theirs)):
            table = np.zeros(terms, np.bool_)
            table[theirs] = True
            return self.where(table[mine] == found)
        return self.where(among(mine, theirs) == found)

    def join(self, other: Relation, terms: int) -> Relation:
        """Return the solutions that combine one of each and agree on the variables of both, of which there is one.

        Raises:
            UnsolvedError: There are too many.
        """
        shared = [name for name in self.columns if name in other.columns]
        if len(shared) == len(other.columns):
            return self.matching(other, terms)
        if shared == [self.ascending] and shared != [other.ascending]:
            return other.join(self, terms)
        keys, theirs = self._keys(shared, terms), other._keys(shared, terms)
        order = None
        if shared != [other.ascending]:
            order = np.argsort(theirs, kind="stable")
            theirs = theirs[order]
        first = np.searchsorted(theirs, keys, "left")
        counts = np.searchsorted(theirs, keys, "right") - first
        total = int(counts.sum())
        if total > _MOST_ROWS:
            raise UnsolvedError
        mine = np.repeat(np.arange(self.size), counts)
        places = np.arange(total) + np.repeat(first - (np.cumsum(counts) - counts), counts)
        if order is not None:
            places = order[places]
        columns = {name: column[mine] for name, column in self.columns.items()}
        columns |= {name: column[places] for name, column in other.columns.items() if name not in columns}
        return Relation(columns, total, self.ascending)

    def group(self, names: Sequence[str]) -> Groups:
        """Group the rows by some variables; by none, all rows are one group, even where there are none."""
        of_row = np.zeros(self.size, np.int64)
        size = 1
        parts: list[tuple[str, Numbers]] = []
        for name in names:
            different, ranks = _ranked(self.columns[name])
            pairs, of_row = _ranked(of_row * len(different) + ranks)
            before, value = np.divmod(pairs, max(1, len(different)))
            parts = [(kept, column[before]) for kept, column in parts]
            parts.append((name, different[value]))
            size = len(pairs)
        return Groups(dict(parts), of_row, size)

    def _keys(self, names: Sequence[str], terms: int) -> NDArray[Any]:
        """Return one number for each row that stands for what it binds one or two variables to.

        Raises:
            UnsolvedError: They are more.
        """
        first, *others = (self.columns[name] for name in names)
        if not others:
            return first
        if len(others) > 1:
            raise UnsolvedError
        return first.astype(np.uint64) * np.uint64(terms) + others[0]


def among(values: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    """Return for each value whether it is one of the others.

    ``numpy.isin`` does that too, but reads modules from files when it is first called, which a confined worker cannot.
    """
    if not len(others):
        return np.zeros(len(values), np.bool_)
    ordered = np.sort(others)
    places = np.searchsorted(ordered, values)
    places[places == len(ordered)] = 0
    equal: NDArray[np.bool_] = ordered[places] == values
    return equal


def _ranked(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the different values, ascending, and the place of each value among them."""
    if not len(values):
        return values, np.empty(0, np.int64)
    most = int(values.max()) + 1
    if most > _SPARSE * len(values):
        different, ranks = np.unique(values, return_inverse=True)
        return different, ranks.astype(np.int64)
    table = np.zeros(most, np.int64)
    table[values] = 1
    different = np.flatnonzero(table).astype(values.dtype)
    table[different] = np.arange(len(different))
    return different, table[values]
