"""Whatever is sent, the answer is below 500, tells nothing of the inside, and comes with the security headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ROUTES = st.sampled_from(
    ["/", "/search", "/api/search", "/api/similar/scenario/robot-ka", "/id/scenario/robot-ka", "/doc/scenario/robot-ka",
     "/doc/scenario/robot-ka.ttl", "/sparql", "/sparql/examples", "/ontology", "/ontology/diagram.svg", "/shapes",
     "/ontology/1.0.0.ttl", "/context/v1.jsonld", "/healthz", "/readyz", "/static/site.css", "/nowhere"]
)  # fmt: skip
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Accept", "Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "Content-Type", "Cookie"]
    ),
    VALUES,
    max_size=3,
)
PARAMETERS = st.dictionaries(
    st.sampled_from(["q", "lang", "subject", "cursor", "limit", "explain", "format", "output", "minutes_max"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    max_size=3,
)


@given(METHODS, ROUTES, HEADERS, PARAMETERS, st.binary(max_size=80))
def test_no_request_is_a_server_error(
    app: Flask, method: str, route: str, headers: dict[str, str], parameters: dict[str, str], body: bytes
) -> None:
    data = body if method in {"POST", "PUT", "PATCH"} else None
    with app.test_client().open(route, method=method, headers=headers, query_string=parameters, data=data) as response:
        assert response.status_code < 500, response.get_data(as_text=True)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        if response.mimetype == "text/html":
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain", "*/*"])
def test_errors_tell_nothing_of_the_inside(client: FlaskClient, accept: str) -> None:
    for address in ("/nowhere", "/doc/scenario/nobody", "/api/search?limit=x"):
        text = client.get(address, headers={"Accept": accept}).get_data(as_text=True)
        assert not any(word in text for word in ("Traceback", "site-packages", "werkzeug", "/home/", ".py"))


@pytest.mark.parametrize(
    "path", ["/static/../kg/settings.py", "/static/%2e%2e/kg/settings.py", "/doc/scenario/..%2f..%2fx"]
)
def test_no_path_leads_out(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
