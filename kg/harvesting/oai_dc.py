"""Scenarios as unqualified Dublin Core (``oai_dc``), the format that every OAI-PMH repository gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.scenario import read_scenario
from kg.xml_text import xml_text
from ontology.language import choose
from ontology.namespaces import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.graph import Graph
    from kg.scenario import Scenario

__all__ = ["NAMESPACE", "SCHEMA_LOCATION", "oai_dc"]

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA_LOCATION: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_OPENING: Final = (
    f'<oai_dc:dc xmlns:oai_dc="{NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{NAMESPACE} {SCHEMA_LOCATION}">'
)
_LICENCE: Final = SCHEMA + "license"


def oai_dc(graph: Graph, iri: str) -> str:
    """Return the scenario with this IRI as an ``oai_dc:dc`` element; texts carry their languages."""
    scenario = read_scenario(graph, iri)
    lines = [_OPENING, *_texts("title", scenario.names.items())]
    for name, predicates in (("creator", ("creator", "author")), ("publisher", ("publisher",))):
        for agent in dict.fromkeys(agent for p in predicates for agent in graph.iris(iri, SCHEMA + p)):
            lines += _texts(name, [_label(graph, agent, scenario)])
    lines += _subjects(graph, scenario)
    lines += _texts("description", scenario.descriptions.items())
    lines += _plain("date", filter(None, [graph.value(iri, SCHEMA + "datePublished")]))
    lines += _texts("type", [("en", "Learning scenario")])
    if scenario.data_kind:
        language, text = _label(graph, scenario.data_kind, scenario, "en")
        lines += _texts("type", [(language, f"Data kind: {text}")])
    lines += _plain("format", ["text/html"])
    lines += _plain("identifier", dict.fromkeys(filter(None, [iri.replace("/id/", "/doc/", 1), iri])))
    lines += _plain("source", dict.fromkeys([*graph.iris(iri, SCHEMA + "url"), *graph.iris(iri, SCHEMA + "isBasedOn")]))
    lines += _plain("language", scenario.languages)
    lines += _plain("relation", filter(None, [scenario.work, scenario.collection]))
    lines += _plain("rights", filter(None, [scenario.licence]))
    lines += _plain("rights", filter(None, [scenario.credit]))
    return "".join([*lines, "</oai_dc:dc>"])


def _subjects(graph: Graph, scenario: Scenario) -> Iterator[str]:
    """Yield the names of subjects, competences and levels, in the scenario's language and English, and the keywords."""
    seen = set()
    for concept in (*scenario.subjects, *scenario.competences, *scenario.levels):
        for wanted in (scenario.language, "en"):
            entry = _label(graph, concept, scenario, wanted)
            if entry not in seen:
                seen.add(entry)
                yield from _texts("subject", [entry])
    for language, words in sorted(scenario.keywords.items()):
        yield from _texts("subject", [(language, word) for word in words])


def _label(graph: Graph, iri: str, scenario: Scenario, wanted: str | None = None) -> tuple[str, str]:
    found = choose(graph.labels(iri), [wanted or scenario.language])
    return (found[1], found[0]) if found else ("und", iri.rsplit("/", 1)[-1])


def _texts(name: str, entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    for language, text in entries:
        tag = f' xml:lang="{xml_text(language)}"' if language not in {"", "und"} else ""
        yield f"<dc:{name}{tag}>{xml_text(text)}</dc:{name}>"


def _plain(name: str, values: Iterable[str] | Mapping[str, None]) -> Iterator[str]:
    for value in values:
        yield f"<dc:{name}>{xml_text(value)}</dc:{name}>"
