"""What programs suggest of scenarios: competences, and other scenarios that may be the same work.

Suggestions are kept apart from what people state: in one file under ``{home}``, and in a named graph of their own
(``collection/suggested``). They never become ``schema:teaches``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.errors import CollectionError
from kg.triples import graph_name
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from kg.settings import Settings

__all__ = [
    "GRAPH",
    "SameWork",
    "SuggestedCompetence",
    "read_suggestions",
    "suggestion_quads",
    "suggestions_file",
    "write_suggestions",
]

GRAPH: Final = "suggested"
"""Slug of the graph that holds suggestions."""

_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_NAMES: Final = {
    "en": "Suggestions by machine",
    "et": "Masina ettepanekud",
    "fi": "Koneen ehdotukset",
    "lt": "Mašinos siūlymai",
    "nb": "Forslag fra maskin",
    "ka": "მანქანის შემოთავაზებები",
}
_DESCRIPTION: Final = "Competences and possibly equal works that a program suggests of scenarios, with its confidence."
_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_DECIMAL: Final = ox.NamedNode(PREFIXES["xsd"] + "decimal")


@dataclass(frozen=True, order=True)
class SuggestedCompetence:
    """A scenario may serve a competence; identifiers relative to the base, confidence from 0 to 1."""

    scenario: str
    competence: str
    confidence: float


@dataclass(frozen=True, order=True)
class SameWork:
    """Two scenarios whose texts are nearly the same; identifiers relative to the base."""

    scenario: str
    other: str


def suggestions_file(settings: Settings) -> Path:
    """Return where suggestions are kept: ``{home}/suggestions.jsonl``."""
    return settings.home / "suggestions.jsonl"


def write_suggestions(settings: Settings, suggestions: Iterable[SuggestedCompetence | SameWork]) -> Path:
    """Replace all suggestions by these, in one step; return the file."""
    path = suggestions_file(settings)
    lines = sorted(json.dumps(_entry(suggestion), sort_keys=True) for suggestion in suggestions)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    temporary.replace(path)
    return path


def read_suggestions(settings: Settings) -> list[SuggestedCompetence | SameWork]:
    """Return the suggestions that are kept; none where nobody has asked for any.

    Raises:
        CollectionError: The file holds something else.
    """
    path = suggestions_file(settings)
    if not path.is_file():
        return []
    found: list[SuggestedCompetence | SameWork] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            found.append(
                SameWork(str(entry["scenario"]), str(entry["sameWorkCandidate"]))
                if "sameWorkCandidate" in entry
                else SuggestedCompetence(str(entry["scenario"]), str(entry["competence"]), float(entry["confidence"]))
            )
        except (ValueError, KeyError, TypeError) as error:
            raise CollectionError(f"line {number} is no suggestion", file=path, hint="run ihub suggest") from error
    return found


def _entry(suggestion: SuggestedCompetence | SameWork) -> dict[str, Any]:
    if isinstance(suggestion, SameWork):
        return {"scenario": suggestion.scenario, "sameWorkCandidate": suggestion.other}
    return {
        "scenario": suggestion.scenario,
        "competence": suggestion.competence,
        "confidence": round(suggestion.confidence, 2),
    }


def suggestion_quads(
    suggestions: Iterable[SuggestedCompetence | SameWork], known: Collection[str], id_base: str
) -> Iterator[ox.Quad]:
    """Yield the quads of suggestions whose scenarios and competences are all among ``known``, and of their graph.

    Args:
        suggestions: What was suggested.
        known: IRIs of everything that the release describes.
        id_base: Base of the entities' IRIs.
    """
    graph = graph_name(GRAPH, id_base)
    described = False
    for suggestion in suggestions:
        scenario = ox.NamedNode(id_base + suggestion.scenario)
        other = suggestion.other if isinstance(suggestion, SameWork) else suggestion.competence
        target = ox.NamedNode(id_base + other)
        if scenario.value not in known or target.value not in known:
            continue  # withdrawn since
        if not described:
            yield from _description(graph, id_base)
            described = True
        if isinstance(suggestion, SameWork):
            yield ox.Quad(scenario, ox.NamedNode(IHUB + "sameWorkCandidate"), target, graph)
            continue
        alignment = ox.NamedNode(f"{scenario.value}#suggested-{suggestion.competence.rsplit('/', 1)[-1]}")
        machine = ox.NamedNode(id_base + "alignment-source/machine")
        confidence = ox.Literal(f"{suggestion.confidence:.2f}", datatype=_DECIMAL)
        yield ox.Quad(scenario, ox.NamedNode(IHUB + "alignment"), alignment, graph)
        yield ox.Quad(alignment, _TYPE, ox.NamedNode(IHUB + "Alignment"), graph)
        yield ox.Quad(alignment, ox.NamedNode(IHUB + "competence"), target, graph)
        yield ox.Quad(alignment, ox.NamedNode(IHUB + "alignmentSource"), machine, graph)
        yield ox.Quad(alignment, ox.NamedNode(IHUB + "confidence"), confidence, graph)


def _description(graph: ox.NamedNode, id_base: str) -> Iterator[ox.Quad]:
    yield ox.Quad(graph, _TYPE, ox.NamedNode(IHUB + "Collection"), graph)
    for language, name in _NAMES.items():
        yield ox.Quad(graph, ox.NamedNode(SCHEMA + "name"), ox.Literal(name, language=language), graph)
    yield ox.Quad(graph, ox.NamedNode(SCHEMA + "description"), ox.Literal(_DESCRIPTION, language="en"), graph)
    yield ox.Quad(graph, ox.NamedNode(SCHEMA + "license"), ox.NamedNode(_LICENCE), graph)
    yield ox.Quad(graph, ox.NamedNode(IHUB + "dataKind"), ox.NamedNode(id_base + "data-kind/synthetic"), graph)
