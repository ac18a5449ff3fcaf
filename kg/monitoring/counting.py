"""What happened in which month, read from a release's quads: events with the values that each counts for.

A scenario, a story or a relation without a date counts in no month. Levels, subjects and competences count as the
broadest concept above them, so that there are few enough to tell numbers of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.monitoring.indicators import INDICATORS
from kg.terms import iri_of
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Event", "Facts", "Table", "events", "months_between", "tables"]

_READ: Final = {
    PREFIXES["rdf"] + "type": "type",
    PREFIXES["skos"] + "broader": "broader",
    **{
        SCHEMA + name: name
        for name in (*("datePublished", "isBasedOn", "about", "teaches", "educationalLevel", "startDate", "endDate"),)
    },
    **{IHUB + name: name for name in ("hub", "inHub", "school", "evidenceFor")},
    **{IHUB + name: name for name in ("mentorSchool", "mentorOrganisation", "menteeSchool")},
}
_STORY: Final = IHUB + "ImplementationStory"
_EVIDENCE: Final = {
    IHUB + name for name in ("Evidence", "Study", "Testimonial", "SurveyResult", "FieldObservation")
} | {_STORY}
_MONTHS: Final = 12
_MONTH_LENGTH: Final = len("2027-03")


@dataclass(frozen=True)
class Event:
    """Something that counts once in a month.

    Attributes:
        indicator: The slug of the indicator that counts it.
        month: The month, as ``2027-03``.
        what: What is counted: the same thing counts once in a month, for the values of all its events.
        values: By breakdown the IRIs that it counts for.
    """

    indicator: str
    month: str
    what: str
    values: Mapping[str, frozenset[str]]


@dataclass
class Table:
    """The true counts of an indicator; never to be published as they are.

    Attributes:
        totals: The number of each month.
        cells: By breakdown and month the number of each value; values that nothing has are in it with 0.
        over: The months that are over: those before the last in which a scenario or evidence was published.
    """

    totals: dict[str, int] = field(default_factory=dict)
    cells: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    over: frozenset[str] = frozenset()


class Facts:
    """The few statements of a release that monitoring needs.

    Args:
        quads: The release's quads.
    """

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._objects: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in _READ.values()}
        read = {ox.NamedNode(iri): name for iri, name in _READ.items()}
        for quad in quads:
            if (name := read.get(quad.predicate)) is None:
                continue
            value = quad.object.value if isinstance(quad.object, ox.Literal) else iri_of(quad.object)
            found = self._objects[name][iri_of(quad.subject)]
            if value not in found:
                found.append(value)

    def get(self, subject: str, name: str) -> list[str]:
        """Return what ``subject`` has for a property, by its short name."""
        return self._objects[name].get(subject, [])

    def month(self, subject: str, name: str) -> str | None:
        """Return the first month that a date of ``subject`` is in."""
        dates = [value[:_MONTH_LENGTH] for value in self.get(subject, name) if len(value) >= _MONTH_LENGTH]
        return min(dates, default=None)

    def instances(self, *class_iris: str) -> list[str]:
        """Return what has one of these types, sorted."""
        wanted = set(class_iris)
        return sorted(s for s, types in self._objects["type"].items() if wanted.intersection(types))

    @cached_property
    def last_month(self) -> str:
        """The last month in which a scenario or evidence was published; an empty text where none was.

        The clock is not asked: the same sources make the same release on any day.
        """
        published = (*self.scenarios, *self.instances(*_EVIDENCE))
        return max((month for iri in published if (month := self.month(iri, "datePublished"))), default="")

    @cached_property
    def scenarios(self) -> frozenset[str]:
        """The scenarios of the release."""
        return frozenset(self.instances(IHUB + "LearningScenario"))

    def tops(self, concepts: Iterable[str]) -> frozenset[str]:
        """Return the broadest concepts above these; a concept without any is its own."""
        found, seen, waiting = set(), set[str](), list(concepts)
        while waiting:
            concept = waiting.pop()
            above = self.get(concept, "broader")
            if not above:
                found.add(concept)
            waiting += [iri for iri in above if iri not in seen]
            seen.update(above)
        return frozenset(found)

    def described(self, *subjects: str) -> dict[str, frozenset[str]]:
        """Return what these scenarios, or what is told of them, count for, by breakdown."""
        by = {"hub": "hub", "level": "educationalLevel", "subject": "about", "competence": "teaches"}
        values = {name: [v for s in subjects for v in self.get(s, prop)] for name, prop in by.items()}
        return {name: frozenset(found) if name == "hub" else self.tops(found) for name, found in values.items()}


def events(facts: Facts) -> Iterator[Event]:
    """Yield everything that counts, but for coverage, which adds up contributions."""
    for scenario in sorted(facts.scenarios):
        if month := facts.month(scenario, "datePublished"):
            values = facts.described(scenario)
            yield Event("contributions", month, scenario, values)
            sources = [iri for iri in facts.get(scenario, "isBasedOn") if iri in facts.scenarios and iri != scenario]
            if sources:
                yield Event("reuse", month, scenario, values)
            if any(set(facts.get(iri, "isBasedOn")) & facts.scenarios - {iri, scenario} for iri in sources):
                yield Event("reuse-chains", month, scenario, values)
    yield from _uses(facts)
    yield from _mentoring(facts)


def _uses(facts: Facts) -> Iterator[Event]:
    for evidence in facts.instances(*_EVIDENCE):
        month = facts.month(evidence, "datePublished")
        told_of = [iri for iri in facts.get(evidence, "evidenceFor") if iri in facts.scenarios]
        if not month:
            continue
        if told_of or _STORY in facts.get(evidence, "type"):
            values = facts.described(evidence, *told_of)
            own = {
                name: found for name, found in facts.described(evidence).items() if found and name in {"hub", "level"}
            }
            yield Event("uses", month, evidence, {**values, **own})
        for school in facts.get(evidence, "school"):
            yield Event("active-schools", month, school, {"hub": frozenset(facts.get(school, "inHub"))})


def _mentoring(facts: Facts) -> Iterator[Event]:
    relations = facts.instances(IHUB + "MentoringRelation")
    dates = [m for r in relations for m in (facts.month(r, "startDate"), facts.month(r, "endDate")) if m]
    dates += [m for s in facts.scenarios if (m := facts.month(s, "datePublished"))]
    for relation in relations:
        if not (start := facts.month(relation, "startDate")):
            continue
        for month in months_between(start, facts.month(relation, "endDate") or max(dates)):
            hubs = frozenset(facts.get(relation, "hub"))
            yield Event("mentoring-relations", month, relation, {"hub": hubs})
            # By the relation's hub, as organisations are of none, and some mentor in several.
            for mentor in (*facts.get(relation, "mentorSchool"), *facts.get(relation, "mentorOrganisation")):
                yield Event("active-mentors", month, mentor, {"hub": hubs})
            for school in (*facts.get(relation, "mentorSchool"), *facts.get(relation, "menteeSchool")):
                yield Event("active-schools", month, school, {"hub": frozenset(facts.get(school, "inHub"))})


def tables(facts: Facts) -> dict[str, Table]:
    """Return the true counts of each indicator, for every month from the first in which anything happened to the last.

    Every month has a total, and every value that any indicator has in a breakdown has a cell, in every month.
    """
    distinct = _distinct(events(facts))
    if not distinct:
        return {}
    months = months_between(min(month for _, month in distinct), max(month for _, month in distinct))
    values: dict[str, set[str]] = defaultdict(set)
    values["hub"].update(facts.instances(IHUB + "RegionalInnovationHub"))
    for found in distinct.values():
        for counts_for in found.values():
            for name, iris in counts_for.items():
                values[name] |= iris
    over = frozenset(month for month in months if month < facts.last_month)
    counted = {slug: Table(over=over) for slug in INDICATORS}
    for slug, table in counted.items():
        source = "contributions" if slug == "coverage" else slug
        for month in months:
            found = distinct.get((source, month), {})
            table.totals[month] = len(found)
            for name in INDICATORS[slug].breakdowns:
                number = Counter(iri for counts_for in found.values() for iri in counts_for.get(name, ()))
                table.cells.setdefault(name, {})[month] = {iri: number[iri] for iri in sorted(values[name])}
    _add_up(counted["coverage"], months)
    return counted


def _distinct(happened: Iterable[Event]) -> dict[tuple[str, str], dict[str, dict[str, frozenset[str]]]]:
    """Return by indicator and month each thing once, with all the values that it counts for."""
    found: dict[tuple[str, str], dict[str, dict[str, frozenset[str]]]] = defaultdict(dict)
    for event in happened:
        counts_for = found[event.indicator, event.month].setdefault(event.what, {})
        for name, iris in event.values.items():
            counts_for[name] = counts_for.get(name, frozenset()) | iris
    return found


def _add_up(table: Table, months: list[str]) -> None:
    """Turn what came in each month into what there was by its end."""
    for before, month in pairwise(months):
        table.totals[month] += table.totals[before]
        for lines in table.cells.values():
            for value, count in lines[before].items():
                lines[month][value] += count


def months_between(first: str, last: str) -> list[str]:
    """Return the months from the first to the last; none where that comes before.

    >>> months_between("2026-11", "2027-02")
    ['2026-11', '2026-12', '2027-01', '2027-02']
    """
    start, end = (int(month[:4]) * _MONTHS + int(month[5:7]) - 1 for month in (first, last))
    return [f"{place // _MONTHS:04}-{place % _MONTHS + 1:02}" for place in range(start, end + 1)]
