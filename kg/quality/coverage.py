"""Coverage: how many scenarios of a collection there are in each language, level, subject, competence and so on."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.errors import CollectionError
from kg.quality.concern import Concern
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kg.graph import Graph
    from kg.scenario import Scenario

__all__ = ["REQUIREMENTS_FILE", "Coverage", "measure", "read_requirements", "unmet"]

REQUIREMENTS_FILE: Final = "requirements.toml"
"""The file in a collection's folder that says how much of what it promises to hold."""

EACH: Final = "each"
"""The key in a table of requirements that holds for every value of the dimension."""

_SHORT, _LONG = 30, 450  # minutes: a lesson's part, and more than a fortnight of weekly double lessons
_SKOS: Final = PREFIXES["skos"]
_CLASSES: Final = {
    "grouping": "Grouping",
    "learning-type": "LearningType",
    "co-authorship": "CoAuthorshipLevel",
    "theme": "CrossCurricularTheme",
}
"""Dimensions whose values are all the concepts of a class."""


@dataclass
class Coverage:
    """Counts of scenarios by dimension and value; values that no scenario has count 0 where they are known.

    Attributes:
        total: All scenarios.
        counts: Numbers by dimension (``language``, ``level``, ``subject``, ``competence``, ``competence-at-level``,
            ``grouping``, ``learning-type``, ``co-authorship``, ``theme``, ``feature``) and value, which is the last
            part of the concept's IRI.
    """

    total: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, dimension: str, values: Iterable[str]) -> None:
        """Count one scenario under each of ``values``, once."""
        self.counts.setdefault(dimension, Counter()).update(set(values))


def measure(graph: Graph, scenarios: Iterable[Scenario], framework: str) -> Coverage:
    """Return the coverage of ``scenarios``.

    Args:
        graph: Holds the scenarios and the vocabularies.
        scenarios: What is counted.
        framework: IRI of the concept scheme whose lowest competences are counted, such as that of DigComp 2.2.
    """
    coverage = Coverage()
    for dimension, class_name in _CLASSES.items():
        _start(coverage, dimension, map(slug, graph.instances(IHUB + class_name)))
    top = _top_subjects(graph)
    _start(coverage, "subject", set(top.values()))
    competences = {
        iri
        for iri in graph.subjects(_SKOS + "inScheme", framework)
        if not graph.subjects(_SKOS + "broader", iri) and IHUB + "Competence" in graph.types(iri)
    }
    _start(coverage, "competence", map(slug, competences))
    for scenario in scenarios:
        coverage.total += 1
        _count(coverage, graph, scenario, top, competences)
    return coverage


def _start(coverage: Coverage, dimension: str, values: Iterable[str]) -> None:
    coverage.counts[dimension] = Counter(dict.fromkeys(values, 0))


def _count(coverage: Coverage, graph: Graph, scenario: Scenario, top: Mapping[str, str], competences: set[str]) -> None:
    levels = [slug(iri) for iri in scenario.levels]
    taught = [slug(iri) for iri in scenario.competences if iri in competences]
    subjects = {top[iri] for iri in scenario.subjects if iri in top}
    coverage.add("language", [scenario.language])
    coverage.add("level", levels)
    coverage.add("subject", subjects)
    coverage.add("competence", taught)
    coverage.add("competence-at-level", [f"{competence} {level}" for competence in taught for level in levels])
    activities = scenario.activities
    coverage.add("grouping", map(slug, scenario.groupings))
    coverage.add("learning-type", [slug(iri) for activity in activities for iri in activity.learning_types])
    coverage.add("co-authorship", [slug(iri) for activity in activities for iri in activity.co_authorships])
    coverage.add("theme", map(slug, graph.iris(scenario.iri, IHUB + "crossCurricularTheme")))
    coverage.add("feature", _features(graph, scenario, len(subjects)))


def _features(graph: Graph, scenario: Scenario, subjects: int) -> list[str]:
    minutes = scenario.minutes or 0
    holds = {
        "without pupils' devices": graph.value(scenario.iri, IHUB + "needsPupilDevices") == "false",
        "across subjects": subjects > 1,
        "adapted or translated": bool(graph.iris(scenario.iri, SCHEMA + "isBasedOn")),
        "suits a mentoring practice": bool(graph.iris(scenario.iri, IHUB + "practice")),
        f"{_SHORT} minutes or less": 0 < minutes <= _SHORT,
        f"{_LONG} minutes or more": minutes >= _LONG,
    }
    return [name for name, holding in holds.items() if holding]


def _top_subjects(graph: Graph) -> dict[str, str]:
    """Return the main subject (its slug) of every subject's IRI."""
    found = {}
    for iri in graph.instances(IHUB + "Subject"):
        ancestor = iri
        while broader := graph.iri(ancestor, _SKOS + "broader"):
            ancestor = broader
        found[iri] = slug(ancestor)
    return found


def read_requirements(directory: Path) -> dict[str, Any] | None:
    """Return what the collection in ``directory`` promises, or None where it promises nothing.

    The file holds ``scenarios``, the least number of all, and a table for each dimension with the least number of each
    value; the key ``each`` holds for every value that the vocabulary has.

    Raises:
        CollectionError: The file cannot be read.
    """
    path = directory / REQUIREMENTS_FILE
    if not path.is_file():
        return None
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CollectionError(f"cannot be read: {error}", file=path) from error


def unmet(coverage: Coverage, requirements: Mapping[str, Any]) -> list[Concern]:
    """Return a concern for each requirement that ``coverage`` falls short of."""
    found = []
    if coverage.total < (least := requirements.get("scenarios", 0)):
        found.append(Concern("coverage", "scenarios", "", f"{coverage.total}, of at least {least}"))
    for dimension, table in requirements.items():
        if not isinstance(table, dict):
            continue
        counts = coverage.counts.get(dimension, Counter())
        values = _values(dimension, coverage, requirements) if EACH in table else ()
        wanted = {**dict.fromkeys(values, table.get(EACH, 0)), **{k: v for k, v in table.items() if k != EACH}}
        found += [
            Concern("coverage", dimension, value, f"{counts[value]}, of at least {least}")
            for value, least in wanted.items()
            if counts[value] < least
        ]
    return found


def _values(dimension: str, coverage: Coverage, requirements: Mapping[str, Any]) -> Iterable[str]:
    """The values that ``each`` speaks of: those of the vocabulary; for a cell, competence by each level asked for."""
    if dimension != "competence-at-level":
        return coverage.counts.get(dimension, Counter())
    levels = requirements.get("level", {})
    return [f"{competence} {level}" for competence in coverage.counts["competence"] for level in levels]


def slug(iri: str) -> str:
    """Return the last part of an IRI.

    >>> slug("http://example.org/id/level/isced-1")
    'isced-1'
    """
    return iri.rsplit("/", 1)[-1]
