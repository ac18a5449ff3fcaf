"""Texts of scenarios: thin activities, phrases that recur from scenario to scenario, copied runs, another language."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kg.quality.concern import Concern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.scenario import Scenario

__all__ = ["copied_runs", "languages_missing", "stock_phrases", "texts_of", "thin_activities", "words"]

THIN: Final = 100
"""Characters below which nobody can teach from an activity's description."""

FEWEST_ACTIVITIES: Final = 3
"""Activities that a scenario has at least; a shorter one is one task, not a lesson."""

RUN: Final = 10
"""Words in a row that two scenarios which do not build on each other should not share."""

PHRASE: Final = 6
"""Words of a phrase that is looked for from scenario to scenario."""

PHRASE_SHARE: Final = 0.005
"""Share of the scenarios of a language that may have a phrase before it counts as stock; never fewer than five."""

_WORD: Final = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the words of ``text`` without case and punctuation.

    >>> words("Plan, then DO it.")
    ['plan', 'then', 'do', 'it']
    """
    return [match.casefold() for match in _WORD.findall(text)]


def texts_of(scenario: Scenario) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the field and the texts by language of everything that a reader reads as running text."""
    yield "name", scenario.names
    yield "description", scenario.descriptions
    for number, outcome in enumerate(scenario.outcomes, start=1):
        yield f"learningOutcome {number}", outcome
    for activity in scenario.activities:
        yield f"activity {activity.position}", activity.descriptions


def thin_activities(scenarios: Iterable[Scenario]) -> Iterator[Concern]:
    """Yield a concern for each activity that says too little, and for each scenario of too few activities."""
    for scenario in scenarios:
        if len(scenario.activities) < FEWEST_ACTIVITIES:
            text = f"{len(scenario.activities)}, of at least {FEWEST_ACTIVITIES}"
            yield Concern("too few activities", scenario.iri, "activity", text)
        for activity in scenario.activities:
            length = max((len(text) for text in activity.descriptions.values()), default=0)
            if length < THIN:
                text = f"{length} characters say what is done, of at least {THIN}"
                yield Concern("thin activity", scenario.iri, f"activity {activity.position}", text)


def stock_phrases(scenarios: Sequence[Scenario]) -> list[Concern]:
    """Return a concern for each phrase that recurs in many scenarios of one language."""
    total: dict[str, int] = defaultdict(int)
    having: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for scenario in scenarios:
        total[scenario.language] += 1
        for _, texts in texts_of(scenario):
            for run in _runs(words(texts.get(scenario.language, "")), PHRASE):
                having[scenario.language, *run].add(scenario.iri)
    return [
        Concern("stock phrase", min(iris), "", f"“{' '.join(key[1:])}” stands in {len(iris)} scenarios")
        for key, iris in having.items()
        if len(iris) >= max(5, PHRASE_SHARE * total[key[0]])
    ]


def copied_runs(scenarios: Iterable[Scenario], related: set[frozenset[str]]) -> list[Concern]:
    """Return a concern for each pair that shares a run of words, unless the pair is in ``related``.

    Args:
        scenarios: The scenarios.
        related: Pairs of IRIs of which one builds on the other.
    """
    having: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for scenario in scenarios:
        for _, texts in texts_of(scenario):
            for language, text in texts.items():
                for run in _runs(words(text), RUN):
                    having[language, *run].add(scenario.iri)
    shared: dict[tuple[str, str], str] = {}
    for key, iris in having.items():
        for first, second in itertools.combinations(sorted(iris), 2):
            if frozenset((first, second)) not in related:
                shared.setdefault((first, second), " ".join(key[1:]))
    return [
        Concern("copied text", first, "", f"shares “{run}” with {second}") for (first, second), run in shared.items()
    ]


def languages_missing(scenarios: Iterable[Scenario], also: str) -> Iterator[Concern]:
    """Yield a concern for each title or summary that is not in the scenario's own language, or not in ``also``."""
    for scenario in scenarios:
        for field, texts in (("name", scenario.names), ("description", scenario.descriptions)):
            for language in sorted({scenario.language, also} - texts.keys()):
                yield Concern("language", scenario.iri, field, f"is missing in {language}")


def _runs(tokens: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """Yield every run of ``length`` words; single letters and numbers in a row are a table, not a phrase."""
    for start in range(len(tokens) - length + 1):
        run = tuple(tokens[start : start + length])
        if sum(len(token) > 1 and not token.isdigit() for token in run) > length // 2:
            yield run
