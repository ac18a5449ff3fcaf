"""The demonstration: filled once, through the site's pages, and nothing in it passes for real."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from lxml import html

from kg.build import SHIPPED_COLLECTIONS
from kg.collection import Collection
from kg.documents import Document
from kg.errors import TakingPartError
from kg.release import current_release
from ontology.namespaces import IHUB, SCHEMA
from webapp import create_app
from webapp.cli import main
from webapp.demonstration.accounts import contact_email, email
from webapp.demonstration.assessing import months, write_rounds
from webapp.demonstration.data import load
from webapp.demonstration.filling import filled
from webapp.demonstration.visitor import Visitor
from webapp.demonstration.world import COLLECTION, hubs, write_world
from webapp.taking_part.assessment.instrument import DIMENSIONS
from webapp.taking_part.assessment.sheet import read_sheet

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


def test_schools_name_practices_that_the_core_collection_has() -> None:
    found = Collection.open(SHIPPED_COLLECTIONS / "core").documents()
    known = {d.identifier for d in found if isinstance(d, Document)}
    told = load("mentoring")
    profiles = [told["schools"][school] for hub in hubs() for school in hub["schools"]]
    relations = [relation for hub in hubs() for relation in told["relations"][hub["slug"]]]
    parts = [profile[name] for profile in profiles for name in ("offers", "needs")]
    named = [slug for part in [*relations, *parts] for slug in part.get("practices", [])]
    assert len(named) > len(profiles)
    assert {f"practice/{slug}" for slug in named} <= known


def test_the_sheets_of_rounds_are_taken_whole() -> None:
    for name, rounds in load("rounds").items():
        sheet = read_sheet(write_rounds(rounds, months(dt.date(2026, 7, 1), len(rounds))))
        assert not sheet.mistakes, name
        assert len(rounds) in {2, 3}
        assert list(sheet.answers) == ["2025-05", "2025-11", "2026-05"][-len(rounds) :]


def test_a_home_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "people.sqlite").touch()
    with pytest.raises(TakingPartError, match="not empty"):
        filled(tmp_path)
    answer = CliRunner().invoke(main, ["demo", "--fill-only"], env={"IHUB_HOME": str(tmp_path)})
    assert answer.exit_code == 1
    assert "needs a home of its own" in answer.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.sqlite"]


def tree(visitor: Visitor, address: str) -> Any:
    """A page, to be asked by XPath."""
    return html.fromstring(visitor.page(address))


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


@pytest.mark.long
def test_relations_that_both_schools_agree_to_are_published_and_are_synthetic(graph: Graph) -> None:
    agreed = [r for rs in load("mentoring")["relations"].values() for r in rs if len(r.get("agree", ())) == 2]
    relations = [iri for iri in graph.instances(IHUB + "MentoringRelation") if "/mentoring/m-" in iri]
    names = {graph.label(iri, ("en",))[0] for iri in relations}
    assert names == {f"Example School {r['mentor']} mentors Example School {r['mentee']}" for r in agreed}
    assert len(names) == 3
    assert {str(graph.iri(iri, IHUB + "dataKind")).rpartition("/")[2] for iri in relations} == {"synthetic"}


@pytest.mark.long
def test_an_adaptation_and_a_story_of_use_are_published(demonstration: Settings, graph: Graph) -> None:
    origin = demonstration.id_base + "scenario/catch-the-ruler-before-and-after-sprint"
    adapted = [iri for iri in graph.subjects(SCHEMA + "isBasedOn", origin) if "silent-minute" in iri]
    stories = [iri for iri in graph.subjects(IHUB + "evidenceFor", origin) if "/evidence/used-" in iri]
    assert (len(adapted), len(stories)) == (1, 1)
    kinds = {graph.iri(iri, IHUB + "dataKind") for iri in (*adapted, *stories)}
    assert kinds == {demonstration.id_base + "data-kind/synthetic"}


@pytest.mark.long
def test_mentoring_shows_relations_in_all_phases_a_circle_a_refusal_and_what_waits(
    demonstration: Settings, site: Flask
) -> None:
    password, _ = filled(demonstration.home) or ("", [])
    page = "/hub/example-north/mentoring"
    coordinator = Visitor(site, email("coordinator", "example-north"), password)
    shown = tree(coordinator, page)
    reached = [len(row.xpath("td/time")) for row in shown.xpath("//h2[@id='relations']/following::table[1]/tbody/tr")]
    assert sorted(reached) == [1, 3, 4, 5]
    assert len(shown.xpath("//h2[@id='circles']/following-sibling::section")) == 1
    proposals = tree(coordinator, f"{page}/proposals").text_content()
    assert "Rowan moves into a new building" in proposals
    assert re.search(r"Example School Otter\s+made up\s+→\s+Example School Lynx", proposals)


@pytest.mark.long
def test_the_dashboard_shows_bands_of_three_half_years(demonstration: Settings, site: Flask) -> None:
    password, _ = filled(demonstration.home) or ("", [])
    coordinator = Visitor(site, email("coordinator", "example-north"), password)
    shown = tree(coordinator, "/hub/example-north/dashboard")
    rows = shown.xpath("//h2[@id='self-assessment']/following::table[1]/tbody/tr")
    told = Counter(row.xpath("string(td[1])") for row in rows)
    # In the first half-year one school has answered too little about one dimension, and another came later.
    assert sorted(told.values()) == [4, 5, 5]
    assert len({row.xpath("string(th)") for row in rows}) == len(DIMENSIONS)
    assert len({row.xpath("string(td[2])") for row in rows}) > 1


@pytest.mark.long
def test_a_school_sees_its_rounds_and_only_its_own(demonstration: Settings, site: Flask) -> None:
    password, accounts = filled(demonstration.home) or ("", [])
    assert [account.school for account in accounts if account.school] == hubs()[0]["schools"]
    contact = Visitor(site, contact_email("example-north", "Birch"), password)
    address = contact.link("/", "Example School Birch made up").replace("/mentoring/schools/", "/school/")
    shown = tree(contact, f"{address}/self-assessment")
    assert len(shown.xpath("//h2[@id='over-time']/following::table[1]/tbody/tr")) == 3
    assert len(shown.xpath("//main//svg")) == len(DIMENSIONS)
    other = Visitor(site, contact_email("example-north", "Maple"), password)
    with pytest.raises(TakingPartError, match="404"):
        other.page(f"{address}/self-assessment")
