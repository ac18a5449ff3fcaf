"""Why a query was not answered: the SPARQL branch of the error tree, and its form between processes.

Each class has an ``outcome``, the word that stands for it in frames, in the query log and in the metrics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from kg.errors import QueryRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BudgetExceededError",
    "ClientGoneError",
    "DeadlineExceededError",
    "EngineFailureError",
    "FederationRefusedError",
    "MalformedQueryError",
    "MemoryExceededError",
    "QueryTooComplexError",
    "QueryTooLongError",
    "ResultTooLargeError",
    "ServiceBusyError",
    "ServiceUnavailableError",
    "SparqlError",
    "UnrepresentableResultError",
    "UnsupportedFunctionError",
    "UpdateRefusedError",
    "error_from_frame",
]


class SparqlError(QueryRefusedError):
    """A query that was not answered.

    Attributes:
        outcome: One word for the reason, stable, for logs and metrics.
        retry_after: Seconds after which the same request may succeed, or None when it never will.

    """

    outcome: ClassVar[str] = "refused"

    def __init__(self, cause: str, *, retry_after: int | None = None, hint: str | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(cause, hint=hint)

    def to_frame(self) -> dict[str, object]:
        """Return what :func:`error_from_frame` rebuilds the error from; JSON values only."""
        return {"error": self.outcome, "cause": self.cause, "retry_after": self.retry_after, "hint": self.hint}


class MalformedQueryError(SparqlError):
    """The text is not a SPARQL 1.1 query.

    Attributes:
        line: Line of the mistake, from 1; None where it is not known.
        column: Column of the mistake in characters, from 1.
        source_line: That line of the query, without its end.

    """

    outcome = "malformed"

    def __init__(
        self,
        cause: str,
        *,
        line: int | None = None,
        column: int | None = None,
        source_line: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.line, self.column, self.source_line = line, column, source_line
        super().__init__(cause, hint=hint)

    def to_frame(self) -> dict[str, object]:
        """Return the frame with the position."""
        return {**super().to_frame(), "line": self.line, "column": self.column, "source_line": self.source_line}


class UnsupportedFunctionError(SparqlError):
    """The query calls a function that neither SPARQL nor this service defines."""

    outcome = "function"


class UpdateRefusedError(SparqlError):
    """The text is a SPARQL Update; this service only answers queries."""

    outcome = "update"


class FederationRefusedError(SparqlError):
    """The query asks for SERVICE; this service calls no other."""

    outcome = "federation"


class QueryTooLongError(SparqlError):
    """The text is longer than the setting allows."""

    outcome = "too_long"


class QueryTooComplexError(SparqlError):
    """The text nests or chains more than the engine can parse."""

    outcome = "too_complex"


class EngineFailureError(SparqlError):
    """The engine gave up on this query for a reason of its own."""

    outcome = "engine"


class DeadlineExceededError(SparqlError):
    """The query ran until its deadline and was ended."""

    outcome = "deadline"


class MemoryExceededError(SparqlError):
    """The query needed more memory than a worker has."""

    outcome = "memory"


class ResultTooLargeError(SparqlError):
    """The serialised answer is larger than the setting allows; nothing was truncated."""

    outcome = "too_large"


class UnrepresentableResultError(SparqlError):
    """The answer holds something that the asked format cannot say, such as U+0001 in XML."""

    outcome = "unrepresentable"


class BudgetExceededError(SparqlError):
    """The client has used its query seconds; only quick queries are answered until it has some again."""

    outcome = "budget"


class ServiceBusyError(SparqlError):
    """All workers are taken and the queue is full, or a long query had to make room."""

    outcome = "busy"


class ServiceUnavailableError(SparqlError):
    """The query process is not there, or died with the query."""

    outcome = "unavailable"


class ClientGoneError(SparqlError):
    """The client hung up before the answer; there is nobody to tell."""

    outcome = "gone"


_BY_OUTCOME: Final[dict[str, type[SparqlError]]] = {kind.outcome: kind for kind in SparqlError.__subclasses__()}


def error_from_frame(frame: Mapping[str, object]) -> SparqlError:
    """Rebuild an error from the other process.

    >>> error_from_frame(ServiceBusyError("all taken", retry_after=3).to_frame()).retry_after
    3
    """
    kind = _BY_OUTCOME.get(str(frame["error"]), ServiceUnavailableError)
    cause, hint = str(frame["cause"]), frame.get("hint")
    hint = str(hint) if hint else None
    if kind is MalformedQueryError:
        line, column, source = frame.get("line"), frame.get("column"), frame.get("source_line")
        return MalformedQueryError(
            cause,
            line=line if isinstance(line, int) else None,
            column=column if isinstance(column, int) else None,
            source_line=source if isinstance(source, str) else None,
            hint=hint,
        )
    retry = frame.get("retry_after")
    return kind(cause, retry_after=retry if isinstance(retry, int) else None, hint=hint)
