"""The instrument: statements about a school, three for each evaluation dimension, and levels to answer them on.

It is ihub's own, and nobody has validated it. Statements are known by names that stay when their words are mended; one
that comes to mean something else gets another name.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from webapp.interface_language import message

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DIMENSIONS", "LEVELS", "STATEMENTS", "Level", "Statement", "dimension_levels"]


class Level(NamedTuple):
    """An answer: its number, what it is called, and what that means."""

    number: int
    name: str
    meaning: str


class Statement(NamedTuple):
    """Something that holds for a school more or less: its name, the slug of its dimension, and its text."""

    name: str
    dimension: str
    text: str


LEVELS: Final = (
    Level(1, message("Not yet"), message("Nobody here does this, or it is not there.")),
    Level(2, message("In places"), message("A few of us do it, or a few classes have it.")),
    Level(3, message("Widely"), message("Most of us do it, or most classes have it.")),
    Level(4, message("Everywhere"), message("It is so in the whole school, and goes on by itself.")),
)
"""The levels, the lowest first."""

_TEXTS: Final = {
    "teachers-digital-competence": {
        "tools": message("Teachers choose digital tools by what a lesson is for."),
        "peers": message("Teachers learn digital skills from each other, in time that is set aside for it."),
        "safety": message("Teachers know how to keep pupils' data safe, and what they may copy."),
    },
    "teaching-approaches": {
        "making": message("With technology pupils make, explore or discuss something, rather than only watch."),
        "planning": message("Teachers plan lessons with technology together."),
        "feedback": message("Pupils get feedback by digital means while they can still improve their work."),
    },
    "leadership-practices": {
        "plan": message("The school has a plan for teaching with technology that everybody knows."),
        "time": message("School leaders give time and backing to those who try something new."),
        "deciding": message("Teachers take part in decisions about technology."),
    },
    "infrastructure": {
        "devices": message("Devices are there, and they work, when a lesson needs them."),
        "network": message("The network holds when whole classes use it at once."),
        "support": message("When something does not work, somebody helps within a day."),
    },
    "student-experience": {
        "voice": message("Pupils say what helps them in lessons with technology, and lessons change by it."),
        "purpose": message("Pupils use technology for questions that matter to them."),
        "inclusion": message("Every pupil can take part, whatever their needs and whatever they have at home."),
    },
}

DIMENSIONS: Final = tuple(_TEXTS)
"""Slugs of the evaluation dimensions, in the order of the model."""

STATEMENTS: Final = {
    f"{dimension}.{name}": Statement(f"{dimension}.{name}", dimension, text)
    for dimension, texts in _TEXTS.items()
    for name, text in texts.items()
}
"""The statements by name."""

_ENOUGH: Final = 2


def dimension_levels(answers: Mapping[str, int]) -> dict[str, Fraction]:
    """Return the mean level of each dimension of which at least two statements were answered.

    >>> {d: str(m) for d, m in dimension_levels({"infrastructure.devices": 4, "infrastructure.network": 3}).items()}
    {'infrastructure': '7/2'}
    """
    found = {}
    for dimension in DIMENSIONS:
        given = [level for name, level in answers.items() if name in STATEMENTS and name.startswith(f"{dimension}.")]
        if len(given) >= _ENOUGH:
            found[dimension] = Fraction(sum(given), len(given))
    return found
