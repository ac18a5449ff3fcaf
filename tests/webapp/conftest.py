"""A real server on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.settings import Settings


@contextmanager
def running_server(settings: Settings) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `ihub serve`; yields its address and the process, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, **settings.to_environment(), "IHUB_PORT": str(port)}
    log = (settings.home / "server.log").open("wb")
    process = subprocess.Popen([sys.executable, "-m", "webapp.cli", "serve"], env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: requests.get(f"{address}/readyz", timeout=5).status_code == 200, process)
        yield address, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def with_own_home(settings: Settings, home: Path) -> Settings:
    """Copy the release to a home of its own: a server that ends takes away the sockets in its home, others' too."""
    shutil.copytree(settings.home, home, symlinks=True, ignore=shutil.ignore_patterns("run", "*.log"))
    return replace(settings, home=home)


def wait_until(condition: object, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until ``condition()`` holds; fail when it does not in time or the process ends."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():  # type: ignore[operator]
                return
        except requests.RequestException:
            pass
        assert process.poll() is None, "the server ended"
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")
