"""Which columns of an answer are IRIs, and what to call its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webapp.sparql_results import Results

__all__ = ["is_of_iris", "names"]


def is_of_iris(results: Results, index: int) -> bool:
    """Whether a column has IRIs and nothing else."""
    found = results.bound(index)
    return bool(found) and all(cell.is_iri for cell in found)


def names(results: Results, without: set[int]) -> list[str]:
    """Return what to call each row: its texts outside the columns ``without``, else the labels of its IRIs there."""
    rest = [index for index in range(len(results.variables)) if index not in without]
    texts = [index for index in rest if not is_of_iris(results, index)]
    chosen = texts or rest
    return [" · ".join(row[index].text for index in chosen if row[index].text) for row in results.rows]
