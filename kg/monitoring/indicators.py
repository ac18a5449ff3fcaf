"""The indicators and the breakdowns of the public cube: one table that counting, pages and documentation share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.monitoring.disclosure import THRESHOLD

__all__ = ["BREAKDOWNS", "GRAPH", "INDICATORS", "Breakdown", "Indicator", "dataset_iri"]

GRAPH: Final = "monitoring"
"""Slug of the graph that holds data sets and observations."""


@dataclass(frozen=True)
class Indicator:
    """What is counted.

    Attributes:
        slug: Its name in ``indicator/`` and in addresses.
        unit: What its numbers count.
        protected: Whether small counts could tell of people or schools, and are withheld; greater ones are rounded.
        breakdowns: Names of the breakdowns that it has besides the months' totals.
    """

    slug: str
    unit: str
    protected: bool
    breakdowns: tuple[str, ...]

    @property
    def told_unit(self) -> str:
        """What the numbers that are told count, and how far."""
        return f"{self.unit}, rounded down to a multiple of {THRESHOLD}" if self.protected else self.unit


@dataclass(frozen=True)
class Breakdown:
    """By what is counted; ``structure`` and ``dimension`` are names in ihub's namespace, no dimension is a total."""

    name: str
    structure: str
    dimension: str | None


_ALL: Final = ("hub", "level", "subject", "competence")

INDICATORS: Final = {
    row.slug: row
    for row in (
        Indicator("contributions", "scenarios", protected=False, breakdowns=_ALL),
        Indicator("coverage", "scenarios", protected=False, breakdowns=_ALL),
        Indicator("reuse", "scenarios", protected=False, breakdowns=_ALL),
        Indicator("reuse-chains", "scenarios", protected=False, breakdowns=_ALL),
        Indicator("uses", "stories and other evidence", protected=True, breakdowns=_ALL),
        Indicator("active-schools", "schools", protected=True, breakdowns=("hub",)),
        Indicator("active-mentors", "schools and organisations", protected=True, breakdowns=("hub",)),
        Indicator("mentoring-relations", "relations", protected=True, breakdowns=("hub",)),
    )
}
"""The indicators by slug, in the order in which they are shown."""

BREAKDOWNS: Final = {
    row.name: row
    for row in (
        Breakdown("month", "monitoringByMonth", None),
        Breakdown("hub", "monitoringByHub", "refHub"),
        Breakdown("level", "monitoringByLevel", "refLevel"),
        Breakdown("subject", "monitoringBySubject", "refSubject"),
        Breakdown("competence", "monitoringByCompetence", "refCompetence"),
    )
}
"""The breakdowns by name; each is a data set. ``month`` has the totals."""


def dataset_iri(breakdown: str, id_base: str) -> str:
    """Return the IRI of the data set of a breakdown.

    >>> dataset_iri("hub", "http://127.0.0.1:8000/id/")
    'http://127.0.0.1:8000/id/indicators/monitoring-by-hub'
    """
    return f"{id_base}indicators/monitoring-by-{breakdown}"
