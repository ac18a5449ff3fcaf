"""`/metrics`: right over several processes, by route, and only for those who may read it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from kg.build import build_release
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.webapp.conftest import directory_of, running_server
from webapp import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from kg.release import Release
    from kg.settings import Settings


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by name and labels; the parser refuses what Prometheus would."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_and_never_by_path(client: FlaskClient) -> None:
    for path in ("/doc/scenario/none-1", "/doc/scenario/none-2", "/nowhere/1", "/nowhere/2"):
        client.get(path)
    text = client.get("/metrics").text
    assert "none-1" not in text
    assert "nowhere" not in text
    found = samples(text)
    route = (("method", "GET"), ("route", "/doc/<segment>/<path:slug>"), ("status", "404"))
    assert found["ihub_http_requests_total", route] >= 2
    assert found["ihub_http_requests_total", (("method", "GET"), ("route", "none"), ("status", "404"))] >= 2
    assert found["ihub_http_request_seconds_count", (("route", "none"),)] >= 2


def test_sparql_search_and_release_are_there(client: FlaskClient, release: Release) -> None:
    client.get("/api/search?q=robot")
    client.get("/sparql", query_string={"query": "ASK {}", "format": "json"})
    client.get("/sparql", query_string={"query": "ASK {", "format": "json"})
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=")
    found = samples(answer.text)
    assert found["ihub_release_info", (("release", release.id),)] == 1
    assert found["ihub_release_quads", ()] == release.manifest["quads"]
    assert found["ihub_sparql_queries_total", (("outcome", "ok"),)] >= 1
    assert found["ihub_sparql_queries_total", (("outcome", "malformed"),)] >= 1
    assert found["ihub_search_seconds_count", ()] >= 1
    assert found["ihub_sparql_up", ()] == 1
    assert found["ihub_sparql_workers", ()] == 4
    assert found["ihub_sparql_waiting", ()] == 0
    assert found["ihub_sparql_answered_total", ()] >= 1


@pytest.mark.parametrize(
    ("who", "proxies", "address", "headers", "status"),
    [
        ("loopback", 0, "127.0.0.1", {}, 200),
        ("loopback", 0, "::1", {}, 200),
        ("loopback", 0, "192.0.2.1", {}, 404),
        ("loopback", 0, "192.0.2.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("loopback", 0, "127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("loopback", 1, "127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("loopback", 1, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1, 192.0.2.1"}, 404),
        ("open", 0, "192.0.2.1", {}, 200),
        ("off", 0, "127.0.0.1", {}, 404),
    ],
)
def test_who_may_read_them(
    site_settings: Settings,
    release: Release,
    who: str,
    proxies: int,
    address: str,
    headers: dict[str, str],
    status: int,
) -> None:
    app = create_app(replace(site_settings, metrics=who, proxies=proxies), supervised=True)
    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


@pytest.mark.long
def test_several_web_processes_count_together(settings: Settings) -> None:
    build_release(settings, [COLLECTIONS], [SearchPart(None, settings.home / "cache" / "e.sqlite")])
    with running_server(replace(settings, workers=3)) as (address, process):
        for number in range(30):  # each over a connection of its own, so that all processes get some
            requests.get(f"{address}/sparql", params={"query": f"ASK {{}} #{number}"}, timeout=10)
            requests.get(f"{address}/api/search", params={"q": f"robot {number}"}, timeout=10)
        counts = [samples(requests.get(f"{address}/metrics", timeout=10).text) for _ in range(6)]
        files = os.listdir(directory_of(process) / "metrics")  # noqa: PTH208
    assert len({name.rpartition("_")[2] for name in files}) > 1  # more than one process has counted
    log = (settings.home / "server.log").read_text()
    lines = re.findall(r" ihub\.sparql query=[0-9a-f]{16} ms=[0-9.]+ rows=1 bytes=\d+ outcome=(?:ok|cached)\n", log)
    assert len(lines) == 30  # each query has left its line
    assert "ASK" not in log
    for found in counts:
        asked = sum(value for (name, _), value in found.items() if name == "ihub_sparql_queries_total")
        assert asked == 30
        assert found["ihub_search_seconds_count", ()] == 30
        assert found["ihub_http_request_seconds_count", (("route", "/sparql"),)] == 30
