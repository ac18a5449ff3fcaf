"""Measures many who write at the same time: saves of drafts over HTTP, and what comes beside them.

    IHUB_HOME=... python benchmarks/editors.py [--editors 50] [--seconds 60]

Each editor saves some two seconds after the save before, as the page does while somebody writes, and asks for remarks
and suggestions apart. Every tenth save is of an older version, as from another window, and must be refused. At the end
every draft must be what its editor saved last. The server and the editors share the machine.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import threading
import time
from html import unescape

import requests
from taking_part import Person, copied_home, cpu_seconds, make_people, memory, quantile, running

PAUSE = (1.5, 2.5)
FIELDS = {
    "language": "en",
    "do": "save",
    "minAge": "12",
    "maxAge": "15",
    "activities": "2",
    "activity-1.name": "Measure",
    "activity-1.minutes": "20",
    "activity-1.inClass": "1",
    "activity-2.name": "Draw",
    "activity-2.description": "Pupils draw what they have measured and tell each other what they see.",
    "activity-2.minutes": "25",
    "activity-2.inClass": "1",
    "outcome": "I can measure more than once and say how sure I am.",
}


class Editor(threading.Thread):
    """Somebody who writes until the time is over."""

    def __init__(self, address: str, number: int) -> None:
        super().__init__(daemon=True)
        self.person = Person(address, f"editor-{number}@school.example")
        self.number = number
        self.draft = self.person.begin()
        self.token = self.person.token(self.draft)
        self.version = 1
        self.title = ""
        self.saves: list[float] = []
        self.remarks: list[float] = []
        self.wrong: list[str] = []
        self.refused = self.later = 0
        self.end = 0.0
        self._saved = threading.Event()
        self._beside = threading.Thread(target=self._ask, daemon=True)

    def run(self) -> None:
        """Write."""
        dice = random.Random(self.number)  # noqa: S311 - for pauses
        self._beside.start()
        time.sleep(dice.uniform(0, PAUSE[1]))
        while time.monotonic() < self.end:
            try:
                self._save(old=len(self.saves) % 10 == 9 and not self.refused * 10 > len(self.saves))
            except requests.RequestException as error:
                self.wrong.append(repr(error))
            time.sleep(dice.uniform(*PAUSE))
        self._saved.set()
        self._beside.join()

    def _save(self, *, old: bool) -> None:
        title = f"How loud is our canteen? {self.number}-{len(self.saves)}-{self.refused}"
        summary = f"Pupils measure the noise in the canteen on {self.version} days and tell where it could be quieter."
        fields = {**FIELDS, "form_token": self.token, "version": self.version - old, "name": title}
        start = time.perf_counter()
        headers = {"X-Requested-With": "fetch"}
        answer = self.person.send(self.draft, {**fields, "description": summary}, **headers)
        took = time.perf_counter() - start
        if old:
            self.refused += 1
            if answer.status_code != 409:
                self.wrong.append(f"an older version: {answer.status_code}")
        elif answer.status_code != 200 or answer.json()["version"] != self.version + 1:
            self.wrong.append(f"{answer.status_code} {answer.text[:200]}")
        else:
            self.version, self.title = self.version + 1, title
            self.saves.append(took)
            self._saved.set()

    def _ask(self) -> None:
        """Ask for remarks and suggestions after each save, for the newest only."""
        while time.monotonic() < self.end:
            self._saved.wait()
            self._saved.clear()
            start = time.perf_counter()
            for what in ("remarks", "suggestions"):
                while time.monotonic() < self.end and not self._saved.is_set():
                    status = self.person.get(f"{self.draft}/{what}").status_code
                    if status == 200:
                        if what == "remarks":
                            self.remarks.append(time.perf_counter() - start)
                        break
                    if status != 503:
                        self.wrong.append(f"{what}: {status}")
                        break
                    self.later += 1
                    self._saved.wait(random.uniform(2, 4))  # noqa: S311

    def check(self) -> None:
        """See that the draft is what was saved last."""
        page = self.person.get(self.draft).text
        name = re.search(r'id="name"[^>]*value="([^"]*)"', page)
        version = re.search(r'name="version" value="(\d+)"', page)
        if not name or not version or (unescape(name[1]), int(version[1])) != (self.title, self.version):
            self.wrong.append(f"kept {name and name[1]}, version {version and version[1]}; saved {self.title}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editors", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    with copied_home() as settings:
        make_people(settings, {f"editor-{n}@school.example": "contributor" for n in range(asked.editors)})
        with running(settings) as (address, pid):
            editors = [Editor(address, number) for number in range(asked.editors)]
            load, before, start = os.getloadavg()[0], cpu_seconds(pid), time.monotonic()
            for editor in editors:
                editor.end = start + asked.seconds
                editor.start()
            time.sleep(asked.seconds / 2)
            taken = memory(pid)
            for editor in editors:
                editor.join()
            used, wall = cpu_seconds(pid) - before, time.monotonic() - start
            for editor in editors:
                editor.check()
    saves = [took for editor in editors for took in editor.saves]
    remarks = [took for editor in editors for took in editor.remarks]
    wrong = [text for editor in editors for text in editor.wrong]
    print(f"{asked.editors} editors, {wall:.0f} s, {settings.workers} web workers, load before {load:.1f}")
    print(f"saves: {len(saves)}, {len(saves) / wall:.1f} a second; p50 {quantile(saves, 0.5) * 1000:.0f} ms, ", end="")
    print(f"p95 {quantile(saves, 0.95) * 1000:.0f} ms, most {max(saves) * 1000:.0f} ms")
    print(f"remarks: {len(remarks)}; p50 {quantile(remarks, 0.5):.1f} s, p95 {quantile(remarks, 0.95):.1f} s; ", end="")
    print(f"asked to come later {sum(editor.later for editor in editors)} times")
    print(f"older versions refused: {sum(editor.refused for editor in editors)}; errors and lost updates: {len(wrong)}")
    print(f"processor time of the server {used:.1f} s, {used / wall:.2f} processors; memory {taken:.0f} MB")
    for text in wrong[:5]:
        print(f"  {text}")


if __name__ == "__main__":
    main()
