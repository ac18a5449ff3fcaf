"""Limits, outages and new releases, with a real Virtuoso behind the service."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kg.build import SHIPPED_COLLECTIONS
from kg.errors import ReleaseError, StoreError
from kg.release import current_release
from kg.settings import Settings
from kg.store import publish
from kg.store.connection import StoreAddress, StoreConnection
from kg.store.publication import read_publication, record_exchange
from kg.store.publish import publish_release, release_graphs
from tests.conftest import COLLECTIONS
from tests.store.conftest import build
from tests.store.virtuoso import installed, virtuoso
from webapp import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.store.virtuoso import Virtuoso

pytestmark = pytest.mark.long

ROWS = 300
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a ihub:LearningScenario }"
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?c) > STR(?f) && STR(?i) != STR(?c)) }"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A server that gives few rows, as many public ones do."""
    if not installed():
        pytest.skip("needs Virtuoso 7 (Debian: apt install virtuoso-opensource-7)")
    with virtuoso(tmp_path_factory.mktemp("virtuoso"), rows=ROWS) as running:
        yield running


@pytest.fixture
def settings(small: Virtuoso, tmp_path: Path) -> Settings:
    """A deployment of its own in the shared server."""
    environment = {
        "IHUB_HOME": str(tmp_path / "home"),
        "IHUB_EMBEDDER": "none",
        "IHUB_BASE_IRI": f"http://{tmp_path.name.replace('_', '-')}.example/",
        "IHUB_SPARQL_DEADLINE": "6",
        "IHUB_SPARQL_WORKERS": "2",
    }
    return Settings.from_environment(environment | small.environment())


def connect(settings: Settings) -> StoreConnection:
    address = StoreAddress.from_settings(settings)
    assert address
    return StoreConnection(address, 60.0)


def publish_current(settings: Settings, **options: Any) -> publish.PublishReport:
    return publish_release(connect(settings), current_release(settings), lock=settings.home / "lock", **options)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    build(settings, COLLECTIONS)
    publish_current(settings)
    app = create_app(settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    app.extensions["ihub.services"].close()


def kind(answer: Any) -> tuple[int, str]:
    return answer.status_code, (answer.json or {}).get("type", "").rpartition(":")[2]


def test_nothing_is_truncated_in_silence(app: Flask) -> None:
    client = app.test_client()
    for query in (
        "SELECT * { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
    ):
        answer = client.post("/sparql", data={"query": query, "format": "nt" if query[0] == "C" else "json"})
        assert kind(answer) == (422, "too_large"), query
    fitting = client.post("/sparql", data={"query": f"SELECT * {{ ?s ?p ?o }} LIMIT {ROWS - 1}", "format": "json"})
    assert len(fitting.json["results"]["bindings"]) == ROWS - 1  # type: ignore[index]
    assert client.get("/search?q=robot").status_code == 200  # look-ups take what they need in parts


def test_a_query_ends_at_the_deadline_and_others_are_answered_meanwhile(app: Flask) -> None:
    client, bombed = app.test_client(), []
    assert client.post("/sparql", data={"query": "ASK {}"}).status_code == 200  # the first request loads the site
    start = time.monotonic()
    bomb = threading.Thread(target=lambda: bombed.append(client.post("/sparql", data={"query": BOMB})))
    bomb.start()
    time.sleep(0.5)
    assert app.test_client().post("/sparql", data={"query": COUNT}).status_code == 200
    bomb.join()
    assert kind(bombed[0])[0] in {503, 504}
    assert time.monotonic() - start < 10.0


def test_a_client_has_a_budget_of_time_at_the_store(settings: Settings) -> None:
    build(settings, COLLECTIONS)
    publish_current(settings)
    app = create_app(replace(settings, sparql_client_seconds=1))
    try:
        statuses = []
        for number in range(3):
            bomb = BOMB.replace("?b", f"?b{number}")
            statuses.append(kind(app.test_client().post("/sparql", data={"query": bomb}))[1])
        assert statuses[-1] == "budget"
    finally:
        app.extensions["ihub.services"].close()


def test_wrong_credentials_are_named_and_not_shown(settings: Settings) -> None:
    build(settings, COLLECTIONS)
    wrong = replace(settings, sparql_store_password="hunter2")  # noqa: S106 - wrong on purpose
    with pytest.raises(StoreError, match="credentials") as caught:
        publish_current(wrong)
    assert "hunter2" not in str(caught.value)
    environment = {**os.environ, **wrong.to_environment()}
    done = subprocess.run(
        [sys.executable, "-m", "webapp.cli", "publish"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not take our credentials" in done.stderr
    assert "hunter2" not in done.stderr


def test_a_store_that_holds_something_else_is_noticed(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "collections"
    shutil.copytree(COLLECTIONS, folder)
    first = build(settings, folder)
    app = create_app(settings)
    try:
        client = app.test_client()
        assert "no release" in client.get("/readyz").json["detail"]  # type: ignore[index]
        assert client.post("/sparql", data={"query": COUNT}).status_code == 503
        assert client.get("/").status_code == 200  # pages have the release's own graph
        publish_current(settings)
        time.sleep(1.1)
        assert client.get("/readyz").status_code == 200
        (folder / "classroom" / "scenarios.yaml").unlink()
        second = build(settings, folder)
        assert client.get("/readyz").json["release"] == first.id  # type: ignore[index]  # it goes on with the old one
        restarted = create_app(settings)
        detail = restarted.test_client().get("/readyz").json["detail"]  # type: ignore[index]
        assert first.id in detail
        assert second.id in detail
        restarted.extensions["ihub.services"].close()
    finally:
        app.extensions["ihub.services"].close()


def test_a_store_that_is_down_is_an_outage_with_a_reason(settings: Settings) -> None:
    build(settings, COLLECTIONS)
    app = create_app(replace(settings, sparql_store="http://127.0.0.1:9/sparql"))
    try:
        client = app.test_client()
        assert client.get("/healthz").status_code == 200
        assert "does not answer" in client.get("/readyz").json["detail"]  # type: ignore[index]
        answer = client.post("/sparql", data={"query": COUNT})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
    finally:
        app.extensions["ihub.services"].close()


def test_only_what_changed_is_sent_and_what_is_gone_is_removed(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "collections"
    shutil.copytree(COLLECTIONS, folder)
    build(settings, folder, SHIPPED_COLLECTIONS / "core")
    first = publish_current(settings)
    assert first.sent == current_release(settings).manifest["quads"]
    assert publish_current(settings).sent == 0
    build(settings, folder)
    second = publish_current(settings)
    core = f"{settings.id_base}collection/core"
    assert second.removed == (core,)
    assert "https://w3id.org/ihub/ns" in second.unchanged
    assert second.sent < first.sent / 2
    connection = connect(settings)
    assert connection.select(f"SELECT * {{ GRAPH <{core}> {{ ?s ?p ?o }} }} LIMIT 1", [core]) == []
    held = read_publication(connection, settings.base_iri)
    assert (held.release, held.graphs, held.staging) == (
        second.release,
        release_graphs(current_release(settings)),
        frozenset(),
    )


_PUBLISH = """
import sys
from pathlib import Path
from kg.release import current_release
from kg.settings import Settings
from kg.store import publish
from kg.store.connection import StoreAddress, StoreConnection
publish._BATCH_GRAPH_STORE = 100
settings = Settings.from_environment()
release = current_release(settings)
connection = StoreConnection(StoreAddress.from_settings(settings), 60.0)
shown = lambda graph, done, total: print(graph, done, total, flush=True)
report = publish.publish_release(connection, release, lock=settings.home / "lock", progress=shown)
print("sent", report.sent)
"""


def test_killed_in_the_middle_the_old_release_is_served_and_the_rest_follows(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    before = client.post("/sparql", data={"query": COUNT, "format": "json"}).json
    old = read_publication(connect(settings), settings.base_iri)
    release = build(settings, COLLECTIONS, SHIPPED_COLLECTIONS / "core")
    environment = {**os.environ, **settings.to_environment()}
    process = subprocess.Popen([sys.executable, "-c", _PUBLISH], env=environment, stdout=subprocess.PIPE)
    assert process.stdout
    for _ in range(8):
        assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    held = read_publication(connect(settings), settings.base_iri)
    assert (held.release, held.graphs) == (old.release, old.graphs)
    time.sleep(1.1)
    assert client.get("/readyz").json == {"status": "ready", "release": old.release}
    assert client.post("/sparql", data={"query": COUNT, "format": "json"}).json == before
    monkeypatch.setattr(publish, "_BATCH_GRAPH_STORE", 100)
    report = publish_current(settings)
    changed = sum(release_graphs(release)[graph].triples for graph in report.replaced)
    assert 0 < report.sent <= changed - 600  # what was there was not sent again
    assert read_publication(connect(settings), settings.base_iri).graphs == release_graphs(release)


def test_an_exchange_that_broke_off_is_shown_to_nobody_and_finished(app: Flask, settings: Settings) -> None:
    connection, client = connect(settings), app.test_client()
    release = build(settings, COLLECTIONS, SHIPPED_COLLECTIONS / "core")
    publisher = publish._Publisher(connection, release, lambda *_: None)
    wanted = release_graphs(release)
    for graph, state in wanted.items():
        publisher._load(graph, state, publisher._staging(graph, state))
    first = min(wanted)
    connection.update(record_exchange(settings.base_iri))
    connection.update(f"MOVE GRAPH <{publisher._staging(first, wanted[first])}> TO GRAPH <{first}>")
    time.sleep(1.1)
    assert client.post("/sparql", data={"query": COUNT}).status_code == 503
    assert client.get("/readyz").status_code == 503
    assert client.get("/").status_code == 200
    publish_current(settings)
    assert read_publication(connection, settings.base_iri).graphs == wanted
    time.sleep(1.1)
    assert client.post("/sparql", data={"query": COUNT}).status_code == 200


def test_a_store_without_graph_store_protocol_is_loaded_by_updates(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "collections"
    shutil.copytree(COLLECTIONS, folder)
    (folder / "classroom" / "scenarios.yaml").unlink()  # Virtuoso takes no xsd:duration in an update
    build(settings, folder)
    settings = replace(settings, sparql_store_graphs="")
    report = publish_current(settings)
    assert report.sent == current_release(settings).manifest["quads"]


def test_what_arrives_damaged_is_not_published(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    build(settings, COLLECTIONS)
    add = StoreConnection.add
    monkeypatch.setattr(StoreConnection, "add", lambda self, graph, data: add(self, graph, data.partition(b"\n")[2]))
    with pytest.raises(StoreError, match="holds"):
        publish_current(settings)
    assert read_publication(connect(settings), settings.base_iri).release is None


def test_publications_do_not_run_side_by_side(settings: Settings) -> None:
    build(settings, COLLECTIONS)
    with publish._alone(settings.home / "lock"), pytest.raises(ReleaseError, match="another"):
        publish_current(settings)
