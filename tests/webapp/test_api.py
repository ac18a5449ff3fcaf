"""The API answers searches in the form that others rely on, and refuses what it cannot use by name."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.request import FILTERS, NUMBERS
from webapp.api import PARAMETERS
from webapp.search_export import safe_cell

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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("minutes_min", "-1"),
        ("age", "old"),
        ("age", "121"),
        ("suggested", "perhaps"),
        ("explain", "x"),
        ("facets", "subject,colour"),
        ("format", "xml"),
        ("tool_not", "no-such-tool"),
        ("licence", "all-rights"),
        ("devices", "some"),
        ("evidence", "good"),
        ("subjects", "history"),
        ("cursor", "WyJvdGhlciIsNV0"),
    ],
)
def test_every_bad_parameter_is_named(client: FlaskClient, name: str, value: str) -> None:
    response = client.get("/api/search", query_string={name: value})
    assert response.status_code == 400
    assert response.get_json()["parameter"] == name


def test_contradicting_times_are_refused(client: FlaskClient) -> None:
    response = client.get("/api/search?minutes_min=60&minutes_max=45")
    assert (response.status_code, response.get_json()["parameter"]) == (400, "minutes_min")


def test_offered_values_give_what_they_say(client: FlaskClient) -> None:
    body = client.get("/api/search?q=photo").get_json()
    for name, values in body["facets"].items():
        for value in values:
            narrowed = client.get("/api/search", query_string={"q": "photo", name: value["value"]}).get_json()
            assert narrowed["total"] == value["count"] > 0, (name, value)


def test_trees_name_what_is_above(client: FlaskClient) -> None:
    subjects = {value["value"]: value for value in client.get("/api/search").get_json()["facets"]["subject"]}
    assert subjects["robotics"]["broader"] == ["informatics"]
    assert "broader" not in subjects["informatics"]


def test_reasons_and_highlights_point_into_texts(client: FlaskClient) -> None:
    body = client.get("/api/search?q=allikakriitika+photo+caption").get_json()
    hit = next(hit for hit in body["results"] if hit["sourceIdentifier"].startswith("fx:1"))
    reasons = {reason["kind"]: reason for reason in hit["reasons"]}
    assert reasons["competence"]["askedAs"] == "allikakriitika"
    assert "1.2" in reasons["competence"]["text"]
    assert "“allikakriitika”" in reasons["competence"]["text"]
    assert [hit["title"][start:end].casefold() for start, end in hit["titleHighlights"]] == ["photo"]
    assert reasons["passage"]["language"] == "en"


def test_reasons_are_in_the_readers_language(client: FlaskClient) -> None:
    hit = client.get("/api/search?q=TinEye&minutes_max=45&lang=et").get_json()["results"][0]
    texts = [reason["text"] for reason in hit["reasons"]]
    assert "Kestab 45 min" in texts
    assert any(text.startswith("Kasutab: TinEye") for text in texts)


def test_words_that_read_as_filters_are_offered_with_their_address(client: FlaskClient) -> None:
    body = client.get("/api/search?q=photo+45+min").get_json()
    (offer,) = [offer for offer in body["constraints"] if offer["parameters"] == [["minutes_max", "45"]]]
    assert body["query"][offer["start"] : offer["end"]] == offer["text"] == "45 min"
    assert offer["query"] == "photo"
    accepted = client.get(offer["url"].replace("/search", "/api/search")).get_json()
    assert accepted["total"] > 0
    assert all(hit["minutes"] <= 45 for hit in accepted["results"])
    assert client.get("/api/search?q=photo+45+min&constraints=0").get_json()["constraints"] == []


def test_an_empty_answer_says_what_to_drop(client: FlaskClient) -> None:
    body = client.get("/api/search?subject=history&minutes_max=45").get_json()
    assert body["total"] == 0
    drops = {tuple(entry["drop"]): entry for entry in body["relaxations"]}
    assert {("subject",), ("minutes_max",)} <= set(drops)
    for entry in drops.values():
        assert client.get(entry["url"].replace("/search", "/api/search")).get_json()["total"] == entry["total"] > 0


def test_an_address_is_canonical(client: FlaskClient) -> None:
    written = "/api/search?level=isced-2&q=++photo&minutes_max=&language=et&language=en&subject=SUBJECT/media-literacy"
    address = client.get(written).get_json()["address"]
    assert address.endswith("/search?q=photo&subject=media-literacy&level=isced-2&language=en&language=et")
    assert client.get(address.replace("/search", "/api/search")).get_json()["address"] == address


def test_an_answer_may_be_kept_until_the_release_changes(client: FlaskClient) -> None:
    first = client.get("/api/search?q=photo")
    again = client.get("/api/search?q=photo", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/api/search?q=photo", headers={"Accept-Language": "fi"})
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_table_has_all_hits(client: FlaskClient) -> None:
    for address in ("/api/search.csv?language=en", "/api/search?language=en&format=csv"):
        response = client.get(address)
        assert response.mimetype == "text/csv"
        rows = list(csv.DictReader(io.StringIO(response.text)))
        assert len(rows) == int(response.headers["X-Total-Count"]) == 2
        assert {row["sourceIdentifier"] for row in rows} == {"fx:1", "fx:6"}
        assert {row["minutes"] for row in rows} == {"45", ""}


def test_a_table_that_does_not_end_leads_on(client: FlaskClient) -> None:
    seen, address = [], "/api/search.csv?limit=4"
    while address:
        response = client.get(address)
        seen += [row["iri"] for row in csv.DictReader(io.StringIO(response.text))]
        address = response.headers.get("Link", "").partition(">")[0].lstrip("<")
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == "'" + text
    assert safe_cell("a" + text) == "a" + text


def test_suggestions_lead_to_searches(client: FlaskClient) -> None:
    for typed, label in (("robo", "Robotics"), ("ajalu", "History"), ("Podk", "Podkast om lokalhistorie")):
        body = client.get("/api/suggest", query_string={"q": typed}).get_json()
        (found,) = [entry for entry in body["suggestions"] if entry["label"] == label]
        assert found["text"][found["start"] : found["start"] + found["length"]].casefold() == typed.casefold()
        assert client.get(found["url"]).status_code == 200
    assert client.get("/api/suggest").get_json()["suggestions"] == []
    assert client.get("/api/suggest?q=" + "x" * 201).get_json()["parameter"] == "q"


def test_similar_scenarios_come_with_what_more_there_is(client: FlaskClient) -> None:
    body = client.get("/api/similar/scenario/robot-ka?limit=3&subject=informatics").get_json()
    assert len(body["results"]) == 3
    assert body["more"] == []
    assert client.get("/api/similar/scenario/robot-ka?subject=alchemy").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "a" * 10_000,
        "ab " * 3_333,
        "\x00\x01\x02",
        "\"'",
        "((((",
        "🤖🧪",
        "\u202eשלום\u202c",
        "robot რობოტი робот",
        "%",
        "\\",
    ],
)
def test_odd_queries_are_answered(client: FlaskClient, query: str) -> None:
    for address in ("/api/search", "/search", "/api/search.csv"):
        assert client.get(address, query_string={"q": query}).status_code == 200
    assert client.get("/api/suggest", query_string={"q": query}).status_code in {200, 400}


@given(
    st.text(max_size=60), st.lists(st.tuples(st.sampled_from([*FILTERS, *NUMBERS]), st.text(max_size=8)), max_size=3)
)
def test_no_filter_is_a_server_error(app: Flask, query: str, filters: list[tuple[str, str]]) -> None:
    try:
        for address in ("/api/search", "/search", "/api/suggest"):
            response = app.test_client().get(address, query_string=[("q", query), *filters])
            assert response.status_code in {200, 400}
    except UnicodeEncodeError:
        return  # a lone surrogate cannot be sent over HTTP


def test_every_parameter_and_member_is_documented(client: FlaskClient) -> None:
    text = (Path(__file__).parents[2] / "docs" / "search.md").read_text(encoding="utf-8")
    body = client.get("/api/search?q=photo+45+min&explain=1").get_json()
    empty = client.get("/api/search?subject=history&minutes_max=45").get_json()
    members = {*body, *empty, *body["results"][0], *(name for entry in body["constraints"] for name in entry)}
    members |= {name for hit in body["results"] for reason in hit["reasons"] for name in reason}
    for name in {*PARAMETERS, *members}:
        assert f"`{name}`" in text, name


def test_a_repeated_request_is_answered_with_the_same_bytes_and_headers(client: FlaskClient) -> None:
    first, again = (client.get("/api/search?q=photo&limit=2") for _ in range(2))
    assert again.data == first.data
    assert sorted(again.headers) == sorted(first.headers)
    other = client.get("/api/search?q=photo&limit=2", headers={"Accept-Language": "et"})
    assert other.headers["ETag"] != first.headers["ETag"], "each language has an answer of its own"
    changed = client.get("/api/search?q=photo&limit=2", headers={"If-None-Match": 'W/"another"'})
    assert changed.data == first.data


def test_a_mistake_is_told_each_time(client: FlaskClient) -> None:
    assert [client.get("/api/search?limit=none").status_code for _ in range(2)] == [400, 400]
