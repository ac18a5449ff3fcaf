"""Clients that send nonsense, nothing, or leave: on the zygote's own socket, and on a real gunicorn."""

from __future__ import annotations

import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from kg.sparql.launcher import start_zygote
from kg.sparql.limits import Limits
from kg.sparql.messages import Preamble, WorkerQuery
from tests.abuse.conftest import LIMITS, Arena, eventually, resident, state
from tests.abuse.load import BOMBS, crowd
from tests.kg.sparql.conftest import quads_text

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WORKER = "webapp.web_worker.WebWorker"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
DIGEST = b"\x00" * 16


def connect(arena: Arena) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(arena.zygote.socket_path))  # blocks where many wait; with a timeout it would fail at once
    connection.settimeout(15)
    return connection


def request_bytes(query: str, client: bytes = DIGEST) -> bytes:
    body = WorkerQuery(query, "json", "", False, None, None).encode()
    return Preamble(len(body), client, os.urandom(16), os.urandom(16)).encode() + body


def rest(connection: socket.socket) -> bytes:
    try:
        return b"".join(iter(lambda: connection.recv(65536), b""))
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nAccept: everything that there is, and more\r\n\r\n",
        b"\x00" * 200,
        os.urandom(500),
        Preamble(2**32 - 1, DIGEST, DIGEST, DIGEST).encode() + b"x" * 1000,
        Preamble(0, DIGEST, os.urandom(16), DIGEST).encode(),
        Preamble(5, DIGEST, os.urandom(16), DIGEST).encode() + b"12345678901234567890",
    ],
    ids=["http", "zeros", "noise", "huge", "empty", "surplus"],
)
def test_nonsense_on_the_socket_is_dropped_or_refused(arena: Arena, data: bytes) -> None:
    with closing(connect(arena)) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = rest(connection)
    assert answer == b"" or b'"error"' in answer
    assert arena.is_well()


def test_silent_connections_do_not_keep_others_out(arena: Arena) -> None:
    silent = [connect(arena) for _ in range(60)]
    half = [connect(arena) for _ in range(3)]
    for connection in half:
        connection.sendall(b"SPQ2")
    assert arena.is_well()
    for connection in [*silent, *half]:
        assert rest(connection) == b""  # dropped after some seconds
        connection.close()


def test_a_request_that_never_comes_ends_at_the_deadline(arena: Arena) -> None:
    data = request_bytes(ENDLESS)
    with closing(connect(arena)) as connection:
        connection.sendall(data[:-10])
        assert b'"error"' in rest(connection)
    assert arena.is_well()


def test_a_thousand_connections_that_hang_up_leave_nothing(arena: Arena) -> None:
    for number in range(1000):
        connection = connect(arena)
        connection.sendall(request_bytes("ASK {}")[: random.randrange(200)])  # noqa: S311
        if number % 3:
            connection.close()
        else:
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()
    assert eventually(arena.is_at_rest)
    assert arena.is_well()


def test_hanging_up_ends_a_running_query_and_a_waiting_one(arena: Arena) -> None:
    connections = [connect(arena) for _ in range(6)]
    for connection in connections:
        connection.sendall(request_bytes(ENDLESS))
    time.sleep(0.3)
    for connection in connections:
        connection.close()
    start = time.monotonic()
    assert arena.is_well()
    assert time.monotonic() - start < LIMITS.deadline


def test_workers_killed_at_any_moment_give_a_reason_or_a_whole_answer(arena: Arena) -> None:
    text = "SELECT * { ?a ?b ?c . ?d <next> ?f } LIMIT 40000"
    assert eventually(lambda: arena.ask(text).status_code == 200)
    whole = arena.ask(text).data
    statuses = set()
    for number in range(20):
        with closing(connect(arena)):
            killer = subprocess.Popen(
                [sys.executable, "-c", _KILLER, str(arena.zygote.pid), str(number / 200)], stderr=subprocess.DEVNULL
            )
            for _ in range(5):
                answer = arena.ask(text)
                statuses.add(answer.status_code)
                # 504 on a machine that is busy with other things
                assert answer.status_code in {503, 504} or answer.data == whole
            killer.wait()
    assert statuses <= {200, 503, 504}
    assert {200, 503} & statuses
    assert eventually(arena.is_well)
    assert eventually(arena.is_at_rest)


_KILLER = """
import os, signal, sys, time
time.sleep(float(sys.argv[2]))
for _ in range(3):
    for pid in open(f"/proc/{sys.argv[1]}/task/{sys.argv[1]}/children").read().split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass
    time.sleep(0.02)
"""


def test_a_zygote_without_free_descriptors_goes_on_when_some_are_free_again(tmp_path: Path) -> None:
    quads = tmp_path / "q.nq"
    quads.write_text(quads_text(4))
    with short_socket() as path, start_zygote(path, quads=quads, limits=Limits(workers=1, deadline=2.0)) as zygote:
        resource.prlimit(zygote.pid, resource.RLIMIT_NOFILE, (12, 12))
        crowd_of_silence = []
        for _ in range(20):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(path))
            crowd_of_silence.append(connection)
        time.sleep(0.5)
        assert zygote.running
        for connection in crowd_of_silence:
            connection.close()

        def answered() -> bool:
            with closing(socket.socket(socket.AF_UNIX)) as connection:
                connection.settimeout(3)
                connection.connect(str(path))
                connection.sendall(request_bytes("ASK {}"))
                return b'"boolean"' in rest(connection)

        assert eventually(answered)


@contextmanager
def short_socket() -> Iterator[Path]:
    """A path short enough for a socket, which pytest's own may not be."""
    with tempfile.TemporaryDirectory(prefix="ihub-") as directory:
        yield Path(directory) / "s"


@contextmanager
def gunicorn(arena_socket: Path, *, threads: int = 8, workers: int = 2, deadline: float = 10.0) -> Iterator[str]:
    """Serve ``/sparql`` with a real gunicorn on the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["--bind", f"127.0.0.1:{port}", "--worker-class", WORKER, "--workers", str(workers)]
    command += ["--threads", str(threads), "--log-level", "warning", "tests.abuse.site:application()"]
    environment = {
        **os.environ,
        "TEST_SOCKET": str(arena_socket),
        "TEST_PLACES": str(threads - 2),
        "TEST_DEADLINE": str(deadline),
    }
    process = subprocess.Popen([sys.executable, "-m", "gunicorn", *command], cwd=ROOT, env=environment)
    try:
        assert eventually(lambda: _answers(f"http://127.0.0.1:{port}"), 20)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(40)


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/sparql", params={"query": "ASK {}"}, timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.mark.long
def test_an_http_client_that_hangs_up_frees_its_worker(arena: Arena) -> None:
    with gunicorn(arena.zygote.socket_path) as address:
        port = int(address.rpartition(":")[2])
        connections = []
        for _ in range(8):
            connection = socket.create_connection(("127.0.0.1", port))
            query = requests.utils.quote(ENDLESS)
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            connections.append(connection)
        time.sleep(0.5)
        for connection in connections:
            connection.close()
        start = time.monotonic()
        assert _answers(address)
        assert time.monotonic() - start < LIMITS.deadline + 1


@pytest.mark.long
def test_slow_readers_and_writers_do_not_hold_workers(arena: Arena) -> None:
    with gunicorn(arena.zygote.socket_path) as address:
        port = int(address.rpartition(":")[2])
        query = requests.utils.quote("SELECT * { ?a ?b ?c . ?d <next> ?f } LIMIT 60000")
        connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(10)]
        for number, connection in enumerate(connections):
            head = f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            connection.sendall(head if number % 2 else head[:-4])  # asks for megabytes and reads none; never ends
        time.sleep(1.0)
        assert arena.is_well()
        assert all(worker in {"S", "R"} for worker in arena.workers().values())
        for connection in connections:
            connection.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("apart", "bombs", "bound"),
    [(False, BOMBS, 5.0), (True, BOMBS, 5.0), (True, (), 15.0)],
    ids=["one address", "an address each", "no two bombs alike"],
)
def test_two_hundred_clients_of_which_fifty_send_bombs(
    tmp_path: Path, apart: bool, bombs: tuple[str, ...], bound: float, capsys: pytest.CaptureFixture[str]
) -> None:
    quads = tmp_path / "q.nq"
    quads.write_text(quads_text(10_000))
    with short_socket() as path, start_zygote(path, quads=quads) as zygote, gunicorn(path) as address:
        port = int(address.rpartition(":")[2])
        alone, _ = crowd(port, good=150, bad=0, seconds=6, apart=apart)
        before = resident(zygote.pid)
        among, bad = crowd(port, good=150, bad=50, seconds=20, apart=apart, bombs=bombs)
        after, _ = crowd(port, good=150, bad=0, seconds=6, apart=apart)
        with capsys.disabled():  # the figures are the point
            print(f"\n  alone {alone}\n  among {among}\n  bombs {bad}\n  after {after}")  # noqa: T201
        workers = Path(f"/proc/{zygote.pid}/task/{zygote.pid}/children").read_text().split()
        assert 500 not in among.statuses.keys() | bad.statuses.keys()
        assert 0 not in among.statuses
        assert among.statuses[200] > 0.95 * sum(among.statuses.values())
        assert among.percentile(0.95) < bound
        assert after.statuses.keys() == {200}
        assert all(state(int(pid)) in {"S", "R"} for pid in workers)
        assert resident(zygote.pid) < before + (32 << 20)


@pytest.mark.long
def test_a_zygote_killed_under_load_is_an_outage_with_a_reason(tmp_path: Path) -> None:
    quads = tmp_path / "q.nq"
    quads.write_text(quads_text(10))
    path = Path("/tmp") / f"ihub-{os.getpid()}.sock"
    with start_zygote(path, quads=quads) as zygote, gunicorn(path) as address:
        os.kill(zygote.pid, signal.SIGKILL)
        answer = requests.get(f"{address}/sparql", params={"query": "ASK {}"}, timeout=10)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        zygote.close()
        with start_zygote(path, quads=quads):
            assert eventually(lambda: _answers(address))
