"""What passes between the web process, the zygote and its workers, and how it lies on a socket.

A request is a fixed preamble, which the zygote reads without blocking, and a JSON body, which only a worker reads. An
answer is one line of JSON and the serialised result.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

__all__ = ["PREAMBLE_BYTES", "STATISTICS", "Answer", "Preamble", "QueryRequest", "WorkerQuery", "digest"]

_MAGIC: Final = b"SPQ2"
_PREAMBLE: Final = struct.Struct("!4sI16s16s16s?")
PREAMBLE_BYTES: Final = _PREAMBLE.size
"""Length of the fixed part of a request, in bytes."""


def digest(*parts: str | bytes) -> bytes:
    """Return 16 bytes that stand for the parts, whose boundaries count."""
    total = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8) + data)
    return total.digest()


STATISTICS: Final = digest("statistics")
"""In the place of a query's digest, with no body: asks the zygote for its counters, as a line of JSON."""


@dataclass(frozen=True)
class QueryRequest:
    """A query operation of the SPARQL 1.1 Protocol.

    Attributes:
        query: The text.
        default_graphs: ``default-graph-uri`` parameters.
        named_graphs: ``named-graph-uri`` parameters.
        format: Name of the result format (:mod:`kg.sparql.formats`).
        client: Whom to charge for the time, such as an address.

    """

    query: str
    format: str = "json"
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    client: str = ""

    @property
    def has_dataset(self) -> bool:
        """Whether the request names its dataset."""
        return bool(self.default_graphs or self.named_graphs)


@dataclass(frozen=True)
class Answer:
    """A complete answer.

    Attributes:
        body: The serialised result.
        format: Name of its format.
        kind: ``bindings``, ``boolean`` or ``graph``.
        rows: Solutions or triples; None where they were not counted.
        seconds: Wall time in the worker.
        etag: Validator of this answer for its release, or the empty string when two runs may differ.
        cached: Whether it came from the cache.

    """

    body: bytes
    format: str
    kind: str
    rows: int | None
    seconds: float
    etag: str = ""
    cached: bool = False


@dataclass(frozen=True)
class WorkerQuery:
    """What a worker is told: the screened text, its dataset, and the format to answer in.

    ``graphs`` are those that may be seen where the store holds others too, or None.
    """

    text: str
    format: str
    form: str
    has_dataset: bool
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    graphs: tuple[str, ...] | None = None

    def encode(self) -> bytes:
        """Return the JSON body of a request."""
        return json.dumps(vars(self)).encode()

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the JSON body of a request.

        Raises:
            ValueError: It is not one.

        """
        try:
            return cls(**json.loads(body))
        except TypeError as error:
            raise ValueError(str(error)) from error


class Preamble(NamedTuple):
    """The fixed part of a request.

    Length of the body; digests of who asks, of what, and of its shape; whether the connection is kept for another
    request once there is an answer, or ends with it, as it does with every error.
    """

    length: int
    client: bytes
    query: bytes
    shape: bytes
    keep: bool = False

    def encode(self) -> bytes:
        """Return the bytes that begin a request."""
        return _PREAMBLE.pack(_MAGIC, *self)

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Read the first bytes of a request; None when they are not ours."""
        magic, *parts = _PREAMBLE.unpack(data)
        return cls(*parts) if magic == _MAGIC else None
