"""No route tells where the program lies or what it is made of, in headers and bodies, however it is asked."""

from __future__ import annotations

import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ROOT = str(Path(__file__).parents[2])
SECRETS = [ROOT, sys.prefix, "site-packages", "Traceback", "werkzeug", "gunicorn", "Python/", "pyoxigraph"]
SECRETS += ["/home/", "/tmp/", "python_info", platform.python_version()]
SECRETS += [f"{name}/{version(name)}" for name in ("flask", "werkzeug", "gunicorn")]
HOSTILE = ["'\"><script>", "../../etc/passwd", "%00", "x" * 3000, "\u202e\ud7ff", "-1", "{{7*7}}", "%ff%fe"]
QUERIES = ["", "q=%00", "limit=NaN", "cursor=%ff", "query=SELEC", "verb=%3Cx%3E", "page=-1", "lang=%22%3E", "x=1"]
ACCEPTS = ["text/html", "application/json", "text/plain;q=nan", "*/*", "image/png"]


def routes(app: Flask) -> list[str]:
    return sorted({rule.rule for rule in app.url_map.iter_rules()})


def filled(rule: str, value: str) -> str:
    return re.sub(r"<(?:\w+:)?\w+>", lambda _: value, rule)


def told(client: FlaskClient, path: str, method: str = "GET", **options: object) -> tuple[int, str]:
    """The status of an answer, and all that it says."""
    with client.open(path, method=method, **options) as response:  # type: ignore[arg-type]
        body = response.get_data()[:200_000].decode("utf-8", "replace")
        return response.status_code, f"{response.headers}\n{body}"


@pytest.mark.parametrize("accept", ACCEPTS)
def test_no_answer_tells_of_the_inside(app: Flask, accept: str) -> None:
    client = app.test_client()
    for number, rule in enumerate(routes(app)):
        path = filled(rule, HOSTILE[number % len(HOSTILE)])
        query = QUERIES[number % len(QUERIES)]
        status, text = told(client, f"{path}?{query}", headers={"Accept": accept})
        assert status < 500, (path, query)
        assert not [secret for secret in SECRETS if secret in text], (path, query)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "BREW"])
def test_no_method_tells_of_the_inside(app: Flask, method: str) -> None:
    client = app.test_client()
    for rule in routes(app):
        status, text = told(client, filled(rule, "x"), method, data=b"\xff{", content_type="application/json")
        assert status < 500, rule
        assert not [secret for secret in SECRETS if secret in text], rule


def test_metrics_tell_neither_the_inside_nor_what_was_asked(app: Flask) -> None:
    client = app.test_client()
    for secret in ("hunter2", "/etc/passwd", "' OR 1=1"):
        for path in (f"/{secret}", f"/search?q={secret}", f"/sparql?query={secret}", f"/api/search?q={secret}"):
            client.get(path)
    client.open("/search", method="HUNTER2")
    status, text = told(client, "/metrics")
    assert status == 200
    assert 'ihub_http_requests_total{method="GET",route="/search",status="200"}' in text
    assert not [secret for secret in SECRETS if secret in text]
    assert not [asked for asked in ("hunter2", "HUNTER2", "passwd", "OR 1=1") if asked in text]


def test_a_site_without_a_release_does_not_tell_where_it_should_be(tmp_path: Path) -> None:
    from kg.settings import Settings
    from webapp import create_app

    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path / "nowhere"), "IHUB_EMBEDDER": "none"})
    client = create_app(settings, supervised=True).test_client()
    asked = ("/", "/readyz", "/api/search", "/doc/scenario/x", "/oai?verb=Identify", "/feed", "/feed.trig", "/dumps/")
    for path in (*asked, "/sparql?query=ASK{}"):
        status, text = told(client, path)
        assert status in {200, 303, 503}, path
        assert str(tmp_path) not in text, path
