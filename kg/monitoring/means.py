"""Disclosure control of means over schools: told as one of four wide bands, and of five schools at least.

An exact mean gives away each school's level where it is near an end of the scale, and gives away the others to a school
that knows its own. The bands are so wide that neither happens: with five schools or more, what anybody can work out of
one of them spans two levels of the scale's three at least, even somebody who knows another one's (a property test
solves the linear programs). Means of the same group must be told once only.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from kg.monitoring.disclosure import THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["BANDS", "told_band"]

_BOUNDS: Final = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(3), Fraction(4))

BANDS: Final = tuple(pairwise(_BOUNDS))
"""Lower and upper end of each band of means on the scale from 1 to 4; the upper end is in the last band only."""


def told_band(levels: Collection[Fraction]) -> int | None:
    """Return in which of the bands the mean of schools' levels is; None where there are too few schools.

    Args:
        levels: The level of each school, from 1 to 4.

    >>> told_band([Fraction(2), Fraction(3), Fraction(2), Fraction(2), Fraction(3)]), told_band([Fraction(2)] * 4)
    (1, None)
    """
    if len(levels) < THRESHOLD:
        return None
    mean = sum(levels, Fraction(0)) / len(levels)
    return sum(mean >= low for low in _BOUNDS[1:-1])
