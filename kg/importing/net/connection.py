"""Connections to checked addresses only, each with a time by which everything must be over."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpcore2

from kg.importing.net.addresses import checked_addresses

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

__all__ = ["CheckedBackend"]


class CheckedBackend(httpcore2.NetworkBackend):
    """Resolves a name, checks all of its addresses, and connects to one of those it checked.

    Args:
        allow_private: Whether addresses that are not public may be asked.
        seconds: From the connection to the last byte; a server that drips cannot hold an import for longer.
    """

    def __init__(self, *, allow_private: bool, seconds: float) -> None:
        self._allow_private = allow_private
        self._seconds = seconds
        self._tcp = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first checked address of ``host`` that answers.

        Raises:
            FetchError: The name does not resolve or must not be asked.
            httpcore2.ConnectError: None of its addresses answers.
        """
        deadline = time.monotonic() + self._seconds
        failure: httpcore2.NetworkError | httpcore2.TimeoutException | None = None
        for address in checked_addresses(host, port, allow_private=self._allow_private):
            try:
                stream = self._tcp.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.NetworkError, httpcore2.TimeoutException) as error:
                failure = error
            else:
                return _DeadlineStream(stream, deadline)
        raise failure or httpcore2.ConnectError(f"{host} has no address")


class _DeadlineStream(httpcore2.NetworkStream):
    """A stream on which every wait ends at one common deadline (of the monotonic clock)."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("takes too long")
        return left if timeout is None else min(left, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, self._left(timeout)), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
