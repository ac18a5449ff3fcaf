"""Connections to the zygote, kept from one query to the next: the web process's end of them."""

from __future__ import annotations

import json
import select
import socket
import struct
import weakref
from collections import deque
from typing import Final

from kg.sparql.errors import ClientGoneError, ServiceUnavailableError, error_from_frame
from kg.sparql.messages import Answer

__all__ = ["Connections"]

_HEADER_MAX: Final = 1 << 16
_HANG_UP: Final = getattr(select, "POLLRDHUP", select.POLLHUP)
_TIMEOUT: Final = struct.Struct("ll")  # seconds and microseconds, as the kernel has them


class Connections:
    """As many connections as queries have been under way at a time; thread-safe, closed with this object.

    Opening one for each query costs both ends more than answering a look-up does.

    Args:
        path: Where the zygote listens.
        timeout: Seconds that an answer may take.

    """

    def __init__(self, path: str, timeout: float) -> None:
        self._path, self._timeout = path, timeout
        self._idle: deque[socket.socket] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def __len__(self) -> int:
        """Return how many wait for a query."""
        return len(self._idle)

    def ask(self, request: bytes, client_fd: int | None) -> Answer:
        """Send a request that lets the connection be kept, and return its answer.

        Args:
            request: The bytes of a preamble and a body.
            client_fd: Descriptor of the client's connection: the query is ended when it closes.

        Raises:
            SparqlError: There is no answer.
            OSError: The zygote is not there, or takes too long.

        """
        kept = self._take()
        if kept:
            try:
                return self._exchange(kept, request, client_fd)
            except (BrokenPipeError, ConnectionResetError):
                pass  # closed at this very moment, with the request unread: nobody has begun it
        return self._exchange(self._open(), request, client_fd)

    def _exchange(self, connection: socket.socket, request: bytes, client_fd: int | None) -> Answer:
        try:
            connection.sendall(request)
            answer = _read_answer(connection, client_fd, self._timeout)
        except BaseException:
            connection.close()  # which ends the query, if it still runs
            raise
        self._idle.append(connection)
        return answer

    def _take(self) -> socket.socket | None:
        """Return the connection that was used last, or None; close those that the zygote has closed."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            poll = select.poll()
            poll.register(connection, select.POLLIN)
            if not poll.poll(0):
                return connection
            connection.close()

    def _open(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # Timeouts of the kernel's: Python's own would poll before each call.
            bound = _TIMEOUT.pack(int(self._timeout), int(self._timeout % 1 * 1e6))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, bound)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, bound)
            connection.connect(self._path)
        except BaseException:
            connection.close()
            raise
        return connection


def _close_all(connections: deque[socket.socket]) -> None:
    while connections:
        connections.pop().close()


def _read_answer(connection: socket.socket, client_fd: int | None, timeout: float) -> Answer:
    if client_fd is not None:
        _wait_for_either(connection, client_fd, timeout)
    received = connection.recv(1 << 16)
    try:
        return _read_on(connection, received)
    except OSError as error:
        raise ServiceUnavailableError("the answer broke off; try again", retry_after=1, hint=str(error)) from error


def _read_on(connection: socket.socket, part: bytes) -> Answer:
    received = part
    while b"\n" not in received:
        if not part or len(received) > _HEADER_MAX:
            raise ServiceUnavailableError("the process that ran the query was ended; try again", retry_after=1)
        part = connection.recv(1 << 16)
        received += part
    line, _, rest = received.partition(b"\n")
    header = json.loads(line)
    if "error" in header:
        raise error_from_frame(header)
    length = header.pop("length")
    if len(rest) == length:
        return Answer(rest, **header)
    body = bytearray(length)
    body[: len(rest)] = rest
    view, filled = memoryview(body), len(rest)
    while filled < length:
        count = connection.recv_into(view[filled:])
        if not count:
            raise ServiceUnavailableError("the answer broke off; try again", retry_after=1)
        filled += count
    return Answer(bytes(body), **header)


def _wait_for_either(connection: socket.socket, client_fd: int, timeout: float) -> None:
    """Return once there is an answer to read; leave when the client's end closes first."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    poll.register(client_fd, _HANG_UP)
    ready = dict(poll.poll(timeout * 1000))
    if connection.fileno() in ready:
        return
    if client_fd in ready:
        raise ClientGoneError("the client hung up")
    raise TimeoutError("no answer came")
