"""Small counts are withheld, and nobody can work them out from what is shown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from kg.monitoring.disclosure import THRESHOLD, shown_cells, shown_total

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUES = ("north", "east", "south", "west", "centre")

lines = st.dictionaries(st.sampled_from(VALUES), st.integers(0, 14), min_size=2).filter(
    lambda counts: sum(counts.values()) >= THRESHOLD
)
"""Lines whose total is told: of one that is withheld no cell is published."""


def bounds(shown: Mapping[str, int | None], total: int) -> dict[str, tuple[float, float]]:
    """The least and the greatest that each withheld cell can be, for who knows that the line adds up to its total."""
    withheld = [value for value, count in shown.items() if count is None]
    rest = total - sum(count for count in shown.values() if count is not None)
    found = {}
    for place, value in enumerate(withheld):
        aim = np.eye(len(withheld))[place]
        ends = [linprog(sign * aim, A_eq=np.ones((1, len(withheld))), b_eq=[rest]) for sign in (1, -1)]
        assert all(end.success for end in ends)
        found[value] = (float(ends[0].fun), -float(ends[1].fun))
    return found


@settings(max_examples=150)
@given(lines)
def test_no_withheld_cell_can_be_derived_by_linear_differencing(counts: dict[str, int]) -> None:
    shown = shown_cells(counts)
    for value, (least, most) in bounds(shown, sum(counts.values())).items():
        assert most - least >= THRESHOLD - 1e-6, (counts, shown, value)
        assert least <= counts[value] <= most + 1e-6


@given(lines)
def test_no_count_below_the_threshold_is_shown_and_none_is_changed(counts: dict[str, int]) -> None:
    shown = shown_cells(counts)
    assert shown.keys() == counts.keys()
    assert all(count is None or (count == counts[value] and count >= THRESHOLD) for value, count in shown.items())


@given(st.dictionaries(st.sampled_from(VALUES), st.integers(THRESHOLD, 20)))
def test_nothing_is_withheld_where_no_count_is_small(counts: dict[str, int]) -> None:
    assert shown_cells(counts) == counts


def test_the_check_finds_what_primary_suppression_alone_gives_away() -> None:
    counts = {"north": 9, "south": 7, "east": 2}
    primary_only = {"north": 9, "south": 7, "east": None}
    assert bounds(primary_only, 18) == {"east": (2.0, 2.0)}
    assert bounds(shown_cells(counts), 18)["east"] == (0.0, 9.0)


@pytest.mark.parametrize("counts", [{"north": 8, "east": 0, "south": 0}, {"north": 30, "east": 1, "south": 2}])
def test_several_small_cells_are_no_shelter_when_their_sum_is_small(counts: dict[str, int]) -> None:
    assert Counter(shown_cells(counts).values())[None] == 3


@pytest.mark.parametrize(("total", "told"), [(0, None), (4, None), (5, 5), (12, 12)])
def test_totals_below_the_threshold_are_withheld(total: int, told: int | None) -> None:
    assert shown_total(total) == told
