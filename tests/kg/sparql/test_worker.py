"""A worker's confinement holds: proven by a stand-in for the engine that tries to break out."""

from __future__ import annotations

import json
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from kg.sparql.confinement import Reach, address_space, cpu_seconds
from kg.sparql.limits import Limits
from kg.sparql.messages import Answer, WorkerQuery
from kg.sparql.worker import ANSWERED, ANSWERING, READY, TASK, run_worker

if TYPE_CHECKING:
    from collections.abc import Callable

# The test process may have threads by now; the children start none and use none of its libraries.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
LIMITS = Limits(deadline=1.0, memory_mib=64)
MEMORY_ONLY = Reach()
QUERY = WorkerQuery("ASK {}", "json", "ASK", False, None, None).encode()


class Worker:
    """A worker whose engine is ``action``; its result, or the name of its exception, is the answer."""

    def __init__(self, action: Callable[[], object], reach: Reach = MEMORY_ONLY) -> None:
        self.action = action
        self.control, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            run_worker(theirs, os.getppid(), LIMITS, lambda: self, reach)  # type: ignore[arg-type, return-value]
        theirs.close()
        assert self.control.recv(1) == READY

    def answer(self, _: WorkerQuery) -> Answer:
        try:
            result = self.action()
        except BaseException as error:  # noqa: BLE001 - whatever stops it is what the test wants to know
            result = type(error).__name__
        return Answer(json.dumps(result).encode(), "json", "boolean", 1, 0.0)

    def ask(self) -> object:
        ours, theirs = socket.socketpair()
        with closing(ours):
            socket.send_fds(self.control, [TASK.pack(len(QUERY))], [theirs.fileno()])
            theirs.close()
            ours.sendall(QUERY)
            data = b"".join(iter(lambda: ours.recv(65536), b""))
        return json.loads(data.partition(b"\n")[2]) if data else None

    def end(self) -> int:
        self.control.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.mark.parametrize(
    "action",
    [
        socket.socket,
        socket.socketpair,
        lambda: socket.create_connection(("127.0.0.1", 9)),
        lambda: os.open("/etc/hostname", os.O_RDONLY),
        os.pipe,
        lambda: os.dup(0),
    ],
    ids=["socket", "socketpair", "connection", "file", "pipe", "dup"],
)
def test_nothing_can_be_opened_while_a_query_runs(action: Callable[[], object]) -> None:
    worker = Worker(lambda: (action(), "opened")[1])
    assert worker.ask() in {"OSError", "PermissionError"}
    assert worker.ask() in {"OSError", "PermissionError"}
    assert worker.end() == 0


def test_over_a_store_on_disk_its_files_can_be_opened() -> None:
    worker = Worker(
        lambda: [os.read(os.open("/etc/hostname", os.O_RDONLY), 1) != b"" for _ in range(5)], Reach(files=5)
    )
    assert worker.ask() == [True] * 5
    worker.end()


@pytest.mark.parametrize(
    "action",
    [
        socket.socket,
        socket.socketpair,
        lambda: socket.create_connection(("127.0.0.1", 9)),
        lambda: _in_a_thread(socket.socket),
        lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 - the kernel refuses it
        lambda: [os.open("/etc/hostname", os.O_RDONLY) for _ in range(7)],
    ],
    ids=["socket", "socketpair", "connection", "socket in a thread", "program", "more files than the store has"],
)
def test_over_a_store_on_disk_nothing_else_can_be_opened(action: Callable[[], object]) -> None:
    worker = Worker(lambda: (action(), "opened")[1], Reach(files=5))
    assert worker.ask() in {"OSError", "PermissionError"}
    worker.end()


def _in_a_thread(action: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(action).result()


def test_the_limits_cannot_be_raised_again() -> None:
    import resource

    worker = Worker(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
    outcome = worker.ask()
    if os.geteuid() == 0:  # root may; the engine never asks
        assert outcome in {None, "ValueError", "PermissionError"}
    else:
        assert outcome == "ValueError"
    worker.end()


def test_memory_beyond_the_limit_is_refused_and_the_worker_goes_on() -> None:
    worker = Worker(lambda: len(bytearray(128 << 20)))
    assert worker.ask() == "MemoryError"
    worker.action = None  # type: ignore[assignment]  # of this process only
    assert worker.ask() == "MemoryError"
    assert worker.end() == 0


def test_a_worker_keeps_no_descriptor_of_its_parent() -> None:
    with open("/etc/hostname"):  # noqa: PTH123 - any file
        worker = Worker(lambda: sorted(int(name) for name in range(200) if _is_open(name)))
        assert worker.ask() == [0, 1, 2, 3, 4]
        worker.end()


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def test_processor_time_beyond_the_deadline_is_ended_by_the_kernel() -> None:
    def burn() -> None:
        while True:
            pass

    worker = Worker(burn)
    assert worker.ask() is None
    assert worker.end() == -signal.SIGXCPU


def test_a_worker_says_when_a_long_answer_begins_and_ends() -> None:
    worker = Worker(lambda: "x" * 100_000)
    worker.ask()
    assert worker.control.recv(1) == ANSWERING
    assert worker.control.recv(1) == ANSWERED
    worker.end()


def test_of_a_short_answer_a_worker_only_says_that_it_is_written() -> None:
    worker = Worker(lambda: 1)
    worker.ask()
    assert worker.control.recv(1) == ANSWERED
    worker.end()


def test_a_client_that_leaves_before_the_answer_does_not_end_the_worker() -> None:
    worker = Worker(lambda: "x" * 1_000_000)
    ours, theirs = socket.socketpair()
    socket.send_fds(worker.control, [TASK.pack(len(QUERY))], [theirs.fileno()])
    theirs.close()
    ours.sendall(QUERY)
    ours.close()
    assert worker.control.recv(1) == ANSWERING
    assert worker.ask() == "x" * 1_000_000
    worker.end()


@pytest.mark.parametrize("body", [b"{}", b"not json", b"\xff\xfe", b""])
def test_a_request_that_cannot_be_read_is_answered_with_an_error(body: bytes) -> None:
    worker = Worker(lambda: 1)
    ours, theirs = socket.socketpair()
    with closing(ours):
        socket.send_fds(worker.control, [TASK.pack(len(body))], [theirs.fileno()])
        theirs.close()
        ours.sendall(body)
        assert json.loads(b"".join(iter(lambda: ours.recv(65536), b"")))["error"] == "malformed"
    worker.end()


def test_another_process_can_be_measured_until_it_is_gone() -> None:
    worker = Worker(lambda: 1)
    assert cpu_seconds(worker.pid) is not None
    assert address_space(worker.pid) > 0
    worker.end()
    assert cpu_seconds(worker.pid) is None
    assert address_space(worker.pid) == 0
