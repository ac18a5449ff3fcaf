"""Measures how long it takes from accepting a document until search finds it, and what readers notice meanwhile.

    IHUB_HOME=... python benchmarks/publishing.py [--times 3] [--readers 4]

Everything goes over HTTP to a server with the home's release: a contributor submits, an editor accepts, and readers
search all the time, each query another one. At the end the same sources are built once more from nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import requests
from editors import FIELDS
from taking_part import HUB, Person, copied_home, cpu_seconds, make_people, memory, quantile, running

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("robot", "map", "bread", "noise", "poem", "river", "data", "chess", "film", "bridge", "vote", "plant")
TITLE = "Clocks that the tide winds up"
COMPLETE = {
    **FIELDS,
    "description": "Pupils find out when the water comes and goes, and draw a clock that shows it.",
    "about.more": "physics; mathematics",
    "educationalLevel": "level/isced-2",
    "teaches.more": "Managing data, information and digital content",
    "activity-1.grouping": "grouping/smallGroup",
    "activity-1.description": "Groups measure at five times of the day.",
    "activity-1.learningType": "learning-type/inquiry",
    "activity-2.grouping": "grouping/wholeClass",
    "activity-2.learningType": "learning-type/discussion",
    "product": "A drawn clock with a short text on how it was made.",
    "do": "submit",
}


class Readers:
    """People who search without a pause of more than a moment."""

    def __init__(self, address: str, count: int) -> None:
        self.times: list[tuple[float, float]] = []
        self.failures: list[str] = []
        self._address, self._stop = address, threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(n,), daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def _read(self, seed: int) -> None:
        dice, session = random.Random(seed), requests.Session()  # noqa: S311 - for queries
        while not self._stop.wait(0.25):
            query = f"{' '.join(dice.sample(WORDS, 3))} {dice.randint(1, 10**6)}"
            start = time.monotonic()
            try:
                answer = session.get(f"{self._address}/api/search", params={"q": query}, timeout=60)
                if answer.status_code != 200:
                    self.failures.append(f"{answer.status_code} {answer.text[:200]}")
            except requests.RequestException as error:
                self.failures.append(repr(error))
            self.times.append((start, time.monotonic() - start))

    def between(self, start: float, end: float) -> list[float]:
        """Return how long the searches took that began in a stretch of time."""
        return [took for began, took in self.times if start <= began < end]

    def stop(self) -> None:
        """Let them go home."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--readers", type=int, default=4)
    asked = parser.parse_args()
    with copied_home() as settings:
        make_people(settings, {"author@school.example": "contributor", "editor@school.example": "editor"})
        with running(settings) as (address, pid):
            author, editor = Person(address, "author@school.example"), Person(address, "editor@school.example")
            readers = Readers(address, asked.readers)
            time.sleep(10)
            now = time.monotonic()
            quiet, during, waits, used, peak = readers.between(now - 8, now), [], [], [], 0.0
            for number in range(asked.times):
                draft = author.begin()
                sent = author.post(draft, draft, version=1, **{**COMPLETE, "name": f"{TITLE} {number}"})
                proposal = sent.headers["Location"].rsplit("/", 1)[1]
                load, before, start = os.getloadavg()[0], cpu_seconds(pid), time.monotonic()
                page = f"/hub/{HUB}/proposals/{proposal}"
                editor.post(page, page, version=1, do="accept")
                while not found(address, f"{TITLE} {number}"):
                    peak = max(peak, memory(pid))
                    time.sleep(0.5)
                waits.append(time.monotonic() - start)
                during += readers.between(start, time.monotonic())
                used.append(cpu_seconds(pid) - before)
                print(f"accepted, found by search after {waits[-1]:.1f} s; load {load:.1f}", flush=True)
                time.sleep(5)
            readers.stop()
        log = (settings.home / "run" / "publish.log").read_text()
        print(*re.findall(r"^.*seconds: .*$", log, re.MULTILINE), sep="\n")
        start = time.monotonic()
        whole = built_from_nothing(settings.to_environment(), settings.home)
        anew = time.monotonic() - start
    print(f"accept to found: {statistics.median(waits):.1f} s (median), {max(waits):.1f} s at most; ", end="")
    print(f"build from nothing {anew:.1f} s: {anew / statistics.median(waits):.1f} times as long\n{whole}")
    print(f"processor time of server, readers' searches and build: {statistics.median(used):.1f} s; ", end="")
    print(f"memory at most {peak:.0f} MB")
    for name, times in (("before", quiet), ("meanwhile", during)):
        milliseconds = [took * 1000 for took in times]
        print(f"searches {name}: {len(times)}, p50 {quantile(milliseconds, 0.5):.0f} ms, ", end="")
        print(f"p95 {quantile(milliseconds, 0.95):.0f} ms, most {max(milliseconds):.0f} ms")
    print(f"failures: {len(readers.failures)}", *readers.failures[:5], sep="\n  ")


def found(address: str, title: str) -> bool:
    """Whether search finds a title."""
    # The table has titles of hits only; JSON repeats the query.
    answer = requests.get(f"{address}/api/search.csv", params={"q": title, "limit": 3}, timeout=60)
    return title in answer.text


def built_from_nothing(environment: dict[str, str], home: Path) -> str:
    """Build the same sources once more, taking nothing over; return what the build says."""
    for cache in ("reading.sqlite", "validation.sqlite"):
        (home / "cache" / cache).unlink(missing_ok=True)
    command = [sys.executable, "-m", "webapp.cli", "build", "--force"]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


if __name__ == "__main__":
    main()
