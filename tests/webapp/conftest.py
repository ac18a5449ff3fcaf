"""A real server on a free port, and a site with hubs."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

import kg
from kg.build import build_release
from kg.settings import Settings
from search.index import SearchPart
from tests.conftest import COLLECTIONS, FIXTURES
from webapp import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture(scope="package")
def hub_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over the shipped core collection, the fixture collection and a made-up hub; no embedder."""
    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("hubs")), "IHUB_EMBEDDER": "none"})
    part = SearchPart(None, settings.home / "cache" / "embeddings.sqlite")
    core = Path(kg.__file__).parent / "data" / "core"
    report = build_release(settings, [core, COLLECTIONS, FIXTURES / "hubs"], [part], strict=True)
    assert report.release is not None, [str(error) for error in report.errors]
    app = create_app(settings)
    app.testing = True
    yield app
    app.extensions["ihub.services"].close()


@pytest.fixture
def hubs(hub_app: Flask) -> FlaskClient:
    """A client of the application with hubs."""
    return hub_app.test_client()


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


def children(pid: int) -> list[int]:
    """All processes below ``pid``."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True).stdout.split()
    parents = dict(zip(map(int, listing[::2]), map(int, listing[1::2]), strict=True))
    below = [p for p, parent in parents.items() if parent == pid]
    return below + [p for child in below for p in children(child)]


def directory_of(process: subprocess.Popen[bytes]) -> Path:
    """The directory of a running server, as its web processes were told."""
    environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in children(process.pid)]
    found = [re.search(rb"\b_IHUB_SERVER_DIRECTORY=([^\0]*)", text) for text in environments]
    (directory,) = {match[1] for match in found if match}
    return Path(os.fsdecode(directory))


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
