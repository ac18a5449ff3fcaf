"""A crowd of HTTP clients on the loopback: good ones, and others that send bombs."""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

EX = "http://example.org/"
GOOD = (
    f"SELECT ?s ?n WHERE {{{{ ?s <{EX}next> <{EX}s{{0}}> ; <{EX}name> ?n ; <{EX}number> ?number }}}} LIMIT 50",
    f"SELECT ?p ?o WHERE {{{{ <{EX}s{{0}}> ?p ?o }}}}",
    f"DESCRIBE <{EX}s{{0}}>",
    f"ASK {{{{ <{EX}s{{0}}> <{EX}next>/<{EX}next> ?other }}}}",
)
BOMBS = (
    'SELECT (COUNT(*) AS ?n) WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != "{0}") }}',
    'SELECT * WHERE {{ ?a ?b ?c . ?d ?e ?f FILTER(STR(?c) > "{0}") }} ORDER BY ?f ?c ?a',
    'SELECT ?a ?g (COUNT(?f) AS ?n) WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != "{0}") }} GROUP BY ?a ?g',
    "SELECT * WHERE {{ ?a (<urn:{0}>|!<urn:x>)* ?b . ?b (<urn:{0}>|!<urn:x>)* ?c . ?c (<urn:{0}>|!<urn:x>)* ?d }}",
    'SELECT * WHERE {{ ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a|aa|a*)+{0}$")) }}',
)


PIECES = (
    "?a ?b ?c .",
    "FILTER(?a != 1)",
    "OPTIONAL { ?a ?b ?c }",
    "FILTER(?d > ?c)",
    "FILTER(STR(?f) != 'a')",
    "{ ?a ?b ?c } UNION { ?d ?e ?f }",
)


def unlike_any_other(dice: random.Random) -> str:
    """Make a bomb of a shape that has not been seen."""
    pieces = " ".join(dice.choice(PIECES) for _ in range(dice.randrange(14)))
    return f"SELECT * WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . {pieces} }} ORDER BY ?f ?c ?a"


@dataclass
class Tally:
    """What a crowd has seen."""

    statuses: dict[int, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def add(self, status: int, seconds: float) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 200:
            self.seconds.append(seconds)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")

    def __str__(self) -> str:
        p50 = statistics.median(self.seconds) * 1000 if self.seconds else float("nan")
        return f"{self.statuses} p50 {p50:.0f} ms p95 {self.percentile(0.95) * 1000:.0f} ms"


async def ask(port: int, query: str, source: str, timeout: float) -> tuple[int, float]:
    start = time.perf_counter()
    head = f"GET /sparql?{urlencode({'query': query})} HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
            try:
                writer.write(head.encode())
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return 0, time.perf_counter() - start
    status = int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0
    return status, time.perf_counter() - start


async def _client(
    number: int,
    port: int,
    texts: tuple[str, ...],
    source: str,
    until: float,
    tally: Tally,
    pause: float,
    numbers: itertools.count[int],
) -> None:
    dice = random.Random(f"{source} {texts[:1]} {number}")  # noqa: S311 - no secret
    await asyncio.sleep(dice.random() * 0.5)
    while time.perf_counter() < until:
        query = dice.choice(texts).format(dice.randrange(100) if texts is GOOD else next(numbers)) if texts else ""
        query = query or unlike_any_other(dice)
        tally.add(*await ask(port, query, source, 60.0))
        await asyncio.sleep(pause * (0.5 + dice.random()))


def crowd(
    port: int, *, good: int, bad: int, seconds: float, apart: bool, pause: float = 0.2, bombs: tuple[str, ...] = BOMBS
) -> tuple[Tally, Tally]:
    """Let ``good`` and ``bad`` clients ask for ``seconds``; ``apart`` gives each an address of its own.

    Without ``bombs`` each bomb is unlike any other.
    """

    async def everybody() -> tuple[Tally, Tally]:
        good_tally, bad_tally, numbers = Tally(), Tally(), itertools.count()
        until = time.perf_counter() + seconds

        def source(number: int) -> str:
            return f"127.0.{1 + number // 200}.{1 + number % 200}" if apart else "127.0.0.1"

        await asyncio.gather(
            *(_client(i, port, GOOD, source(i), until, good_tally, pause, numbers) for i in range(good)),
            *(_client(i, port, bombs, source(good + i), until, bad_tally, 0.0, numbers) for i in range(bad)),
        )
        return good_tally, bad_tally

    return asyncio.run(everybody())
