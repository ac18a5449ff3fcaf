"""Small panels side by side: bars by month with withheld numbers drawn as such, levels, and bands of levels over time.

A panel is drawn by the server when it is asked for. So its words are the reader's, it can show what is not in a
release, and it needs neither scripts nor styles of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from webapp.figures.scale import ticks
from webapp.interface_language import format_number, gettext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Mark", "Panel", "band_panel", "bar_panel", "level_panel", "months_of"]

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 320, 140, 34, 22, 8, 6
_FLOOR: Final = _HEIGHT - _BOTTOM
_SPAN: Final = _WIDTH - _LEFT - _RIGHT
_GAP: Final = 0.2  # of a column's width, between it and the next
_WIDEST: Final = 60
_YEAR: Final = 12
_LEVELS: Final = (1, 4)


@dataclass(frozen=True)
class Mark:
    """A rectangle, or a dot where it has no size, with what it says."""

    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass
class Panel:
    """A drawing of ``width`` by ``height``.

    Attributes:
        title: What it shows, and the language of that.
        text: All that it shows, in words.
        bars: What is known.
        withheld: Where something is withheld: as high as the panel, because it could be anything.
        dots: Points, from left to right.
        path: The same as the ``points`` of an SVG polyline.
        vertical: Places and labels of the lines across.
        horizontal: Places, anchors and labels of what stands below.
    """

    title: tuple[str, str]
    text: str = ""
    bars: list[Mark] = field(default_factory=list)
    withheld: list[Mark] = field(default_factory=list)
    dots: list[Mark] = field(default_factory=list)
    path: str = ""
    vertical: list[tuple[float, str]] = field(default_factory=list)
    horizontal: list[tuple[float, str, str]] = field(default_factory=list)
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT
    floor: int = _FLOOR


def bar_panel(title: tuple[str, str], numbers: Mapping[str, int | None], *, most: int) -> Panel:
    """Return bars by month.

    Args:
        title: What is counted, and the language of that.
        numbers: The number of each month that is shown, None where it is withheld.
        most: The greatest number of all panels that are to be compared.
    """
    marks = [mark for mark in ticks(0, max(most, 1), 3) if mark == int(mark)]
    known = [number for number in numbers.values() if number is not None]
    shown = marks if known or not numbers else marks[:1]  # without any number there is nothing to measure
    panel = Panel(title, vertical=[(_across(mark, 0, marks[-1]), format_number(int(mark))) for mark in shown])
    step = min(_SPAN / max(1, len(numbers)), _WIDEST)
    for place, (month, number) in enumerate(numbers.items()):
        x, width = round(_LEFT + step * (place + _GAP / 2), 1), round(step * (1 - _GAP), 1)
        if number is None:
            text = gettext("%(time)s: withheld", time=month)
            panel.withheld.append(Mark(x, _TOP, width, _FLOOR - _TOP, text))
        elif number:
            y = _across(number, 0, marks[-1])
            panel.bars.append(Mark(x, y, width, round(_FLOOR - y, 1), f"{month}: {format_number(number)}"))
    panel.text = "; ".join(
        gettext("%(time)s: withheld", time=month) if number is None else f"{month}: {format_number(number)}"
        for month, number in numbers.items()
    )
    panel.horizontal = _ends(list(numbers), step * len(numbers))
    return panel


def level_panel(title: tuple[str, str], levels: Mapping[str, float], months: Sequence[str]) -> Panel:
    """Return levels from 1 to 4 as dots with a line between them, each at its month on a scale of time.

    Args:
        title: What is measured, and the language of that.
        levels: The level of each month that has one.
        months: The months in order, the first and last of which are the ends of the scale.
    """
    panel = Panel(title, vertical=_level_lines())
    first, last = _number(months[0]), _number(months[-1])
    for month, level in sorted(levels.items()):
        share = (_number(month) - first) / (last - first) if last > first else 0.5
        x = round(_LEFT + 8 + share * (_SPAN - 16), 1)
        panel.dots.append(Mark(x, _across(level, *_LEVELS), 0, 0, f"{month}: {format_number(round(level, 1))}"))
    panel.path = " ".join(f"{dot.x},{dot.y}" for dot in panel.dots)
    panel.text = "; ".join(dot.text for dot in panel.dots)
    panel.horizontal = _ends(months) if last > first else [(_LEFT + _SPAN / 2, "middle", months[0])]
    return panel


def band_panel(title: tuple[str, str], bands: Mapping[str, tuple[float, float] | None]) -> Panel:
    """Return for each time a bar from the least to the greatest that a level can be, None where that is withheld."""
    panel = Panel(title, vertical=_level_lines())
    step = min(_SPAN / max(1, len(bands)), _WIDEST)
    for place, (time, band) in enumerate(bands.items()):
        x, width = round(_LEFT + step * (place + _GAP / 2), 1), round(step * (1 - _GAP), 1)
        if band is None:
            text = gettext("%(time)s: withheld", time=time)
            panel.withheld.append(Mark(x, _TOP, width, _FLOOR - _TOP, text))
            continue
        low, high = band
        text = gettext(
            "%(time)s: from %(low)s to %(high)s", time=time, low=format_number(low), high=format_number(high)
        )
        top = _across(high, *_LEVELS)
        panel.bars.append(Mark(x, top, width, round(_across(low, *_LEVELS) - top, 1), text))
    panel.text = "; ".join(mark.text for mark in sorted([*panel.bars, *panel.withheld], key=lambda mark: mark.x))
    panel.horizontal = _ends(list(bands), step * len(bands))
    return panel


def months_of(last: str, count: int) -> list[str]:
    """Return so many months up to the last.

    >>> months_of("2027-01", 3)
    ['2026-11', '2026-12', '2027-01']
    """
    end = _number(last)
    return [f"{place // _YEAR:04}-{place % _YEAR + 1:02}" for place in range(end - count + 1, end + 1)]


def _number(month: str) -> int:
    return int(month[:4]) * _YEAR + int(month[5:7]) - 1


def _across(value: float, low: float, high: float) -> float:
    return round(_FLOOR - (value - low) / (high - low) * (_FLOOR - _TOP), 1)


def _level_lines() -> list[tuple[float, str]]:
    low, high = _LEVELS
    return [(_across(level, low, high), str(level)) for level in range(low, high + 1)]


def _ends(times: Sequence[str], span: float = _SPAN) -> list[tuple[float, str, str]]:
    """Return the first and the last time below where they are, or only the first where both have no room."""
    first = [(float(_LEFT), "start", time) for time in times[:1]]
    return [*first, (round(_LEFT + span, 1), "end", times[-1])] if span > 2 * _WIDEST else first
