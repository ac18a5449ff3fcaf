"""The web process's side: screens a query, looks into the cache, asks the zygote, writes the log."""

from __future__ import annotations

import json
import logging
import math
import socket
import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kg.sparql.cache import AnswerCache
from kg.sparql.connections import Connections
from kg.sparql.diagnosis import diagnose
from kg.sparql.errors import (
    BudgetExceededError,
    DeadlineExceededError,
    MalformedQueryError,
    MemoryExceededError,
    ServiceUnavailableError,
    SparqlError,
)
from kg.sparql.limits import Limits
from kg.sparql.messages import STATISTICS, Answer, Preamble, QueryRequest, WorkerQuery, digest
from kg.sparql.metrics import QueryMetrics
from kg.sparql.places import Places, QuickShapes
from kg.sparql.screening import ScreenedQuery, screen

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PreparedQuery", "SparqlService"]

_LOG: Final = logging.getLogger("ihub.sparql")
_GRACE_SECONDS: Final = 10.0
_STATISTICS_SECONDS: Final = 2.0


@dataclass(frozen=True)
class PreparedQuery:
    """A request whose query has passed the screening.

    Attributes:
        request: The request.
        screened: What is known of its text.
        key: Stands for release, query, dataset and format: equal for requests with equal answers.

    """

    request: QueryRequest
    screened: ScreenedQuery
    key: str

    @property
    def etag(self) -> str:
        """A strong validator of the answer, or the empty string when two runs may differ."""
        return "" if self.screened.volatile else self.key


class SparqlService:
    """Answers queries over one release; safe to share between threads, opened after the web server has forked.

    Args:
        socket_path: Where the zygote listens.
        limits: The same as the zygote's.
        release: Identifier of the release, part of every cache key.
        union_default: Whether the zygote's default graph is the union of its named graphs; for the service description.
        cache_bytes: What cached answers may take in this process; 0 for no cache.
        max_in_flight: Requests that may wait for the zygote at the same time, so that they cannot take every thread of
            a web process; None for any number. Others wait a second at most for a place and are then turned away.
        metrics: Where to count; a process that serves one release after the other counts in one place.
        graphs: The named graphs that may be seen, where the store holds others too; None for all.

    """

    def __init__(
        self,
        socket_path: Path | str,
        limits: Limits | None = None,
        *,
        release: str = "",
        union_default: bool = True,
        cache_bytes: int = 32 << 20,
        max_in_flight: int | None = None,
        metrics: QueryMetrics | None = None,
        graphs: tuple[str, ...] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.release = release
        self.union_default = union_default
        self.metrics = metrics or QueryMetrics()
        self._path = str(socket_path)
        self._graphs = graphs
        # Longer than anything the zygote allows: it answers earlier unless it is gone.
        self._connections = Connections(self._path, 2 * self.limits.deadline + _GRACE_SECONDS)
        self._cache = AnswerCache(cache_bytes)
        self._places = Places(max_in_flight) if max_in_flight else None
        self._quick_shapes = QuickShapes(self.limits.quick_seconds)

    @property
    def kept_connections(self) -> int:
        """How many connections to the zygote wait for the next query."""
        return len(self._connections)

    def ping(self) -> None:
        """Check that the zygote answers.

        Raises:
            SparqlError: It does not.

        """
        text = "ASK {}"
        self._ask(PreparedQuery(QueryRequest(text), screen(text, self.limits), digest("ping").hex()), None)

    def statistics(self) -> dict[str, int]:
        """Return the zygote's counters: what waits and runs, what was answered, which workers were lost.

        Raises:
            ServiceUnavailableError: It does not answer.

        """
        nobody = bytes(len(STATISTICS))
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(_STATISTICS_SECONDS)
                connection.connect(self._path)
                connection.sendall(Preamble(0, nobody, STATISTICS, nobody).encode())
                said: dict[str, int] = json.loads(b"".join(iter(lambda: connection.recv(4096), b"")))
        except (OSError, ValueError) as error:
            raise ServiceUnavailableError("the query service is not available at the moment") from error
        return said

    def prepare(self, request: QueryRequest) -> PreparedQuery:
        """Screen a request.

        Raises:
            SparqlError: It is refused without being tried: malformed, an update, SERVICE, too long, too complex.

        """
        try:
            screened = screen(request.query, self.limits, protocol_dataset=request.has_dataset)
        except SparqlError as error:
            self._note(digest(request.query).hex(), 0.0, error.outcome)
            raise
        return self._keyed(request, screened)

    def in_format(self, query: PreparedQuery, name: str) -> PreparedQuery:
        """Return the same query, to be answered in another format."""
        if query.request.format == name:
            return query
        return self._keyed(replace(query.request, format=name), query.screened)

    def _keyed(self, request: QueryRequest, screened: ScreenedQuery) -> PreparedQuery:
        dataset = [str(len(request.default_graphs)), *request.default_graphs, *request.named_graphs]
        key = digest(self.release, screened.normalised, request.format, *dataset)
        return PreparedQuery(request, screened, key.hex())

    def execute(self, request: QueryRequest | PreparedQuery, *, client_fd: int | None = None) -> Answer:
        """Answer a request.

        Args:
            request: What is asked.
            client_fd: Descriptor of the client's connection: when it closes, the query is ended.

        Raises:
            SparqlError: There is no answer; the subclass says why.

        """
        query = request if isinstance(request, PreparedQuery) else self.prepare(request)
        start = time.perf_counter()
        kept = self._cache.get(query.key) if query.etag else None
        if kept:
            self._note(query.key, time.perf_counter() - start, "cached", kept)
            return replace(kept, cached=True)
        try:
            answer = replace(self._ask(query, client_fd), etag=query.etag)
            self._quick_shapes.learn(query.screened.shape, answer.seconds)
        except SparqlError as error:
            if isinstance(error, DeadlineExceededError | MemoryExceededError | BudgetExceededError):
                self._quick_shapes.learn(query.screened.shape, math.inf)
            self._note(query.key, time.perf_counter() - start, error.outcome)
            raise
        if query.etag:
            self._cache.put(query.key, answer)
        self._note(query.key, time.perf_counter() - start, "ok", answer)
        return answer

    def _ask(self, query: PreparedQuery, client_fd: int | None) -> Answer:
        known = query.screened.shape in self._quick_shapes
        place = self._places.hold(known=known) if self._places else nullcontext()
        try:
            with place:
                return self._connections.ask(_request_bytes(query, self._graphs), client_fd)
        except MalformedQueryError as error:
            raise diagnose(error.cause, query.screened.text) if error.line is None else error from None
        except (OSError, ValueError, KeyError) as error:
            cause = "the query service is not available at the moment"
            raise ServiceUnavailableError(cause, retry_after=2, hint=str(error)) from error

    def _note(self, key: str, seconds: float, outcome: str, answer: Answer | None = None) -> None:
        size = len(answer.body) if answer else 0
        self.metrics.observe(outcome, seconds, size)
        rows = answer.rows if answer and answer.rows is not None else "-"
        _LOG.info("query=%s ms=%.1f rows=%s bytes=%d outcome=%s", key[:16], seconds * 1000, rows, size, outcome)


def _request_bytes(query: PreparedQuery, graphs: tuple[str, ...] | None) -> bytes:
    request, screened = query.request, query.screened
    body = WorkerQuery(
        text=screened.text,
        format=request.format,
        form=screened.form,
        has_dataset=screened.has_dataset,
        default_graphs=request.default_graphs if request.has_dataset else None,
        named_graphs=request.named_graphs if request.has_dataset else None,
        graphs=graphs,
    ).encode()
    who, what, shape = digest(request.client), bytes.fromhex(query.key), digest(screened.shape)
    return Preamble(len(body), who, what, shape, keep=True).encode() + body
