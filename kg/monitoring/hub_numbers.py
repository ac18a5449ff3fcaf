"""The true numbers of one hub, for its coordinators only: what the public cube may withhold.

Each figure is read from the graph here, and has a SPARQL query that gives the same.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from kg.uses import STORY_CLASS
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph import Graph

__all__ = ["HUB_FIGURES", "hub_numbers", "hub_query"]

HUB_FIGURES: Final = ("contributions", "uses", "reuse", "reuse-chains")
"""Figures by the slugs of their indicators, in the order in which they are shown."""

_SCENARIO: Final = IHUB + "LearningScenario"
_BASED: Final = SCHEMA + "isBasedOn"
_MONTH: Final = len("2027-03")

_PATTERNS: Final = {
    "contributions": "?it a ihub:LearningScenario ; ihub:hub <{hub}> ; schema:datePublished ?date .",
    "uses": """?it a ihub:ImplementationStory ; schema:datePublished ?date .
    {{ ?it ihub:hub <{hub}> }}
    UNION
    {{ ?it ihub:evidenceFor ?of . ?of a ihub:LearningScenario ; ihub:hub <{hub}> .
      FILTER NOT EXISTS {{ ?it ihub:hub ?other }} }}""",
    "reuse": """?it a ihub:LearningScenario ; ihub:hub <{hub}> ; schema:datePublished ?date .
    ?it schema:isBasedOn ?source . ?source a ihub:LearningScenario . FILTER(?source != ?it)""",
    "reuse-chains": """?it a ihub:LearningScenario ; ihub:hub <{hub}> ; schema:datePublished ?date .
    ?it schema:isBasedOn ?source . ?source a ihub:LearningScenario .
    ?source schema:isBasedOn ?first . ?first a ihub:LearningScenario .
    FILTER(?source != ?it && ?first != ?source && ?first != ?it)""",
}


def hub_query(figure: str, hub: str) -> str:
    """Return the query that gives a figure of a hub: its months, and the number of each.

    Args:
        figure: One of :data:`HUB_FIGURES`.
        hub: IRI of the hub.
    """
    return f"""\
PREFIX ihub: <{IHUB}>
PREFIX schema: <{PREFIXES["schema"]}>
SELECT ?month (COUNT(?it) AS ?number)
WHERE {{
  {{ SELECT ?it (SUBSTR(MIN(STR(?date)), 1, {_MONTH}) AS ?month) WHERE {{
    {_PATTERNS[figure].format(hub=hub)}
  }} GROUP BY ?it }}
}}
GROUP BY ?month
ORDER BY ?month
"""


def hub_numbers(graph: Graph, hub: str) -> dict[str, dict[str, int]]:
    """Return by figure the number of each month that has one; small ones, too, so never to be published.

    Args:
        graph: The graph of the release.
        hub: IRI of the hub.
    """
    of_hub = graph.subjects(IHUB + "hub", hub)
    graph.prefetch(of_hub)
    scenarios = [iri for iri in of_hub if _SCENARIO in graph.types(iri)]
    sources = {iri: _sources(graph, iri) for iri in scenarios}
    reused = [iri for iri, found in sources.items() if found]
    found = {
        "contributions": scenarios,
        "uses": _stories(graph, of_hub, scenarios),
        "reuse": reused,
        "reuse-chains": [iri for iri in reused if _is_chain(graph, iri, sources[iri])],
    }
    return {figure: _by_month(graph, found[figure]) for figure in HUB_FIGURES}


def _sources(graph: Graph, iri: str) -> list[str]:
    return [source for source in graph.iris(iri, _BASED) if source != iri and _SCENARIO in graph.types(source)]


def _is_chain(graph: Graph, iri: str, sources: Iterable[str]) -> bool:
    return any(first != iri for source in sources for first in _sources(graph, source))


def _stories(graph: Graph, of_hub: Iterable[str], scenarios: Iterable[str]) -> list[str]:
    """Return the stories that name the hub, and those of its scenarios that name none."""
    own = {iri for iri in of_hub if STORY_CLASS in graph.types(iri)}
    told = {iri for scenario in scenarios for iri in graph.subjects(IHUB + "evidenceFor", scenario)}
    others = {iri for iri in told - own if STORY_CLASS in graph.types(iri) and not graph.iris(iri, IHUB + "hub")}
    return sorted(own | others)


def _by_month(graph: Graph, iris: Iterable[str]) -> dict[str, int]:
    dates = (sorted(text.value for text in graph.literals(iri, SCHEMA + "datePublished")) for iri in iris)
    return dict(sorted(Counter(found[0][:_MONTH] for found in dates if found).items()))
