"""Where requests arrive: connections that have yet to say what they want, and the queue of those that have."""

from __future__ import annotations

import json
import math
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from kg.sparql.errors import QueryTooLongError, ServiceBusyError
from kg.sparql.messages import PREAMBLE_BYTES, STATISTICS, Preamble
from kg.sparql.reactor import HANG_UP_ONLY, READABLE
from kg.sparql.worker import error_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.sparql.admission import Records
    from kg.sparql.limits import Limits
    from kg.sparql.reactor import Reactor

__all__ = ["YIELD_AFTER", "Client", "Reception"]

YIELD_AFTER: Final = 1.0
"""Processor seconds after which a query yields to everything else on the machine, even if nobody waits for a worker."""

_HANDSHAKE_SECONDS: Final = 5.0
_HANDSHAKES: Final = 64
_RESTING: Final = 256
_BYTES_PER_CHAR: Final = 12  # a character outside the basic plane is two six-byte escapes in JSON
_NOBODY: Final = Preamble(0, b"", b"", b"")
_LONG_WAIT: Final = 3.0  # seconds that a long query may be made to wait for its place
_SUSPECT_RETRY: Final = 5  # seconds after which somebody who sent long queries may try again
_LONG_PATIENCE: Final = 1.0  # seconds for which a waiting long query lets quick ones pass


@dataclass(eq=False)
class Client:
    """A connection from a web process.

    Attributes:
        sock: The connection.
        since: Monotonic time at which it arrived, then at which it said what it wants.
        data: What has arrived of the preamble.
        preamble: Who asks what.
        long: Whether it runs as one that will probably take long.
        yielding: Whether it runs at low priority: it will probably take very long, or it, or its sender's last one,
            takes long and others wait.

    """

    sock: socket.socket
    since: float
    data: bytearray = field(default_factory=bytearray)
    preamble: Preamble = _NOBODY
    long: bool = False
    yielding: bool = False

    def send(self, frame: bytes) -> None:
        """Send a short frame without blocking; who has left needs none."""
        with suppress(OSError):
            self.sock.send(frame, socket.MSG_DONTWAIT)


class Reception:
    """Accepts connections and queues their requests.

    Args:
        reactor: The loop.
        listener: A listening, non-blocking Unix socket.
        limits: The bounds of queue and query.
        records: What is remembered of clients and queries; the queue's order.
        statistics: Gives the counters of the whole pool.

    """

    def __init__(
        self,
        reactor: Reactor,
        listener: socket.socket,
        limits: Limits,
        records: Records,
        statistics: Callable[[], dict[str, int]],
    ) -> None:
        self._statistics = statistics
        self._reactor, self._listener, self._limits, self._records = reactor, listener, limits, records
        self._handshakes: set[Client] = set()
        self._resting: set[Client] = set()
        self._waiting: list[Client] = []
        self._open = False
        self._closed_until = 0.0

    def __len__(self) -> int:
        """Return how many requests wait."""
        return len(self._waiting)

    @property
    def quick_waiting(self) -> int:
        """How many queries wait that are not known to be long."""
        return sum(not self._is_long(client) for client in self._waiting)

    @property
    def unknown_waiting(self) -> int:
        """How many queries wait of which nothing is known."""
        return sum(not self._is_known(client) and not self._is_long(client) for client in self._waiting)

    def tend(self, *, accept: bool) -> None:
        """Accept connections or not; drop those that say nothing, turn away those that waited too long."""
        now = time.monotonic()
        for client in [client for client in self._handshakes if now - client.since > _HANDSHAKE_SECONDS]:
            self._handshakes.discard(client)
            self.close(client)
        for client in list(self._waiting):
            patience = _LONG_WAIT if self._is_long(client) else self._limits.deadline
            if now - client.since > patience:
                self._turn_away(client, "no worker was free in time")
        wanted = accept and len(self._handshakes) < _HANDSHAKES and now >= self._closed_until
        if wanted and not self._open:
            self._reactor.watch(self._listener.fileno(), READABLE, self._accept)
        elif not wanted and self._open:
            self._reactor.unwatch(self._listener.fileno())
        self._open = wanted
        if not accept:
            self._dismiss()

    def take(self, places: int, unknown_places: int) -> Client | None:
        """Remove and return the request to run next, or None when none may run.

        Args:
            places: How many more long queries may run.
            unknown_places: How many more queries may run that are not known to be quick.

        """
        now = time.monotonic()
        entitled = [
            client
            for client in self._waiting
            if self._is_known(client) or (unknown_places > 0 and (places > 0 or not self._is_long(client)))
        ]
        if not entitled:
            return None
        client = min(entitled, key=lambda client: self._rank(client, now))
        self._waiting.remove(client)
        client.long = self._is_long(client)
        very_long = self._records.shapes.cost(client.preamble.shape) > YIELD_AFTER
        client.yielding = very_long or (bool(self._waiting) and (client.long or self._is_suspect(client, now)))
        return client

    def put_back(self, client: Client) -> None:
        """Queue a request again that could not be handed to its worker."""
        self._waiting.insert(0, client)
        self._watch_waiting(client)

    def rest(self, client: Client) -> None:
        """Keep the connection of a client that has its answer, until it asks again."""
        if len(self._resting) >= _RESTING:
            client.sock.close()
            return
        client.data.clear()
        client.preamble, client.long, client.yielding = _NOBODY, False, False
        self._resting.add(client)
        self._reactor.watch(client.sock.fileno(), READABLE, partial(self._read_preamble, client))

    def _dismiss(self) -> None:
        """Close the connections that nobody uses at the moment; who kept them opens others."""
        for client in self._resting:
            self.close(client)
        self._resting.clear()

    def close(self, client: Client) -> None:
        """End a connection."""
        self._reactor.unwatch(client.sock.fileno())
        client.sock.close()

    def shorten(self, backlog: float) -> None:
        """Turn away the lowest in rank: long queries that would wait too long, and what is beyond the queue's bound.

        Args:
            backlog: Seconds after which the first long query that waits can probably start.

        """
        now = time.monotonic()
        suspects = 0
        for place, client in enumerate(sorted(self._waiting, key=lambda client: self._rank(client, now))):
            preamble = client.preamble
            cost = self._records.shapes.cost(preamble.shape)
            suspects += not cost and self._is_suspect(client, now)
            if place >= self._limits.queue:
                self._turn_away(client, "the service is busy and its queue is full")
            elif suspects > self._limits.slow_workers:
                suspects -= 1
                self._turn_away(client, "the service is busy with long queries, such as you sent", _SUSPECT_RETRY)
            elif cost and backlog > _LONG_WAIT:
                self._turn_away(client, "the service is busy with long queries", math.ceil(backlog))
            else:
                backlog += cost / self._limits.slow_workers

    def _is_long(self, client: Client) -> bool:
        """Judge by what is known now: while it waits, others of its shape may have turned out long."""
        return self._records.shapes.cost(client.preamble.shape) > 0

    def _is_suspect(self, client: Client, now: float) -> bool:
        return self._records.is_suspect(client.preamble.client, client.preamble.shape, now)

    def _is_known(self, client: Client) -> bool:
        return self._records.shapes.known_quick(client.preamble.shape)

    def _rank(self, client: Client, now: float) -> tuple[int, int, float]:
        """Order the queue: by what is known, then who has used less, then who came first.

        Quick before unknown before suspect before long; a long one lets the others pass for a second only.
        """
        if self._is_long(client):
            kind = 3 if now - client.since < _LONG_PATIENCE else 1
        elif self._is_known(client):
            kind = 0
        else:
            kind = 2 if self._is_suspect(client, now) else 1
        return kind, self._records.budgets.used_tenths(client.preamble.client, now), client.since

    def _accept(self) -> None:
        while len(self._handshakes) < _HANDSHAKES:
            try:
                sock, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError:  # no descriptor left: look again once some are closed
                self._closed_until = time.monotonic() + 0.1
                self._dismiss()
                return
            sock.setblocking(True)  # for the worker that will have it; here, nothing ever waits
            client = Client(sock, time.monotonic())
            self._handshakes.add(client)
            self._reactor.watch(sock.fileno(), READABLE, partial(self._read_preamble, client))
            self._read_preamble(client)  # it has mostly arrived with the connection

    def _read_preamble(self, client: Client) -> None:
        if client in self._resting:
            self._resting.discard(client)
            self._handshakes.add(client)
            client.since = time.monotonic()
        try:
            part = client.sock.recv(PREAMBLE_BYTES - len(client.data), socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        client.data += part
        if part and len(client.data) < PREAMBLE_BYTES:
            return
        self._handshakes.discard(client)
        preamble = Preamble.decode(bytes(client.data)) if part else None
        if preamble is None:
            self.close(client)
        else:
            client.preamble, client.since = preamble, time.monotonic()
            self._admit(client)

    def _admit(self, client: Client) -> None:
        if client.preamble.query == STATISTICS:
            client.send(json.dumps(self._statistics()).encode() + b"\n")
            self.close(client)
            return
        failure = self._records.failures.recall(client.preamble.query, client.since)
        if failure:
            client.send(failure)
            self.close(client)
        elif client.preamble.length > self._limits.query_max_chars * _BYTES_PER_CHAR + (1 << 16):
            client.send(error_frame(QueryTooLongError("the request is longer than any query may be")))
            self.close(client)
        else:
            self._waiting.append(client)
            self._watch_waiting(client)

    def _watch_waiting(self, client: Client) -> None:
        self._reactor.watch(client.sock.fileno(), HANG_UP_ONLY, partial(self._leave, client))

    def _leave(self, client: Client) -> None:
        self._waiting.remove(client)
        self.close(client)

    def _turn_away(self, client: Client, cause: str, retry_after: int = 1) -> None:
        self._waiting.remove(client)
        client.send(error_frame(ServiceBusyError(cause, retry_after=retry_after)))
        self.close(client)
