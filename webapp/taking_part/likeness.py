"""What is there already that is like a scenario in the making, and which competences that suggests."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from search.competence_evidence import CompetenceEvidence
from search.learned_competences import LearnedCompetences, learned_file
from search.request import SearchRequest
from webapp.addresses import document_address
from webapp.languages import pick, reader_languages, served
from webapp.taking_part.choices import Choice, choices
from webapp.taking_part.state import id_base, people
from webapp.taking_part.suggested import COMPETENCE, Reason, Suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Likeness", "likeness"]

_LOOKED_AT: Final = 20
_SHOWN: Final = 3
_REASONS: Final = 2
_PASSAGES: Final = 8  # texts that are embedded, each of which takes some milliseconds
_NAMED: Final = 1.0  # what a competence's name in the text counts, in nearest scenarios
_LEAST_WEIGHT: Final = 0.1  # below which a competence is not worth a question
_LEAST_CHARACTERS: Final = 20  # of title and summary, below which nothing can be said


@dataclass(frozen=True)
class Likeness:
    """What is like a scenario in the making, the competences that this suggests, and those that were refused."""

    similar: list[Reason]
    competences: list[Suggestion]
    refused: list[Choice]


def likeness(answers: Mapping[str, Any]) -> Likeness:
    """Search with title and summary as the query, and suggest competences.

    What ``ihub suggest`` has learned says how probable each is; where it has learned nothing, they are counted over the
    hits, the nearest counting most. A competence that the scenario's own words name counts as certain, as well. What is
    taught or was refused is not suggested.
    """
    values = answers["values"]
    chosen, said_no = set(values.get("teaches", [])), set(answers.get("refused", []))
    known = {choice.identifier: choice for choice in choices(COMPETENCE)}
    refused = [choice for identifier, choice in known.items() if identifier in said_no - chosen]
    text = ". ".join(part for part in (values.get("name", ""), values.get("description", "")) if part)
    if len(text) < _LEAST_CHARACTERS:
        return Likeness([], [], refused)
    engine = served().engine
    request = SearchRequest(text[:1000], limit=_LOOKED_AT, constraints=False, languages=reader_languages())
    base = id_base()
    counted: dict[str, float] = defaultdict(float)
    reasons: dict[str, list[Reason]] = defaultdict(list)
    similar = []
    for place, hit in enumerate(engine.hits(request)):
        card = engine.cards[hit.row]
        scenario = Reason(*pick(card["names"]), document_address(card["iri"]) or "")
        similar.append(scenario)
        for competence in card["competences"]:
            counted[competence.removeprefix(base)] += 1 / (place + 2)
            reasons[competence.removeprefix(base)].append(scenario)
    named = {iri.removeprefix(base) for iri in _named(answers, base)}
    weights = defaultdict(float, _learned(answers) or counted)
    for identifier in named:
        weights[identifier] += _NAMED
    open_ones = (i for i in weights if weights[i] >= _LEAST_WEIGHT and i in known.keys() - chosen - said_no)
    ranked = sorted(open_ones, key=lambda identifier: (-weights[identifier], identifier))[:_SHOWN]
    suggestions = [Suggestion(known[i], i in named, reasons[i][:_REASONS]) for i in ranked]
    return Likeness(similar[:_SHOWN], suggestions, refused)


def _learned(answers: Mapping[str, Any]) -> dict[str, float]:
    """Return how probable each competence is by what ``ihub suggest`` has learned; empty where it was not run."""
    path = learned_file(people().settings.home)
    learned = _open(path, path.stat().st_mtime_ns) if path.is_file() else None
    embedder = served().engine.embedder
    if learned is None or embedder is None:
        return {}
    values, activities = answers["values"], answers["activities"]
    texts = [". ".join(filter(None, (values.get("name"), values.get("description"))))]
    texts += [
        *answers["outcomes"],
        *(". ".join(filter(None, (a.get("name"), a.get("description")))) for a in activities),
    ]
    return learned.confidences([text for text in texts if text][:_PASSAGES], answers["language"], embedder)


@lru_cache(maxsize=2)
def _open(path: Path, _modified: int) -> LearnedCompetences | None:
    return LearnedCompetences.open(path)


def _named(answers: Mapping[str, Any], base: str) -> set[str]:
    """Return the competences that the answers' own words name, in the language that they are written in."""
    competences = tuple(base + choice.identifier for choice in choices(COMPETENCE))
    evidence = _evidence(served().release.id, competences, base)
    words = evidence.words_of([*_texts(answers)], answers["language"])
    return {iri for iri in competences if evidence.names(iri, words)}


def _texts(answers: Mapping[str, Any]) -> list[str]:
    values = answers["values"]
    activities = (activity.get(key, "") for activity in answers["activities"] for key in ("name", "description"))
    texts = [values.get(key, "") for key in ("name", "description", "keywords")]
    return [text for text in (*texts, *answers["outcomes"], *activities) if text]


@lru_cache(maxsize=2)
def _evidence(_release: str, competences: tuple[str, ...], base: str) -> CompetenceEvidence:
    return CompetenceEvidence(served().graph, competences, base)
