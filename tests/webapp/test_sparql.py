"""The endpoint beyond what the public conformance checks look at: parameters, errors, validators, the page."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from lxml import html

from kg.sparql.client import SparqlService
from kg.sparql.errors import (
    BudgetExceededError,
    ClientGoneError,
    DeadlineExceededError,
    MemoryExceededError,
    ServiceBusyError,
    SparqlError,
)
from kg.sparql.launcher import start_zygote
from kg.sparql.limits import Limits
from tests.conformance.factory import sparql_app
from tests.kg.sparql.conftest import EX, quads_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

LIMITS = Limits(deadline=5.0, workers=2, query_max_chars=5000)
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SELECT = "SELECT ?s ?n { ?s <number> ?n } ORDER BY ?n LIMIT 2"
CONSTRUCT = "CONSTRUCT { <s1> <number> ?n } WHERE { <s1> <number> ?n }"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparqlService]:
    quads = tmp_path_factory.mktemp("data") / "data.nq"
    quads.write_text(quads_text() + f"<{EX}evil> <{EX}link> <javascript:alert(1)> <{EX}g0> .\n", "utf-8")
    with (
        tempfile.TemporaryDirectory(prefix="ihub-") as directory,
        start_zygote(Path(directory) / "s", quads=quads, limits=LIMITS, base_iri=EX) as zygote,
    ):
        yield SparqlService(zygote.socket_path, LIMITS, release="r1")


@pytest.fixture
def endpoint(service: SparqlService) -> FlaskClient:
    return sparql_app(service).test_client()


def get(
    endpoint: FlaskClient, query: str | None, headers: dict[str, str] | None = None, **parameters: str
) -> TestResponse:
    return endpoint.get("/sparql?" + urlencode({**({"query": query} if query else {}), **parameters}), headers=headers)


@pytest.mark.parametrize("parameter", ["format", "output"])
@pytest.mark.parametrize(
    ("query", "name", "media_type"),
    [
        (SELECT, "json", "application/sparql-results+json"),
        (SELECT, "xml", "application/sparql-results+xml"),
        (SELECT, "CSV", "text/csv"),
        (SELECT, "tsv", "text/tab-separated-values"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "json", "application/ld+json"),
        (CONSTRUCT, "xml", "application/rdf+xml"),
        (CONSTRUCT, "turtle", "text/turtle"),
        (CONSTRUCT, "n-triples", "application/n-triples"),
        (CONSTRUCT, "trig", "application/trig"),
        (CONSTRUCT, "nq", "application/n-quads"),
    ],
)
def test_the_format_can_be_a_parameter(
    endpoint: FlaskClient, parameter: str, query: str, name: str, media_type: str
) -> None:
    answer = get(endpoint, query, {"Accept": "text/html"}, **{parameter: name})
    assert (answer.status_code, answer.mimetype) == (200, media_type)


def test_a_format_for_the_other_kind_of_query_is_not_acceptable(endpoint: FlaskClient) -> None:
    assert get(endpoint, CONSTRUCT, format="csv").status_code == 406
    unknown = get(endpoint, SELECT, format="pdf")
    assert unknown.status_code == 400
    assert "tsv" in unknown.json["detail"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("accept", "query"), [("application/json", SELECT), ("application/xml", SELECT), ("application/json", CONSTRUCT)]
)
def test_who_asks_for_a_general_type_is_answered_in_it(endpoint: FlaskClient, accept: str, query: str) -> None:
    assert get(endpoint, query, {"Accept": accept}).mimetype == accept


def test_every_answer_has_a_charset(endpoint: FlaskClient) -> None:
    for name in ("json", "xml", "csv", "tsv"):
        assert get(endpoint, SELECT, format=name).content_type.endswith("; charset=utf-8")


def test_a_mistake_is_reported_with_its_place(endpoint: FlaskClient) -> None:
    answer = get(endpoint, "SELECT *\nWHERE { ?s ?p }")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem is not None
    assert (problem["type"], problem["line"], problem["column"]) == ("urn:ihub:problem:malformed", 2, 15)
    assert problem["sourceLine"] == "WHERE { ?s ?p }"


def test_updates_are_forbidden_as_such_and_malformed_as_queries(endpoint: FlaskClient) -> None:
    update = "INSERT DATA { <a> <b> <c> }"
    assert endpoint.post("/sparql", data={"update": update}).status_code == 403
    assert endpoint.post("/sparql", data=update, content_type="application/sparql-update").status_code == 403
    assert endpoint.get("/sparql", query_string={"update": update}).status_code == 403
    as_query = endpoint.post("/sparql", data={"query": update})
    assert as_query.status_code == 400
    assert "only answers queries" in as_query.json["detail"]  # type: ignore[index]


def test_long_queries_are_refused_by_post_and_get(endpoint: FlaskClient) -> None:
    text = "ASK {} #" + "x" * 5000
    assert endpoint.post("/sparql", data=text, content_type="application/sparql-query").status_code == 413
    assert get(endpoint, text).status_code == 414


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/json"}, b"{}"),
        ({"Content-Type": "application/sparql-query; charset=utf-16"}, "ASK {}".encode("utf-16")),
        ({"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}, b"\x1f\x8b"),
        ({}, b"ASK {}"),
    ],
)
def test_other_bodies_are_unsupported(endpoint: FlaskClient, headers: dict[str, str], body: bytes) -> None:
    answer = endpoint.post("/sparql", data=body, headers=headers)
    assert answer.status_code == 415
    assert "application/sparql-query" in answer.headers.get("Accept-Post", "application/sparql-query")


@pytest.mark.parametrize(
    "address", ["?query=ASK+%7B%7D&query=ASK+%7B%7D", "?query=%FF", "?" + "&".join(f"a{n}=1" for n in range(600))]
)
def test_addresses_that_are_no_operation_are_refused(endpoint: FlaskClient, address: str) -> None:
    assert endpoint.get("/sparql" + address).status_code == 400


def test_a_query_in_the_address_and_in_the_body_is_one_too_many(endpoint: FlaskClient) -> None:
    answer = endpoint.post("/sparql?query=ASK%7B%7D", data="ASK {}", content_type="application/sparql-query")
    assert answer.status_code == 400


def test_an_answer_can_be_revalidated(endpoint: FlaskClient) -> None:
    first = get(endpoint, SELECT, format="csv")
    etag = first.headers["ETag"]
    again = get(endpoint, SELECT.replace(" ", "  "), {"If-None-Match": etag}, format="csv")
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert get(endpoint, SELECT, {"If-None-Match": etag}, format="tsv").status_code == 200
    assert first.headers["Cache-Control"] == "no-cache"


def test_an_answer_that_may_differ_has_no_validator(endpoint: FlaskClient) -> None:
    answer = get(endpoint, "SELECT (NOW() AS ?now) {}")
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_head_has_the_headers_of_get(endpoint: FlaskClient) -> None:
    head = endpoint.head("/sparql", query_string={"query": SELECT})
    whole = get(endpoint, SELECT)
    assert (head.data, head.content_length, head.headers["ETag"]) == (b"", len(whole.data), whole.headers["ETag"])


def test_any_origin_may_read_answers_and_refusals(endpoint: FlaskClient) -> None:
    for answer in (get(endpoint, SELECT), get(endpoint, "SELEKT"), endpoint.options("/sparql")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BudgetExceededError("used up", retry_after=7), 429),
        (ServiceBusyError("busy", retry_after=7), 503),
        (DeadlineExceededError("too late"), 504),
        (MemoryExceededError("too big"), 422),
        (ClientGoneError("gone"), 503),
    ],
)
def test_every_reason_has_its_status(
    endpoint: FlaskClient, service: SparqlService, monkeypatch: pytest.MonkeyPatch, error: SparqlError, status: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(service, "execute", refuse)
    answer = get(endpoint, SELECT)
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == (str(error.retry_after) if error.retry_after else None)
    page = get(endpoint, SELECT, BROWSER)
    assert (page.status_code, page.mimetype) == (status, "text/html")


def test_every_kind_of_error_has_a_status() -> None:
    from webapp.sparql import _STATUS

    assert set(_STATUS) == set(SparqlError.__subclasses__())


def page(answer: TestResponse) -> html.HtmlElement:
    assert answer.mimetype == "text/html"
    return html.fromstring(answer.text)


def test_a_browser_gets_a_form_with_a_query_to_try(endpoint: FlaskClient) -> None:
    tree = page(get(endpoint, None, BROWSER))
    example = tree.xpath("string(//textarea[@name='query'])")
    assert get(endpoint, example, format="json").status_code == 200
    assert tree.xpath("//form[@action='/sparql']//label[@for='query']")


def test_a_browser_gets_its_answer_as_a_table(endpoint: FlaskClient) -> None:
    tree = page(get(endpoint, SELECT, BROWSER))
    assert tree.xpath("//table[@class='results']//th/text()") == ["s", "n"]
    assert tree.xpath("string(//table[@class='results']//td[1]/a/@href)") == f"{EX}s0"
    assert [
        (cell.text_content().strip(), cell.get("title")) for cell in tree.xpath("//table[@class='results']//td[2]")
    ] == [
        ("0", "xsd:integer"),
        ("1", "xsd:integer"),
    ]
    assert tree.xpath("string(//textarea)").strip() == SELECT


def test_downloads_and_permanent_link_work(endpoint: FlaskClient) -> None:
    tree = page(get(endpoint, SELECT, BROWSER, **{"default-graph-uri": EX + "g0"}))
    addresses = [link for link in tree.xpath("//section//a/@href") if link.startswith("/sparql?")]
    assert len(addresses) == 5
    types = [endpoint.get(address, headers=BROWSER).mimetype for address in addresses]
    assert types == ["text/html", "application/sparql-results+json", "application/sparql-results+xml", "text/csv",
                     "text/tab-separated-values"]  # fmt: skip
    rows = json.loads(endpoint.get(addresses[1]).data)["results"]["bindings"]
    assert {row["s"]["value"] for row in rows} == {f"{EX}s0", f"{EX}s2"}


@pytest.mark.parametrize(
    ("query", "shown"), [("ASK {}", "Yes"), ("ASK { FILTER(false) }", "No"), (CONSTRUCT, "<http://example.org/s1>")]
)
def test_other_answers_are_shown_too(endpoint: FlaskClient, query: str, shown: str) -> None:
    assert shown in page(get(endpoint, query, BROWSER)).text_content()


def test_the_page_marks_the_mistake(endpoint: FlaskClient) -> None:
    answer = get(endpoint, "SELECT *\nWHERE { ?s ?p }", BROWSER)
    assert answer.status_code == 400
    excerpt = page(answer).xpath("string(//pre)").split("\n")
    assert excerpt[1].index("^") == excerpt[0].index("}")


def test_nothing_in_query_or_data_becomes_markup_or_script(endpoint: FlaskClient) -> None:
    hostile = 'SELECT ("<script>alert(1)</script>" AS ?x) ?l { <evil> <link> ?l } #</textarea><script>alert(2)</script>'
    tree = page(get(endpoint, hostile, BROWSER))
    assert not tree.xpath("//script")
    assert not tree.xpath("//*[starts-with(@href, 'javascript:')]")
    assert "javascript:alert(1)" in tree.text_content()
    assert not page(get(endpoint, "<script>alert(3)</script>", BROWSER)).xpath("//script")


def test_pages_need_neither_inline_styles_nor_inline_scripts(endpoint: FlaskClient) -> None:
    tree = page(get(endpoint, SELECT, BROWSER))
    assert not tree.xpath("//style | //script | //@style | //@*[starts-with(name(), 'on')]")


def test_a_long_table_is_shown_in_part_and_says_so(endpoint: FlaskClient) -> None:
    tree = page(get(endpoint, "SELECT ?a ?d { ?a <next> ?b . ?d <next> ?e }", BROWSER))
    assert len(tree.xpath("//tbody/tr")) == 1000
    assert "1,600 rows, the first 1,000 shown" in " ".join(tree.text_content().split())


def test_the_service_describes_itself_where_it_is_asked(endpoint: FlaskClient) -> None:
    answer = get(endpoint, None, {"Accept": "text/turtle", "Host": "data.example.org"})
    assert answer.mimetype == "text/turtle"
    assert "http://data.example.org/sparql" in answer.text
    assert "sd:UnionDefaultGraph" in answer.text


def test_the_description_has_void_and_every_named_graph(endpoint: FlaskClient) -> None:
    triples = {
        line.removesuffix(" .") for line in get(endpoint, None, {"Accept": "application/n-triples"}).text.splitlines()
    }
    dataset, void = "<http://localhost/sparql#dataset>", "http://rdfs.org/ns/void#"
    assert f"{dataset} <{void}sparqlEndpoint> <http://localhost/sparql>" in triples
    assert f'{dataset} <{void}triples> "161"^^<http://www.w3.org/2001/XMLSchema#integer>' in triples
    names = {line.rpartition(" ")[2] for line in triples if "service-description#name>" in line}
    assert names == {f"<{EX}g0>", f"<{EX}g1>"}
