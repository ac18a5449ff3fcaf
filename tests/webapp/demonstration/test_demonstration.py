"""The demonstration: filled once, through the site's pages, and nothing in it passes for real."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kg.collection import Collection
from kg.documents import Document
from kg.errors import TakingPartError
from kg.release import current_release
from ontology.namespaces import IHUB, SCHEMA
from webapp import create_app
from webapp.cli import main
from webapp.demonstration.filling import email, filled
from webapp.demonstration.visitor import Visitor
from webapp.demonstration.world import COLLECTION, hubs, write_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from kg.graph import Graph
    from kg.settings import Settings


def documents(folder: Path) -> list[Document]:
    found = Collection.open(folder / COLLECTION).documents()
    return [document for document in found if isinstance(document, Document)]


def test_the_same_day_gives_the_same_world(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_world(tmp_path / name, dt.date(2027, 3, 14))
    one, other = ([d.data for d in documents(tmp_path / name)] for name in ("one", "other"))
    assert one == other


def test_everything_in_the_world_says_that_it_is_synthetic(tmp_path: Path) -> None:
    write_world(tmp_path, dt.date(2027, 3, 14))
    assert {document.data["dataKind"] for document in documents(tmp_path)} == {"data-kind/synthetic"}


def test_the_past_ends_on_the_day_and_goes_back_most_of_a_year(tmp_path: Path) -> None:
    write_world(tmp_path, dt.date(2027, 3, 14))
    days = sorted(str(d.data["datePublished"]) for d in documents(tmp_path) if "datePublished" in d.data)
    assert days[-1] <= "2027-03-14"
    assert "2026-03-14" <= days[0] < "2026-07-01"


def test_a_home_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "people.sqlite").touch()
    with pytest.raises(TakingPartError, match="not empty"):
        filled(tmp_path)
    answer = CliRunner().invoke(main, ["demo", "--fill-only"], env={"IHUB_HOME": str(tmp_path)})
    assert answer.exit_code == 1
    assert "needs a home of its own" in answer.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.sqlite"]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home that the command has filled."""
    from kg.settings import Settings

    variables = {"IHUB_HOME": str(tmp_path_factory.mktemp("demonstration")), "IHUB_EMBEDDER": "none"}
    variables |= {"IHUB_REQUESTS_PER_MINUTE": "0"}
    answer = CliRunner().invoke(main, ["demo", "--fill-only"], env=variables)
    assert answer.exit_code == 0, answer.output
    assert "editor of hub/example-north" in answer.output
    return replace(Settings.from_environment(variables), taking_part="1")


@pytest.fixture(scope="module")
def graph(demonstration: Settings) -> Graph:
    return current_release(demonstration).graph


@pytest.fixture
def site(demonstration: Settings) -> Iterator[Flask]:
    app = create_app(demonstration)
    yield app
    app.extensions["ihub.services"].close()
    app.extensions["ihub.people"].database.close()


@pytest.mark.long
def test_what_was_accepted_is_published_and_is_synthetic(demonstration: Settings, graph: Graph) -> None:
    ants = [iri for iri in graph.instances(IHUB + "LearningScenario") if "which-path-do-ants-choose" in iri]
    assert [graph.iri(iri, IHUB + "dataKind") for iri in ants] == [demonstration.id_base + "data-kind/synthetic"]
    assert not [iri for iri in graph.instances(IHUB + "LearningScenario") if "quiet-places" in iri]


@pytest.mark.long
def test_no_statement_joins_a_made_up_hub_or_school_with_a_real_thing(demonstration: Settings, graph: Graph) -> None:
    synthetic, base = demonstration.id_base + "data-kind/synthetic", demonstration.id_base
    made_up = {f"{base}hub/{hub['slug']}" for hub in hubs()}
    made_up |= {iri for iri in graph.instances(SCHEMA + "School") if "/example-" in iri}
    assert len(made_up) == 14
    kinds = Counter(
        graph.iri(subject, IHUB + "dataKind")
        for iri in made_up
        for name in ("inHub", "hub", "school", "mentorSchool", "menteeSchool")
        for subject in graph.subjects(IHUB + name, iri)
    )
    assert kinds.keys() == {synthetic}


@pytest.mark.long
def test_there_is_something_to_review_and_to_look_at(demonstration: Settings, site: Flask) -> None:
    password, accounts = filled(demonstration.home) or ("", [])
    assert {account.role for account in accounts} == {"administrator", "coordinator", "editor", "contributor"}
    assert "Kelle foto see on?" in Visitor(site, email("editor", "example-south"), password).page(
        "/hub/example-south/queue"
    )
    assert "quiet places" in Visitor(site, email("contributor", "example-north"), password).page("/")
