"""The fields that searches filter by and count: where each one's values come from, and what kind of thing they are.

A field belongs to scenarios or to units. The units of a scenario are its activities, or one empty unit where it has
none, so that conditions on several fields of units can be asked to hold within one activity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.language import read_as
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kg.graph import Graph
    from kg.scenario import Activity, Scenario

__all__ = ["EXCLUDING", "FACETS", "FIELDS", "SUGGESTED", "TIME", "Context", "Field", "ages", "units"]

SUGGESTED: Final = "competence_suggested"
"""The field that holds what ``competence`` does and what programs suggest besides; asked for by ``suggested=1``."""

_OLDEST: Final = 120

TIME: Final = "minutes_max"
"""The facet of times, whose values are numbers of minutes that scenarios take at most."""

EXCLUDING: Final[Mapping[str, str]] = {"tool_not": "tool"}
"""Filters that leave out what has a value, and the field whose values they name."""


@dataclass(frozen=True)
class Context:
    """What fields need to know beyond the scenario: the graph, and the languages of each work, by its IRI."""

    graph: Graph
    languages: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, scenarios: Iterable[Scenario], graph: Graph) -> Context:
        """Collect the languages in which the texts, or titles and summaries, of each work exist."""
        languages: dict[str, set[str]] = {}
        for scenario in scenarios:
            tags = {*scenario.languages, *scenario.names}
            languages.setdefault(scenario.work or scenario.iri, set()).update(_subtags(tags))
        return cls(graph, {work: sorted(found) for work, found in languages.items()})


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        name: Name of the filter and of the facet.
        read: The values of a scenario; None for a field of units.
        read_unit: The values of a unit of a scenario (an activity, or None where there is none).
        classes: Local names of the classes that its values are instances of; empty for plain values.
        tree: Whether its values are shown as a tree by ``skos:broader``.
    """

    name: str
    read: Callable[[Scenario, Context], Sequence[str]] | None = None
    read_unit: Callable[[Scenario, Activity | None], Sequence[str]] | None = None
    classes: tuple[str, ...] = ()
    tree: bool = False


def units(scenario: Scenario) -> Sequence[Activity | None]:
    """Return the units of a scenario: its activities, or a single None."""
    return scenario.activities or [None]


def ages(scenario: Scenario, graph: Graph) -> tuple[int, int] | None:
    """Return the youngest and oldest age that a scenario is for: as stated, else of its grades, else of its levels."""
    if scenario.min_age is not None or scenario.max_age is not None:
        return scenario.min_age or 0, scenario.max_age if scenario.max_age is not None else _OLDEST
    for concepts in (scenario.grades, scenario.levels):
        youngest = [age for iri in concepts if (age := graph.integer(iri, IHUB + "minAge")) is not None]
        oldest = [age for iri in concepts if (age := graph.integer(iri, IHUB + "maxAge")) is not None]
        if youngest and oldest:
            return min(youngest), max(oldest)
    return None


def _subtags(tags: Iterable[str]) -> list[str]:
    """Return primary subtags, and for both written forms of Norwegian the macrolanguage too."""
    primary = {tag.lower().split("-")[0] for tag in tags}
    return sorted(primary | {read_as(tag) for tag in primary})


def _countries(scenario: Scenario, context: Context) -> list[str]:
    """Return the countries that a scenario comes from and those whose grades it names."""
    graph = context.graph
    grades = {iri for grade in scenario.grades for iri in graph.iris(grade, IHUB + "country")}
    hubs = {iri for hub in scenario.hubs for iri in graph.iris(hub, IHUB + "inCountry")}
    return sorted({*scenario.countries, *grades, *hubs})


def _evidence(scenario: Scenario, context: Context) -> list[str]:
    """Return ``any`` and the kinds of the evidence for a scenario, or nothing where there is none."""
    graph = context.graph
    found = graph.subjects(IHUB + "evidenceFor", scenario.iri)
    kinds = {kind for evidence in found for kind in graph.iris(evidence, IHUB + "evidenceKind")}
    return ["any", *sorted(kinds)] if found else []


def _devices(scenario: Scenario, context: Context) -> list[str]:  # noqa: ARG001  # all readers are called alike
    if scenario.needs_pupil_devices is None:
        return []
    return ["needed" if scenario.needs_pupil_devices else "none"]


def _tools(scenario: Scenario, unit: Activity | None) -> list[str]:
    """Return the tools of an activity; those of the scenario as a whole count for each of its activities."""
    return [*scenario.tools, *(unit.tools if unit else ())]


FIELDS: Final[Mapping[str, Field]] = {
    field.name: field
    for field in (
        Field("subject", lambda s, _: s.subjects, classes=("Subject",), tree=True),
        Field("competence", lambda s, _: s.competences, classes=("Competence",), tree=True),
        Field(
            SUGGESTED,
            lambda s, _: [*s.competences, *s.suggested_competences],
            classes=("Competence",),
            tree=True,
        ),
        Field("level", lambda s, _: s.levels, classes=("EducationalLevel",), tree=True),
        Field("grade", lambda s, _: s.grades, classes=("NationalGrade",)),
        Field("theme", lambda s, _: s.themes, classes=("CrossCurricularTheme",)),
        Field("language", lambda s, _: _subtags(s.languages)),
        Field("available", lambda s, context: context.languages[s.work or s.iri]),
        Field("devices", _devices),
        Field("organisation", read_unit=lambda _, u: u.groupings if u else [], classes=("Grouping",)),
        Field("learning_type", read_unit=lambda _, u: u.learning_types if u else [], classes=("LearningType",)),
        Field("co_authorship", read_unit=lambda _, u: u.co_authorships if u else [], classes=("CoAuthorshipLevel",)),
        Field("tool", read_unit=_tools, classes=("DigitalTool",), tree=True),
        Field("collection", lambda s, _: [s.collection] if s.collection else [], classes=("Collection",)),
        Field("kind", lambda s, _: [s.data_kind] if s.data_kind else [], classes=("DataKind",)),
        Field("licence", lambda s, _: [s.licence] if s.licence else []),
        Field("country", _countries, classes=("Country",)),
        Field("hub", lambda s, _: s.hubs, classes=("RegionalInnovationHub",)),
        Field("practice", lambda s, _: s.practices, classes=("MentoringPractice",)),
        Field("evidence", _evidence, classes=("EvidenceKind",)),
    )
}
"""Every field by name. Values are IRIs, but language subtags, and the words of ``devices`` and ``evidence``."""

FACETS: Final = tuple(name for name in FIELDS if name != SUGGESTED)
"""Names of the facets by value, in the order in which they are shown; filters have the same names."""
