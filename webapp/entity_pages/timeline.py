"""A scenario's activities as a line of time: what comes when, for how long, how the class is organised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.scenario import Activity

__all__ = ["Segment", "Step", "Timeline", "timeline"]

_NARROWEST_NUMBERED: Final = 5.0  # percent of the line; less has no room for a number on a phone


class Step(NamedTuple):
    """One activity with its place in time: minutes from the beginning, None where that is not known."""

    activity: Activity
    number: int
    start: int | None
    end: int | None

    @property
    def grouping(self) -> str:
        """The first way in which the class is organised, as the last part of its IRI; empty where not stated."""
        return self.activity.groupings[0].rsplit("/", 1)[-1] if self.activity.groupings else ""


class Segment(NamedTuple):
    """The stretch that an activity takes of the drawn line, in percent of its length."""

    number: int
    grouping: str
    start: float
    length: float
    is_numbered: bool

    @property
    def middle(self) -> float:
        """Where the number stands."""
        return round(self.start + self.length / 2, 2)


class Timeline(NamedTuple):
    """The steps in order, and the line that is drawn of those with a duration in class: empty with fewer than two."""

    steps: list[Step]
    segments: list[Segment]


def timeline(activities: Sequence[Activity]) -> Timeline:
    """Return activities, given in their order, with their times.

    What is not done in class takes none of its time. After an activity of unknown duration no time is known.
    """
    steps: list[Step] = []
    now: int | None = 0
    for number, activity in enumerate(activities, start=1):
        if activity.in_class is False:
            steps.append(Step(activity, number, None, None))
            continue
        end = now + activity.minutes if now is not None and activity.minutes else None
        steps.append(Step(activity, number, None if end is None else now, end))
        now = end
    return Timeline(steps, _segments(steps))


def _segments(steps: list[Step]) -> list[Segment]:
    timed = [(step, step.start, step.end) for step in steps if step.start is not None and step.end is not None]
    in_class = sum(step.activity.in_class is not False for step in steps)
    if len(timed) < 2 or len(timed) < in_class:
        return []
    whole = timed[-1][2]
    found = []
    for step, start, end in timed:
        length = 100 * (end - start) / whole
        numbered = length >= _NARROWEST_NUMBERED
        found.append(Segment(step.number, step.grouping, round(100 * start / whole, 2), round(length, 2), numbered))
    return found
