"""What is there already that is like a scenario in the making, and which competences that suggests."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from search.request import SearchRequest
from webapp.addresses import document_address
from webapp.languages import label, pick, reader_languages, served
from webapp.taking_part.choices import Choice, choices

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Likeness", "Similar", "likeness"]

_LOOKED_AT: Final = 20
_SHOWN: Final = 3
_LEAST_CHARACTERS: Final = 20  # of title and summary, below which nothing can be said
_COMPETENCE: Final = "https://w3id.org/ihub/ns#Competence"


@dataclass(frozen=True)
class Similar:
    """A scenario that is there already."""

    title: str
    language: str
    address: str


@dataclass(frozen=True)
class Likeness:
    """What is like a scenario in the making: scenarios, and the competences that most of the like ones state."""

    similar: list[Similar]
    competences: list[Choice]


def likeness(answers: Mapping[str, Any]) -> Likeness:
    """Search with title and summary as the query; competences are counted over the hits, the nearest counting most."""
    values = answers["values"]
    text = ". ".join(part for part in (values.get("name", ""), values.get("description", "")) if part)
    if len(text) < _LEAST_CHARACTERS:
        return Likeness([], [])
    engine = served().engine
    request = SearchRequest(text[:1000], limit=_LOOKED_AT, constraints=False, languages=reader_languages())
    hits = list(engine.hits(request))
    weights: dict[str, float] = defaultdict(float)
    for place, hit in enumerate(hits):
        for competence in engine.cards[hit.row]["competences"]:
            weights[competence] += 1 / (place + 2)
    base = f"{served().release.manifest['base_iri']}id/"
    known = {choice.identifier for choice in choices(_COMPETENCE)} - set(values.get("teaches", []))
    ranked = sorted(weights, key=lambda iri: (-weights[iri], iri))
    offered = [iri for iri in ranked if iri.removeprefix(base) in known][:_SHOWN]
    cards = [engine.cards[hit.row] for hit in hits[:_SHOWN]]
    return Likeness(
        [Similar(*pick(card["names"]), document_address(card["iri"]) or "") for card in cards],
        [Choice(iri.removeprefix(base), *label(iri)) for iri in offered],
    )
