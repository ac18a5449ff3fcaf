"""What the charts show: numbers of works by value, equal to the totals of the searches for these values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ontology.language import read_as

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from search.columns import Columns
    from search.facets import FacetIndex

__all__ = ["MINUTES", "Chart", "charts"]

MINUTES: Final = (30, 45, 60, 90, 180, 360)
"""Minutes at which the bars of the distribution of times end; the last bar has no end."""

_BARS: Final = {"subjects": "subject", "competence-areas": "competence", "data-kinds": "kind"}


@dataclass(frozen=True)
class Chart:
    """One chart.

    Attributes:
        name: Its name in addresses.
        field: The field whose values its rows are; ``minutes`` for times.
        rows: The values of its rows: IRIs or language tags; for times the last minute of each, and ``""`` for longer.
        counts: The number of works of each row; with columns, for each column in turn; shape ``(rows, columns)``.
        columns: The values of its columns, where it has any.
        column_field: The field that these are of.
    """

    name: str
    field: str
    rows: list[str]
    counts: list[list[int]]
    columns: list[str]
    column_field: str | None = None


def charts(facets: FacetIndex, columns: Columns) -> list[Chart]:
    """Return the charts of a release; those without any row are left out.

    Args:
        facets: Its facet columns.
        columns: Times and works of its scenarios.
    """
    everything = np.ones(facets.scenarios, np.bool_)
    found = [_levels(facets, everything)]
    for name, field in _BARS.items():
        counts = facets.counts(field, everything)
        rows = sorted(_tops(facets, field), key=lambda value: (-counts[value] if field != "competence" else 0, value))
        found.append(Chart(name, field, rows, [[counts[value]] for value in rows], []))
    found.insert(1, _minutes(columns))
    return [chart for chart in found if chart.rows]


def _levels(facets: FacetIndex, everything: NDArray[np.bool_]) -> Chart:
    levels = _tops(facets, "level")
    by_level = [facets.counts("language", facets.mask("level", [level])) for level in levels]
    of_all = facets.counts("language", everything)
    # Norwegian is counted as one language: both of its written forms have it as a value besides.
    tops = [tag for tag in of_all if read_as(tag) == tag or read_as(tag) not in of_all]
    languages = sorted(tops, key=lambda tag: (-of_all[tag], tag)) if levels else []
    counts = [[counted.get(language, 0) for counted in by_level] for language in languages]
    return Chart("languages-by-level", "language", languages, counts, levels, "level")


def _minutes(columns: Columns) -> Chart:
    rows = [*(str(most) for most in MINUTES), ""]
    bars = np.searchsorted(MINUTES, columns.minutes)
    counts = [[len(np.unique(columns.work_of[(bars == bar) & (columns.minutes >= 0)]))] for bar in range(len(rows))]
    found = any(count for [count] in counts)
    return Chart("minutes", "minutes", rows if found else [], counts if found else [], [])


def _tops(facets: FacetIndex, field: str) -> list[str]:
    """Return the values that stand below no other."""
    return [value for value in facets.values(field) if not facets.broader[field].get(value)]
