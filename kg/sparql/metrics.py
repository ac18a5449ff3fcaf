"""What one web process has seen of its queries: counts by outcome, time and bytes, as Prometheus text."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Final

__all__ = ["QueryMetrics"]

_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class QueryMetrics:
    """Thread-safe counters of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outcomes: Counter[str] = Counter()
        self._buckets: Counter[float] = Counter()
        self._seconds = 0.0
        self._bytes = 0

    def observe(self, outcome: str, seconds: float, size: int) -> None:
        """Count one query: how it ended, wall seconds as the web process saw them, bytes of the answer."""
        with self._lock:
            self._outcomes[outcome] += 1
            self._seconds += seconds
            self._bytes += size
            for bound in _BOUNDS:
                if seconds <= bound:
                    self._buckets[bound] += 1

    def outcomes(self) -> dict[str, int]:
        """Return how many queries ended in which way."""
        with self._lock:
            return dict(self._outcomes)

    def prometheus(self) -> list[str]:
        """Return the metrics in the Prometheus text format, a line an item.

        >>> metrics = QueryMetrics(); metrics.observe("ok", 0.02, 100); metrics.prometheus()[2]
        'ihub_sparql_queries_total{outcome="ok"} 1'
        """
        with self._lock:
            total = sum(self._outcomes.values())
            name = "ihub_sparql_query_seconds"
            return [
                "# HELP ihub_sparql_queries_total SPARQL queries by how they ended.",
                "# TYPE ihub_sparql_queries_total counter",
                *(
                    f'ihub_sparql_queries_total{{outcome="{key}"}} {self._outcomes[key]}'
                    for key in sorted(self._outcomes)
                ),
                f"# HELP {name} Time from request to answer.",
                f"# TYPE {name} histogram",
                *(f'{name}_bucket{{le="{bound:g}"}} {self._buckets[bound]}' for bound in _BOUNDS),
                f'{name}_bucket{{le="+Inf"}} {total}',
                f"{name}_sum {self._seconds:.6f}",
                f"{name}_count {total}",
                "# HELP ihub_sparql_result_bytes_total Bytes of SPARQL answers.",
                "# TYPE ihub_sparql_result_bytes_total counter",
                f"ihub_sparql_result_bytes_total {self._bytes}",
            ]
