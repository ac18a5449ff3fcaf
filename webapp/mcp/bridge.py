"""From a WSGI request to the MCP package's own HTTP transport, which is ASGI, and back.

Each process runs one event loop in a thread of its own, started by the first request, so after the server has forked.
The transport keeps no sessions and answers with JSON: a request is complete when it comes, an answer when it goes, and
any process can answer any request. The package itself reads messages, versions of the protocol and media types.
"""

from __future__ import annotations

import asyncio
import contextlib
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcp.server.lowlevel import Server
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

__all__ = ["Bridge", "Reply"]

_PATIENCE: Final = 60.0  # seconds; the SPARQL service and the search end sooner
_START: Final = 30.0


class Reply(NamedTuple):
    """A complete HTTP response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Bridge:
    """Answers HTTP requests by an MCP server; safe to share between threads.

    Args:
        server: The server.
        most_bytes: Longest body of a request.
    """

    def __init__(self, server: Server[Any], most_bytes: int) -> None:
        self._server = server
        self._most_bytes = most_bytes
        self._loop: asyncio.AbstractEventLoop | None = None
        self._manager: StreamableHTTPSessionManager | None = None
        self._stop: asyncio.Event | None = None
        self._thread: Thread | None = None
        self._starting = Lock()

    def answer(self, method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes, client: str) -> Reply:
        """Answer one request.

        Args:
            method: The method.
            path: The path.
            headers: The headers.
            body: The body.
            client: The client's address.

        Raises:
            TimeoutError: There is no answer in time.
        """
        with self._starting:
            if self._loop is None:
                self._start()
        assert self._loop is not None  # noqa: S101 - just started
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            "client": (client, 0),
            "server": None,
        }
        future = asyncio.run_coroutine_threadsafe(self._call(scope, body), self._loop)
        try:
            return future.result(_PATIENCE)
        except TimeoutError:
            future.cancel()
            raise

    def close(self) -> None:
        """End the event loop."""
        if self._loop and self._stop and self._thread and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_START)

    async def _call(self, scope: dict[str, Any], body: bytes) -> Reply:
        status, headers, parts = 500, [], []
        sent = False
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                await gone.wait()
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
            else:
                parts.append(message.get("body", b""))

        assert self._manager is not None  # noqa: S101 - the loop runs
        await self._manager.handle_request(scope, receive, send)
        return Reply(status, headers, b"".join(parts))

    def _start(self) -> None:
        ready = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve(ready)), name="mcp", daemon=True)
        self._thread.start()
        if not ready.wait(_START):
            raise TimeoutError("the event loop of the MCP server did not start")

    async def _serve(self, ready: Event) -> None:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        self._stop = asyncio.Event()
        self._manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, max_request_body_size=self._most_bytes
        )
        async with self._manager.run():
            self._loop = asyncio.get_running_loop()
            ready.set()
            with contextlib.suppress(asyncio.CancelledError):
                await self._stop.wait()
