"""Round marks on an axis."""

from __future__ import annotations

import math

__all__ = ["ticks"]


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers at equal distances, the first at or below ``low`` and the last at or above ``high``.

    >>> ticks(3, 47)
    [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    >>> ticks(7, 7)
    [6.0, 6.5, 7.0, 7.5, 8.0]
    """
    if low == high:
        low, high = low - 1, high + 1
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((factor * power for factor in (1, 2, 5) if factor * power >= rough), 10 * power)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 12) for index in range(first, last + 1)]
