"""Measures the main job end to end: import, build, rebuild, search and SPARQL, beside rdflib's own engine.

    python benchmarks/main_job.py LESSONS.jsonl [--limit N] [--cache FILE] [--markdown FILE]

Everything runs in one process tree on this machine, in a temporary home that is removed afterwards. Queries differ from
repetition to repetition, so that no answer comes from a cache.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import rdflib
import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPETITIONS = 30
RDFLIB_REPETITIONS = 3

PREFIXES = """PREFIX schema: <https://schema.org/> PREFIX ihub: <https://w3id.org/ihub/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> """
QUERIES = {
    "look-up of one scenario": "SELECT ?p ?o { <%s> ?p ?o }",
    "scenarios by subject, with labels": """SELECT ?label (COUNT(DISTINCT ?s) AS ?n) {
        ?s a ihub:LearningScenario ; schema:about ?x . ?x skos:prefLabel ?label FILTER(LANG(?label) = "%s") }
        GROUP BY ?label ORDER BY DESC(?n)""",
    "cross table of level and subject": """SELECT ?level ?subject (COUNT(DISTINCT ?s) AS ?n) {
        ?s schema:educationalLevel ?level ; schema:about ?subject ; schema:inLanguage "%s" }
        GROUP BY ?level ?subject""",
    "path to narrower subjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s schema:about/skos:broader* <%s> }",
    "path from the known end": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?x skos:broader* <%s> . ?s schema:about ?x }",
    "titles with a word": """SELECT ?s ?name { ?s a ihub:LearningScenario ; schema:name ?name
        FILTER(CONTAINS(LCASE(STR(?name)), "%s")) } ORDER BY ?name LIMIT 50""",
}


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", type=Path)
    parser.add_argument("--limit", type=int, help="read only so many lessons")
    parser.add_argument(
        "--cache", type=Path, help="start with this cache of embeddings; the clean build embeds nothing"
    )
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ihub-bench-") as home:
        if arguments.cache:
            (Path(home) / "cache").mkdir()
            shutil.copy(arguments.cache, Path(home) / "cache" / "embeddings.sqlite")
        rows = list(measure(arguments.lessons, arguments.limit, Path(home)))
    table = "\n".join(["| what | figure |", "|---|---|", *(f"| {name} | {figure} |" for name, figure in rows)])
    print(table)
    if arguments.markdown:
        arguments.markdown.write_text(table + "\n", encoding="utf-8")


def measure(lessons: Path, limit: int | None, home: Path) -> Iterator[tuple[str, str]]:
    """Yield the rows of the table."""
    environment = {**os.environ, "IHUB_HOME": str(home), "IHUB_PORT": str(free_port())}
    source = home / "lessons.jsonl"
    lines = lessons.read_text(encoding="utf-8").splitlines(keepends=True)[:limit]
    source.write_text("".join(lines), encoding="utf-8")
    seconds, said = run(environment, "import", "corpus", str(source), "--collection", "lessons")
    yield "import of the lessons, with validation", f"{seconds:.1f} s; {said.splitlines()[0]}"
    seconds, said = run(environment, "build", "--collections", str(home / "collections"))
    yield "clean build", f"{seconds:.0f} s; {said.splitlines()[-1].strip()}"
    manifest = json.loads((home / "current" / "manifest.json").read_text())
    yield "scenarios", f"{manifest['parts']['search']['scenarios']}"
    yield "quads in the release", f"{manifest['quads']}"
    change_one(home / "collections" / "lessons" / "documents.jsonl")
    seconds, said = run(environment, "build", "--collections", str(home / "collections"))
    yield "rebuild after one changed document", f"{seconds:.1f} s; {said.splitlines()[-1].strip()}"
    with server(environment) as address:
        yield from measure_search(address, lines)
        yield from measure_sparql(address, lines, home / "current" / "quads.nq")


def measure_search(address: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Time searches for words of real titles, each asked once, and once more from the cache."""
    titles = [json.loads(line)["title"] for line in lines[:: max(1, len(lines) // 200)]][:200]
    ask = lambda title: requests.get(f"{address}/api/search", params={"q": title}, timeout=30)  # noqa: E731
    for title in titles[:10]:
        ask(title + " warm")
    yield "/api/search, 200 titles as queries", spread([timed(ask, title) for title in titles])
    yield "/api/search, the last 50 again (kept ranking)", spread([timed(ask, title) for title in titles[-50:]])


def measure_sparql(address: str, lines: list[str], quads: Path) -> Iterator[tuple[str, str]]:
    """Time each query over HTTP and in rdflib, and compare what they answer."""
    graph = load_rdflib(quads)
    for name, query in QUERIES.items():
        texts = [PREFIXES + query % value for value in values_for(name, address, lines)]
        ours = [timed(sparql, address, text) for text in texts]
        theirs, same = [], True
        for text in texts[:RDFLIB_REPETITIONS]:
            start = time.perf_counter()
            rows = list(graph.query(text))
            theirs.append(time.perf_counter() - start)
            same &= len(rows) == len(sparql(address, text))
        ratio = statistics.median(theirs) / statistics.median(ours)
        answers = "same number of rows" if same else "DIFFERENT ANSWERS"
        yield (
            f"SPARQL: {name}",
            f"{spread(ours)}; rdflib p50 {statistics.median(theirs) * 1e3:.0f} ms ({ratio:.0f}x; {answers})",
        )


def values_for(name: str, address: str, lines: list[str]) -> list[str]:
    """Return as many different values for a query as it is asked times."""
    if name.startswith("titles"):
        titles = [json.loads(line)["title"] for line in lines[::50]]
        return list(dict.fromkeys(word for title in titles for word in re.findall(r"[a-z]{5,}", title)))[:REPETITIONS]
    instances = {"look-up": "ihub:LearningScenario", "path": "ihub:Subject"}.get(name.split(" ", 1)[0])
    if instances is None:
        return ["en", "et", "fi", "lt", "nb", "ka", "de", "sv", "ru", "lv"]
    found = sparql(address, PREFIXES + f"SELECT ?s {{ ?s a {instances} }} ORDER BY ?s LIMIT {REPETITIONS}")
    return [row["s"]["value"] for row in found]


def sparql(address: str, query: str) -> list[dict[str, Any]]:
    """Return the rows of an answer."""
    response = requests.get(f"{address}/sparql", params={"query": query}, timeout=60)
    response.raise_for_status()
    rows: list[dict[str, Any]] = response.json()["results"]["bindings"]
    return rows


def load_rdflib(quads: Path) -> rdflib.Graph:
    """Return the union of the release's graphs, which is what the endpoint queries by default."""
    triples = {str(quad.triple) for quad in ox.parse(path=str(quads), format=ox.RdfFormat.N_QUADS)}
    graph = rdflib.Graph()
    graph.parse(data="".join(f"{triple} .\n" for triple in triples), format="nt")
    return graph


def timed(function: Callable[..., object], *arguments: object) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def spread(seconds: list[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    return f"p50 {statistics.median(ordered) * 1e3:.1f} ms, p95 {ordered[int(len(ordered) * 0.95) - 1] * 1e3:.1f} ms"


def change_one(documents: Path) -> None:
    """Give the first document another summary."""
    first, rest = documents.read_text(encoding="utf-8").split("\n", 1)
    document = json.loads(first)
    document["description"] = {document["inLanguage"][0]: "A summary that nobody has written before."}
    documents.write_text(json.dumps(document, ensure_ascii=False) + "\n" + rest, encoding="utf-8")


def run(environment: dict[str, str], *arguments: str) -> tuple[float, str]:
    """Run `ihub` and return how long it took and what it said."""
    start = time.perf_counter()
    done = subprocess.run(  # our own program
        [sys.executable, "-m", "webapp.cli", *arguments], env=environment, check=True, capture_output=True, text=True
    )
    return time.perf_counter() - start, done.stdout


@contextlib.contextmanager
def server(environment: dict[str, str]) -> Iterator[str]:
    """Run `ihub serve`; yields its address."""
    address = f"http://127.0.0.1:{environment['IHUB_PORT']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp.cli", "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{address}/readyz", timeout=5).ok:
                    break
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
