"""Who runs next, who waits, who must make room: the rules of the zygote, without any process or socket.

A query is *quick* up to a tenth of a second of processor time. Beyond that it is *long*, and only half of the workers
may be held by long queries while others wait: the rest is kept for quick ones. When all of them are long and somebody
waits, one of the client who has used most ends with "busy". Whoever waits is taken in this order: shapes of queries
that have been quick before those that have been long, clients who have used little before those who have used much,
then arrival. A client over its budget still gets quick queries answered, so that a school behind one address is not
shut out by one pupil's cross product.

Queries of a shape that was quick the last time come before all others, and some workers take nothing else. A client
whose last query turned out long is *suspected*: what it asks in a shape that is not known as quick comes after what
others ask, and few of those may wait. It runs at low priority while somebody waits for a worker, as all long queries
do, and any query does that has taken a second. So ever-different bombs take the time that nobody else wants, and
well-known look-ups from the same address go on as before.
"""

from __future__ import annotations

import math
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from kg.sparql.errors import BudgetExceededError

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.sparql.limits import Limits

__all__ = [
    "Budgets",
    "FailureMemory",
    "Job",
    "Records",
    "ShapeCosts",
    "Suspicion",
    "Verdict",
    "over_budget",
    "overrunning",
    "victim",
]

_CLIENTS_KEPT: Final = 10_000
_FAILURES_KEPT: Final = 1_000
_SHAPES_KEPT: Final = 1_000
_HALF_LIFE: Final = 30.0  # seconds after which half of a suspicion is forgotten
_UNFAIR: Final = 3.0  # processor seconds by which a client must have used more than another to yield to it


class Budgets:
    """Processor seconds that each client may still use: a bucket that fills within a minute.

    Args:
        seconds: What a full bucket holds.

    """

    def __init__(self, seconds: float) -> None:
        self._full = seconds
        self._rate = max(seconds, 0.001) / 60.0
        self._used: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def used(self, client: bytes, now: float) -> float:
        """Return the seconds that ``client`` has used and not yet got back."""
        used, at = self._used.get(client, (0.0, now))
        return max(0.0, used - (now - at) * self._rate)

    def used_tenths(self, client: bytes, now: float) -> int:
        """Return :meth:`used` in tenths of a second, rounded: small differences do not decide who comes first."""
        return round(10 * self.used(client, now))

    def charge(self, client: bytes, seconds: float, now: float) -> None:
        """Take ``seconds`` from the client's bucket, which may become overdrawn."""
        self._used[client] = (self.used(client, now) + seconds, now)
        self._used.move_to_end(client)
        while len(self._used) > _CLIENTS_KEPT:
            self._used.popitem(last=False)

    def exhausted(self, client: bytes, now: float) -> bool:
        """Whether the bucket is empty."""
        return self.used(client, now) >= self._full

    def retry_after(self, client: bytes, now: float) -> int:
        """Return the whole seconds until a tenth of the bucket is full again, at least 1."""
        return max(1, math.ceil((self.used(client, now) - 0.9 * self._full) / self._rate))


class FailureMemory:
    """Queries that have just failed and would fail again: a short memory, so that repeating them is cheap.

    Args:
        seconds: How long a failure is remembered.

    """

    def __init__(self, seconds: float = 60.0) -> None:
        self._seconds = seconds
        self._failures: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()

    def remember(self, query: bytes, failure: bytes, now: float) -> None:
        """Keep ``failure`` as the answer to ``query`` for a while."""
        self._failures[query] = (now + self._seconds, failure)
        self._failures.move_to_end(query)
        while len(self._failures) > _FAILURES_KEPT:
            self._failures.popitem(last=False)

    def recall(self, query: bytes, now: float) -> bytes | None:
        """Return the failure that this query ended in a moment ago, if it did."""
        until, failure = self._failures.get(query, (0.0, b""))
        return failure if now < until else None


class ShapeCosts:
    """What queries of one shape cost, for shapes that have been long each of the last times they ran, twice at least.

    Args:
        quick: Processor seconds up to which a query is quick.
        deadline: What no query costs more than.

    """

    def __init__(self, quick: float, deadline: float) -> None:
        self._quick, self._deadline = quick, deadline
        self._shapes: OrderedDict[bytes, tuple[int, float]] = OrderedDict()
        self._quick_ones: OrderedDict[bytes, None] = OrderedDict()

    def finished(self, shape: bytes, cpu: float) -> None:
        """Remember that a query came to its end after ``cpu`` processor seconds."""
        if cpu < self._quick:
            self._shapes.pop(shape, None)
            self._quick_ones[shape] = None
            self._quick_ones.move_to_end(shape)
            if len(self._quick_ones) > _SHAPES_KEPT:
                self._quick_ones.popitem(last=False)
        else:
            self._keep(shape, cpu)

    def cut_short(self, shape: bytes, cpu: float) -> None:
        """Remember that a query was ended: it would have taken more, and is held to take twice what was seen so far."""
        _, before = self._shapes.get(shape, (0, self._quick))
        self._keep(shape, min(self._deadline, 2 * max(cpu, before)))

    def seen(self, shape: bytes, cpu: float) -> None:
        """Learn from a query that still runs: what has taken so long already will probably take as long again."""
        times, cost = self._shapes.get(shape, (0, 0.0))
        if times and 2 * cpu > cost:
            self._shapes[shape] = (times, min(self._deadline, 2 * cpu))

    def known_quick(self, shape: bytes) -> bool:
        """Whether the last query of this shape was quick."""
        return shape in self._quick_ones

    def _keep(self, shape: bytes, cost: float) -> None:
        self._quick_ones.pop(shape, None)
        times, _ = self._shapes.get(shape, (0, 0.0))
        self._shapes[shape] = (times + 1, cost)
        self._shapes.move_to_end(shape)
        while len(self._shapes) > _SHAPES_KEPT:
            self._shapes.popitem(last=False)

    def cost(self, shape: bytes) -> float:
        """Return the processor seconds that a query of this shape will probably take; 0 for those held to be quick."""
        times, cost = self._shapes.get(shape, (0, 0.0))
        return cost if times > 1 else 0.0


class Suspicion:
    """Seconds that each client has lately spent on queries that turned out long; half is forgotten in half a minute.

    Args:
        quick: Processor seconds up to which a query is quick.

    """

    def __init__(self, quick: float) -> None:
        self._quick = quick
        self._spent: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def add(self, client: bytes, cpu: float, now: float) -> None:
        """Remember a query that was not quick, or was ended before it could show."""
        self._spent[client] = (self._level(client, now) + max(cpu, self._quick), now)
        self._spent.move_to_end(client)
        while len(self._spent) > _CLIENTS_KEPT:
            self._spent.popitem(last=False)

    def rests_on(self, client: bytes, now: float) -> bool:
        """Whether the client has sent such a query within half a minute, or several within more."""
        return self._level(client, now) > 0.5 * self._quick

    def _level(self, client: bytes, now: float) -> float:
        spent, at = self._spent.get(client, (0.0, now))
        return float(spent * 0.5 ** ((now - at) / _HALF_LIFE))


class Records:
    """What the zygote remembers of clients and queries.

    Args:
        limits: The bounds of queries and clients.

    """

    def __init__(self, limits: Limits) -> None:
        self.budgets = Budgets(limits.client_seconds)
        self.failures = FailureMemory()
        self.shapes = ShapeCosts(limits.quick_seconds, limits.deadline)
        self.suspicion = Suspicion(limits.quick_seconds)

    def is_suspect(self, client: bytes, shape: bytes, now: float) -> bool:
        """Whether a query comes after others because of who sends it: its shape is not known as quick."""
        return self.suspicion.rests_on(client, now) and not self.shapes.known_quick(shape)


@dataclass
class Job:
    """A query on a worker.

    Attributes:
        client: Who asked.
        query: Digest of what was asked.
        shape: Digest of its shape.
        started: Monotonic time at which it started.
        cpu: Processor seconds used so far.
        long: Whether it holds one of the places for long queries.
        known: Whether its shape was known as quick when it started.

    """

    client: bytes
    query: bytes
    shape: bytes
    started: float
    cpu: float = 0.0
    long: bool = False
    known: bool = False


class Verdict(Enum):
    """What to do with a running job."""

    CONTINUE = "continue"
    """Nothing."""
    PROMOTE = "promote"
    """Give it a place among the long ones."""
    DEADLINE = "deadline"
    """End it: its time is over."""
    BUDGET = "budget"
    """End it: its client may only have quick queries now."""
    OVERDUE = "overdue"
    """It is long and has no place: it must yield as soon as somebody waits."""


def overrunning(job: Job, now: float, *, deadline: float, quick: float, places: int, over_budget: bool) -> Verdict:
    """Judge one running job.

    Args:
        job: The job, its ``cpu`` up to date.
        now: Monotonic time.
        deadline: Wall seconds that any job has.
        quick: Processor seconds that a quick query has.
        places: Free places for long queries.
        over_budget: Whether its client's budget is used up.

    """
    if now - job.started >= deadline:
        return Verdict.DEADLINE
    if job.cpu < quick:
        return Verdict.CONTINUE
    if over_budget:
        return Verdict.BUDGET
    if job.long:
        return Verdict.CONTINUE
    return Verdict.PROMOTE if places > 0 else Verdict.OVERDUE


def over_budget(limits: Limits, retry_after: int) -> BudgetExceededError:
    """Return what a client is told that has used its seconds and asks for more than a quick query."""
    cause = f"this client has used its {limits.client_seconds:g} seconds of query time a minute"
    return BudgetExceededError(cause, retry_after=retry_after, hint="quick queries are still answered")


def victim(jobs: Collection[Job], budgets: Budgets, now: float) -> Job:
    """Return the job that yields: of the client that has used most, the one with the least work to lose.

    Only seconds decide between clients: ending a query that has filled much memory is itself expensive.
    """
    used: defaultdict[bytes, float] = defaultdict(float)
    for job in jobs:
        used[job.client] += job.cpu
    totals = {client: round((seconds + budgets.used(client, now)) / _UNFAIR) for client, seconds in used.items()}
    return max(jobs, key=lambda job: (totals[job.client], -job.cpu))
