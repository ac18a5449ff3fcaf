"""The transport under every HTTP client of an import: checked addresses, limits, pauses and second tries."""

from __future__ import annotations

import email.utils
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import httpcore2
import httpx2

from kg.errors import FetchError
from kg.importing.net.bounded import MEBIBYTE, read_bounded
from kg.importing.net.connection import CheckedBackend

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MEDIA_TYPES", "FetchLimits", "PoliteTransport"]

MEDIA_TYPES: Final = "ihub.media_types"
"""Request extension: the media types that an answer may have; others are not read."""

_AGAIN_LATER: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class FetchLimits:
    """What one request may cost.

    Attributes:
        body: Bytes of an answer, packed or unpacked.
        seconds: From connection to last byte.
        idle_seconds: Without a byte.
        redirects: How many are followed.
        tries: How often a request that fails for the moment is made.
        pause: Seconds before the second try where the server names none; twice that before the third, and so on.
        longest_pause: Seconds; a server that asks for a longer one is left alone.
    """

    body: int = 64 * MEBIBYTE
    seconds: float = 120
    idle_seconds: float = 30
    redirects: int = 5
    tries: int = 4
    pause: float = 5
    longest_pause: float = 900


class PoliteTransport(httpx2.BaseTransport):
    """Makes one request after the other, and reads each answer whole.

    Every request has a connection of its own, so that each hop of a redirect is checked anew and its deadline starts
    with it. Proxies of the environment are not used: a proxy would resolve the name after it was checked.

    Args:
        limits: What a request may cost.
        delay: Seconds between two requests to one host.
        allow_private: Whether addresses that are not public may be asked.
        sleep: How to wait; tests pass another.
    """

    def __init__(
        self,
        limits: FetchLimits,
        *,
        delay: float = 0.0,
        allow_private: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = limits
        self._delay = delay
        self._sleep = sleep
        self._last: dict[str, float] = {}
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_keepalive_connections=0,
            network_backend=CheckedBackend(allow_private=allow_private, seconds=limits.seconds),
        )

    def slow_down(self, delay: float) -> None:
        """Wait at least ``delay`` seconds between requests from now on."""
        self._delay = max(self._delay, min(delay, self._limits.longest_pause))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Make the request, again after a pause where the server asks for that or the connection is cut.

        Raises:
            FetchError: The address must not be asked, does not answer, or its answer is over a limit.
        """
        _check_address(request.url)
        for attempt in range(1, self._limits.tries + 1):
            last = attempt == self._limits.tries
            self._pause_for(request.url.host)
            try:
                response = self._once(request)
            except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
                if isinstance(error.__context__, ssl.SSLCertVerificationError):
                    raise FetchError(f"has a certificate that cannot be trusted: {error}") from error
                if last:
                    raise FetchError(_reason(error)) from error
                self._sleep(self._own_pause(attempt))
                continue
            finally:
                self._last[request.url.host] = time.monotonic()
            if response.status_code not in _AGAIN_LATER or last:
                return response
            self._sleep(self._asked_pause(response, attempt))
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()

    def _pause_for(self, host: str) -> None:
        if host in self._last and (left := self._last[host] + self._delay - time.monotonic()) > 0:
            self._sleep(left)

    def _once(self, request: httpx2.Request) -> httpx2.Response:
        idle = self._limits.idle_seconds
        wait = {"connect": min(10.0, idle), "read": idle, "write": idle, "pool": idle}
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        with self._pool.stream(
            request.method, url, headers=request.headers.raw, content=request.read(), extensions={"timeout": wait}
        ) as answer:
            headers = httpx2.Headers(answer.headers)
            if httpx2.codes.is_success(answer.status):
                _check_media_type(headers, request.extensions.get(MEDIA_TYPES))
            encoding = headers.get("content-encoding", "").strip().lower()
            body = read_bounded(answer.iter_stream(), encoding, self._limits.body)
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        return httpx2.Response(answer.status, headers=headers, content=body)

    def _own_pause(self, attempt: int) -> float:
        return self._limits.pause * float(1 << (attempt - 1))

    def _asked_pause(self, response: httpx2.Response, attempt: int) -> float:
        """Return the seconds of the Retry-After header (RFC 9110, section 10.2.3), or our own where there is none."""
        seconds = _retry_after(response.headers.get("retry-after", ""))
        if seconds is None:
            return self._own_pause(attempt)
        if seconds > self._limits.longest_pause:
            raise FetchError(
                f"answers {response.status_code} and asks to come back in {seconds:.0f} s", hint="import again then"
            )
        return seconds


def _retry_after(text: str) -> float | None:
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        when: datetime = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _check_address(url: httpx2.URL) -> None:
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchError(f"{str(url)!r} is no http(s) address")
    if url.userinfo:
        raise FetchError("has a name or password in the address, which an import does not send")


def _check_media_type(headers: httpx2.Headers, allowed: object) -> None:
    media_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if isinstance(allowed, frozenset) and media_type and media_type not in allowed:
        raise FetchError(f"is {media_type}, not one of {', '.join(sorted(allowed))}")


def _reason(error: Exception) -> str:
    if isinstance(error, httpcore2.TimeoutException):
        return "takes too long to answer"
    if isinstance(error, httpcore2.ConnectError):
        return f"cannot be reached: {error}"
    return f"breaks off: {error}"
