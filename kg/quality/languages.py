"""Whether a scenario is written in the language that it says it is."""

from __future__ import annotations

from functools import lru_cache
from statistics import mode
from typing import TYPE_CHECKING, Final

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from kg.quality.concern import Concern
from kg.quality.texts import texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.scenario import Scenario

__all__ = ["wrong_languages"]

LANGUAGES: Final = (
    Language.BOKMAL,
    Language.DANISH,
    Language.ENGLISH,
    Language.ESTONIAN,
    Language.FINNISH,
    Language.FRENCH,
    Language.GEORGIAN,
    Language.GERMAN,
    Language.LATVIAN,
    Language.LITHUANIAN,
    Language.NYNORSK,
    Language.POLISH,
    Language.RUSSIAN,
    Language.SPANISH,
    Language.SWEDISH,
    Language.UKRAINIAN,
)
"""The languages that are told apart: ours, their neighbours, and those that are taught most; each costs memory."""

_TAGS: Final = frozenset(language.iso_code_639_1.name.lower() for language in LANGUAGES)

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
                if len(text) >= SHORTEST and language in _TAGS:
                    votes.setdefault(language, []).append(_detect(text) or language)
        for language, found in votes.items():
            others = [tag for tag in found if tag not in {language, *_SIBLINGS.get(language, ())}]
            if 2 * len(others) > len(found):
                yield Concern("language", scenario.iri, "", f"should be in {language}, but reads as {mode(others)}")


def _detect(text: str) -> str | None:
    language = _detector().detect_language_of(text)
    return language.iso_code_639_1.name.lower() if language else None


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*LANGUAGES).build()
