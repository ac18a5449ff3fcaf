"""A real Dask cluster of two workers on loopback."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Cluster:
    """A running cluster; ``address`` is that of its scheduler."""

    address: str
    distributed: Any

    def tasks_done(self) -> dict[str, int]:
        """How many tasks each worker has run."""
        with self.distributed.Client(self.address, timeout=20) as client:
            done: dict[str, int] = client.run(lambda dask_worker: dask_worker.state.executed_count)
            return done


@contextlib.contextmanager
def two_workers() -> Iterator[Cluster]:
    """Start a scheduler and two workers; skip where the extra is not installed."""
    distributed = pytest.importorskip("distributed", reason="needs the extra [cluster]")
    worker = ("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    scheduler = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with _started(*scheduler) as running:
        address = _said(running, r"Scheduler at:\s+(tcp://\S+)")
        with _started(*worker, address) as one, _started(*worker, address) as two:
            for process in (one, two):
                _said(process, r"(Starting established connection|Registered to)")
            with distributed.Client(address, timeout=20) as client:
                client.wait_for_workers(2, timeout=20)
            yield Cluster(address, distributed)


@contextlib.contextmanager
def _started(*command: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program of the cluster until the context ends."""
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", *command], env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate()


def _said(process: subprocess.Popen[str], pattern: str) -> str:
    """Wait until a program says something; return the first group of it."""
    assert process.stderr
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found[1]
    raise AssertionError(f"ended without {pattern}")
