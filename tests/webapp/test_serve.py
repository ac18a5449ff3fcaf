"""`ihub serve` as it runs: real gunicorn, real SPARQL processes, a new release while it serves, and a clean end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import requests

from kg.build import build_release
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.webapp.conftest import running_server, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings

COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/ihub/ns#LearningScenario> }"


def build(settings: Settings, folder: Path) -> str:
    report = build_release(settings, [folder], [SearchPart(None, settings.home / "cache" / "e.sqlite")])
    assert report.release
    return report.release.id


def children(pid: int) -> list[int]:
    """All processes below ``pid``."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True).stdout.split()
    parents = dict(zip(map(int, listing[::2]), map(int, listing[1::2]), strict=True))
    below = [p for p, parent in parents.items() if parent == pid]
    return below + [p for child in below for p in children(child)]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def test_a_new_release_is_taken_up_without_dropping_a_request(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "collections"
    shutil.copytree(COLLECTIONS, folder)
    first = build(settings, folder)
    with running_server(settings) as (address, process):
        failures: list[str] = []
        stop = threading.Event()

        def ask() -> None:
            while not stop.is_set():
                for path, parameters in (("/api/search", {"q": "robot"}), ("/sparql", {"query": COUNT}), ("/", {})):
                    status = requests.get(address + path, params=parameters, timeout=30).status_code
                    if status != 200:
                        failures.append(f"{path} {status}")

        askers = [threading.Thread(target=ask) for _ in range(3)]
        for asker in askers:
            asker.start()
        (folder / "classroom" / "scenarios.yaml").unlink()
        second = build(settings, folder)
        assert first != second

        def everybody_has_it() -> bool:
            answers = {requests.get(f"{address}/api/search", timeout=10).json()["release"] for _ in range(8)}
            return answers == {second}

        wait_until(everybody_has_it, process)
        answer = requests.get(f"{address}/sparql", params={"query": COUNT}, timeout=10).json()
        stop.set()
        for asker in askers:
            asker.join()
        assert failures == []
        assert answer["results"]["bindings"][0]["n"]["value"] == "0"


def test_it_mends_itself_and_ends_cleanly(settings: Settings) -> None:
    build(settings, COLLECTIONS)
    with running_server(settings) as (address, process):
        below = children(process.pid)
        zygote = next(pid for pid in below if b"kg.sparql.zygote" in _command(pid))
        os.kill(zygote, signal.SIGKILL)
        wait_until(lambda: requests.get(f"{address}/sparql", params={"query": COUNT}, timeout=10).ok, process)
        below = children(process.pid)
    deadline = time.monotonic() + 15
    while any(map(alive, below)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in below if alive(pid)]
    assert list((settings.home / "run").glob("*.sparql")) == []


def _command(pid: int) -> bytes:
    with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123 - not a path of ours
        return file.read()


def test_without_a_release_it_is_not_ready(settings: Settings) -> None:
    from webapp import create_app

    client = create_app(settings).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert client.get("/").status_code == 503
