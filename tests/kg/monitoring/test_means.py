"""Means over schools are told so widely that nobody learns a single school's level from them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from kg.monitoring.disclosure import THRESHOLD
from kg.monitoring.means import BANDS, told_band

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

levels = st.integers(2, 8).map(lambda halves: Fraction(halves, 2)) | st.integers(3, 12).map(lambda n: Fraction(n, 3))
"""Means of two or three answers from 1 to 4."""

groups = st.lists(levels, min_size=THRESHOLD, max_size=14)


def ranges(
    told: Sequence[tuple[Sequence[int], int]], count: int, known: Mapping[int, Fraction], wanted: Sequence[int]
) -> dict[int, tuple[float, float]]:
    """The least and the greatest level that each school can have, for who knows some and what was told of groups.

    Args:
        told: Places of the schools of each group, and the band that was told of it.
        count: How many schools there are.
        known: Levels that are known already, by the place of the school.
        wanted: Places of the schools to ask about.
    """
    rows, limits = [], []
    for members, band in told:
        row = np.zeros(count)
        row[list(members)] = 1
        low, high = BANDS[band]
        rows += [row, -row]
        limits += [float(high * len(members)), -float(low * len(members))]
    bounds = [(float(known[n]),) * 2 if n in known else (1.0, 4.0) for n in range(count)]
    found = {}
    for place in wanted:
        aim = np.eye(count)[place]
        ends = [linprog(sign * aim, A_ub=np.array(rows), b_ub=limits, bounds=bounds) for sign in (1, -1)]
        assert all(end.success for end in ends)
        found[place] = (float(ends[0].fun), -float(ends[1].fun))
    return found


@settings(max_examples=60)
@given(groups)
def test_nobody_learns_a_schools_level_by_less_than_two_of_the_scales_three(group: list[Fraction]) -> None:
    band = told_band(group)
    assert band is not None
    [(least, most)] = ranges([(range(len(group)), band)], len(group), {}, [0]).values()  # the same for all
    assert most - least >= 2 - 1e-6
    assert all(least - 1e-6 <= level <= most + 1e-6 for level in group)


@settings(max_examples=60)
@given(groups, st.data())
def test_a_school_that_knows_its_own_level_learns_no_more_of_the_others(
    group: list[Fraction], data: st.DataObject
) -> None:
    band = told_band(group)
    assert band is not None
    own = data.draw(st.integers(1, len(group) - 1))
    [(least, most)] = ranges([(range(len(group)), band)], len(group), {own: group[own]}, [0]).values()
    assert most - least >= 2 - 1e-6


@settings(max_examples=60)
@given(groups, levels)
def test_a_school_more_in_the_next_half_year_is_not_given_away_even_if_nothing_else_changed(
    group: list[Fraction], newcomer: Fraction
) -> None:
    before, after = told_band(group), told_band([*group, newcomer])
    assert before is not None
    assert after is not None
    told = [(range(len(group)), before), (range(len(group) + 1), after)]
    [(least, most)] = ranges(told, len(group) + 1, {}, [len(group)]).values()
    assert most - least >= 1 - 1e-6


def test_the_check_finds_what_an_exact_mean_gives_away() -> None:
    """Five schools at the lowest level: their exact mean, as a band without width, tells the level of each."""
    row = np.ones((1, 5))
    [end] = [linprog(-np.eye(5)[0], A_eq=row, b_eq=[5.0], bounds=[(1.0, 4.0)] * 5)]
    assert -end.fun == pytest.approx(1.0)
    band = told_band([Fraction(1)] * 5)
    assert band is not None
    assert ranges([(range(5), band)], 5, {}, [0])[0] == pytest.approx((1.0, 4.0))


@given(st.lists(levels, max_size=THRESHOLD - 1))
def test_of_fewer_schools_nothing_is_told(group: list[Fraction]) -> None:
    assert told_band(group) is None


@given(groups)
def test_the_mean_lies_in_the_band_that_is_told(group: list[Fraction]) -> None:
    band = told_band(group)
    assert band is not None
    low, high = BANDS[band]
    assert low <= sum(group) / len(group) <= high
