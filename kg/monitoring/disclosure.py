"""Statistical disclosure control of one indicator: numbers are told in steps, so that nothing small can be read off.

Every number is rounded down to a multiple of five; what is under five is withheld. A number that is told so could still
be narrowed down by what belongs together: of five hubs with nine each, 45 in all, "at least 5" five times and "at least
45" leave only nine for each. So nothing that is told of a month may go beyond what the numbers of each breakdown leave
open: of each breakdown one number can be the least that it may be, whatever the others are. The rule looks at
one month of one release only, so the same sources give the same numbers (docs/decisions/0011). Terms are those of
Hundepool et al., Statistical Disclosure Control (Wiley, 2012), chapters 4 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["THRESHOLD", "Told", "shown_cells", "shown_total", "told"]

THRESHOLD: Final = 5
"""The smallest count of people, schools or what they did that is told, and the steps in which greater ones are."""

_OPEN: Final = THRESHOLD - 1
"""By how much a count may be more than what is told of it."""


@dataclass(frozen=True)
class Told:
    """What may be told of a month.

    Attributes:
        total: The total, None where it is withheld.
        lines: By breakdown the number of each value, None where it is withheld.
    """

    total: int | None
    lines: dict[str, dict[str, int | None]]


def shown_total(total: int) -> int | None:
    """Return a count that stands alone as it may be told; None where it is withheld.

    >>> shown_total(4), shown_total(5), shown_total(14)
    (None, 5, 10)
    """
    return _down(total) or None


def shown_cells(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return counts of which no total is told, as they may be told; None where one is withheld.

    >>> shown_cells({"north": 9, "south": 17, "east": 2})
    {'north': 5, 'south': 15, 'east': None}
    """
    return {value: shown_total(count) for value, count in counts.items()}


def told(total: int, lines: Mapping[str, Mapping[str, int]]) -> Told:
    """Return what may be told of a month.

    Every value that could stand in a line must be in it, those that nothing has with 0.

    Args:
        total: The number of things.
        lines: By breakdown the number of things with each value. A thing may have several values in a breakdown, or
            none.

    >>> told(18, {"hub": {"north": 9, "south": 7, "east": 2}})
    Told(total=15, lines={'hub': {'north': 5, 'south': 5, 'east': None}})
    >>> told(45, {"hub": dict.fromkeys(("a", "b", "c", "d", "e"), 9)}).total
    40
    """
    floors = {name: {value: _down(count) for value, count in line.items()} for name, line in lines.items()}
    # A line with fewer than the total has things without a value: from it nothing follows for the total.
    complete = [name for name, line in lines.items() if line and sum(line.values()) >= total]
    most = min((_down(sum(floors[n].values()) + _OPEN * (len(floors[n]) - 1)) for n in complete), default=total)
    for name, line in floors.items():
        # A line with more than the total has things with several values: their sum says nothing of the total.
        _keep_below(line, most, together=sum(lines[name].values()) <= total)
    shown = {name: {value: floor or None for value, floor in line.items()} for name, line in floors.items()}
    return Told(_down(min(total, most)) or None, shown)


def _down(count: int) -> int:
    return count - count % THRESHOLD


def _keep_below(floors: dict[str, int], most: int, *, together: bool) -> None:
    """Lower what is told of a line until none of it is more than ``most``, and where wanted their sum is not."""
    for value, floor in floors.items():
        floors[value] = min(floor, most)
    while together and sum(floors.values()) > most:
        # The greatest first, which loses the least by it; equal ones by name, so that the same counts give the same.
        greatest = min(floors, key=lambda value: (-floors[value], value))
        floors[greatest] -= THRESHOLD
