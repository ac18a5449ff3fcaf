"""The service answers through real processes, and says why when it does not."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, Store

from kg.columns.files import write_columns
from kg.errors import ReleaseError
from kg.sparql.client import SparqlService
from kg.sparql.description import describe
from kg.sparql.errors import (
    BudgetExceededError,
    DeadlineExceededError,
    MalformedQueryError,
    ResultTooLargeError,
    ServiceBusyError,
    ServiceUnavailableError,
    SparqlError,
)
from kg.sparql.launcher import Zygote, start_zygote
from kg.sparql.limits import Limits
from kg.sparql.messages import Answer, QueryRequest

from .conftest import EX, LIMITS, quads_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
# Far longer than any test waits: 160 ** 4 solutions.
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def service_with(quads_file: Path) -> Iterator[Callable[..., SparqlService]]:
    """Start a zygote of its own, with the given limits."""
    with ExitStack() as stack:

        def start(**limits: float) -> SparqlService:
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="ihub-"))
            bounds = Limits(**{"deadline": 2.0, "memory_mib": 512, "workers": 2, **limits})  # type: ignore[arg-type]
            zygote = stack.enter_context(start_zygote(Path(directory) / "s", quads=quads_file, limits=bounds))
            return SparqlService(zygote.socket_path, bounds)

        yield start


def number(answer: Answer) -> int:
    return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])


def failure(service: SparqlService, request: QueryRequest) -> SparqlError | None:
    try:
        service.execute(request)
    except SparqlError as error:
        return error
    return None


def test_many_clients_are_answered_correctly(service: SparqlService) -> None:
    def query(subject: int) -> int:
        text = f"SELECT ?n {{ <s{subject % 40}> <number> ?n }} # {subject}"
        return number(service.execute(QueryRequest(text)))

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(query, range(200))) == [n % 40 for n in range(200)]


def test_an_answer_says_what_it_is(service: SparqlService) -> None:
    answer = service.execute(QueryRequest("CONSTRUCT WHERE { ?s <next> ?o } LIMIT 3", "ttl"))
    assert (answer.kind, answer.format, answer.rows) == ("graph", "ttl", 3)
    assert not answer.cached


def test_the_same_question_again_comes_from_the_cache(service: SparqlService) -> None:
    first = service.execute(QueryRequest(COUNT))
    again = service.execute(QueryRequest(COUNT.replace(" ", "\n") + " # again"))
    assert again.cached
    assert (again.body, again.etag) == (first.body, first.etag)


@pytest.mark.parametrize(
    "other",
    [QueryRequest(COUNT, "xml"), QueryRequest(COUNT, default_graphs=(EX + "g0",)), QueryRequest(COUNT + " LIMIT 1")],
)
def test_another_format_dataset_or_query_is_another_answer(service: SparqlService, other: QueryRequest) -> None:
    assert service.prepare(other).key != service.prepare(QueryRequest(COUNT)).key


def test_default_and_named_graphs_are_not_mistaken_for_each_other(service: SparqlService) -> None:
    default, named = QueryRequest(COUNT, default_graphs=("n",)), QueryRequest(COUNT, named_graphs=("n",))
    assert service.prepare(default).key != service.prepare(named).key


def test_another_release_is_another_answer(service: SparqlService) -> None:
    other = SparqlService("/nowhere", LIMITS, release="r2")
    assert other.prepare(QueryRequest(COUNT)).etag != service.prepare(QueryRequest(COUNT)).etag


def test_answers_that_may_rightly_differ_are_not_kept(service: SparqlService) -> None:
    request = QueryRequest("SELECT (STRUUID() AS ?x) {}")
    first, second = service.execute(request), service.execute(request)
    assert first.body != second.body
    assert first.etag == ""


def test_a_syntax_error_comes_back_with_its_place(service: SparqlService) -> None:
    with pytest.raises(MalformedQueryError) as caught:
        service.execute(QueryRequest("SELECT *\n{ ?s ?p }"))
    assert (caught.value.line, caught.value.column) == (2, 9)


def test_a_query_ends_at_its_deadline_and_the_next_is_answered(service: SparqlService) -> None:
    start = time.monotonic()
    with pytest.raises(DeadlineExceededError):
        service.execute(QueryRequest(ENDLESS))
    assert LIMITS.deadline <= time.monotonic() - start < LIMITS.deadline + 5
    assert number(service.execute(QueryRequest(COUNT + " # after"))) == 160


def test_an_answer_beyond_the_bound_is_an_error_not_a_part(service_with: Callable[..., SparqlService]) -> None:
    with pytest.raises(ResultTooLargeError, match="1 MiB"):
        service_with(result_max_mib=1).execute(QueryRequest("SELECT * { ?a ?b ?c . ?d ?e ?f }"))


def test_beyond_workers_and_queue_clients_are_told_to_come_back(service_with: Callable[..., SparqlService]) -> None:
    service = service_with(workers=1, queue=1, deadline=3.0)
    with ThreadPoolExecutor(6) as threads:
        endless = [QueryRequest(f"{ENDLESS} # {n}") for n in range(6)]
        errors = [error for error in threads.map(lambda request: failure(service, request), endless) if error]
    busy = [error for error in errors if isinstance(error, ServiceBusyError)]
    assert len(errors) == 6
    assert len(busy) >= 4
    assert all((error.retry_after or 0) >= 1 for error in busy)


def test_quick_queries_are_answered_while_long_ones_run(service_with: Callable[..., SparqlService]) -> None:
    service = service_with(workers=2, deadline=4.0)
    with ThreadPoolExecutor(4) as threads:
        long = [threads.submit(failure, service, QueryRequest(f"{ENDLESS} LIMIT {n}")) for n in range(1, 5)]
        while not (said := service.statistics())["running_long"] or said["waiting"]:
            time.sleep(0.05)  # until it is known that they are long
        start = time.monotonic()
        for n in range(10):
            assert number(service.execute(QueryRequest(f"{COUNT} LIMIT {n + 1}"))) == 160
        assert time.monotonic() - start < 3.0
        assert {type(future.result()) for future in long} <= {DeadlineExceededError, ServiceBusyError}


def test_a_client_over_its_budget_gets_quick_answers_only(service_with: Callable[..., SparqlService]) -> None:
    service = service_with(client_seconds=0.3, deadline=1.5)
    greedy = (QueryRequest(f"{ENDLESS} LIMIT {number}", client="greedy") for number in range(7, 27))
    ends = (failure(service, request) for request in greedy)
    assert isinstance(next(ends), DeadlineExceededError)
    # On a busy machine its seconds are used up only after some more.
    refused = next(end for end in ends if not isinstance(end, DeadlineExceededError))
    assert isinstance(refused, BudgetExceededError)
    assert (refused.retry_after or 0) > 1
    assert number(service.execute(QueryRequest(COUNT, client="greedy"))) == 160
    assert isinstance(failure(service, QueryRequest(ENDLESS + " LIMIT 6", client="modest")), DeadlineExceededError)


def test_a_worker_that_is_killed_is_replaced(service_with: Callable[..., SparqlService]) -> None:
    service = service_with(workers=1, deadline=5.0)
    zygote_pid = _zygote_pid(service)
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(failure, service, QueryRequest(ENDLESS))
        time.sleep(0.5)
        os.kill(children(zygote_pid)[0], signal.SIGKILL)
        assert isinstance(running.result(), ServiceUnavailableError)
    assert number(service.execute(QueryRequest(COUNT))) == 160


def test_a_client_that_hangs_up_ends_its_query(service_with: Callable[..., SparqlService]) -> None:
    import socket

    service = service_with(workers=1, deadline=30.0)
    ours, theirs = socket.socketpair()
    gone: list[SparqlError | None] = []

    def ask() -> None:
        try:
            service.execute(QueryRequest(ENDLESS), client_fd=theirs.fileno())
        except SparqlError as error:
            gone.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.5)
    ours.close()
    thread.join(5)
    theirs.close()
    assert [error.outcome for error in gone if error] == ["gone"]
    start = time.monotonic()
    assert number(service.execute(QueryRequest(COUNT))) == 160
    assert time.monotonic() - start < 5.0


def test_one_connection_serves_one_query_after_the_other(zygote: Zygote, service: SparqlService) -> None:
    service.execute(QueryRequest("ASK { ?s ?p 0 }"))
    before = _descriptors(zygote.pid)
    for number in range(1, 30):
        service.execute(QueryRequest(f"ASK {{ ?s ?p {number} }}"))
    assert _descriptors(zygote.pid) <= before


def test_connections_end_with_the_service_that_kept_them(zygote: Zygote) -> None:
    before = _descriptors(zygote.pid)
    brief = SparqlService(zygote.socket_path, LIMITS, cache_bytes=0)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(brief.execute, [QueryRequest(f"ASK {{ ?s ?p {n} }}") for n in range(20)]))
    del brief
    gc.collect()
    until = time.monotonic() + 5
    while _descriptors(zygote.pid) > before and time.monotonic() < until:
        time.sleep(0.02)
    assert _descriptors(zygote.pid) <= before


def test_a_kept_connection_whose_zygote_is_gone_is_replaced(quads_file: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="ihub-") as directory:
        path = Path(directory) / "s"
        service = SparqlService(path, LIMITS, cache_bytes=0)
        for _ in range(2):
            with start_zygote(path, quads=quads_file, limits=LIMITS):
                assert b"true" in service.execute(QueryRequest("ASK {}")).body
        with pytest.raises(ServiceUnavailableError):
            service.execute(QueryRequest("ASK {}"))


def test_an_answer_after_an_error_is_the_answer_to_its_own_question(service: SparqlService) -> None:
    for turn in range(5):
        with pytest.raises(MalformedQueryError):
            service.execute(QueryRequest(f"ASK {{ ?s {turn} }}"))
        assert number(service.execute(QueryRequest(f"SELECT ({turn} AS ?n) {{}}"))) == turn


def _descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_a_service_that_is_not_there_says_so() -> None:
    service = SparqlService("/nonexistent/socket", LIMITS)
    with pytest.raises(ServiceUnavailableError):
        service.ping()


def test_places_in_the_web_process_are_bounded(zygote: Zygote) -> None:
    service = SparqlService(zygote.socket_path, LIMITS, max_in_flight=1, cache_bytes=0)
    with ThreadPoolExecutor(2) as threads:
        long = threads.submit(failure, service, QueryRequest(ENDLESS))
        time.sleep(0.2)
        assert isinstance(failure(service, QueryRequest(COUNT)), ServiceBusyError)
        assert isinstance(long.result(), DeadlineExceededError)
    assert failure(service, QueryRequest(COUNT)) is None


def test_every_query_leaves_one_line_in_the_log(service: SparqlService, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "ihub.sparql"):
        service.execute(QueryRequest("SELECT * { ?s <number> ?o }"))
        failure(service, QueryRequest("SELEKT"))
        failure(service, QueryRequest("INSERT DATA {}"))
    words = [dict(part.split("=", 1) for part in record.getMessage().split()) for record in caplog.records]
    assert [line["outcome"] for line in words] == ["ok", "malformed", "update"]
    assert words[0]["rows"] == "40"
    assert all(len(line["query"]) == 16 for line in words)
    assert service.metrics.outcomes() == {"ok": 1, "malformed": 1, "update": 1}


def test_the_store_on_disk_gives_the_same_answers(tmp_path: Path, service: SparqlService) -> None:
    store = Store(str(tmp_path / "store"))
    store.bulk_load(quads_text().encode(), RdfFormat.N_QUADS)
    store.flush()
    del store
    with (
        tempfile.TemporaryDirectory(prefix="ihub-") as directory,
        start_zygote(Path(directory) / "s", store=tmp_path / "store", limits=LIMITS, base_iri=EX) as zygote,
    ):
        disk = SparqlService(zygote.socket_path, LIMITS)
        for text in (COUNT, "SELECT ?o { <s1> <next> ?o }", "ASK { <s1> <next> <s2> }"):
            assert disk.execute(QueryRequest(text)).body == service.execute(QueryRequest(text)).body


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_confined_worker_reads_the_columns(tmp_path: Path, on_disk: bool) -> None:
    quads, columns, other = tmp_path / "quads.nq", tmp_path / "columns", tmp_path / "other"
    lines = [
        f'<{EX}s{n}> <{EX}kind> <{EX}k{n % 7}> <{EX}g> .\n<{EX}s{n}> <{EX}name> "name {n}" <{EX}g> .\n'
        for n in range(900)
    ]
    source = {"store": tmp_path / "store"} if on_disk else {"quads": quads}
    for part, directory in ((lines[200:], other), (lines, columns)):
        quads.write_text("".join(sorted(part)))
        directory.mkdir()
        write_columns(quads, directory)
    if on_disk:
        store = Store(str(tmp_path / "store"))
        store.bulk_load(path=str(quads), format=RdfFormat.N_QUADS)
        store.flush()
        del store
    texts = [
        "SELECT ?k (COUNT(*) AS ?n) { ?s :kind ?k ; :name ?name FILTER(CONTAINS(?name, '9')) } GROUP BY ?k ORDER BY ?k",
        "SELECT ?k (COUNT(DISTINCT ?name) AS ?n) { ?s :kind ?k ; :name ?name } GROUP BY ?k ORDER BY ?k",
        "SELECT (COUNT(*) AS ?n) { ?s :kind ?k ; :name ?x . ?s :kind ?k ; :name ?x FILTER NOT EXISTS { ?s :name ?k } }",
        "SELECT ?s ?x { ?s :kind :k6 ; :name ?x FILTER(LANG(?x) = '' && STRLEN(?x) > 7) } ORDER BY ?s LIMIT 3",
    ]
    bodies = []
    for read in (None, columns, other):
        with (
            tempfile.TemporaryDirectory(prefix="ihub-") as directory,
            start_zygote(Path(directory) / "s", **source, columns=read, limits=LIMITS) as zygote,
        ):
            service = SparqlService(zygote.socket_path, LIMITS)
            bodies.append([service.execute(QueryRequest(f"PREFIX : <{EX}> {text}")).body for text in texts])
    assert bodies[0] == bodies[1]
    assert all(mine != read for mine, read in zip(bodies[0], bodies[2], strict=True)), "the columns are not read"


def test_a_store_of_more_files_than_the_engine_opens_at_once_answers(tmp_path: Path, service: SparqlService) -> None:
    store, lines = Store(str(tmp_path / "store")), quads_text().splitlines(keepends=True)
    for part in range(4):
        store.bulk_load("".join(lines[part::4]).encode(), RdfFormat.N_QUADS)
    store.flush()
    del store
    assert sum(1 for _ in (tmp_path / "store").glob("*.sst")) > 16
    texts = [
        "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o",
        *(f"SELECT * {{ <s{n}> ?p ?o }} ORDER BY ?p ?o" for n in range(40)),
        *(f"SELECT * {{ ?s <next> <s{n}> }} ORDER BY ?s" for n in range(40)),
        *(f"SELECT * {{ ?s ?p <s{n}> }} ORDER BY ?s ?p" for n in range(40)),
        *(f"SELECT * {{ GRAPH <g{n % 2}> {{ <s{n}> ?p ?o }} }} ORDER BY ?p ?o" for n in range(40)),
        *(f"SELECT * {{ GRAPH <g{n % 2}> {{ ?s <next> <s{n}> }} }} ORDER BY ?s" for n in range(40)),
        *(f"SELECT * {{ GRAPH <g{n % 2}> {{ ?s ?p <s{n}> }} }} ORDER BY ?s ?p" for n in range(40)),
    ]
    with (
        tempfile.TemporaryDirectory(prefix="ihub-") as directory,
        start_zygote(Path(directory) / "s", store=tmp_path / "store", limits=LIMITS, base_iri=EX) as zygote,
    ):
        disk = SparqlService(zygote.socket_path, LIMITS)
        for text in texts:
            assert disk.execute(QueryRequest(text)).body == service.execute(QueryRequest(text)).body


def test_a_store_that_cannot_be_opened_does_not_start_a_zygote_that_cannot_answer(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="ihub-") as directory, pytest.raises(ReleaseError):
        start_zygote(Path(directory) / "s", store=tmp_path / "absent", limits=LIMITS, timeout=20)


def test_quads_that_cannot_be_read_are_an_error_at_once(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="ihub-") as directory, pytest.raises(ReleaseError):
        start_zygote(Path(directory) / "s", quads=tmp_path / "absent.nq", limits=LIMITS)


def test_a_socket_path_that_no_kernel_takes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="too long"):
        start_zygote(tmp_path / ("x" * 120), quads=tmp_path / "q.nq")


def test_a_zygote_and_its_workers_end_with_their_parent(quads_file: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="ihub-") as directory:
        program = (
            "import sys, time; from kg.sparql.launcher import start_zygote; "
            "z = start_zygote(sys.argv[1] + '/s', quads=sys.argv[2]); print(z.pid, flush=True); time.sleep(60)"
        )
        command = [sys.executable, "-c", program, directory, str(quads_file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
            assert parent.stdout is not None
            zygote = int(parent.stdout.readline())
            workers = children(zygote)
            assert workers
            parent.kill()
        assert eventually(lambda: not any(alive(pid) for pid in [zygote, *workers]))


def test_a_zygote_that_is_killed_takes_its_workers_with_it(quads_file: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="ihub-") as directory:
        zygote = start_zygote(Path(directory) / "s", quads=quads_file, limits=LIMITS)
        workers = children(zygote.pid)
        os.kill(zygote.pid, signal.SIGKILL)
        zygote.close()
        assert eventually(lambda: not any(alive(pid) for pid in workers))


def test_a_zygote_that_finishes_lets_the_running_query_end(quads_file: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with tempfile.TemporaryDirectory(prefix="ihub-") as directory:
        zygote = start_zygote(Path(directory) / "s", quads=quads_file, limits=Limits(deadline=20.0, workers=1))
        service = SparqlService(zygote.socket_path, Limits(deadline=20.0))
        with ThreadPoolExecutor(1) as threads:
            running = threads.submit(service.execute, QueryRequest(slow))
            time.sleep(0.2)
            zygote.finish()
            assert number(running.result()) == 160**3
        assert eventually(lambda: not zygote.running)
        zygote.close()


def test_the_service_describes_itself_and_its_graphs(service: SparqlService) -> None:
    body = describe(service, "http://e/sparql", "nt").body.decode()
    sd, void = "http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#"
    assert f"<http://e/sparql> <{sd}feature> <{sd}UnionDefaultGraph>" in body
    assert f"<{sd}name> <{EX}g1>" in body
    assert body.count(f'<{void}triples> "80"') == 2


def _zygote_pid(service: SparqlService) -> int:
    path = service._path
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and path.encode() in _command(entry) and b"kg.sparql.zygote" in _command(entry):
            pid = int(entry.name)
            if _parent(pid) == os.getpid():
                return pid
    raise AssertionError("no zygote")


def _command(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:
        return b""


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def children(pid: int) -> list[int]:
    """Process ids of the children of a process that have a child's work, not of zombies."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if alive(int(child))]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
