"""Measures the page of results as teachers meet it: what it transfers, and how long the server takes for 16 of them.

    python benchmarks/site.py [--home DIR] [--clients 16] [--journeys 64] [--markdown FILE]

Without --home the shipped collections are built in a temporary home. Transfer is what goes over the wire, header lines
included: at a first visit the page and every file that it loads, afterwards the page alone, which is also what a change
in place fetches. A journey is a search that nobody has asked for yet, two filters that its page offers, another order,
and the next page: five pages, none of them made before. Clients follow journeys with pauses of 1 to 3 seconds, as
people do at the quickest, and once more without any, which shows where the server's limit is; then the pages of the
first journeys are asked for again. Clients are threads of one process on the same machine, so part of the time is
theirs; the processor time is the server's alone, and says the most where others use the machine.
"""

from __future__ import annotations

import argparse
import gzip
import html
import http.client
import os
import random
import re
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit

from main_job import free_port, run, server, spread

from kg.release import Release
from kg.scenario import SCENARIO_CLASS
from ontology.namespaces import SCHEMA
from webapp.interface_language import INTERFACE_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

FIRST_VISIT, AFTERWARDS = 120 * 1024, 20 * 1024
"""Bytes that a page may transfer."""

PAUSE = (1.0, 3.0)
FILE = re.compile(r'<(?:link rel="(?:stylesheet|icon)" href|script type="module" src)="([^"]+)"')
FACET = re.compile(r'<a id="f-[^"]*" href="([^"]+)" rel="nofollow"')
ORDER = re.compile(r'<a id="order-[34]" href="([^"]+)"')
NEXT = re.compile(r'<a id="next-page" rel="next" href="([^"]+)"')


class Answer(NamedTuple):
    """An answer: its text, its bytes on the wire, and the seconds until it was there."""

    text: str
    size: int
    seconds: float


class Client:
    """A browser's connection, which is kept open and accepts compression.

    Args:
        address: The address of the server.
    """

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)

    def get(self, path: str) -> Answer:
        """Ask for a path."""
        start = time.perf_counter()
        self._connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Accept": "text/html,*/*;q=0.8"})
        response = self._connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - start
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status}")
        size = len(body) + sum(len(f"{name}: {value}\r\n") for name, value in response.getheaders()) + 19
        packed = response.headers.get("Content-Encoding") == "gzip"
        return Answer((gzip.decompress(body) if packed else body).decode("utf-8", "replace"), size, seconds)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a home with a release, built for http://127.0.0.1:8000/")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--journeys", type=int, default=64, help="journeys with pauses, and as many without")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = arguments.home or Path(temporary)
        environment = {**os.environ, "IHUB_HOME": str(home), "IHUB_PORT": str(free_port())}
        if not arguments.home:
            run(environment, "build")
        queries = title_words(Release.open((home / "current").resolve()))
        with server(environment) as address:
            rows = list(measure(address, queries, arguments.clients, arguments.journeys))
    table = "\n".join(["| what | figure |", "|---|---|", *(f"| {name} | {figure} |" for name, figure in rows)])
    print(table)
    if arguments.markdown:
        arguments.markdown.write_text(table + "\n", encoding="utf-8")


def title_words(release: Release) -> list[str]:
    """Return different queries: a few words of titles in all languages, in a random order that is always the same."""
    graph = release.graph
    dice = random.Random(9)  # noqa: S311
    found: dict[str, None] = {}
    for iri in graph.instances(SCENARIO_CLASS):
        for name in list(graph.texts(iri, SCHEMA + "name").values())[-1:]:
            words = [word for word in re.findall(r"\w{3,}", name) if not word.isdigit()]
            if len(words) > 1:
                found[" ".join(words[: dice.choice((2, 2, 3))]).lower()] = None
    queries = list(found)
    dice.shuffle(queries)
    return queries


def measure(address: str, queries: Sequence[str], clients: int, journeys: int) -> Iterator[tuple[str, str]]:
    """Yield the rows of the table."""
    queries = list(queries)
    sample, *parts = [queries[:24], queries[24:40], queries[40 : 40 + journeys], queries[40 + journeys :]]
    yield from transfer(address, sample)
    warm, paced, pressed = parts
    load(address, [lambda client, q=query: follow(client, q) for query in warm], clients, pause=False)
    before = processor_seconds()
    seconds, rate = load(address, [lambda client, q=query: follow(client, q) for query in paced], clients, pause=True)
    spent = (processor_seconds() - before) / len(seconds)
    yield (
        f"{clients} clients with pauses, {len(seconds)} pages, each made anew",
        f"{spread(seconds)}; {rate:.0f} a second",
    )
    yield "processor time of a page, on average", f"{spent * 1e3:.1f} ms"
    asks = [lambda client, q=query: follow(client, q) for query in pressed[:journeys]]
    seconds, rate = load(address, asks, clients, pause=False)
    yield f"{clients} clients without pauses, {len(seconds)} pages", f"{spread(seconds)}; {rate:.0f} a second"
    again = [lambda client, q=query: iter([client.get(f"/search?{urlencode({'q': q})}")]) for query in warm * 8]
    seconds, rate = load(address, again, clients, pause=False)
    yield (
        f"{clients} clients without pauses, {len(seconds)} pages made before",
        f"{spread(seconds)}; {rate:.0f} a second",
    )


def processor_seconds() -> float:
    """Return what the server's processes, which are all below this one, have used of the processors."""
    ticks, waiting = 0, [os.getpid()]
    while waiting:
        pid = waiting.pop()
        for task in Path(f"/proc/{pid}/task").iterdir():
            waiting += [int(child) for child in (task / "children").read_text().split()]
        if pid != os.getpid():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def transfer(address: str, queries: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what pages weigh: the heaviest of each language of the interface, at the first visit and afterwards."""
    client = Client(address)
    files: dict[str, int] = {}
    heaviest: dict[str, int] = {}
    for language in INTERFACE_LANGUAGES:
        for query in ["", *queries]:
            page = client.get(f"/{language}/search?{urlencode({'q': query})}")
            heaviest[language] = max(heaviest.get(language, 0), page.size)
            for file in FILE.findall(page.text):
                files.setdefault(file, client.get(html.unescape(file)).size)
    home = client.get("/").size
    client.close()
    loaded, most = sum(files.values()), max(heaviest.values())
    yield f"files of a results page ({len(files)})", f"{loaded / 1024:.1f} KiB"
    each = ", ".join(f"{language} {size / 1024:.1f}" for language, size in heaviest.items())
    yield f"heaviest of {len(queries) + 1} results pages, KiB by language", each
    yield "first visit at most (target 120 KiB)", _judged(loaded + most, FIRST_VISIT)
    yield "afterwards at most (target 20 KiB)", _judged(most, AFTERWARDS)
    yield "home page", f"{home / 1024:.1f} KiB"


def _judged(size: int, most: int) -> str:
    return f"{size / 1024:.1f} KiB: {'met' if size <= most else '**missed**'}"


def follow(client: Client, query: str) -> Iterator[Answer]:
    """Yield the pages of a journey; what its pages do not offer is left out."""
    dice = random.Random(query)  # noqa: S311
    page = client.get(f"/search?{urlencode({'q': query})}")
    yield page
    for links in (FACET, FACET, ORDER, NEXT):
        if offered := links.findall(page.text):
            page = client.get(html.unescape(dice.choice(offered)))
            yield page


def load(
    address: str, journeys: Sequence[Callable[[Client], Iterator[Answer]]], clients: int, *, pause: bool
) -> tuple[list[float], float]:
    """Follow all journeys with so many clients at a time; return the seconds of each page, and pages a second."""
    waiting = iter(journeys)
    lock = threading.Lock()
    seconds: list[float] = []

    def teacher(number: int) -> None:
        client, dice = Client(address), random.Random(number)  # noqa: S311
        if pause:
            time.sleep(dice.uniform(0, PAUSE[1]))  # people do not start at once
        while True:
            with lock:
                journey = next(waiting, None)
            if journey is None:
                client.close()
                return
            for answer in journey(client):
                with lock:
                    seconds.append(answer.seconds)
                if pause:
                    time.sleep(dice.uniform(*PAUSE))

    threads = [threading.Thread(target=teacher, args=(number,)) for number in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds, len(seconds) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
