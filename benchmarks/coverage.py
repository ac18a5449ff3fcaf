"""How long a coverage table takes, of the current release and of 100,000 scenarios, beside two other ways to count it.

Run: python benchmarks/coverage.py  (with IHUB_HOME of a built release)
The larger collection is the release's own scenarios over and over, each copy a work of its own.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, where `search` is another file

from kg.release import current_release
from kg.settings import Settings
from search.coverage import Coverage, CoverageRequest
from search.engine import SearchEngine
from search.request import SearchRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

WANTED = 100_000
QUERY = """
SELECT ?c ?l (COUNT(DISTINCT ?s) AS ?n) WHERE {
  ?s a <https://w3id.org/ihub/ns#LearningScenario> ; <https://schema.org/teaches> ?c  ;
    <https://schema.org/educationalLevel> ?l
} GROUP BY ?c ?l"""


@dataclass
class Copies:
    """The engine's scenarios ``times`` over, with what :class:`search.coverage.Coverage` asks an engine for."""

    engine: SearchEngine
    times: int

    @property
    def cards(self) -> range:
        """Stands for the scenarios."""
        return range(len(self.engine.cards) * self.times)

    @property
    def facets(self) -> Copies:
        """The facet columns, which are here too."""
        return self

    def work(self, row: int) -> int:
        """The work of a scenario."""
        copy, own = divmod(row, len(self.engine.cards))
        return copy * len(self.engine.cards) + self.engine.work(own)

    def values(self, field: str) -> list[str]:
        """The values of a field."""
        return self.engine.facets.values(field)

    def rows(self, field: str, value: str) -> NDArray[np.int64]:
        """The scenarios with a value."""
        own = self.engine.facets.rows(field, value).astype(np.int64)
        return (np.arange(self.times)[:, None] * len(self.engine.cards) + own).ravel()

    def passing(self, request: SearchRequest) -> NDArray[np.bool_]:
        """The scenarios that pass the filters."""
        return np.tile(self.engine.passing(request), self.times)


def milliseconds(run: Callable[[], Any], times: int = 15) -> str:
    """The first run and the median of the others."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append(1000 * (time.perf_counter() - start))
    return f"first {found[0]:8.2f} ms, then {statistics.median(found[1:]):8.2f} ms"


def slug(_: str, value: str) -> str:
    """The last part of an IRI."""
    return value.rsplit("/", 1)[-1]


def by_facets(engine: SearchEngine, asked: CoverageRequest, rows: list[str]) -> None:
    """One search for each row, with the facet of the columns."""
    for row in rows:
        engine._search(SearchRequest(filters={asked.rows: (row,)}, limit=0, facets=(asked.columns,)))


def main() -> None:
    """Print the figures."""
    release = current_release(Settings.from_environment())
    engine = SearchEngine(release, None)
    tiled: Any = Copies(engine, -(-WANTED // max(1, len(engine.cards))))
    for name, source in (("release", engine), ("copies", tiled)):
        coverage = Coverage(source, release.graph)
        for request in (
            CoverageRequest(),
            CoverageRequest(opened=None),
            CoverageRequest("subject", "competence", opened=None),
        ):
            table = coverage.table(request, slug)
            cells = f"{request.rows} x {request.columns}, {len(table.rows)} x {len(table.columns)}"
            took = milliseconds(lambda c=coverage, r=request: c.table(r, slug))
            print(f"{name:8} {len(source.cards):7} scenarios  {cells:32} {took}")
    asked = CoverageRequest(opened=None)
    rows = [row.value for row in Coverage(engine, release.graph).table(asked, slug).rows]
    print(
        f"a search with facets for each of {len(rows)} rows:   {milliseconds(lambda: by_facets(engine, asked, rows))}"
    )
    sparql = milliseconds(lambda: list(release.graph.store.query(QUERY, use_default_graph_as_union=True)), 5)  # type: ignore[arg-type]
    print(f"one SPARQL query, without broader values:     {sparql}")
    print(f"largest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
