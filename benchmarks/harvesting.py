"""Measures what harvesters do to a repository of 100,000 scenarios: OAI-PMH and feed pages, history, dumps.

    python benchmarks/harvesting.py [--records N] [--clients N] [--markdown FILE]

The scenarios are made up, but as large as real ones, and stand in the real vocabularies. Everything runs on this
machine: gunicorn with two workers, and the clients in a process of their own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import requests
from main_job import free_port

from kg.documents import Document, normalise
from kg.harvesting.dumps import DumpsPart
from kg.harvesting.statistics import StatisticsPart
from kg.release import Release, switch
from kg.release_writer import StepTimes, write_release
from kg.settings import Settings
from kg.triples import document_quads, graph_name
from kg.vocabulary import vocabulary_quads

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBJECTS = ("mathematics", "physics", "informatics", "history", "media-literacy", "geography")
WORDS = [
    "learners",
    "compare",
    "measurements",
    "of",
    "a",
    "river",
    "with",
    "a",
    "model",
    "and",
    "explain",
    "the",
    "differences",
    "in",
    "groups",
    "before",
    "the",
    "class",
    "discusses",
    "what",
    "a",
    "good",
    "source",
    "is",
    "and",
    "how",
    "a",
    "claim",
    "can",
    "be",
    "checked",
    "with",
    "data",
    "that",
    "everybody",
    "may",
    "use",
]
TOKEN = re.compile(r"<resumptionToken[^>]*>([^<]+)<")


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--pages", type=int, default=25, help="pages that each client asks for")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ihub-bench-") as home:
        settings = Settings.from_environment({"IHUB_HOME": home, "IHUB_PORT": str(free_port())})
        rows = list(measure(settings, arguments.records, arguments.clients, arguments.pages))
    table = "\n".join(["| what | figure |", "|---|---|", *(f"| {name} | {figure} |" for name, figure in rows)])
    print(table)
    if arguments.markdown:
        arguments.markdown.write_text(table + "\n", encoding="utf-8")


def measure(settings: Settings, records: int, clients: int, pages: int) -> Iterator[tuple[str, str]]:
    """Yield the rows of the table."""
    times = StepTimes()
    parts = [StatisticsPart(settings.id_base), DumpsPart(settings.id_base)]
    first = make_release(settings, records, parts, times, changed=0)
    yield "scenarios, quads", f"{records:,}, {first.manifest['quads']:,}"
    for step in ("store", "entities", "statistics", "dumps"):
        yield f"build: {step}", f"{times[step]:.1f} s"
    with times.step("history"):
        switch(settings, first)
    log = first.history.path.stat().st_size
    yield "build: history, first edition", f"{times['history']:.1f} s, log {log / 2**20:.0f} MiB"
    files = {entry["name"]: entry["bytes"] for entry in first.manifest["parts"]["dumps"]["files"]}
    sizes = ", ".join(f"{name[4:]} {size / 2**20:.1f}" for name, size in files.items() if name.startswith("all."))
    yield "dumps of everything, MiB", sizes
    second = make_release(settings, records, [], StepTimes(), changed=100)
    with times.step("history"):
        switch(settings, second)
    yield "history, an edition of 100 changes", f"{times['history']:.2f} s"
    with server(settings) as (address, process):
        yield from measure_lists(address, records, process)
        yield from measure_many(address, clients, pages, process)


def measure_lists(address: str, records: int, process: psutil.Process) -> Iterator[tuple[str, str]]:
    """Follow lists with one client, from the first page and, by date and set, from elsewhere."""
    for arguments in (
        {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"},
        {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": "subject:mathematics"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords", "metadataPrefix": "rdf"},
    ):
        seconds, count = [], 0
        most = records if arguments["verb"] == "ListIdentifiers" else 40 * 100
        for took, text in list_pages(address, arguments):
            seconds.append(took)
            count += text.count("<header")
            if count >= most:
                break
        name = " ".join(f"{key}={value}" for key, value in arguments.items())
        halves = seconds[: len(seconds) // 2], seconds[len(seconds) // 2 :]
        middles = [statistics.median(half) * 1e3 for half in halves]
        yield (
            f"{name}: a page of 100, one client",
            f"{spread(seconds)} over {len(seconds)} pages; halves p50 {middles[0]:.0f}, {middles[1]:.0f} ms; "
            + memory(process),
        )


def measure_many(address: str, clients: int, pages: int, process: psutil.Process) -> Iterator[tuple[str, str]]:
    """Harvest with many clients at once; the feed also a second time, with validators."""
    for prefix in ("oai_dc", "rdf"):
        arguments = {"verb": "ListRecords", "metadataPrefix": prefix}

        def harvest(_: int, arguments: dict[str, str] = arguments) -> list[float]:
            return [took for _, (took, _) in zip(range(pages), list_pages(address, arguments), strict=False)]

        start = time.perf_counter()
        with ThreadPoolExecutor(clients) as executor:
            taken = [took for found in executor.map(harvest, range(clients)) for took in found]
        rate = len(taken) / (time.perf_counter() - start)
        yield f"ListRecords {prefix}, {clients} clients", f"{rate:.1f} pages/s; {spread(taken)}; {memory(process)}"
    entry = requests.get(f"{address}/feed.nq", timeout=60).text
    nodes = sorted(set(re.findall(r"/feed/[0-9a-f]+/[0-9]+\.nq", entry)))
    for label, headers in (("cold", False), ("revalidated", True)):
        tags = (
            {node: requests.get(address + node, timeout=60).headers["ETag"] for node in nodes[:64]} if headers else {}
        )

        def take(node: str, tags: dict[str, str] = tags) -> float:
            begin = time.perf_counter()
            requests.get(address + node, headers={"If-None-Match": tags.get(node, '"none"')}, timeout=60)
            return time.perf_counter() - begin

        start = time.perf_counter()
        with ThreadPoolExecutor(clients) as executor:
            taken = list(executor.map(take, nodes[:64] * (8 if headers else 2)))
        rate = len(taken) / (time.perf_counter() - start)
        yield f"feed pages of 250 events, {clients} clients, {label}", f"{rate:.0f} pages/s; {spread(taken)}"


def list_pages(address: str, arguments: dict[str, str]) -> Iterator[tuple[float, str]]:
    """Yield the time and the text of each page of a list."""
    with requests.Session() as session:
        asked = arguments
        while True:
            start = time.perf_counter()
            answer = session.get(f"{address}/oai", params=asked, timeout=120)
            yield time.perf_counter() - start, answer.text
            token = TOKEN.search(answer.text)
            if not token:
                return
            asked = {"verb": arguments["verb"], "resumptionToken": token[1]}


def make_release(settings: Settings, records: int, parts: list[Any], times: StepTimes, changed: int) -> Release:
    """Write a release of made-up scenarios; the first ``changed`` have other titles than in the release of 0."""
    base = settings.id_base
    chance = random.Random(1)  # noqa: S311 - the same scenarios in every run
    graph = graph_name("lessons", base)
    quads = vocabulary_quads(base)
    collection = {"id": "collection/lessons", "type": "Collection", "name": {"en": "Lessons"}}
    for node in [collection, *(scenario(n, chance, n < changed) for n in range(records))]:
        quads += document_quads(Document(normalise(node), Path("made-up"), 1), graph, base)
    account: dict[str, Any] = {"documents": {"lessons": records}, "inputs": "", "errors": []}
    return write_release(settings, quads, parts, account, times, lambda *_: None)


def scenario(number: int, chance: random.Random, changed: bool) -> dict[str, Any]:
    """Return a scenario of about the size of a real lesson."""
    text = " ".join(chance.choices(WORDS, k=120))
    return {
        "id": f"scenario/lesson-{number}",
        "type": "LearningScenario",
        "identifier": f"lesson-{number}",
        "name": {"en": f"Lesson {number}{' (changed)' if changed else ''}: {' '.join(chance.choices(WORDS, k=6))}"},
        "description": {"en": text[:300]},
        "text": {"en": text},
        "inLanguage": [chance.choice(["en", "et", "fi"])],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "creditText": "Made up for a benchmark",
        "dataKind": "data-kind/synthetic",
        "completeness": "completeness/minimal",
        "about": [f"subject/{chance.choice(SUBJECTS)}"],
        "educationalLevel": [f"level/isced-{chance.choice('12')}"],
        "keywords": {"en": chance.choices(WORDS, k=4)},
        "learningOutcome": [{"description": {"en": " ".join(chance.choices(WORDS, k=12))}} for _ in range(2)],
    }


@contextlib.contextmanager
def server(settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    """Run the web workers; yields their address and the process above them."""
    address = f"http://127.0.0.1:{settings.port}"
    command = ["gunicorn", "--bind", f"127.0.0.1:{settings.port}", "--worker-class", "gthread", "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--threads", "8", "--no-control-socket", "webapp:create_app(supervised=True)"],
        env={**os.environ, **settings.to_environment()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{address}/oai?verb=Identify", timeout=10).ok:
                    break
            time.sleep(0.2)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def memory(process: psutil.Process) -> str:
    """Return the memory of the largest worker that is its own."""
    most = max((child.memory_full_info().uss for child in process.children()), default=0)
    return f"largest worker {most / 2**20:.0f} MiB"


def spread(seconds: list[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    return f"p50 {statistics.median(ordered) * 1e3:.0f} ms, p95 {ordered[int(len(ordered) * 0.95) - 1] * 1e3:.0f} ms"


if __name__ == "__main__":
    main()
