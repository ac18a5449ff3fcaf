"""A site with people, for benchmarks of taking part: a copy of a home, its server, and who signs in."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, where `search` is a benchmark

from kg.settings import Settings
from webapp.taking_part.database import open_database
from webapp.taking_part.passwords import Passwords
from webapp.taking_part.people import Newcomer, accept_invitation, create_person, invite

if TYPE_CHECKING:
    from collections.abc import Iterator

HUB = "digital-accelerator"
WORDS = "a password of benchmarks"
_TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def copied_home() -> Iterator[Settings]:
    """Give the settings of a copy of ``IHUB_HOME``, without its people."""
    settings = Settings.from_environment()
    with tempfile.TemporaryDirectory(prefix="ihub-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        shutil.copytree(settings.home, home, symlinks=True, ignore=shutil.ignore_patterns("run", "people.*", "*.lock"))
        yield replace(settings, home=home, taking_part="1", requests_per_minute=0, database_url="")


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[tuple[str, int]]:
    """Run a server; yields its address and its process's number, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, **settings.to_environment(), "IHUB_PORT": str(port)}
    with (settings.home / "server.log").open("wb") as log:
        command = [sys.executable, "-m", "webapp.cli", "serve"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            while True:
                with contextlib.suppress(requests.ConnectionError, requests.Timeout):
                    if requests.get(f"{address}/readyz", timeout=30).status_code == 200:
                        break
                if process.poll() is not None:
                    raise SystemExit((settings.home / "server.log").read_text())
                time.sleep(0.2)
            yield address, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def make_people(settings: Settings, roles: dict[str, str]) -> None:
    """Make accounts, by e-mail address and role at :data:`HUB`, all with the same password."""
    database = open_database(settings)
    database.upgrade()
    kept = Passwords().keep(WORDS)
    with database.writing() as session:
        for email, role in roles.items():
            person = create_person(session, Newcomer(email=email, name=email.split("@")[0], password_hash=kept))
            accept_invitation(session, invite(session, f"hub/{HUB}", role, None, "benchmark"), person)
    database.close()


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, address: str, email: str) -> None:
        self.site, self._http = f"{address}/taking-part", requests.Session()
        self.post("/sign-in", "/sign-in", email=email, password=WORDS)

    def get(self, path: str) -> requests.Response:
        """Get a page."""
        return self._http.get(self.site + path, timeout=120)

    def token(self, page: str) -> str:
        """Return the token in a page's form."""
        found = re.search(r'name="form_token" value="(\w+)"', self.get(page).text)
        if not found:
            raise SystemExit(f"{page} has no form")
        return found[1]

    def post(self, path: str, page: str, **fields: Any) -> requests.Response:
        """Send a form that stands on a page."""
        answer = self.send(path, {"form_token": self.token(page), **fields})
        if answer.status_code != 303:
            raise SystemExit(f"{path} was answered by {answer.status_code}: {answer.text[:500]}")
        return answer

    def send(self, path: str, fields: dict[str, Any], **headers: str) -> requests.Response:
        """Send fields as they are."""
        return self._http.post(self.site + path, data=fields, headers=headers, allow_redirects=False, timeout=120)

    def begin(self) -> str:
        """Begin a scenario; return the path of its draft."""
        return self.post(f"/hub/{HUB}/drafts", "/").headers["Location"].split("/taking-part")[1]


def tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and all below it, also of those that have ended."""
    ticks = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / _TICKS


def memory(pid: int) -> float:
    """Return the memory of a process and all below it in MB, what they share counted once."""
    total = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            found = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text())
            total += int(found[1]) if found else 0
    return total / 1024


def quantile(values: list[float], share: float) -> float:
    """Return the value below which a share of the values are."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")
