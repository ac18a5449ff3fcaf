"""The zygote's loop: hands requests to forked workers, ends what overruns, survives everything.

One thread, no locks. A worker answers one query at a time and as many after each other as go well: forking for every
query would copy each page that the engine touches (it counts references), which doubles the time of a query in memory.
Whatever goes wrong ends the worker, never the pool.
"""

from __future__ import annotations

import math
import os
import sys
import time
from typing import TYPE_CHECKING, Final

from kg.sparql.admission import Records, Verdict, over_budget, overrunning, victim
from kg.sparql.errors import DeadlineExceededError, ServiceBusyError
from kg.sparql.fleet import Fleet
from kg.sparql.reactor import READABLE, Reactor
from kg.sparql.reception import YIELD_AFTER, Reception

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from kg.sparql.admission import Job
    from kg.sparql.confinement import Reach
    from kg.sparql.evaluation import Evaluator
    from kg.sparql.fleet import Worker
    from kg.sparql.limits import Limits

__all__ = ["Pool"]

_STARTS_TRIED: Final = 5
_TICK: Final = 0.01
_IDLE: Final = 0.5


class Pool:
    """Runs queries in a fixed number of workers.

    Args:
        listener: A listening Unix socket.
        limits: Every bound.
        evaluator: Makes a worker's evaluator, in the worker.
        announce: Called once, when the first worker is ready.
        lifeline: A descriptor whose end of file asks the pool to finish, or None.
        reach: What workers must reach outside their memory.

    """

    def __init__(
        self,
        listener: socket.socket,
        limits: Limits,
        evaluator: Callable[[], Evaluator],
        *,
        announce: Callable[[], None],
        lifeline: int | None = None,
        reach: Reach,
    ) -> None:
        listener.setblocking(False)
        self._limits = limits
        self._reactor = Reactor()
        self._records = Records(limits)
        self._reception = Reception(self._reactor, listener, limits, self._records, self._statistics)
        self._fleet = Fleet(self._reactor, limits, evaluator, self._records, reach, self._reception.rest)
        self._finish_by: float | None = None
        self._announce: Callable[[], None] | None = announce
        if lifeline is not None:
            self._lifeline = lifeline
            self._reactor.watch(lifeline, READABLE, self._read_lifeline)

    def run(self) -> int:
        """Serve until told to finish; return the exit status: 1 when workers cannot start."""
        while self._finish_by is None or (time.monotonic() < self._finish_by and self._has_work):
            try:
                self._turn()
            except (OSError, MemoryError) as error:  # out of descriptors or memory for a moment: the pool outlives it
                print(f"sparql zygote: {type(error).__name__}: {error}", file=sys.stderr, flush=True)  # noqa: T201
                time.sleep(0.05)
            if self._fleet.false_starts >= _STARTS_TRIED:
                print("sparql zygote: workers cannot start; giving up", file=sys.stderr, flush=True)  # noqa: T201
                return 1
        self._fleet.kill_all()
        return 0

    def finish(self) -> None:
        """Accept no more; let what runs or waits end, within one deadline."""
        if self._finish_by is None:
            self._finish_by = time.monotonic() + self._limits.deadline + 1.0

    def _statistics(self) -> dict[str, int]:
        return {"waiting": len(self._reception), **self._fleet.statistics()}

    @property
    def _has_work(self) -> bool:
        return len(self._reception) > 0 or not self._fleet.settled

    def _read_lifeline(self) -> None:
        if not os.read(self._lifeline, 1024):
            self._reactor.unwatch(self._lifeline)
            self.finish()

    def _turn(self) -> None:
        self._fleet.replenish()
        self._reception.tend(accept=self._finish_by is None)
        self._reactor.turn(_TICK if self._has_work else _IDLE)
        if self._announce and any(worker.ready for worker in self._fleet):
            self._announce()
            self._announce = None
        self._dispatch()  # first of all: whoever finds a worker free need not wait for what follows
        self._fleet.reap()
        self._judge()
        self._dispatch()
        self._reception.shorten(self._fleet.backlog)

    def _dispatch(self) -> None:
        while idle := [worker for worker in self._fleet if worker.idle]:
            client = self._reception.take(self._fleet.places, self._fleet.unknown_places)
            if client is None:
                return
            # The worker that has served most has most pages of its own.
            worker = max(idle, key=lambda worker: (worker.niced == client.yielding, worker.served))
            if not self._fleet.assign(worker, client):
                self._reception.put_back(client)

    def _judge(self) -> None:
        """Measure every running query; end or demote those that overrun."""
        now = time.monotonic()
        overdue = []
        waiting = self._reception.quick_waiting
        # The more wait, the sooner an unknown query must prove quick or make room: down to a quarter of the time.
        quick = self._limits.quick_seconds / (1 + min(3, waiting // self._limits.workers))
        for worker in self._fleet:
            if worker.job is None:
                continue
            if worker.left is not None and now - worker.left >= _TICK and not worker.answering:
                self._fleet.end(worker, None)
                continue
            self._fleet.measure(worker)
            verdict = overrunning(
                worker.job,
                now,
                deadline=self._limits.deadline,
                quick=self._limits.quick_seconds if worker.job.known else quick,
                places=self._fleet.places,
                over_budget=self._records.budgets.exhausted(worker.job.client, now),
            )
            if worker.answering and verdict is not Verdict.DEADLINE:
                continue  # its work is done, and nothing may be said any more
            if verdict is Verdict.OVERDUE:
                overdue.append(worker)
            else:
                self._apply(verdict, worker, worker.job, now)
            if worker.job and worker.job.long and (waiting or worker.job.cpu > YIELD_AFTER):
                self._fleet.nice(worker)
        free = any(worker.idle or not worker.ready for worker in self._fleet)
        shut_out = self._fleet.unknown_places <= 0 and self._reception.unknown_waiting > 0
        if overdue and waiting and (shut_out or not free):
            self._make_room(overdue, now)

    def _apply(self, verdict: Verdict, worker: Worker, job: Job, now: float) -> None:
        if verdict is Verdict.PROMOTE:
            job.long = True
        elif verdict is Verdict.DEADLINE:
            seconds = self._limits.deadline
            cause = f"the query was ended after {seconds:g} seconds"
            error = DeadlineExceededError(cause, hint="make it more specific, add LIMIT, or work on a dump")
            # Remembered only if it was its own work and not the load that took the time.
            self._fleet.end(worker, error, remember=job.cpu > 0.7 * seconds)
        elif verdict is Verdict.BUDGET:
            retry = self._records.budgets.retry_after(job.client, now)
            self._fleet.end(worker, over_budget(self._limits, retry))

    def _make_room(self, overdue: list[Worker], now: float) -> None:
        """End one long query, so that somebody who waits gets a worker."""
        long = [worker for worker in self._fleet if worker.job and worker.job.long and not worker.answering]
        candidates = {id(worker.job): worker for worker in [*overdue, *long]}
        job = victim([worker.job for worker in candidates.values() if worker.job], self._records.budgets, now)
        ends = [worker.job.started + self._limits.deadline - now for worker in long if worker.job]
        retry = max(1, math.ceil(min(ends, default=1.0)))
        error = ServiceBusyError("the service is busy with long queries; this one had to make room", retry_after=retry)
        self._fleet.end(candidates[id(job)], error)
