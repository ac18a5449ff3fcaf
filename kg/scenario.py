"""Learning scenarios as records: what pages, exports and the search index read of the graph, in one typed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.namespaces import IHUB, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph import Graph

__all__ = ["SCENARIO_CLASS", "Activity", "Scenario", "read_scenario", "read_scenarios"]

SCENARIO_CLASS: Final = IHUB + "LearningScenario"

_MACHINE: Final = "/alignment-source/machine"


@dataclass(frozen=True)
class Activity:
    """One step of a scenario; texts are by language tag, lists hold IRIs, ``minutes`` is None where not stated."""

    iri: str
    position: int
    names: dict[str, str]
    descriptions: dict[str, str]
    minutes: int | None
    in_class: bool | None
    groupings: list[str]
    learning_types: list[str]
    co_authorships: list[str]
    tools: list[str]


@dataclass(frozen=True)
class Scenario:
    """One learning scenario; texts are by language tag, lists hold IRIs, None and empty mean that it is not stated.

    ``published`` is a date in ISO 8601. ``competences`` are those that a person stated; ``suggested_competences`` are a
    program's, with its confidence.
    """

    iri: str
    identifier: str | None
    names: dict[str, str]
    descriptions: dict[str, str]
    texts: dict[str, str]
    languages: list[str]
    subjects: list[str]
    levels: list[str]
    grades: list[str]
    competences: list[str]
    keywords: dict[str, list[str]]
    outcomes: list[dict[str, str]]
    activities: list[Activity]
    tools: list[str]
    minutes: int | None
    min_age: int | None
    max_age: int | None
    licence: str | None
    credit: str | None
    collection: str
    data_kind: str | None
    completeness: str | None
    work: str | None
    themes: list[str]
    needs_pupil_devices: bool | None
    hubs: list[str]
    countries: list[str]
    practices: list[str]
    suggested_competences: dict[str, float]
    published: str | None

    @property
    def language(self) -> str:
        """The language of the text: the first that is stated, else that of a title."""
        return self.languages[0] if self.languages else next(iter(self.names), "und")

    @property
    def groupings(self) -> list[str]:
        """How the class is organised, over all activities, sorted."""
        return sorted({iri for activity in self.activities for iri in activity.groupings})

    @property
    def all_tools(self) -> list[str]:
        """The tools of the scenario and of its activities, sorted."""
        return sorted({*self.tools, *(iri for activity in self.activities for iri in activity.tools)})


def read_scenarios(graph: Graph) -> Iterator[Scenario]:
    """Yield every scenario of ``graph``, by IRI."""
    for iri in graph.instances(SCENARIO_CLASS):
        yield read_scenario(graph, iri)


def read_scenario(graph: Graph, iri: str) -> Scenario:
    """Return the scenario with this IRI; the graph must hold it."""
    parts = graph.iris(iri, IHUB + "activity")
    outcomes = graph.iris(iri, IHUB + "learningOutcome")
    keywords: dict[str, list[str]] = {}
    for text in graph.literals(iri, SCHEMA + "keywords"):
        keywords.setdefault(text.language or "und", []).append(text.value)
    return Scenario(
        iri=iri,
        identifier=graph.value(iri, SCHEMA + "identifier"),
        names=graph.texts(iri, SCHEMA + "name"),
        descriptions=graph.texts(iri, SCHEMA + "description"),
        texts=graph.texts(iri, SCHEMA + "text"),
        languages=[text.value for text in graph.literals(iri, SCHEMA + "inLanguage")],
        subjects=graph.iris(iri, SCHEMA + "about"),
        levels=graph.iris(iri, SCHEMA + "educationalLevel"),
        grades=graph.iris(iri, IHUB + "nationalGrade"),
        competences=graph.iris(iri, SCHEMA + "teaches"),
        keywords=keywords,
        outcomes=[graph.texts(outcome, SCHEMA + "description") for outcome in outcomes],
        activities=sorted((_activity(graph, part) for part in parts), key=lambda activity: activity.position),
        tools=graph.iris(iri, IHUB + "tool"),
        minutes=graph.integer(iri, IHUB + "minutes"),
        min_age=graph.integer(iri, IHUB + "minAge"),
        max_age=graph.integer(iri, IHUB + "maxAge"),
        licence=graph.iri(iri, SCHEMA + "license"),
        credit=graph.value(iri, SCHEMA + "creditText"),
        collection=graph.iri(iri, IHUB + "collection") or "",
        data_kind=graph.iri(iri, IHUB + "dataKind"),
        completeness=graph.iri(iri, IHUB + "completeness"),
        work=graph.iri(iri, SCHEMA + "exampleOfWork"),
        themes=graph.iris(iri, IHUB + "crossCurricularTheme"),
        needs_pupil_devices=_boolean(graph, iri, IHUB + "needsPupilDevices"),
        hubs=graph.iris(iri, IHUB + "hub"),
        countries=graph.iris(iri, IHUB + "comesFromCountry"),
        practices=graph.iris(iri, IHUB + "practice"),
        suggested_competences=_suggested(graph, iri),
        published=graph.value(iri, SCHEMA + "datePublished"),
    )


def _suggested(graph: Graph, iri: str) -> dict[str, float]:
    """Return the competences that only a program says are taught, with how certain it is (0 to 1)."""
    found: dict[str, float] = {}
    for alignment in graph.iris(iri, IHUB + "alignment"):
        source = graph.iri(alignment, IHUB + "alignmentSource") or ""
        if source.endswith(_MACHINE):
            confidence = float(graph.value(alignment, IHUB + "confidence") or 0)
            for competence in graph.iris(alignment, IHUB + "competence"):
                found[competence] = max(confidence, found.get(competence, 0.0))
    return found


def _boolean(graph: Graph, iri: str, predicate: str) -> bool | None:
    value = graph.value(iri, predicate)
    return None if value is None else value == "true"


def _activity(graph: Graph, iri: str) -> Activity:
    return Activity(
        iri=iri,
        position=graph.integer(iri, SCHEMA + "position") or 0,
        names=graph.texts(iri, SCHEMA + "name"),
        descriptions=graph.texts(iri, SCHEMA + "description"),
        minutes=graph.integer(iri, IHUB + "minutes"),
        in_class=_boolean(graph, iri, IHUB + "inClass"),
        groupings=graph.iris(iri, IHUB + "grouping"),
        learning_types=graph.iris(iri, IHUB + "learningType"),
        co_authorships=graph.iris(iri, IHUB + "coAuthorship"),
        tools=graph.iris(iri, IHUB + "tool"),
    )
