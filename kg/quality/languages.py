"""Whether a scenario is written in the language that it says it is."""

from __future__ import annotations

from statistics import mode
from typing import TYPE_CHECKING, Final

from kg.languages import DETECTED, UNDETERMINED, detect_language
from kg.quality.concern import Concern
from kg.quality.texts import texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.scenario import Scenario

__all__ = ["wrong_languages"]

_SIBLINGS: Final = {"nb": ("nn", "da"), "nn": ("nb", "da"), "da": ("nb", "nn")}
"""Languages so near to each other that a paragraph may be either."""

SHORTEST: Final = 60
"""Characters below which a text says too little of its language."""


def wrong_languages(scenarios: Iterable[Scenario]) -> Iterator[Concern]:
    """Yield a concern for each language of a scenario in which most of its longer texts are not written.

    The texts vote one by one, so that a foreign-language lesson may quote the language that it teaches.
    """
    for scenario in scenarios:
        votes: dict[str, list[str]] = {}
        for _, texts in texts_of(scenario):
            for language, text in texts.items():
                if len(text) >= SHORTEST and language in DETECTED:
                    found = detect_language(text)
                    votes.setdefault(language, []).append(language if found == UNDETERMINED else found)
        for language, read in votes.items():
            others = [tag for tag in read if tag not in {language, *_SIBLINGS.get(language, ())}]
            if 2 * len(others) > len(read):
                yield Concern("language", scenario.iri, "", f"should be in {language}, but reads as {mode(others)}")
