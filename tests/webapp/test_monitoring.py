"""The page of monitoring tells the numbers of the cube, says what is withheld, and never tells what that is."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

from kg.build import build_release
from kg.monitoring.cube import monitoring_quads
from kg.monitoring.indicators import INDICATORS
from kg.settings import Settings
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.kg.monitoring.worlds import world
from tests.webapp.test_pages import page
from webapp import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Flask
    from flask.testing import FlaskClient


def with_world(quads: Sequence[ox.Quad], id_base: str) -> Sequence[ox.Quad]:
    """Return the cube of a release as if the made-up stories and schools were in it."""
    return monitoring_quads([*quads, *world()], id_base)


@pytest.fixture(scope="module")
def monitored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application whose release has a cube."""
    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("m")), "IHUB_EMBEDDER": "none"})
    part = SearchPart(None, settings.home / "cache" / "embeddings.sqlite")
    build_release(settings, [COLLECTIONS], [part], derived=[with_world])
    app = create_app(settings)
    app.testing = True
    yield app
    app.extensions["ihub.services"].close()


@pytest.fixture
def site(monitored: Flask) -> FlaskClient:
    return monitored.test_client()


def test_totals_stand_in_a_table_by_month(site: FlaskClient) -> None:
    tree = page(site, "/monitoring?indicator=uses")
    assert tree.xpath("//thead//th/text()")[-2:] == ["2027-03", "2027-04"]
    cells = [cell.text_content().strip() for cell in tree.xpath("//tbody//td")]
    assert cells[-2:] == ["15", "withheld"]
    assert not tree.xpath("//*[@style]")


def test_withheld_numbers_are_called_so_and_not_told(site: FlaskClient) -> None:
    answer = site.get("/api/monitoring?indicator=uses&by=hub").get_json()
    told = {o["value"].rsplit("/", 1)[-1]: (o["number"], o["withheld"]) for o in answer["observations"]}
    assert (told["north"], told["south"], told["east"]) == ((5, False), (5, False), (None, True))
    rows = list(csv.DictReader(io.StringIO(site.get("/monitoring.csv?indicator=uses&by=hub").text)))
    assert {row["value"].rsplit("/", 1)[-1]: (row["number"], row["withheld"]) for row in rows} == {
        hub: ("" if number is None else str(number), "true" if hidden else "false")
        for hub, (number, hidden) in told.items()
    }


@pytest.mark.parametrize(
    "asked",
    [f"indicator={slug}&by={by}" for slug, row in INDICATORS.items() for by in ("month", *row.breakdowns)],
)
def test_the_query_that_is_shown_gives_the_table(site: FlaskClient, asked: str) -> None:
    [link] = page(site, f"/monitoring?{asked}").xpath("//a[contains(@href, '/sparql?query=')]/@href")
    [query] = parse_qs(urlsplit(link).query)["query"]
    with site.application.test_request_context():
        store = site.application.extensions["ihub.site"].served().graph.store
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    columns = [variable.value for variable in found.variables]
    by_query = [
        (
            row["month"].value,
            row["value"].value if "value" in columns else None,
            row["number"] and int(row["number"].value),
            row["withheld"].value == "true",
        )
        for row in found
    ]
    answer = site.get(f"/api/monitoring?{asked}").get_json()
    told = [(o["month"], o["value"], o["number"], o["withheld"]) for o in answer["observations"]]
    assert sorted(by_query, key=repr) == sorted(told, key=repr)
    assert by_query or asked.endswith("by=competence"), "the made-up scenarios teach none"
    assert answer["query"] == query


@pytest.mark.parametrize(
    ("asked", "field"),
    [("indicator=people", "indicator"), ("indicator=active-schools&by=subject", "by"), ("filter=x", "filter")],
)
def test_what_cannot_be_had_is_refused_by_name(site: FlaskClient, asked: str, field: str) -> None:
    answer = site.get(f"/api/monitoring?{asked}", headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.get_json()["parameter"] == field


def test_titles_follow_the_reader(site: FlaskClient) -> None:
    assert page(site, "/fi/monitoring?indicator=reuse").xpath("string(//h2)") == "Uudelleenkäyttö"


def test_a_release_without_numbers_says_so(client: FlaskClient) -> None:
    assert "no such numbers yet" in client.get("/monitoring").text
