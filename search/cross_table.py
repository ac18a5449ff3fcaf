"""A cross table of two facets: how many works have each pair of values, exactly as a search with both would find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.request import SearchRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from search.engine import SearchEngine

__all__ = ["CrossTable", "cross_table"]


@dataclass(frozen=True)
class CrossTable:
    """Counts of works.

    Attributes:
        total: All works under the filters.
        rows: Works by row value, the most first.
        columns: Works by column value, in the order in which they were asked for.
        cells: Works by row and column value; absent where there is none.
    """

    total: int
    rows: dict[str, int]
    columns: dict[str, int]
    cells: dict[tuple[str, str], int]


def cross_table(
    engine: SearchEngine,
    filters: Mapping[str, tuple[str, ...]],
    rows: str,
    columns: tuple[str, list[str]],
    shown: Callable[[str], bool] = lambda _: True,
) -> CrossTable:
    """Count the works under ``filters`` by two facets.

    Args:
        engine: Counts; equal requests are remembered there.
        filters: Values by filter, as in a search.
        rows: The facet of the rows.
        columns: The facet of the columns, and its values.
        shown: Whether a value of ``rows`` is to have a row.
    """
    name, values = columns

    def counts(more: Mapping[str, tuple[str, ...]]) -> tuple[int, dict[str, int]]:
        asked = SearchRequest(filters={**filters, **more}, limit=0, facets=(rows,), constraints=False)
        found = engine.search(asked)
        return found.total, {value: count for value, count in found.facets[rows].items() if shown(value)}

    total, by_row = counts({})
    cells: dict[tuple[str, str], int] = {}
    by_column = {}
    for value in values:
        by_column[value], found = counts({name: (value,)})
        cells.update({(row, value): count for row, count in found.items()})
    ordered = sorted(by_row.items(), key=lambda item: (-item[1], item[0]))
    return CrossTable(total, dict(ordered), by_column, cells)
