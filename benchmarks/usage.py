"""Measures what counting use costs: pages a second and processor time of a server that counts and of one that does not.

    python benchmarks/usage.py [--home DIR] [--rounds 5] [--requests 3000]

Without --home the shipped collections are built in a temporary home. Both servers run over the same home, with one web
worker each; rounds alternate between them, so that what else the machine does meets both. Clients ask for a scenario's
page that the server has made before, the cheapest kind of page and so the one of which counting is the greatest part.
The processor time is that of the web workers alone, and says the most where others use the machine.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
from main_job import free_port, run, server

from kg.release import Release
from kg.scenario import SCENARIO_CLASS

if TYPE_CHECKING:
    from collections.abc import Sequence

CLIENTS = 4
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a home with a release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=3000, help="requests of a round")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = arguments.home or Path(temporary)
        common = {**os.environ, "IHUB_HOME": str(home), "IHUB_WORKERS": "1", "IHUB_REQUESTS_PER_MINUTE": "0"}
        if not arguments.home:
            run(common, "build")
        release = Release.open((home / "current").resolve())
        common["IHUB_BASE_IRI"] = release.manifest["base_iri"]
        paths = [urlsplit(iri).path.replace("/id/", "/doc/", 1) for iri in release.graph.instances(SCENARIO_CLASS)[:20]]
        with (
            server({**common, "IHUB_USAGE": "1", "IHUB_PORT": str(free_port())}) as counting,
            server({**common, "IHUB_USAGE": "0", "IHUB_PORT": str(free_port())}) as plain,
        ):
            report(measure(counting, plain, paths, arguments.rounds, arguments.requests))
        print(f"| counting itself, of one page, µs of processor time | 0 | {counting_itself():.1f} | |")


def counting_itself(times: int = 20_000) -> float:
    """Return the processor time (µs) of deciding what one page counts as, and of counting it; not of writing it."""
    from flask import Flask, Response, g, request

    from webapp.usage.counter import UsageCounter
    from webapp.usage.kinds import seen
    from webapp.usage.robots import is_robot

    app = Flask(__name__)
    app.add_url_rule("/doc/<path:slug>", "entities.document", lambda slug: slug)
    counter = UsageCounter(Path("nowhere/usage.sqlite"), seconds=3600)
    with app.test_request_context("/doc/scenario/x", headers={"User-Agent": AGENT}):
        g.asked, g.interface_language = ("http://127.0.0.1:8000/id/scenario/x", None), "en"
        response = Response("", mimetype="text/html")
        start = time.process_time()
        for _ in range(times):
            counter.add(seen(response), robots=is_robot(request.headers.get("User-Agent", "")))
        return (time.process_time() - start) / times * 1e6


def measure(
    counting: str, plain: str, paths: Sequence[str], rounds: int, requests: int
) -> dict[str, list[tuple[float, float]]]:
    """Return by server the requests a second and the processor time of one request (µs), for each round."""
    found: dict[str, list[tuple[float, float]]] = {counting: [], plain: []}
    for address in found:
        ask(address, paths, 400)  # what is made on first use
    for number in range(rounds):
        # Who comes first changes from round to round.
        for address in (counting, plain) if number % 2 else (plain, counting):
            found[address].append(ask(address, paths, requests))
    return {"with": found[counting], "without": found[plain]}


def ask(address: str, paths: Sequence[str], requests: int) -> tuple[float, float]:
    """Ask for pages by several clients; return requests a second, and processor time of the server for each (µs)."""
    before, start = processor_seconds(address), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda _: follow(address, paths, requests // CLIENTS), range(CLIENTS)))
    done = requests // CLIENTS * CLIENTS
    return done / (time.perf_counter() - start), (processor_seconds(address) - before) / done * 1e6


def follow(address: str, paths: Sequence[str], requests: int) -> None:
    """Ask for one page after the other over one connection."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    for number in range(requests):
        connection.request("GET", paths[number % len(paths)], headers={"User-Agent": AGENT, "Accept": "text/html"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"{response.status}")
    connection.close()


def processor_seconds(address: str) -> float:
    """Return the processor time of the processes that serve an address: those that listen on its port."""
    port = urlsplit(address).port
    pids = {c.pid for c in psutil.net_connections("tcp") if c.laddr and c.laddr.port == port and c.status == "LISTEN"}
    times = [psutil.Process(pid).cpu_times() for pid in pids if pid]
    return sum(found.user + found.system for found in times)


def report(found: dict[str, list[tuple[float, float]]]) -> None:
    """Print the medians, and the ratio of each pair of rounds."""
    print("| what | without | with | with : without |\n|---|---|---|---|")
    for place, name in ((0, "requests a second"), (1, "processor time of a request, µs")):
        with_, without = ([row[place] for row in found[key]] for key in ("with", "without"))
        ratios = [a / b for a, b in zip(with_, without, strict=True)]
        medians = f"{statistics.median(without):.0f} | {statistics.median(with_):.0f}"
        print(f"| {name} | {medians} | {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}) |")


if __name__ == "__main__":
    main()
