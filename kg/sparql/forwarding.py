"""Answers queries from another SPARQL server: checks them with our own parser, forwards them, reads whole answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import requests
from pyoxigraph import Store

from kg.sparql.errors import (
    DeadlineExceededError,
    EngineFailureError,
    ResultTooLargeError,
    ServiceUnavailableError,
)
from kg.sparql.evaluation import Evaluator
from kg.sparql.rewriting import rewrite
from kg.store.connection import Dataset, StoreConnection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import QueryBoolean, QuerySolutions, Triple

    from kg.sparql.messages import WorkerQuery
    from kg.sparql.rewriting import RewrittenQuery
    from kg.store.connection import Reply, StoreAddress

__all__ = ["RemoteEvaluator"]

_MARGIN: Final = 0.9  # of the deadline is what the server gets, so that it ends before we end it
_VERBOSITY: Final = 4  # SPARQL JSON beside the most compact format
_JSON: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"


class RemoteEvaluator(Evaluator):
    """Runs queries on a SPARQL server; the counterpart of :class:`Evaluator` for ``IHUB_SPARQL_STORE``.

    Args:
        address: The server.
        deadline: Seconds that a query has.
        base_iri: What relative IRIs in queries resolve against, or None.
        prefixes: Prefixes that a query may use without declaring them, and that Turtle answers declare.
        result_max_bytes: Largest serialised answer.
    """

    def __init__(
        self,
        address: StoreAddress,
        deadline: float,
        *,
        base_iri: str | None = None,
        prefixes: Mapping[str, str] | None = None,
        result_max_bytes: int = 32 << 20,
    ) -> None:
        super().__init__(Store(), base_iri=base_iri, prefixes=prefixes, result_max_bytes=result_max_bytes)
        self._connection = StoreConnection(address, deadline)
        self._seconds = deadline * _MARGIN

    def _execute(self, query: WorkerQuery) -> QuerySolutions | QueryBoolean | Iterable[Triple]:
        rewritten = rewrite(query.text, self._base_iri, self._prefixes)
        # Our own parser finds mistakes and their place, and refuses what only the other server would understand. The
        # original text first, for the place; then what is sent, so that nothing hides in the difference.
        for text in (query.text, rewritten.text):
            self.store.query(text, base_iri=self._base_iri, prefixes=self._prefixes)
        dataset = _dataset(query, rewritten)
        if rewritten.form in {"CONSTRUCT", "DESCRIBE"}:
            return self._graph(rewritten, dataset)
        return self._ask(rewritten.text, dataset, _JSON).solutions()

    def _graph(self, query: RewrittenQuery, dataset: Dataset) -> Iterator[Triple]:
        reply = self._ask(query.text, dataset, _NTRIPLES)
        if reply.is_virtuoso and query.solutions:
            self._ask(query.solutions, dataset, _JSON, read=False)  # it says nothing of rows left out of a graph
        return (quad.triple for quad in reply.triples())

    def _ask(self, text: str, dataset: Dataset, accept: str, *, read: bool = True) -> Reply:
        most = self._max_bytes * _VERBOSITY if read else 0
        try:
            reply = self._connection.query(text, dataset, accept=accept, seconds=self._seconds, max_bytes=most)
        except requests.Timeout:
            raise DeadlineExceededError("the store did not answer in time") from None
        except requests.RequestException:
            raise ServiceUnavailableError("the store behind this service does not answer", retry_after=5) from None
        _check(reply, self._seconds, read=read)
        return reply


def _dataset(query: WorkerQuery, rewritten: RewrittenQuery) -> Dataset:
    """Return the graphs that the request names, else those that the text names, else all: published ones only."""
    published = query.graphs or ()
    default, named = query.default_graphs, query.named_graphs
    if default is None and named is None:
        default, named = rewritten.default, rewritten.named
    if default is None and named is None:
        return Dataset(published, published)
    return Dataset([i for i in default or () if i in published], [i for i in named or () if i in published])


def _check(reply: Reply, seconds: float, *, read: bool) -> None:
    """Turn what the server says into our errors; none of them shows its address."""
    said = (reply.body or b"")[:2000].decode("utf-8", "replace").strip()
    hint = said.splitlines()[0][:200] if said else None
    if reply.status in {502, 503, 504}:
        raise ServiceUnavailableError("the store behind this service is busy", retry_after=5)
    if reply.status in {401, 403, 404} or 300 <= reply.status < 400:
        raise ServiceUnavailableError("the store behind this service does not let us ask", retry_after=30)
    if "timeout" in said.lower() and reply.status >= 400:
        raise DeadlineExceededError(f"the store ended the query after {seconds:g} seconds")
    if reply.status != 200:
        raise EngineFailureError("the store cannot evaluate this query", hint=hint)
    if reply.cut_short == "time":
        raise DeadlineExceededError(f"the store ended the query after {seconds:g} seconds")
    if reply.cut_short or (read and reply.body is None):
        cause = "the answer is larger than the store may give"
        raise ResultTooLargeError(cause, hint="ask for less with LIMIT, or take everything from the dumps")
