"""What one SPARQL service allows, in one frozen value made from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.settings import Settings

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """Bounds on queries, workers, clients and results.

    Attributes:
        deadline: Seconds from the start of a query to its end, serialisation included.
        memory_mib: Address space of a worker beyond what it has when it starts, MiB.
        workers: Worker processes; half of them, at least one, may hold long queries.
        queue: Requests that may wait for a worker.
        query_max_chars: Longest query text, in characters.
        result_max_mib: Largest serialised answer, MiB.
        client_seconds: Processor seconds that one client may use in a minute.
        quick_seconds: Processor seconds up to which a query is quick: it may run whatever the client's budget.
        max_depth: Deepest nesting of ``( { [`` and ``<<`` together (the engine crashes from about 1,600 on).
        max_operators: Most operators, path steps and clauses (the engine crashes from about 3,200 on).
        worker_requests: Queries that one worker answers before it is replaced.

    """

    deadline: float = 10.0
    memory_mib: int = 2048
    workers: int = 4
    queue: int = 64
    query_max_chars: int = 100_000
    result_max_mib: int = 32
    client_seconds: float = 60.0
    quick_seconds: float = 0.1
    max_depth: int = 128
    max_operators: int = 1500
    worker_requests: int = 500

    @classmethod
    def from_settings(cls, settings: Settings) -> Limits:
        """Take the ``sparql_*`` settings."""
        return cls(
            deadline=settings.sparql_deadline,
            memory_mib=settings.sparql_memory_mib,
            workers=max(1, settings.sparql_workers),
            queue=settings.sparql_queue,
            query_max_chars=settings.sparql_query_max_chars,
            result_max_mib=settings.sparql_result_max_mib,
            client_seconds=settings.sparql_client_seconds,
        )

    @property
    def slow_workers(self) -> int:
        """Workers that long queries may hold until their deadline while others wait."""
        return max(1, self.workers // 2)

    @property
    def unknown_workers(self) -> int:
        """Workers that may run queries whose shape is not known as quick; the others are kept for those."""
        return self.workers - (self.workers - self.slow_workers) // 2

    @property
    def result_max_bytes(self) -> int:
        """The largest serialised answer in bytes."""
        return self.result_max_mib << 20
