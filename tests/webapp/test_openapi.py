"""The OpenAPI description has every data route, the values that the search takes, and is found by programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from search.request import FILTERS, NUMBERS
from webapp.api import PARAMETERS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

NO_DATA = {
    *("static", "pages.home", "pages.search", "metrics.metrics", "mcp.mcp"),
    *("browse.competences", "browse.subjects", "browse.hubs", "browse.collections", "browse.practices"),
    *("browse.schools", "about.data", "about.privacy", "about.accessibility", "about.usage"),
    *("coverage.coverage", "charts.charts", "network.graph", "plan.plan", "monitoring.monitoring"),
    *("monitoring_plots.plots", "usage.usage"),
}
"""Pages for people alone, what is for the operator, and MCP, which describes itself."""


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    return yaml.safe_load(client.get("/openapi.yaml").data)  # type: ignore[no-any-return]


def test_every_data_route_is_described(app: Flask, document: dict[str, Any]) -> None:
    routes: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in NO_DATA:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            routes.setdefault(path, set()).update((rule.methods or set()) & {"GET", "POST"})
    described = {path: {name.upper() for name in item} - {"OPTIONS"} for path, item in document["paths"].items()}
    assert described == routes


def test_the_search_is_described_by_its_own_parameters(document: dict[str, Any]) -> None:
    components = document["components"]["parameters"]
    named = {
        components[p["$ref"].rsplit("/", 1)[1]]["name"] if "$ref" in p else p["name"]
        for p in document["paths"]["/api/search"]["get"]["parameters"]
    }
    assert named == PARAMETERS
    assert set(components) >= {*FILTERS, *NUMBERS}
    assert "mathematics" in components["subject"]["schema"]["items"]["enum"]
    assert components["tool_not"]["schema"] == components["tool"]["schema"]


def test_every_value_that_is_described_is_taken(client: FlaskClient, document: dict[str, Any]) -> None:
    for name in FILTERS:
        for value in document["components"]["parameters"][name]["schema"]["items"]["enum"][:40]:
            assert (
                client.get("/api/search", query_string={name: value, "limit": 1, "facets": "none"}).status_code == 200
            ), (name, value)


def test_who_has_it_is_not_sent_it_again(client: FlaskClient) -> None:
    first = client.get("/openapi.yaml")
    assert first.mimetype == "application/yaml"
    again = client.get("/openapi.yaml", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_programs_are_led_to_it(client: FlaskClient) -> None:
    linkset = client.get("/.well-known/api-catalog").get_json()["linkset"]
    described = [link["href"] for entry in linkset for link in entry.get("service-desc", [])]
    assert "http://127.0.0.1:8000/openapi.yaml" in described
    assert "http://127.0.0.1:8000/openapi.yaml" in client.get("/llms.txt").text
