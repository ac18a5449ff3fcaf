"""Measures linked data over HTTP: pages, documents, exports at 16 clients, cold and revalidated; framing beside pyld.

    python benchmarks/linked_data.py [--home DIR] [--clients 16] [--requests 480] [--markdown FILE]

Without --home the shipped collections are built in a temporary home. Every cold request is for another document, so
that nothing is answered from a cache; then the same documents are asked for again with their entity tags. Clients are
threads of one process on the same machine, so part of the time is theirs.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import pyoxigraph as ox
from main_job import free_port, run, server, spread
from pyld import jsonld

from kg.describe import describe
from kg.framing import frame
from kg.release import Release
from kg.scenario import SCENARIO_CLASS
from ontology.load import context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph import Graph

FRAMED = 20
SUFFIXES = {
    "page of a scenario": "",
    "Turtle of a scenario": ".ttl",
    "JSON-LD of a scenario, framed": ".jsonld",
    "AMB": ".amb.json",
    "IEEE LOM": ".lom.xml",
    "Markdown": ".md",
}


class Case(NamedTuple):
    """What is measured: a name and the paths to ask for, each once."""

    name: str
    paths: list[str]


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a home with a release, built for http://127.0.0.1:8000/")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--requests", type=int, default=480, help="documents of each kind")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    arguments = parser.parse_args()
    rows = ["| what | cold | revalidated (304) |", "|---|---|---|"]
    with tempfile.TemporaryDirectory() as temporary:
        home = arguments.home or Path(temporary)
        environment = {**os.environ, "IHUB_HOME": str(home), "IHUB_PORT": str(free_port())}
        if not arguments.home:
            run(environment, "build")
        graph = Release.open((home / "current").resolve()).graph
        with server(environment) as address:
            for case in cases(graph, arguments.requests):
                cold, tags = load(address, case.paths, arguments.clients, {})
                again, _ = load(address, case.paths, arguments.clients, tags)
                rows.append(f"| {case.name} | {cold} | {again} |")
        rows += ["", *framing(graph)]
    print("\n".join(rows))
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(rows) + "\n", encoding="utf-8")


def cases(graph: Graph, requests: int) -> Iterator[Case]:
    """Yield what is measured; each kind asks for scenarios that no other kind asked for, as far as there are enough."""
    scenarios = itertools.cycle(iri.partition("/id/")[2] for iri in graph.instances(SCENARIO_CLASS))
    for name, suffix in SUFFIXES.items():
        yield Case(name, [f"/doc/{scenario}{suffix}" for scenario in itertools.islice(scenarios, requests)])
    concepts = [iri for kind in ("Subject", "Competence", "DigitalTool") for iri in graph.instances(_class(kind))]
    paths = [f"/doc/{iri.partition('/id/')[2]}" for iri in concepts[:requests]]
    yield Case("page of a concept", paths)
    yield Case("Turtle of a concept", [f"{path}.ttl" for path in paths])
    redirects = itertools.islice(scenarios, requests)
    yield Case("redirect from an IRI (never cached)", [f"/id/{scenario}" for scenario in redirects])


def _class(name: str) -> str:
    return f"https://w3id.org/ihub/ns#{name}"


def load(address: str, paths: list[str], clients: int, tags: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Ask for every path once, from so many clients at a time; return the figures and the entity tags."""
    waiting = iter(paths)
    lock = threading.Lock()
    seconds: list[float] = []
    found: dict[str, str] = {}

    def client() -> None:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        while True:
            with lock:
                path = next(waiting, None)
            if path is None:
                connection.close()
                return
            headers = {"If-None-Match": tags[path]} if path in tags else {}
            start = time.perf_counter()
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
            with lock:
                seconds.append(time.perf_counter() - start)
                found[path] = response.headers.get("ETag", "")
            wanted = 303 if path.startswith("/id/") else 304 if headers else 200
            if response.status != wanted:
                raise SystemExit(f"{path}: {response.status}")

    threads = [threading.Thread(target=client) for _ in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(seconds) / (time.perf_counter() - start)
    return f"{rate:.0f} a second, {spread(seconds)}", {path: tag for path, tag in found.items() if tag}


def framing(graph: Graph) -> Iterator[str]:
    """Yield what it takes to frame a scenario's description, by kg.framing and by pyld, for the same triples."""
    ours: list[float] = []
    theirs: list[float] = []
    for iri in graph.instances(SCENARIO_CLASS)[:FRAMED]:
        triples = describe(graph, iri).triples
        start = time.perf_counter()
        frame(triples, iri, "https://hub.example/context/v1.jsonld")
        ours.append(time.perf_counter() - start)
        lines = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
        start = time.perf_counter()
        expanded = jsonld.from_rdf(lines, {"format": "application/n-quads"})
        jsonld.frame(expanded, {"@context": dict(context()), "id": iri}, {"omitGraph": True})
        theirs.append(time.perf_counter() - start)
    ratio = statistics.median(theirs) / statistics.median(ours)
    yield f"Framing a scenario's description: kg.framing {spread(ours)}; pyld {spread(theirs)} ({ratio:.0f} times)."


if __name__ == "__main__":
    main()
