"""Counts SPARQL queries: by outcome, time and bytes, for Prometheus."""

from __future__ import annotations

from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram

__all__ = ["QueryMetrics"]

_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class QueryMetrics:
    """The counters of SPARQL queries; thread-safe.

    Args:
        registry: Where they are registered; one registry takes one instance.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self._queries = Counter(
            "ihub_sparql_queries", "SPARQL queries by how they ended.", ("outcome",), registry=registry
        )
        self._seconds = Histogram(
            "ihub_sparql_query_seconds", "Time from request to answer.", buckets=_BOUNDS, registry=registry
        )
        self._bytes = Counter("ihub_sparql_result_bytes", "Bytes of SPARQL answers.", registry=registry)

    @classmethod
    def of_process(cls) -> QueryMetrics:
        """Return the one that this process exposes."""
        return _of_process

    def observe(self, outcome: str, seconds: float, size: int) -> None:
        """Count one query: how it ended, wall seconds as the web process saw them, bytes of the answer."""
        self._queries.labels(outcome).inc()
        self._seconds.observe(seconds)
        self._bytes.inc(size)

    def outcomes(self) -> dict[str, int]:
        """Return how many queries ended in which way.

        >>> metrics = QueryMetrics(); metrics.observe("ok", 0.02, 100); metrics.outcomes()
        {'ok': 1}
        """
        (family,) = self._queries.collect()
        return {s.labels["outcome"]: int(s.value) for s in family.samples if s.name.endswith("_total")}


_of_process: Final = QueryMetrics(REGISTRY)
