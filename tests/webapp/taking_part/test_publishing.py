"""On a real server: what a hub accepts is found by search within a minute, while readers go on, whatever is killed."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests

from kg.release import current_release
from kg.sources import record_sources
from tests.conftest import COLLECTIONS
from tests.webapp.conftest import running_server, wait_until
from tests.webapp.taking_part.conftest import WORDS, add_members, member
from tests.webapp.taking_part.test_contributing import COMPLETE
from webapp.taking_part.database import open_database
from webapp.taking_part.passwords import Passwords
from webapp.taking_part.publisher import publishing_turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.settings import Settings

pytestmark = pytest.mark.long


class Client:
    """A browser over real HTTP."""

    def __init__(self, address: str, email: str) -> None:
        self.base, self.session = f"{address}/taking-part", requests.Session()
        self.post("/sign-in", "/sign-in", email=email, password=WORDS)

    def get(self, path: str) -> str:
        answer = self.session.get(self.base + path, timeout=300)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, path: str, page: str, **fields: Any) -> requests.Response:
        shown = self.get(page)
        for name in ("form_token", "version"):
            if found := re.search(rf'name="{name}" value="(\w+)"', shown):
                fields.setdefault(name, found[1])
        answer = self.session.post(self.base + path, data=fields, timeout=300, allow_redirects=False)
        assert answer.status_code == 303, (path, answer.status_code, answer.text[:2000])
        return answer

    def submit(self, **changes: str) -> str:
        """Write and submit a scenario; the identifier of the proposal."""
        draft = self.post("/hub/east/drafts", "/account").headers["Location"].partition("/taking-part")[2]
        answer = self.post(draft, draft, **{**COMPLETE, **changes, "do": "submit"})
        return str(answer.headers["Location"]).rpartition("/")[2]

    def accept(self, proposal: str) -> None:
        self.post(f"/hub/east/proposals/{proposal}", f"/hub/east/proposals/{proposal}", do="accept")


@pytest.fixture
def hub(home: Settings) -> Iterator[Settings]:
    """A hub with a contributor and an editor, in a home of its own."""
    record_sources(home, [COLLECTIONS])
    add_members(home, {role: (role, "east") for role in ("contributor", "editor")})
    yield home
    environment = {**os.environ, **home.to_environment()}  # waits for a build that is still running
    subprocess.run([sys.executable, "-m", "webapp.taking_part.publisher"], env=environment, check=True)


def titles(address: str, query: str) -> list[str]:
    results = requests.get(f"{address}/api/search", params={"q": query}, timeout=30).json()["results"]
    return [result["title"] for result in results]


def test_what_is_accepted_is_found_within_a_minute_and_readers_notice_nothing(hub: Settings) -> None:
    failures: list[int] = []
    answered = 0
    with running_server(hub) as (address, process):
        proposal = Client(address, "contributor@school.example").submit(name="Zebras in the canteen")
        stop = threading.Event()

        def read() -> None:
            nonlocal answered
            while not stop.is_set():
                status = requests.get(f"{address}/search?q=photo", timeout=30).status_code
                answered += 1
                if status != 200:
                    failures.append(status)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            began = time.monotonic()
            Client(address, "editor@school.example").accept(proposal)
            wait_until(lambda: "Zebras in the canteen" in titles(address, "zebras"), process, seconds=60)
            sys.stdout.write(f"\nfound after {time.monotonic() - began:.1f} s, {answered} pages read meanwhile\n")
        finally:
            stop.set()
            reader.join()
    assert failures == []
    assert answered > 5


def test_a_withdrawn_scenario_is_gone_with_a_tombstone(hub: Settings) -> None:
    with running_server(hub) as (address, process):
        author = Client(address, "contributor@school.example")
        proposal = author.submit(name="Zebras in the canteen")
        Client(address, "editor@school.example").accept(proposal)
        found: list[str] = []

        def is_there() -> bool:
            results = requests.get(f"{address}/api/search", params={"q": "zebras"}, timeout=30).json()["results"]
            found[:] = [result["iri"] for result in results]
            return bool(found)

        wait_until(is_there, process)  # asked once: another web process may take up the release a moment later
        author.post(f"/proposals/{proposal}", f"/proposals/{proposal}", do="withdraw")
        page = address + "/doc/" + found[0].partition("/id/")[2]
        wait_until(lambda: requests.get(page, timeout=30).status_code == 410, process)


def test_of_many_who_are_to_publish_one_waits_and_the_others_leave_it_to_that_one(hub: Settings) -> None:
    command = [sys.executable, "-m", "webapp.taking_part.publisher", "--unless-awaited"]
    environment = {**os.environ, **hub.to_environment()}
    with publishing_turn(hub):
        processes = [subprocess.Popen(command, env=environment) for _ in range(3)]
        deadline = time.monotonic() + 60
        while sum(process.poll() is None for process in processes) > 1 and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1)  # the last one waits on
        assert [process.poll() for process in processes].count(None) == 1
    assert [process.wait(120) for process in processes] == [0, 0, 0]


def test_nothing_accepted_is_lost_when_everything_is_killed(hub: Settings) -> None:
    random.seed(10)
    accepted: list[str] = []
    for number in range(3):
        with running_server(hub) as (address, server):
            proposal = Client(address, "contributor@school.example").submit(name=f"Zebra number {number}")
            Client(address, "editor@school.example").accept(proposal)
            accepted.append(f"Zebra number {number}")
            time.sleep(random.uniform(0.0, 4.0))  # noqa: S311 - when to kill
            for child in children_of(hub):
                os.kill(child, signal.SIGKILL)
            current_release(hub).graph.instances("http://www.w3.org/2004/02/skos/core#Concept")  # whole
            assert server.poll() is None
    # The next server goes on with it by itself.
    with running_server(hub) as (address, server):
        wait_until(lambda: set(accepted) <= set(titles(address, "zebra number")), server)


def children_of(settings: Settings) -> list[int]:
    """The processes that publish and build in this home."""
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            command = process.cmdline()
            ours = process.environ().get("IHUB_HOME") == str(settings.home)
        except psutil.Error:
            continue
        if ours and (
            "webapp.taking_part.publisher" in command or command[-3:-1] == ["webapp.cli", "build"] or "build" in command
        ):
            found.append(process.pid)
    return found


def test_fifty_editors_at_once_lose_nothing(hub: Settings) -> None:
    settings = replace(hub, threads=16)
    with closing(open_database(settings)) as database:
        kept = Passwords().keep(WORDS)
        for number in range(50):
            member(database, f"p{number}@school.example", "contributor", password_hash=kept)
    saved: dict[int, str] = {}
    seconds: list[float] = []
    with running_server(settings) as (address, _):

        def write(number: int) -> None:
            client = Client(address, f"p{number}@school.example")
            draft = client.post("/hub/east/drafts", "/account").headers["Location"].partition("/taking-part")[2]
            for turn in range(2):
                began = time.monotonic()
                client.post(draft, draft, **{**COMPLETE, "name": f"Scenario {number}, turn {turn}"}, do="save")
                seconds.append(time.monotonic() - began)
            saved[number] = draft
            assert f"Scenario {number}, turn 1" in client.get(draft)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    seconds.sort()
    middle, last = seconds[len(seconds) // 2], seconds[-1]
    sys.stdout.write(
        f"\n50 editors: {len(seconds)} saves with the page before each, p50 {middle:.1f} s, last {last:.1f} s\n"
    )
    assert len(saved) == 50
