"""The API answers searches in the form that others rely on, and refuses what it cannot use by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


def test_a_search_answers_in_the_agreed_form(client: FlaskClient) -> None:
    response = client.get("/api/search?q=robot+maze&limit=1&explain=1")
    body = response.get_json()
    assert response.status_code == 200
    assert set(body) >= {"release", "total", "next", "results", "facets"}
    (hit,) = body["results"]
    assert hit["iri"] == "http://127.0.0.1:8000/id/scenario/robot-ka"
    assert hit["url"] == "http://localhost/doc/scenario/robot-ka"
    assert hit["titleLanguage"] == "ka"
    assert hit["sourceIdentifier"] == "fx:5"
    assert hit["collection"] == "classroom"
    assert hit["dataKind"] == "original"
    assert hit["minutes"] == 45
    assert hit["reasons"]
    assert set(hit["signals"]) == {"cosine", "bm25"}


def test_filters_may_be_written_in_several_ways(client: FlaskClient) -> None:
    for value in (
        "digcomp22-1.2",
        "1.2",
        "competence/digcomp22-1.2",
        "http://127.0.0.1:8000/id/competence/digcomp22-1.2",
    ):
        assert client.get("/api/search", query_string={"competence": value}).get_json()["total"] == 1
    assert client.get("/api/search?subject=mathematics&level=isced-3").get_json()["total"] == 1


def test_a_known_value_without_scenarios_is_no_error(client: FlaskClient) -> None:
    assert client.get("/api/search?subject=chemistry").get_json()["total"] == 0


def test_pages_by_cursor_give_everything_once(client: FlaskClient) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        body = client.get("/api/search", query_string={"limit": 3, "cursor": cursor}).get_json()
        seen += [hit["iri"] for hit in body["results"]]
        cursor = body["next"]
    assert len(seen) == len(set(seen)) == body["total"] == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "x"), ("subject", "alchemy"), ("cursor", "x"), ("minutes_max", "1h"), ("q", "x" * 10_001)],
)
def test_a_bad_parameter_is_a_problem_that_names_it(client: FlaskClient, name: str, value: str) -> None:
    response = client.get("/api/search", query_string={name: value})
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["parameter"] == name


def test_labels_are_in_the_readers_language(client: FlaskClient) -> None:
    body = client.get("/api/search?q=fx:4", headers={"Accept-Language": "fi"}).get_json()
    assert body["results"][0]["subjects"][0]["label"] == "Historia"


def test_similar_scenarios(client: FlaskClient) -> None:
    assert client.get("/api/similar/scenario/robot-ka").get_json()["results"]
    assert client.get("/api/similar/scenario/unheard-of").status_code == 404


@given(
    st.text(max_size=300),
    st.dictionaries(st.sampled_from(["subject", "limit", "language", "cursor", "lang"]), st.text()),
)
def test_no_query_is_a_server_error(app: Flask, query: str, others: dict[str, str]) -> None:
    try:
        parameters = {"q": query, **others}
        response = app.test_client().get("/api/search", query_string=parameters)
    except UnicodeEncodeError:
        return  # a lone surrogate cannot be sent over HTTP
    assert response.status_code in {200, 400}
