"""Measures SPARQL over HTTP beside rdflib-endpoint and Virtuoso, and beside pyoxigraph called directly.

    python benchmarks/sparql.py RELEASE_DIRECTORY [--scenarios N] [--seconds S] [--markdown FILE]

The data are the release's, its scenarios multiplied under new IRIs until there are N. All servers hold the same quads
and are asked the same 16 queries, by one client and by 16. No two requests have the same text, so that no answer is
from a cache, except where it says so. Every answer is compared. Needs `pip install rdflib-endpoint uvicorn` and
Debian's virtuoso-opensource-7; whoever is not there, or does not answer in time, is left out and said to be.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from kg.columns.files import write_columns  # noqa: E402
from kg.sparql.client import SparqlService  # noqa: E402
from kg.sparql.launcher import start_zygote  # noqa: E402
from kg.sparql.limits import Limits  # noqa: E402
from kg.store.connection import StoreAddress, StoreConnection  # noqa: E402
from kg.store.virtuoso import mend_json, mend_ntriples  # noqa: E402
from ontology.namespaces import PREFIXES  # noqa: E402
from tests.store.virtuoso import free_ports, installed, virtuoso  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

BASE = "http://127.0.0.1:8000/id/"
LIMITS = Limits(deadline=120.0, client_seconds=1e9, result_max_mib=256)
HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("schema", "ihub", "skos", "dcterms", "rdf"))
NUMBERS = itertools.count()

QUERIES: dict[str, str] = {
    "look-up: statements of one scenario": "SELECT ?p ?o { <%(scenario)s> ?p ?o }",
    "look-up: is it there": "ASK { <%(scenario)s> a ihub:LearningScenario }",
    "look-up: activities in order": """SELECT ?position ?name { <%(scenario)s> ihub:activity ?a .
        ?a schema:position ?position ; schema:name ?name } ORDER BY ?position ?name""",
    "look-up: labels of its subjects": """SELECT ?subject ?label {
        <%(scenario)s> schema:about ?subject . ?subject skos:prefLabel ?label }""",
    "facet: scenarios by subject": """SELECT ?subject (COUNT(DISTINCT ?s) AS ?n) {
        ?s a ihub:LearningScenario ; schema:about ?subject } GROUP BY ?subject""",
    "facet: scenarios by language": """SELECT ?language (COUNT(DISTINCT ?s) AS ?n) {
        ?s a ihub:LearningScenario ; schema:inLanguage ?language } GROUP BY ?language""",
    "facet: tools, with labels": """SELECT ?label (COUNT(DISTINCT ?s) AS ?n) {
        ?s ihub:tool ?tool . ?tool skos:prefLabel ?label FILTER(LANG(?label) = "en") } GROUP BY ?label""",
    "cross-table: level by subject": """SELECT ?level ?subject (COUNT(DISTINCT ?s) AS ?n) {
        ?s schema:educationalLevel ?level ; schema:about ?subject } GROUP BY ?level ?subject""",
    "cross-table: minutes by level": """SELECT ?level (AVG(?minutes) AS ?mean) (MAX(?minutes) AS ?most) {
        ?s a ihub:LearningScenario ; schema:educationalLevel ?level ; ihub:minutes ?minutes } GROUP BY ?level""",
    "path: concepts above a subject": "SELECT DISTINCT ?above { <%(subject)s> skos:broader* ?above }",
    "path: scenarios below a subject": """SELECT (COUNT(DISTINCT ?s) AS ?n) {
        ?subject skos:broader* <%(subject)s> . ?s schema:about ?subject }""",
    "text: titles with a word": """SELECT ?s ?name { ?s a ihub:LearningScenario ; schema:name ?name
        FILTER(CONTAINS(LCASE(STR(?name)), "%(word)s")) } ORDER BY ?s ?name LIMIT 50""",
    "text: descriptions by pattern": """SELECT (COUNT(*) AS ?n) { ?s a ihub:LearningScenario ;
        schema:description ?text FILTER(REGEX(STR(?text), "%(word)s.*[0-9]", "i")) }""",
    "negation: taught in no scenario": """SELECT ?c { ?c skos:inScheme ?scheme
        FILTER NOT EXISTS { ?s schema:teaches ?c } } ORDER BY ?c LIMIT 200""",
    "describe: a scenario and its parts": """CONSTRUCT { ?s ?p ?o } WHERE {
        { BIND(<%(scenario)s> AS ?s) ?s ?p ?o } UNION { <%(scenario)s> ihub:activity ?s . ?s ?p ?o } }""",
    "export: titles of all scenarios": "SELECT ?s ?name { ?s a ihub:LearningScenario ; schema:name ?name }",
}


def site() -> Flask:
    """Return what gunicorn serves: ``/sparql`` as the site has it, over the zygote that the environment names."""
    from flask import Flask

    from webapp import headers, metrics, problems, sparql

    app = Flask("benchmark")
    service = SparqlService(
        os.environ["BENCH_SOCKET"], LIMITS, cache_bytes=int(os.environ["BENCH_CACHE"]), max_in_flight=14
    )
    app.extensions["ihub.sparql"] = service
    for module in (problems, headers, metrics):
        module.init_app(app)
    app.register_blueprint(sparql.blueprint)
    return app


class Endpoint:
    """A SPARQL endpoint over HTTP, one kept connection a thread."""

    def __init__(self, name: str, address: str, mend: bool = False, accept: str = "") -> None:
        self.name, self._parts, self._mend = name, urlsplit(address), mend
        self._local = threading.local()
        self._accept = accept

    def ask(self, text: str, timeout: float = 150.0) -> bytes:
        """Return the body of an answer, or raise."""
        graph = "CONSTRUCT" in text
        accept = "application/n-triples" if graph else "application/sparql-results+json"
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        for attempt in (0, 1):
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = http.client.HTTPConnection(
                    self._parts.hostname or "", self._parts.port, timeout=timeout
                )
            try:
                connection.request("POST", self._parts.path, urlencode({"query": text}), headers)
                response = connection.getresponse()
                body = response.read()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self._local.connection = None
                if attempt:
                    raise
            except OSError:
                self._local.connection = None
                raise
        if response.status != 200:
            raise RuntimeError(f"{self.name}: {response.status} {body[:300]!r}")
        return body

    def read(self, text: str, body: bytes) -> Counter[Any]:
        """Return an answer in a form that can be compared."""
        if "CONSTRUCT" in text:
            triples = ox.parse(mend_ntriples(body) if self._mend else body, format=ox.RdfFormat.N_TRIPLES)
            return Counter({(str(t.subject), str(t.predicate), comparable(t.object)) for t in triples})
        return read_table(mend_json(body) if self._mend else body)


def read_table(body: bytes) -> Counter[Any]:
    """Return the solutions of SPARQL JSON as a multiset; ASK as its boolean."""
    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return Counter([bool(found)])
    names = [variable.value for variable in found.variables]
    return Counter(tuple((name, comparable(row[name])) for name in sorted(names)) for row in found)


def comparable(term: Any) -> str:
    """Return a term with numbers by value: servers write them in their own way."""
    if isinstance(term, ox.Literal) and re.search("integer|decimal|double|float|int$", term.datatype.value):
        return f"{float(term.value):.6g}"
    return str(term).lower() if isinstance(term, ox.Literal) and term.language else str(term)


def unlike(text: str) -> str:
    """Make a text that has not been sent and means the same."""
    return f"PREFIX u{next(NUMBERS)}: <urn:u>\n{text}"


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", type=Path)
    parser.add_argument("--scenarios", type=int, default=0, help="multiply until there are so many")
    parser.add_argument("--seconds", type=float, default=4.0, help="time for each query and server")
    parser.add_argument("--slow", type=float, default=30.0, help="leave a server's query out that takes longer")
    parser.add_argument("--without", action="append", default=[], help="leave out rdflib or virtuoso")
    parser.add_argument("--data", type=Path, help="keep the multiplied data and the store here, and use them again")
    parser.add_argument("--on-disk", action="store_true", help="serve from disk what would fit into memory, too")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ihub-bench-") as directory:
        kept = arguments.data or Path(directory)
        kept.mkdir(parents=True, exist_ok=True)
        lines = list(measure(arguments, Path(directory), kept))
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(arguments: argparse.Namespace, work: Path, data: Path) -> Iterator[str]:
    """Yield the lines of the report, printing each."""

    def say(line: str) -> str:
        print(line, flush=True)
        return line

    target = data / f"quads-{arguments.scenarios}.nq"
    quads, scenarios, count = multiply(arguments.release / "quads.nq", arguments.scenarios, target)
    yield say(f"{len(scenarios):,} scenarios, {count:,} quads")
    values = parameters(arguments.release / "quads.nq", scenarios)
    with contextlib.ExitStack() as stack:
        peers: list[Endpoint] = []
        start = time.perf_counter()
        on_disk = data / f"store-{arguments.scenarios}" if arguments.on_disk or count > 2_000_000 else None
        store = load(quads, on_disk)
        yield say(f"loaded directly in {time.perf_counter() - start:.0f} s, {'on disk' if on_disk else 'in memory'}")
        columns = data / f"columns-{arguments.scenarios}"
        if not columns.exists():
            start = time.perf_counter()
            columns.mkdir()
            write_columns(quads, columns)
            size = sum(path.stat().st_size for path in columns.iterdir())
            yield say(f"columns written in {time.perf_counter() - start:.1f} s, {size / 1e6:.0f} MB")
        ours = stack.enter_context(ihub(quads, on_disk, columns, work))
        for name, opened in (("virtuoso", open_virtuoso), ("rdflib", open_rdflib)):
            if name not in arguments.without:
                start = time.perf_counter()
                peer = stack.enter_context(opened(quads, work / name, count))
                if peer:
                    peers.append(peer)
                    yield say(f"{peer.name} ready in {time.perf_counter() - start:.0f} s")
                else:
                    yield say(f"{name} left out")
        yield from map(say, compare(ours, peers, store, values, arguments))


def compare(
    ours: Endpoint, peers: list[Endpoint], store: ox.Store, values: list[dict[str, str]], arguments: argparse.Namespace
) -> Iterator[str]:
    """Yield the table, one query a row, and the figures that the targets name."""
    names = [peer.name for peer in peers]
    yield "| query | rows | direct p50 | ihub p50 / p95 | " + " | ".join(f"{name} p50" for name in names) + " | same |"
    yield "|---" * (5 + len(names)) + "|"
    ratios: dict[str, list[float]] = {name: [] for name in names}
    overheads = []
    left_out: Counter[str] = Counter()
    for title, query in QUERIES.items():
        texts = [HEAD + query % value for value in values]
        direct, answer = time_direct(store, texts, arguments.seconds)
        mine, failure = time_endpoint(ours, texts, arguments.seconds)
        if not mine:
            yield f"| {title} | | | {failure} |"
            continue
        expected = ours.read(texts[0], ours.ask(unlike(texts[0])))
        same = [] if expected == answer else ["DIFFERENT from direct"]
        overheads.append(statistics.median(mine) - statistics.median(direct))
        cells = []
        for peer in peers:
            theirs, problem = time_endpoint(peer, texts, arguments.seconds, arguments.slow)
            if not theirs:
                cells.append(problem)
                left_out[peer.name] += 1
                continue
            ratios[peer.name].append(statistics.median(theirs) / statistics.median(mine))
            cells.append(f"{statistics.median(theirs) * 1e3:.1f}")
            if peer.read(texts[0], peer.ask(unlike(texts[0]))) != expected:
                same.append(f"not {peer.name}")
        own = f"{statistics.median(mine) * 1e3:.1f} / {percentile(mine, 0.95) * 1e3:.1f}"
        row = [title, f"{expected.total():,}", f"{statistics.median(direct) * 1e3:.1f}", own, *cells]
        yield f"| {' | '.join(row)} | {', '.join(same) or 'yes'} |"
    typical, most = statistics.median(overheads) * 1e3, max(overheads) * 1e3
    yield f"overhead over the direct call: p50 {typical:.1f} ms, most {most:.1f}"
    for name in names:
        if ratios[name]:
            mean = math.exp(statistics.fmean(map(math.log, ratios[name])))
            worst = min(ratios[name])
            said = f"{mean:.1f} times our time in the geometric mean, at least {worst:.1f}"
            yield f"{name}: {said}; {left_out[name]} left out"
    for clients in (1, 16):
        for endpoint in [ours, *peers]:
            yield throughput(endpoint, clients, values, arguments.seconds)
    again = HEAD + QUERIES["facet: scenarios by subject"]
    ours.ask(again)
    cached, _ = timings(lambda: ours.ask(again), 1.0)
    yield f"a repeated query, from the cache: p50 {statistics.median(cached) * 1e3:.1f} ms"


def timings(call: Callable[[], object], seconds: float) -> tuple[list[float], Any]:
    """Call for so long, at least three times and at most two hundred."""
    taken: list[float] = []
    until = time.perf_counter() + seconds
    result = None
    while len(taken) < 3 or (time.perf_counter() < until and len(taken) < 200):
        start = time.perf_counter()
        result = call()
        taken.append(time.perf_counter() - start)
    return taken, result


def time_direct(store: ox.Store, texts: list[str], seconds: float) -> tuple[list[float], Counter[Any]]:
    """Time pyoxigraph in this process, serialisation included, and read its answer to the first text."""
    turn = itertools.cycle(texts)

    def run(text: str) -> bytes:
        found = store.query(text, use_default_graph_as_union=True)
        if isinstance(found, ox.QueryTriples):
            return ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""
        return found.serialize(format=ox.QueryResultsFormat.JSON) or b""

    run(texts[0])
    taken, _ = timings(lambda: run(unlike(next(turn))), seconds)
    return taken, Endpoint("direct", "http://x/").read(texts[0], run(texts[0]))


def time_endpoint(endpoint: Endpoint, texts: list[str], seconds: float, slow: float = 150.0) -> tuple[list[float], str]:
    """Time an endpoint; no times and the reason where it fails or takes too long."""
    turn = itertools.cycle(texts)
    try:
        endpoint.ask(unlike(next(turn)), slow)  # warms up
        taken, _ = timings(lambda: endpoint.ask(unlike(next(turn)), slow), seconds)
    except TimeoutError:
        return [], f"over {slow:g} s"
    except (RuntimeError, OSError) as error:
        return [], f"fails: {str(error)[:60]}"
    return taken, ""


def throughput(endpoint: Endpoint, clients: int, values: list[dict[str, str]], seconds: float) -> str:
    """Ask the whole mix with so many clients at a time, each in its own order."""
    taken: list[float] = []
    failures: Counter[str] = Counter()
    until = time.perf_counter() + 4 * seconds

    def client(number: int) -> None:
        turn = itertools.cycle(list(QUERIES.items())[number % 16 :] + list(QUERIES.items())[: number % 16])
        for value in itertools.cycle(values[number % len(values) :]):
            _, query = next(turn)
            if time.perf_counter() > until:
                return
            start = time.perf_counter()
            try:
                endpoint.ask(unlike(HEAD + query % value), 60.0)
            except (RuntimeError, OSError) as error:
                failures[str(error)[:40]] += 1
            else:
                taken.append(time.perf_counter() - start)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start
    if not taken:
        return f"{endpoint.name}, {clients} clients: nothing answered; {dict(failures)}"
    figures = f"{len(taken) / elapsed:.0f} queries a second, p50 {statistics.median(taken) * 1e3:.0f} ms"
    said = f"; failed: {dict(failures)}" if failures else ""
    return f"{endpoint.name}, {clients} clients: {figures}, p95 {percentile(taken, 0.95) * 1e3:.0f} ms{said}"


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def multiply(source: Path, wanted: int, target: Path) -> tuple[Path, list[str], int]:
    """Write the quads with scenarios copied under new IRIs and with texts of their own.

    Returns:
        The file, the scenarios and the number of quads.
    """
    lines = source.read_text("utf-8").splitlines(keepends=True)
    found = re.compile(rf"<{BASE}scenario/([^>#]+)(?=[#>])")
    end_of_text = re.compile(r'"(@[A-Za-z-]+ <[^<>]*> \.\n)\Z')
    mine = [(match[1], line) for line in lines if (match := found.match(line))]
    statements = Counter(slug for slug, _ in mine)
    own, copies, wanted = sorted(statements), [], wanted - len(statements)
    while wanted > 0:
        copies.append(own[:wanted])
        wanted -= len(own)
    scenarios = [f"{BASE}scenario/{slug}" for slug in own]
    scenarios += [f"{BASE}scenario/{slug}-copy-{n}" for n, chosen in enumerate(copies, 1) for slug in chosen]
    count = len(lines) + sum(statements[slug] for chosen in copies for slug in chosen)
    if not target.exists():
        with target.open("w", encoding="utf-8") as file:
            file.writelines(lines)
            for number, chosen in enumerate(copies, 1):
                kept = set(chosen)
                text = (line for slug, line in mine if slug in kept)
                word = "".join(chr(97 + number // 26**place % 26) for place in range(3))
                copied = (found.sub(rf"<{BASE}scenario/\1-copy-{number}", line) for line in text)
                file.writelines(end_of_text.sub(rf' {word}"\1', line) for line in copied)
    return target, scenarios, count


def load(quads: Path, on_disk: Path | None) -> ox.Store:
    """Return a store of the quads: in memory, or on disk and read-only, made once."""
    if on_disk is None:
        store = ox.Store()
        store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
        return store
    if not on_disk.exists():
        store = ox.Store(str(on_disk))
        store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
        store.optimize()
        store.flush()
        del store
    return ox.Store.read_only(str(on_disk))


def parameters(quads: Path, scenarios: list[str]) -> list[dict[str, str]]:
    """Return some ways to fill the queries."""
    text = quads.read_text("utf-8")
    subjects = [iri for iri, _ in Counter(re.findall(r"<https://schema.org/about> <([^>]+)>", text)).most_common(8)]
    words = ["water", "light", "map", "story", "number", "school", "robot", "music"]
    step = max(1, len(scenarios) // 8)
    return [
        {"scenario": scenarios[i * step], "subject": subjects[i % len(subjects)], "word": word}
        for i, word in enumerate(words)
    ]


@contextlib.contextmanager
def ihub(quads: Path, store: Path | None, columns: Path, work: Path) -> Iterator[Endpoint]:
    """Serve with our own zygote and gunicorn, from memory or from the store on disk."""
    socket_path = work / "s"
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "webapp.web_worker.WebWorker", "--workers", "2", "--threads", "16"]
    command += ["--keep-alive", "15", "--log-level", "warning", "sparql:site()"]
    environment = {**os.environ, "BENCH_SOCKET": str(socket_path), "BENCH_CACHE": str(32 << 20)}
    environment["PYTHONPATH"] = str(ROOT)
    source = {"store": store} if store else {"quads": quads}
    with start_zygote(socket_path, **source, columns=columns, limits=LIMITS, prefixes=False):
        process = subprocess.Popen(command, cwd=Path(__file__).parent, env=environment)
        try:
            yield wait_for(Endpoint("ihub", f"http://127.0.0.1:{port}/sparql"))
        finally:
            process.terminate()
            process.wait(60)


@contextlib.contextmanager
def open_virtuoso(quads: Path, work: Path, count: int) -> Iterator[Endpoint | None]:
    """Serve with a Virtuoso of its own, with memory for all of the data."""
    if not installed():
        yield None
        return
    with virtuoso(work, buffers=340_000 if count > 2_000_000 else 85_000, rows=2_000_000) as server:
        password = server.environment()["IHUB_SPARQL_STORE_PASSWORD"]
        address = StoreAddress(server.query, server.update, server.graphs, "dba", password)
        connection = StoreConnection(address, 600.0)
        pattern = re.compile(r" <([^<>]*)> \.\n\Z")
        batches: dict[str, list[str]] = {}
        with quads.open(encoding="utf-8") as lines:
            for line in lines:
                graph = pattern.search(line)
                if not graph:
                    raise SystemExit(f"not a quad in a named graph: {line}")
                batch = batches.setdefault(graph[1], [])
                batch.append(line[: graph.start()] + " .\n")
                if len(batch) == 100_000:
                    connection.add(graph[1], "".join(batch).encode())
                    batch.clear()
        for graph_iri, batch in batches.items():
            connection.add(graph_iri, "".join(batch).encode())
        yield wait_for(Endpoint("Virtuoso 7.2", server.query, mend=True))


@contextlib.contextmanager
def open_rdflib(quads: Path, work: Path, count: int) -> Iterator[Endpoint | None]:
    """Serve with rdflib-endpoint, while the data fit into memory."""
    work.mkdir(exist_ok=True)
    if count > 1_000_000:
        print("rdflib holds a million quads in some 2 GB and takes minutes for one query: not tried with more")
        yield None
        return
    (port,) = free_ports(1)
    program = (
        "import sys, uvicorn\nfrom rdflib import Dataset\nfrom rdflib_endpoint import SparqlEndpoint\n"
        "graph = Dataset(default_union=True)\ngraph.parse(sys.argv[1], format='nquads')\n"
        "app = SparqlEndpoint(graph=graph, path='/')\n"
        "uvicorn.run(app, host='127.0.0.1', port=int(sys.argv[2]), log_level='error')\n"
    )
    with (work / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", program, str(quads), str(port)], stdout=log, stderr=log)
    try:
        yield wait_for(Endpoint("rdflib-endpoint", f"http://127.0.0.1:{port}/"), 240.0)
    except TimeoutError:
        print((work / "log").read_text()[-500:])
        raise
    finally:
        process.kill()
        process.wait()


def wait_for(endpoint: Endpoint, seconds: float = 60.0) -> Endpoint:
    """Wait until it answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError, RuntimeError, http.client.HTTPException):
            endpoint.ask("ASK {}", 10.0)
            return endpoint
        time.sleep(0.2)
    raise TimeoutError(f"{endpoint.name} did not start")


if __name__ == "__main__":
    if shutil.which("virtuoso-t") is None:
        print("virtuoso-t is not installed; its column is left out")
    main()
