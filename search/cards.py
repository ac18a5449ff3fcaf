"""Cards: what a list of hits shows of a scenario, kept in a file of which a process reads what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.uses import count_uses
from search.fields import ages
from search.mapped import Records

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import Graph
    from kg.scenario import Scenario

__all__ = ["CARDS_FILE", "card", "open_cards"]

CARDS_FILE: Final = "cards.jsonl"
"""The scenarios of a release, by IRI."""


def open_cards(directory: Path) -> Records[dict[str, Any]]:
    """Return the cards of the release whose search part is in ``directory``; they are shared and not to be changed."""
    return Records(directory / CARDS_FILE, dict)


def card(scenario: Scenario, graph: Graph) -> dict[str, Any]:
    """Return what a list of hits shows of a scenario."""
    return {
        "iri": scenario.iri,
        "identifier": scenario.identifier,
        "names": scenario.names,
        "descriptions": scenario.descriptions,
        "language": scenario.language,
        "languages": sorted({*scenario.languages, *scenario.names}),
        "subjects": scenario.subjects,
        "levels": scenario.levels,
        "competences": scenario.competences,
        "minutes": scenario.minutes,
        "organisations": scenario.groupings,
        "tools": scenario.all_tools,
        "published": scenario.published,
        "ages": ages(scenario, graph),
        "licence": scenario.licence,
        "collection": scenario.collection,
        "dataKind": scenario.data_kind,
        "work": scenario.work,
        "activities": len(scenario.activities),
        "uses": count_uses(graph, scenario.iri),
    }
