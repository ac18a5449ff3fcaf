"""The zygote's workers: forked, given queries, listened to, killed, buried."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from kg.sparql.admission import Job
from kg.sparql.confinement import address_space, cpu_seconds
from kg.sparql.errors import DeadlineExceededError, MemoryExceededError, QueryTooComplexError, ServiceUnavailableError
from kg.sparql.reactor import HANG_UP_ONLY, READABLE
from kg.sparql.worker import ANSWERED, ANSWERING, READY, TASK, error_frame, run_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.sparql.admission import Records
    from kg.sparql.confinement import Reach
    from kg.sparql.errors import SparqlError
    from kg.sparql.evaluation import Evaluator
    from kg.sparql.limits import Limits
    from kg.sparql.reactor import Reactor
    from kg.sparql.reception import Client

__all__ = ["Fleet", "Worker"]

_LONG_NICENESS: Final = 10
_GROWTH_KEPT: Final = 64 << 20  # bytes that a worker may keep of what a long query took


@dataclass(eq=False)
class Worker:
    """A forked process and what it is doing.

    Attributes:
        pid: Its process id.
        control: Our end of the pair of sockets.
        ready: Whether its store is open and its limits hold.
        job: What it works on.
        client: For whom.
        answering: Whether the answer has begun to flow.
        cpu_before: Processor seconds it had used before the job.
        served: Queries answered so far.
        niced: Whether it runs at a lower priority, which only a privileged process could undo.
        size: Its address space when it became ready, bytes.
        left: Monotonic time at which its client hung up, or None.

    """

    pid: int
    control: socket.socket
    ready: bool = False
    job: Job | None = None
    client: Client | None = None
    answering: bool = False
    cpu_before: float = 0.0
    served: int = 0
    niced: bool = False
    size: int = 0
    left: float | None = None

    @property
    def idle(self) -> bool:
        """Whether it can take a query."""
        return self.ready and self.job is None


class Fleet:
    """A fixed number of workers; whoever dies or is killed is replaced.

    Args:
        reactor: The loop.
        limits: The bounds of workers and queries.
        evaluator: Makes a worker's evaluator, in the worker.
        records: Told of what clients use and of how queries turn out.
        reach: What workers must reach; where another server does the work, a query costs the time it takes.
        rest: Takes the connection of a client that keeps it, once its query is answered.

    """

    def __init__(
        self,
        reactor: Reactor,
        limits: Limits,
        evaluator: Callable[[], Evaluator],
        records: Records,
        reach: Reach,
        rest: Callable[[Client], None],
    ) -> None:
        self._reactor, self._limits, self._evaluator, self._rest = reactor, limits, evaluator, rest
        self._reach = reach
        self._clock: Callable[[int], float | None] = (lambda _pid: time.monotonic()) if reach.remote else cpu_seconds
        self._records = records
        self._workers: dict[int, Worker] = {}
        self._dying: dict[int, Worker] = {}
        self._spawn_after = 0.0
        self.false_starts = 0
        """Workers in a row that died before they were ready."""
        self._answered = self._killed = self._died = 0

    def __iter__(self) -> Iterator[Worker]:
        """Give the workers that live, as a snapshot."""
        return iter(list(self._workers.values()))

    @property
    def places(self) -> int:
        """How many more long queries may run while others wait."""
        return self._limits.slow_workers - sum(worker.job.long for worker in self if worker.job)

    @property
    def unknown_places(self) -> int:
        """How many more queries may run that are not known to be quick."""
        return self._limits.unknown_workers - sum(not worker.job.known for worker in self if worker.job)

    @property
    def backlog(self) -> float:
        """Return the seconds after which a place for a long query will probably be free."""
        now, costs = time.monotonic(), self._records.shapes
        long = [worker.job for worker in self if worker.job and worker.job.long]
        if len(long) < self._limits.slow_workers:
            return 0.0
        ages = [(now - job.started, costs.cost(job.shape)) for job in long]
        # What has run for so long will probably run as long again, and never beyond the deadline.
        return min(min(max(cost - age, age), self._limits.deadline - age) for age, cost in ages)

    def statistics(self) -> dict[str, int]:
        """Return what runs now, and how many queries were answered and workers lost since the start."""
        jobs = [worker.job for worker in self if worker.job]
        return {
            "workers": len(self._workers),
            "running": len(jobs),
            "running_long": sum(job.long for job in jobs),
            "answered": self._answered,
            "workers_killed": self._killed,
            "workers_died": self._died,
        }

    @property
    def settled(self) -> bool:
        """Whether no worker runs a query and none is waited for."""
        return not self._dying and all(worker.job is None for worker in self._workers.values())

    def replenish(self) -> None:
        """Fork workers until there are enough.

        Raises:
            OSError: There are no descriptors or processes left; another try follows later.

        """
        while len(self._workers) < self._limits.workers and time.monotonic() >= self._spawn_after:
            self._spawn_after = time.monotonic() + 0.5  # stands only if the fork fails
            ours, theirs = socket.socketpair()
            try:
                parent = os.getpid()
                pid = os.fork()
                if pid == 0:
                    run_worker(theirs, parent, self._limits, self._evaluator, self._reach)
            except OSError:
                ours.close()
                raise
            finally:
                theirs.close()
            self._spawn_after = 0.0
            ours.setblocking(False)
            worker = self._workers[pid] = Worker(pid, ours)
            self._reactor.watch(ours.fileno(), READABLE, partial(self._hear, worker))

    def assign(self, worker: Worker, client: Client) -> bool:
        """Hand a connection to an idle worker; False when the worker turns out to be dead."""
        try:
            socket.send_fds(worker.control, [TASK.pack(client.preamble.length)], [client.sock.fileno()])
        except OSError:
            self._bury(worker)
            return False
        preamble = client.preamble
        known = self._records.shapes.known_quick(preamble.shape)
        worker.job = Job(preamble.client, preamble.query, preamble.shape, time.monotonic(), known=known)
        worker.client, worker.answering, worker.left = client, False, None
        worker.cpu_before = self._clock(worker.pid) or 0.0
        self._reactor.watch(client.sock.fileno(), HANG_UP_ONLY, partial(self._hung_up, worker, client))
        worker.job.long = client.long
        if client.yielding:
            self.nice(worker)
        return True

    def measure(self, worker: Worker) -> None:
        """Bring the job's processor time up to date."""
        now = self._clock(worker.pid)
        if worker.job and now is not None:
            worker.job.cpu = max(worker.job.cpu, now - worker.cpu_before)
            self._records.shapes.seen(worker.job.shape, worker.job.cpu)

    def nice(self, worker: Worker) -> None:
        """Let a worker go on at a lower priority than others; only the kernel's superuser could raise it again."""
        if not worker.niced:
            worker.niced = True
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, worker.pid, _LONG_NICENESS)

    def end(self, worker: Worker, error: SparqlError | None, *, remember: bool = False) -> None:
        """Kill a worker.

        Args:
            worker: Which.
            error: What its client is told, unless the answer has begun; None when the client is gone.
            remember: Whether the query would end the same way again.

        """
        self._killed += 1
        with suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
        self._settle(worker, error, remember=remember)
        self._bury(worker)

    def reap(self) -> None:
        """Collect those that have ended, and tell the clients of those that nobody meant to end."""
        for pid, worker in list(self._dying.items()):
            try:
                found, status = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                found, status = pid, 0
            if found:
                del self._dying[pid]
                if worker.job:
                    self._died += 1
                    error, remember = self._cause_of_death(pid, os.waitstatus_to_exitcode(status))
                    self._settle(worker, error, remember=remember)

    def kill_all(self) -> None:
        """End every worker at once."""
        for worker in self:
            self.end(worker, None)

    def _hear(self, worker: Worker) -> None:
        try:
            said = worker.control.recv(16)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            self._bury(worker)
        if READY in said:
            worker.ready, self.false_starts = True, 0
            worker.size = address_space(worker.pid)
        if ANSWERING in said:
            worker.answering = True
        if ANSWERED in said:
            self._complete(worker)

    def _complete(self, worker: Worker) -> None:
        long = worker.job is not None and worker.job.long
        self._settle(worker, None, finished=True)
        worker.served += 1
        self._answered += 1
        surplus = sum(other.niced for other in self) > self._limits.unknown_workers and worker.niced
        grown = long and address_space(worker.pid) > worker.size + _GROWTH_KEPT
        if surplus or grown or worker.served >= self._limits.worker_requests:
            self._bury(worker)

    def _hung_up(self, worker: Worker, client: Client) -> None:
        self._hear(worker)  # it may have said that the answer is on its way: then the client has left content
        if worker.client is client and not worker.answering:
            worker.left = time.monotonic()  # a short answer may be there already, and the worker about to say so
            self._reactor.unwatch(client.sock.fileno())

    def _bury(self, worker: Worker) -> None:
        """Close the way to a worker, which ends it if it still lives; :meth:`reap` collects it."""
        if not self._workers.pop(worker.pid, None):
            return
        self._reactor.unwatch(worker.control.fileno())
        worker.control.close()
        self._dying[worker.pid] = worker
        if not worker.ready:
            self.false_starts += 1
            self._spawn_after = time.monotonic() + 0.1

    def _settle(
        self, worker: Worker, error: SparqlError | None, *, remember: bool = False, finished: bool = False
    ) -> None:
        """Charge the client, tell it the error if there is one, and close its connection."""
        job, client = worker.job, worker.client
        if job is None or client is None:
            return
        self.measure(worker)
        now = time.monotonic()
        self._records.budgets.charge(job.client, job.cpu, now)
        if finished:
            self._records.shapes.finished(job.shape, job.cpu)
        elif error or job.cpu >= self._limits.quick_seconds:  # a client that leaves early says nothing of its query
            self._records.shapes.cut_short(job.shape, job.cpu)
        if job.cpu >= self._limits.quick_seconds or (error and not finished):
            self._records.suspicion.add(job.client, job.cpu, now)
        if error and remember:
            self._records.failures.remember(job.query, error_frame(error), now)
        if error and not worker.answering:
            client.send(error_frame(error))
        self._reactor.unwatch(client.sock.fileno())
        if finished and client.preamble.keep and worker.left is None:
            self._rest(client)
        else:
            client.sock.close()
        worker.job = worker.client = None

    @staticmethod
    def _cause_of_death(pid: int, code: int) -> tuple[SparqlError, bool]:
        """Read what a worker died of: the error, and whether the query would die of it again."""
        print(f"sparql zygote: worker {pid} ended with {code}", file=sys.stderr, flush=True)  # noqa: T201 - its log
        if code in {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL}:
            return QueryTooComplexError("the query is too complex for the engine"), True
        if code == -signal.SIGABRT:
            return MemoryExceededError("the query needs more memory than it may have"), True
        if code == -signal.SIGXCPU:
            return DeadlineExceededError("the query used more processor time than it may have"), True
        return ServiceUnavailableError("the process that ran the query was ended; try again", retry_after=1), False
