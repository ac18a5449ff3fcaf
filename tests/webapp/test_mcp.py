"""The MCP server answers the package's own client, over HTTP and standard input and output, under the site's limits."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import requests
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters

from tests.webapp.conftest import running_server, wait_until
from tests.webapp.loopback import served_on_loopback
from webapp import create_app

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from flask import Flask

    from kg.release import Release
    from kg.settings import Settings

NAMES = ["search_scenarios", "get_entity", "list_concepts", "run_sparql", "example_queries"]
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a ihub:LearningScenario }"
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served_on_loopback(app) as address:
        yield address
    if bridge := app.extensions.pop("ihub.mcp", None):
        bridge.close()


def asked(server: Any, work: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    """Run ``work`` with a connected client."""

    async def run() -> Any:
        async with Client(server, mode=mode) as client:
            return await work(client)

    return anyio.run(run)


def called(address: str, tool: str, **arguments: Any) -> Any:
    result = asked(f"{address}/mcp", lambda client: client.call_tool(tool, arguments))
    return result.is_error, result.content[0].text


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_tools_are_listed_as_read_only(address: str, mode: str) -> None:
    tools = asked(f"{address}/mcp", lambda client: client.list_tools(), mode).tools
    assert [tool.name for tool in tools] == NAMES
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert {"subject", "minutes_max", "tool_not"} <= set(tools[0].input_schema["properties"])


def test_a_search_has_what_the_api_has(address: str) -> None:
    failed, text = called(address, "search_scenarios", query="robot maze", language=["ka"], limit=1)
    assert not failed
    (hit,) = json.loads(text)["results"]
    assert hit["iri"] == "http://127.0.0.1:8000/id/scenario/robot-ka"
    assert hit["reasons"]
    assert hit["dataKind"] == "original"


@pytest.mark.parametrize("name", ["http://127.0.0.1:8000/id/scenario/robot-ka", "scenario/robot-ka"])
def test_an_entity_is_read_by_its_iri(address: str, name: str) -> None:
    failed, text = called(address, "get_entity", iri=name)
    assert not failed
    assert json.loads(text)["id"].endswith("scenario/robot-ka")
    assert called(address, "get_entity", iri=name, format="markdown")[1].startswith("---")


def test_concepts_are_told_in_the_language_asked_for(address: str) -> None:
    failed, text = called(address, "list_concepts", filter="subject", contains="matem", lang="et")
    assert not failed
    labels = {row["value"]: row["label"] for row in json.loads(text)["concepts"]}
    assert labels["mathematics"] == "Matemaatika"


def test_queries_are_run(address: str) -> None:
    failed, text = called(address, "run_sparql", query=COUNT)
    assert not failed
    assert int(json.loads(text)["results"]["bindings"][0]["n"]["value"]) > 1


def test_every_example_query_runs_as_it_is(address: str) -> None:
    failed, text = called(address, "example_queries", audience="teacher")
    queries = json.loads(text)["queries"]
    assert not failed
    assert len(queries) > 3
    assert not called(address, "run_sparql", query=queries[0]["query"])[0]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("run_sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}, "SERVICE"),
        ("run_sparql", {"query": "INSERT DATA { <a> <b> <c> }"}, "only answers queries"),
        ("run_sparql", {"query": "SELEC"}, "line 1"),
        ("run_sparql", {}, "'query' is a required property"),
        ("search_scenarios", {"subject": ["alchemy"]}, "alchemy"),
        ("search_scenarios", {"query": "x", "colour": "red"}, "colour"),
        ("get_entity", {"iri": "https://elsewhere.example/id/x"}, "no entity"),
        ("get_entity", {"iri": "scenario/nobody"}, "no such entity"),
        ("get_entity", {"iri": "scenario/../../kg/settings"}, "no such entity"),
        ("no_such_tool", {}, "there is no tool"),
    ],
)
def test_what_is_refused_says_why(address: str, tool: str, arguments: dict[str, Any], said: str) -> None:
    failed, text = called(address, tool, **arguments)
    assert failed
    assert said in text
    assert not any(word in text for word in ("Traceback", "site-packages", "/home/"))


def test_pages_of_other_sites_may_not_use_it(address: str) -> None:
    foreign = requests.post(
        f"{address}/mcp", json=PING, headers={**HEADERS, "Origin": "https://evil.example"}, timeout=10
    )
    own = requests.post(f"{address}/mcp", json=PING, headers={**HEADERS, "Origin": "http://127.0.0.1:8000"}, timeout=10)
    assert foreign.status_code == 403
    assert (own.status_code, own.json()) == (200, {"jsonrpc": "2.0", "id": 1, "result": {}})


def test_no_thread_is_held_by_streams(address: str) -> None:
    assert requests.get(f"{address}/mcp", headers={"Accept": "text/event-stream"}, timeout=10).status_code == 405


def test_a_huge_message_is_refused(address: str) -> None:
    response = requests.post(f"{address}/mcp", data=b" " * (2 << 20), headers=HEADERS, timeout=10)
    assert response.status_code == 413


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"jsonrpc":"2.0","id":1,"method":"x"}', b"\xff"])
def test_nonsense_is_no_server_error(address: str, body: bytes) -> None:
    headers = {**HEADERS, "Content-Type": "application/json"}
    response = requests.post(f"{address}/mcp", data=body, headers=headers, timeout=10)
    assert response.status_code < 500
    assert "Traceback" not in response.text


def test_tools_count_as_requests_of_their_client(site_settings: Settings, release: Release) -> None:
    app = create_app(replace(site_settings, requests_per_minute=8, embedder="none"), supervised=True)
    with served_on_loopback(app) as address:
        answers = [
            requests.post(f"{address}/mcp", json=PING, headers=HEADERS, timeout=10).status_code for _ in range(10)
        ]
    app.extensions["ihub.mcp"].close()
    assert answers == [200] * 8 + [429] * 2


@pytest.fixture
def own_home(site_settings: Settings, release: Release, tmp_path: Path) -> Settings:
    """A copy of the home, whose SPARQL processes are not those of other tests."""
    shutil.copytree(site_settings.home, tmp_path / "home", symlinks=True, ignore=shutil.ignore_patterns("run"))
    return replace(site_settings, home=tmp_path / "home")


@pytest.mark.long
def test_a_server_goes_on_when_ihub_mcp_over_its_home_has_ended(own_home: Settings) -> None:
    environment = {**os.environ, **own_home.to_environment()}
    server = StdioServerParameters(command=sys.executable, args=["-m", "webapp.cli", "mcp"], env=environment)
    with running_server(replace(own_home, embedder="none")) as (address, process):
        asked(server, lambda client: client.call_tool("run_sparql", {"query": COUNT}))
        anew = {"query": f"{COUNT} #"}
        wait_until(lambda: requests.get(f"{address}/sparql", anew, timeout=20).status_code == 200, process, 15)


@pytest.mark.long
def test_it_speaks_over_standard_input_and_output(own_home: Settings) -> None:
    environment = {**os.environ, **own_home.to_environment()}
    server = StdioServerParameters(command=sys.executable, args=["-m", "webapp.cli", "mcp"], env=environment)

    async def work(client: Client) -> tuple[list[str], str, str]:
        tools = await client.list_tools()
        found = await client.call_tool("search_scenarios", {"query": "robot"})
        counted = await client.call_tool("run_sparql", {"query": COUNT})
        return [tool.name for tool in tools.tools], found.content[0].text, counted.content[0].text  # type: ignore[union-attr]

    names, found, counted = asked(server, work)
    assert names == NAMES
    assert json.loads(found)["total"] > 0
    assert json.loads(counted)["results"]["bindings"]


@pytest.mark.long
def test_any_process_of_a_real_server_answers(own_home: Settings) -> None:
    with running_server(replace(own_home, workers=2, embedder="none")) as (address, _):
        for _ in range(6):
            failed, text = called(address, "run_sparql", query=COUNT)
            assert not failed, text
