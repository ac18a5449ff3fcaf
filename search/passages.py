"""Passages: the texts of a scenario that are embedded apart, so that one activity of a long scenario can be found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from search.mapped import Records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from kg.scenario import Scenario

__all__ = ["PASSAGES_FILE", "Passage", "clip", "open_passages", "passages", "passages_of"]

PASSAGES_FILE: Final = "passages.jsonl"
"""The passages of a release, in the order of their scenarios."""

LONGEST: Final = 320
"""Characters of one passage; about 70 tokens, which take some 45 ms to embed on two cores."""


class Passage(NamedTuple):
    """One text: what it is (``title``, ``summary``, ``outcomes``, ``activity``), its language, and itself."""

    kind: str
    language: str
    text: str


def passages(scenario: Scenario) -> Iterator[Passage]:
    """Yield the passages of a scenario, in every language it has."""
    for language, name in scenario.names.items():
        yield Passage("title", language, clip(name))
        if summary := scenario.descriptions.get(language):
            yield Passage("summary", language, clip(f"{name}. {summary}"))
    for language in {language for outcome in scenario.outcomes for language in outcome} if scenario.activities else ():
        yield Passage("outcomes", language, clip(" ".join(o[language] for o in scenario.outcomes if language in o)))
    for activity in scenario.activities:
        for language, description in activity.descriptions.items():
            yield Passage("activity", language, clip(f"{activity.names.get(language, '')}. {description}".lstrip(". ")))


def open_passages(directory: Path) -> Records[Passage]:
    """Return the passages of the release whose search part is in ``directory``."""
    return Records(directory / PASSAGES_FILE, lambda line: Passage(*line))


def passages_of(owners: NDArray[np.int32], scenario: int) -> range:
    """Return the numbers of a scenario's passages.

    Args:
        owners: The scenario of each passage, ascending.
        scenario: The scenario.
    """
    # Looked up as numbers of the array's own type: for another, numpy converts the whole array each time.
    first, last = owners.searchsorted(np.array([scenario, scenario + 1], np.int32)).tolist()
    return range(first, last)


def clip(text: str, longest: int = LONGEST) -> str:
    """Return ``text`` on one line, cut at a word within ``longest`` characters.

    >>> clip("a long walk", 8)
    'a long…'
    """
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
