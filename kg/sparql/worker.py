"""A worker: takes one connection after the other from the zygote, reads its query, answers it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import sys
from typing import TYPE_CHECKING, Final

from kg.sparql import confinement
from kg.sparql.errors import MalformedQueryError, ServiceUnavailableError, SparqlError
from kg.sparql.messages import WorkerQuery
from kg.sparql.seccomp import forbid_sockets

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.sparql.confinement import Reach
    from kg.sparql.evaluation import Evaluator
    from kg.sparql.limits import Limits
    from kg.sparql.messages import Answer

__all__ = ["ANSWERED", "ANSWERING", "READY", "TASK", "answer_frame", "error_frame", "run_worker"]

READY: Final = b"r"
"""Worker to zygote: the store is open and the limits hold."""
ANSWERING: Final = b"a"
"""Worker to zygote: a long answer is being written from now on; hanging up is no reason to kill any more."""
ANSWERED: Final = b"d"
"""Worker to zygote: the answer is written; give me the next."""
TASK: Final = struct.Struct("!I")
"""Zygote to worker, beside the descriptor of the connection: length of the request body."""

_CONTROL_FD: Final = 3
_AT_ONCE: Final = 1 << 16  # bytes that a socket takes without waiting for its reader
_REMOTE_DESCRIPTORS: Final = 16  # a connection to the store, and what looking up its name takes


def answer_frame(answer: Answer) -> bytes:
    """Return an answer as it goes to the client: a line of JSON, then the body."""
    header = {name: getattr(answer, name) for name in ("format", "kind", "rows", "seconds")}
    return json.dumps({**header, "length": len(answer.body)}).encode() + b"\n" + answer.body


def error_frame(error: SparqlError) -> bytes:
    """Return an error as it goes to the client: a line of JSON."""
    return json.dumps(error.to_frame()).encode() + b"\n"


def run_worker(
    control: socket.socket, parent: int, limits: Limits, evaluator: Callable[[], Evaluator], reach: Reach
) -> None:
    """Be a worker until the zygote closes ``control``; never returns.

    Args:
        control: This worker's end of the pair.
        parent: Process id of the zygote.
        limits: Deadline and memory.
        evaluator: Makes the evaluator; called once, here, so that an on-disk store is opened after the fork.
        reach: What it must reach outside its memory; everything else is out of reach.

    """
    status = 1
    try:
        _detach(control, parent)
        control = socket.socket(fileno=_CONTROL_FD)
        engine = evaluator()
        confinement.confine(limits.memory_mib << 20)
        confinement.forbid_new_descriptors(_REMOTE_DESCRIPTORS if reach.remote else 1 + reach.files)
        if not reach.remote and not forbid_sockets() and reach.files:
            _say("this kernel cannot forbid sockets to a process that reads a store on disk")
        control.sendall(READY)
        while _serve_one(control, engine, limits):
            pass
        status = 0
    except (BrokenPipeError, ConnectionResetError):  # the zygote has closed its end, or is no more
        status = 0
    except BaseException as error:  # noqa: BLE001 - a forked child must never unwind into the zygote's loop
        _say(f"{type(error).__name__}: {error}")
    finally:
        os._exit(status)


def _say(text: str) -> None:
    print(f"sparql worker: {text}", file=sys.stderr, flush=True)  # noqa: T201 - its only voice


def _detach(control: socket.socket, parent: int) -> None:
    """Keep the standard streams and the control socket, nothing else that the zygote had open."""
    confinement.die_with_parent(parent)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    descriptor = control.detach()
    if descriptor != _CONTROL_FD:
        os.dup2(descriptor, _CONTROL_FD)
    os.closerange(_CONTROL_FD + 1, os.sysconf("SC_OPEN_MAX"))


def _serve_one(control: socket.socket, engine: Evaluator, limits: Limits) -> bool:
    message, descriptors, _, _ = socket.recv_fds(control, TASK.size, 1)
    if not message or not descriptors:
        return False
    # Family and type are said, lest the kernel be asked for them.
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=descriptors[0]) as connection:
        confinement.allow_cpu(limits.deadline)
        frame = _answer(connection, TASK.unpack(message)[0], engine)
        if len(frame) > _AT_ONCE:
            control.sendall(ANSWERING)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client left; the next one may not
            connection.sendall(frame)
    control.sendall(ANSWERED)
    return True


def _answer(connection: socket.socket, length: int, engine: Evaluator) -> bytes:
    try:
        body = _read_exactly(connection, length)
        try:
            query = WorkerQuery.decode(body)
        except ValueError as error:
            raise MalformedQueryError("the request could not be read", hint=str(error)[:100]) from None
        return answer_frame(engine.answer(query))
    except SparqlError as error:
        return error_frame(error)


def _read_exactly(connection: socket.socket, length: int) -> bytes:
    body = bytearray()
    while len(body) < length:
        part = connection.recv(min(1 << 16, length - len(body)))
        if not part:
            raise ServiceUnavailableError("the request ended before its end")
        body += part
    return bytes(body)
