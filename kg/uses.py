"""How often a scenario or practice was used, as far as stories of its use tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["STORY_CLASS", "count_uses"]

STORY_CLASS: Final = IHUB + "ImplementationStory"


def count_uses(graph: Graph, iri: str) -> int:
    """Return how many stories tell of using what ``iri`` stands for; other kinds of evidence do not count."""
    return sum(STORY_CLASS in graph.types(found) for found in graph.subjects(IHUB + "evidenceFor", iri))
