"""Statistical disclosure control of one indicator: small counts are withheld, also against differencing.

Primary suppression withholds every count below the threshold. Secondary (complementary) suppression then looks at each
line of a table, that is the cells of one month in one breakdown, whose sum may be known from the month's total. What
the withheld cells of a line have together could be had by subtraction, so it must itself be no small count and be
shared by two cells at least; until it is, the smallest shown cell of the line is withheld too. Terms are those of
Hundepool et al., Statistical Disclosure Control (Wiley, 2012), chapter 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["THRESHOLD", "shown_cells", "shown_total"]

THRESHOLD: Final = 5
"""The smallest count of people, schools or what they did that is told."""


def shown_total(total: int) -> int | None:
    """Return a month's total as it may be told; None where it is withheld.

    >>> shown_total(4), shown_total(5)
    (None, 5)
    """
    return total if total >= THRESHOLD else None


def shown_cells(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return the cells of one line as they may be told; None where one is withheld.

    Every value that could stand in the line must be in ``counts``, those that nothing has with 0: a missing cell would
    be known to be none.

    Args:
        counts: The number of each value.

    >>> shown_cells({"north": 9, "south": 7, "east": 2})
    {'north': 9, 'south': None, 'east': None}
    """
    withheld = {value for value, count in counts.items() if count < THRESHOLD}
    # The smallest first; equal ones by name, so that the same counts give the same table.
    waiting = sorted(counts.keys() - withheld, key=lambda value: (-counts[value], value))
    while withheld and waiting and (len(withheld) < 2 or sum(counts[value] for value in withheld) < THRESHOLD):
        withheld.add(waiting.pop())
    return {value: None if value in withheld else count for value, count in counts.items()}
