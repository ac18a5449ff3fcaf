"""The threads of a web worker stay with a client that goes on asking, and with nobody else."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

THREADS = 4


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the number of the thread that answers, and what was sent."""
    body = b"%d %s" % (threading.get_ident(), environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{number}", "--workers", "1"]
    command += ["--threads", str(THREADS), "--keep-alive", "5", "--log-level", "warning", "--no-control-socket"]
    command += ["--worker-class", "webapp.web_worker.WebWorker", f"{__name__}:application"]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", number)) == 0:
                    break
            time.sleep(0.05)
        yield number
    finally:
        process.terminate()
        process.wait(20)


def ask(connection: http.client.HTTPConnection, text: bytes) -> tuple[bytes, bytes]:
    connection.request("POST", "/", text)
    thread, _, sent = connection.getresponse().read().partition(b" ")
    return thread, sent


def test_a_client_that_asks_at_once_again_is_mostly_answered_by_the_same_thread(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        answers = [ask(connection, b"%d" % number) for number in range(200)]
    assert [sent for _, sent in answers] == [b"%d" % number for number in range(200)]
    threads = [thread for thread, _ in answers]
    assert sum(one == other for one, other in pairwise(threads)) > 150


def test_a_client_that_pauses_is_answered_on_the_same_connection(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        for text in (b"one", b"two", b"three"):
            assert ask(connection, text)[1] == text
            time.sleep(0.05)


def test_requests_sent_ahead_are_answered_in_their_order(port: int) -> None:
    requests = [b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n%d" % number for number in range(9)]
    last = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n9"
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(b"".join(requests) + last)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    bodies = [part.partition(b"\r\n\r\n")[2] for part in received.split(b"HTTP/1.1 200 OK")[1:]]
    assert [body.split()[-1] for body in bodies] == [b"%d" % number for number in range(10)]


def test_more_clients_than_threads_are_all_answered(port: int) -> None:
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(4 * THREADS)]
    try:
        for turn in range(5):
            for number, connection in enumerate(connections):
                connection.request("POST", "/", b"%d.%d" % (turn, number))
            for number, connection in enumerate(connections):
                assert connection.getresponse().read().split()[1] == b"%d.%d" % (turn, number)
    finally:
        for connection in connections:
            connection.close()
