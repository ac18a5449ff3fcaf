"""`ihub serve` as it runs: real gunicorn, real SPARQL processes, a new release while it serves, and a clean end."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from typing import TYPE_CHECKING

import requests

from kg.build import build_release
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.webapp.conftest import children, directory_of, running_server, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings

COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/ihub/ns#LearningScenario> }"


def build(settings: Settings, folder: Path) -> str:
    report = build_release(settings, [folder], [SearchPart(None, settings.home / "cache" / "e.sqlite")])
    assert report.release
    return report.release.id


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
        below, directory = children(process.pid), directory_of(process)
        assert directory.exists()
    deadline = time.monotonic() + 15
    while any(map(alive, below)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in below if alive(pid)]
    assert not directory.exists()


def test_two_servers_of_one_home_do_not_disturb_each_other(settings: Settings) -> None:
    build(settings, COLLECTIONS)

    def answers(address: str) -> bool:
        # A text of its own each time, so that no answer is from a cache.
        texts = [f"{COUNT} # {number} {time.monotonic()}" for number in range(8)]
        return all(requests.get(f"{address}/sparql", params={"query": text}, timeout=10).ok for text in texts)

    def counted(address: str) -> bool:
        metrics = requests.get(f"{address}/metrics", timeout=10).text
        return 'ihub_http_requests_total{method="GET",route="/sparql"' in metrics

    with running_server(settings) as (first, process):
        assert answers(first)
        with running_server(settings) as (second, other):
            assert directory_of(process) != directory_of(other)
            assert answers(first)
            assert answers(second)
            assert counted(first)
        time.sleep(1.5)  # longer than between two looks of the parent at its processes
        assert answers(first)
        assert counted(first)


def _command(pid: int) -> bytes:
    with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123 - not a path of ours
        return file.read()


def test_without_a_release_it_is_not_ready(settings: Settings) -> None:
    from webapp import create_app

    client = create_app(settings).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert client.get("/").status_code == 503
