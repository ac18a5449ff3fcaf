"""A service with small bounds, on the loopback only, and a look at its processes."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.columns.files import write_columns
from kg.sparql.client import SparqlService
from kg.sparql.launcher import Zygote, start_zygote
from kg.sparql.limits import Limits
from tests.conformance.factory import sparql_app
from tests.kg.sparql.conftest import EX, quads_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

LIMITS = Limits(deadline=1.0, memory_mib=256, workers=2, client_seconds=1000.0)


@dataclass
class Arena:
    """The service under attack."""

    zygote: Zygote
    service: SparqlService
    client: FlaskClient

    def ask(self, query: str, **options: object) -> TestResponse:
        return self.client.post("/sparql", data=query.encode(), content_type="application/sparql-query", **options)  # type: ignore[arg-type]

    def workers(self) -> dict[int, str]:
        """Process id and state of each child of the zygote, zombies included."""
        children = Path(f"/proc/{self.zygote.pid}/task/{self.zygote.pid}/children").read_text().split()
        return {int(pid): state(int(pid)) for pid in children}

    def descriptors(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.zygote.pid}/fd").iterdir())

    def memory(self) -> int:
        """Resident bytes of the zygote and its workers."""
        return sum(resident(pid) for pid in [self.zygote.pid, *self.workers()])

    def is_well(self) -> bool:
        return self.zygote.running and self.ask("ASK {}").status_code == 200

    def is_at_rest(self) -> bool:
        """Whether there are just the workers that there should be, no zombie, no descriptor but of kept connections."""
        own = 8  # standard streams, the listener, and the four files of columns
        workers = self.workers()
        return (
            len(workers) == LIMITS.workers
            and set(workers.values()) <= {"S", "R"}
            and self.descriptors() <= own + LIMITS.workers + self.service.kept_connections
        )


def eventually(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    """Wait until ``condition`` holds; False when it does not in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    folder = tmp_path_factory.mktemp("abuse")
    quads, columns = folder / "data.nq", folder / "columns"
    kinds = [f"<{EX}s{number}> <{EX}kind> <{EX}k> <{EX}g0> .\n" for number in range(500)]
    quads.write_text(quads_text(500) + "".join(kinds), "utf-8")
    columns.mkdir()
    write_columns(quads, columns)
    with (
        tempfile.TemporaryDirectory(prefix="ihub-") as directory,
        start_zygote(Path(directory) / "s", quads=quads, columns=columns, limits=LIMITS, base_iri=EX) as zygote,
    ):
        service = SparqlService(zygote.socket_path, LIMITS, cache_bytes=0)
        yield Arena(zygote, service, sparql_app(service).test_client())
