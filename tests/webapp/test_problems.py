"""Errors are problem documents for programs and pages for people, and tell nothing of the inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask, abort

from kg.errors import IhubError
from tests.conformance.factory import with_base
from webapp import interface_language, problems

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.fixture
def broken_client() -> FlaskClient:
    app = Flask("broken", template_folder="")
    app.jinja_loader = with_base()
    interface_language.init_app(app)
    problems.init_app(app)

    @app.get("/crash")
    def crash() -> str:
        raise ZeroDivisionError("a secret of the inside")

    @app.get("/state")
    def state() -> str:
        raise IhubError("the secret is broken", file="/secret/path")

    @app.get("/gone")
    def gone() -> str:
        abort(410, "It has been withdrawn.")

    @app.get("/own")
    def own() -> object:
        return problems.problem(409, "no & <b>", kind="conflict", headers={"Retry-After": "3"}, line=4, column=None)

    return app.test_client()


def test_a_program_gets_a_problem_document(broken_client: FlaskClient) -> None:
    answer = broken_client.get("/gone")
    assert answer.status_code == 410
    assert answer.content_type == "application/problem+json"
    assert answer.json == {"type": "about:blank", "title": "Gone", "status": 410, "detail": "It has been withdrawn."}


def test_a_browser_gets_a_page(broken_client: FlaskClient) -> None:
    answer = broken_client.get("/own", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.mimetype == "text/html"
    assert "no &amp; &lt;b&gt;" in answer.text


def test_plain_text_can_be_had(broken_client: FlaskClient) -> None:
    assert broken_client.get("/gone", headers={"Accept": "text/plain"}).text == "Gone: It has been withdrawn.\n"


def test_extensions_and_headers_are_kept_and_nothing_is_null(broken_client: FlaskClient) -> None:
    answer = broken_client.get("/own")
    assert answer.json is not None
    assert (answer.json["type"], answer.json["line"], "column" in answer.json) == (
        "urn:ihub:problem:conflict",
        4,
        False,
    )
    assert answer.headers["Retry-After"] == "3"


@pytest.mark.parametrize("path", ["/crash", "/state"])
def test_the_inside_stays_inside(broken_client: FlaskClient, path: str) -> None:
    answer = broken_client.get(path)
    assert answer.status_code in {500, 503}
    assert "secret" not in answer.text


def test_the_allowed_methods_are_named(broken_client: FlaskClient) -> None:
    answer = broken_client.delete("/gone")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.json is not None
    assert answer.json["title"] == "Method Not Allowed"
