"""The page about a learning scenario."""

from __future__ import annotations

from typing import Any, Final

from kg.exporting.source import Source
from kg.scenario import read_scenario
from ontology.namespaces import IHUB
from search.request import SearchRequest
from webapp.languages import reader_languages, served
from webapp.presentation import hit_entry
from webapp.schema_org import embedded

__all__ = ["view"]

_SIMILAR: Final = 6


def view(iri: str) -> dict[str, Any]:
    """Return what the page shows of a scenario."""
    graph = served().graph
    hits = [hit_entry(hit, SearchRequest()) for hit in served().engine.similar(iri, _SIMILAR, reader_languages())]
    return {
        "scenario": read_scenario(graph, iri),
        "source": Source(graph, iri),
        "schema_org": embedded(iri),
        "similar": hits,
        "IHUB": IHUB,
    }
