"""The pages about a competence and about a competence framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.frameworks import by_notation, levels_of, read_framework
from ontology.namespaces import IHUB, PREFIXES
from search.request import SearchRequest
from webapp.entity_pages import general, told
from webapp.interface_language import message
from webapp.languages import served
from webapp.search_address import address
from webapp.search_labels import competence_label

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["framework_view", "view", "with_counts"]

_SKOS: Final = PREFIXES["skos"]
_MAPPINGS: Final = (
    ("exactMatch", message("The same")),
    ("closeMatch", message("Nearly the same")),
    ("broadMatch", message("Part of")),
    ("narrowMatch", message("Contains")),
    ("relatedMatch", message("Related")),
    ("related", message("Related")),
)
"""Properties that map a concept to another, with what the other is to it."""


def view(iri: str) -> dict[str, Any]:
    """Return what the page about a competence shows."""
    graph = served().graph
    framework = graph.iri(iri, IHUB + "framework")
    broader = graph.iri(iri, _SKOS + "broader")
    beside = graph.subjects(_SKOS + "broader", broader) if broader else []
    return {
        **general.view(iri),
        "heading": competence_label(iri),
        "levels": [_level(level) for level in levels_of(graph, framework)] if framework else [],
        "narrower": with_counts(by_notation(graph, graph.subjects(_SKOS + "broader", iri))),
        "beside": with_counts(by_notation(graph, (other for other in beside if other != iri))),
        "mappings": _mappings(iri),
        "suggested": _suggested(iri),
    }


def framework_view(iri: str) -> dict[str, Any]:
    """Return what the page about a competence framework shows."""
    graph = served().graph
    framework = read_framework(graph, iri)
    areas = [(area, with_counts(competences)) for area, competences in framework.areas.items()]
    return {
        **general.view(iri),
        "areas": [(with_counts([area])[0], competences) for area, competences in areas],
        "levels": [_level(level) for level in levels_of(graph, iri)],
    }


def with_counts(competences: Iterable[str]) -> list[dict[str, Any]]:
    """Return competences with the number of their scenarios and the search that has them."""
    counts = served().engine.search(SearchRequest(limit=0, facets=("competence",), constraints=False)).facets
    found = []
    for iri in competences:
        count = counts["competence"].get(iri, 0)
        leads = address(SearchRequest(filters={"competence": (iri,)})) if count else None
        found.append({"iri": iri, "link": told.link(iri), "count": count, "address": leads})
    return found


def _level(iri: str) -> dict[str, Any]:
    return {"link": told.link(iri), "description": told.description(iri)}


def _mappings(iri: str) -> list[dict[str, Any]]:
    """Return the concepts of other frameworks and vocabularies that a competence is mapped to, those here first."""
    graph = served().graph
    found: dict[str, str] = {}
    for name, title in _MAPPINGS:
        for other in graph.iris(iri, _SKOS + name):
            found.setdefault(other, title)
    entries = []
    for other, title in found.items():
        framework = graph.iri(other, IHUB + "framework")
        [counted] = with_counts([other])
        entries.append({**counted, "relation": title, "framework": told.link(framework) if framework else None})
    return sorted(entries, key=lambda entry: (entry["framework"] is None, entry["link"].text))


def _suggested(iri: str) -> dict[str, Any] | None:
    """Return how many more scenarios there are with what a program suggests, and the search that has them."""
    asked = SearchRequest(filters={"competence": (iri,)}, suggested=True, limit=0, facets=(), constraints=False)
    engine = served().engine
    stated = engine.total(SearchRequest(filters={"competence": (iri,)}))
    more = engine.total(asked) - stated
    shown = SearchRequest(filters={"competence": (iri,)}, suggested=True)
    return {"count": more, "address": address(shown)} if more > 0 else None
