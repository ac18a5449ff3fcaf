"""Teachers tell of using a scenario; once a hub accepts it, the story counts wherever the scenario is shown."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests
from lxml import html

from kg.build import build_release
from kg.release import current_release
from kg.uses import STORY_CLASS, count_uses
from ontology.form_fields import form_fields
from ontology.namespaces import IHUB
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.webapp.conftest import running_server, wait_until
from tests.webapp.taking_part.test_publishing import Client, hub
from tests.webapp.taking_part.test_reviewing import decide, publishing, take_back
from webapp import create_app
from webapp.taking_part.hub_collections import write_collections
from webapp.taking_part.models import Draft, Proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from kg.settings import Settings
    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

__all__ = ["hub", "publishing"]  # in this process nothing is published in the background

BASE = "http://127.0.0.1:8000/id/"
SCENARIO = "scenario/checking-a-photo"
PRACTICE = "practice/peer-learning"
TOLD = {
    "language": "en",
    "educationalLevel": "level/isced-2",
    "groupSizeBand": "20-29",
    "whatChanged": "Pairs became groups of three.",
    "whatHappened": "Pupils found the first publication in twenty minutes. They asked for a second photo.",
    "evidenceKind": "evidence-kind/observation",
}


def begun(browser: Browser, scenario: str = SCENARIO) -> str:
    """Begin a story; the address of its draft below /taking-part."""
    answer = browser.post("/hub/east/stories", f"/used/{scenario.partition('/')[2]}", scenario=scenario)
    assert answer.status_code == 303
    return answer.headers["Location"].removeprefix("/taking-part")


def save(browser: Browser, draft: str, do: str = "save", **fields: Any) -> Any:
    found = re.search(r'name="version" value="(\d+)"', browser.get(draft).get_data(as_text=True))
    assert found
    return browser.post(draft, draft, **{"version": found[1], "do": do, **fields})


def submitted(browser: Browser, scenario: str = SCENARIO, **changes: Any) -> str:
    """Write and submit a story; the identifier of its proposal."""
    answer = save(browser, begun(browser, scenario), "submit", **{**TOLD, **changes})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"]).rpartition("/")[2]


def publish(kept: Database, settings: Settings, shipped: Path = COLLECTIONS) -> None:
    """Write the hubs' collections and build a release of them, as the publisher does."""
    with kept.reading() as session:
        write_collections(session, settings, {"hub/east": {"en": "Hub east"}}, {"hub/example"})
    part = SearchPart(None, settings.home / "cache" / "embeddings.sqlite")
    assert build_release(settings, [shipped, settings.collections], [part]).release


@pytest.fixture
def readers(home: Settings, mari: Browser, editor: Browser, kept: Database) -> Iterator[FlaskClient]:
    """The site for readers after two stories of one scenario were accepted, and one was refused."""
    mari.post("/account/attribution", "/account", attribution="pseudonym", pseudonym="Vaarikas")
    for changes in ({"practice": PRACTICE}, {"groupSizeBand": "10-19"}):
        decide(editor, submitted(mari, **changes), "accept")
    decide(editor, submitted(mari, "scenario/checking-a-photo-et"), "refuse", "Too short.")
    publish(kept, home)
    app = create_app(replace(home, taking_part=""))
    app.testing = True
    yield app.test_client()
    app.extensions["ihub.services"].close()


def words(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(html.fromstring(answer.text).xpath("string()").split())


def test_the_page_of_a_scenario_leads_to_telling_of_it(mari: Browser) -> None:
    page = mari.client.get(f"/doc/{SCENARIO}").get_data(as_text=True)
    assert '/taking-part/used/checking-a-photo"' in page
    assert "Is this photo what it says it is?" in mari.get("/used/checking-a-photo").get_data(as_text=True)


@pytest.mark.parametrize("language", ["en", "et", "fi", "lt", "nb", "ka"])
def test_the_form_has_the_fields_of_the_shapes_in_the_readers_language(mari: Browser, language: str) -> None:
    page = mari.client.get(f"/{language}/taking-part{begun(mari)}").get_data(as_text=True)
    fields = form_fields("Evidence", BASE) | form_fields("ImplementationStory", BASE)
    for key in ("educationalLevel", "groupSizeBand", "whatChanged", "whatHappened", "evidenceKind"):
        assert f'id="{key}"' in page
        assert fields[key].name[language] in page, key
    assert re.findall(r"<option>([^<]+)", page) == ["1-9", "10-19", "20-29", "30+"]


def test_what_is_written_is_kept_and_comes_back(mari: Browser) -> None:
    draft = begun(mari)
    assert save(mari, draft, **TOLD, practice=PRACTICE).status_code == 303
    page = mari.get(draft).get_data(as_text=True)
    for text in ("Pairs became groups of three.", "They asked for a second photo.", "<option selected>20-29"):
        assert text in page
    assert "This story can be submitted." in page
    assert re.search(rf'value="{PRACTICE}" checked', page)
    assert "Is this photo what it says it is?" in mari.get("/").get_data(as_text=True)


def test_remarks_are_asked_for_apart_from_a_save_in_the_background(mari: Browser) -> None:
    draft = begun(mari)
    fields = {"form_token": mari.token(draft), "version": "1", "language": "en"}
    headers = {"X-Requested-With": "fetch"}
    answer = mari.client.post(f"/taking-part{draft}", data=fields, headers=headers).get_json()
    assert answer == {"version": 2}
    assert "What happened" in mari.get(f"{draft}/remarks").get_data(as_text=True)
    answer = mari.client.post(f"/taking-part{draft}", data={**fields, "version": "1"}, headers=headers)
    assert answer.status_code == 409


def test_an_older_version_overwrites_nothing(mari: Browser) -> None:
    draft = begun(mari)
    save(mari, draft, **TOLD)
    answer = mari.post(draft, draft, version="1", do="save", **{**TOLD, "whatHappened": "Nothing."})
    assert answer.status_code == 409
    assert "Nothing." in answer.get_data(as_text=True)
    assert "They asked for a second photo." in mari.get(draft).get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("whatHappened", "", "What happened"),
        ("groupSizeBand", "25", "1-9, 10-19, 20-29"),
        ("evidenceKind", "evidence-kind/rumour", "Kind of evidence"),
    ],
)
def test_what_the_shapes_refuse_is_not_submitted(mari: Browser, field: str, value: str, said: str) -> None:
    answer = save(mari, begun(mari), "submit", **{**TOLD, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-remark-1"' in answer.get_data(as_text=True)
    assert said in answer.get_data(as_text=True)


def test_which_scenario_a_story_is_about_cannot_be_changed_by_a_form(mari: Browser, kept: Database) -> None:
    save(mari, begun(mari), **TOLD, story="scenario/checking-a-photo-et", evidenceFor="hub/east")
    with kept.reading() as session:
        assert session.query(Draft).one().data["story"] == SCENARIO


def test_a_hub_tells_no_story_of_what_was_drafted_here(mari: Browser) -> None:
    assert "names nothing real" in mari.get("/used/drafted-here").get_data(as_text=True)
    answer = mari.post("/hub/east/stories", "/account", scenario="scenario/drafted-here")
    assert answer.status_code == 422


def test_a_made_up_hub_tells_made_up_stories_of_made_up_scenarios(
    signed_in: Callable[..., Browser], kept: Database, home: Settings
) -> None:
    member, judge = (signed_in(role, "hub/example", f"{role}@made-up.example") for role in ("contributor", "editor"))
    assert "/taking-part/used/" in member.client.get("/doc/scenario/drafted-here").get_data(as_text=True)
    begun = member.post("/hub/example/stories", "/used/drafted-here", scenario="scenario/drafted-here")
    proposal = save(member, begun.headers["Location"].removeprefix("/taking-part"), "submit", **TOLD)
    page = f"/hub/example/proposals/{proposal.headers['Location'].rpartition('/')[2]}"
    assert judge.post(page, page, do="accept", version="1").status_code == 303
    publish(kept, home)
    graph = current_release(home).graph
    (story,) = graph.subjects(IHUB + "evidenceFor", BASE + "scenario/drafted-here")
    for iri in (story, BASE + "collection/hub-example"):
        assert graph.iri(iri, IHUB + "dataKind") == BASE + "data-kind/synthetic"


def test_a_made_up_hub_tells_no_story_of_a_real_scenario(signed_in: Callable[..., Browser]) -> None:
    browser = signed_in("contributor", "hub/example")
    assert "made-up scenarios" in browser.get("/used/checking-a-photo").get_data(as_text=True)
    assert browser.post("/hub/example/stories", "/account", scenario=SCENARIO).status_code == 422


@pytest.mark.parametrize("identifier", ["scenario/none", "hub/east", "", "scenario/../hub/east"])
def test_of_what_is_no_scenario_no_story_begins(mari: Browser, identifier: str) -> None:
    assert mari.post("/hub/east/stories", "/account", scenario=identifier).status_code == 404


def test_an_editor_reads_the_story_in_words_and_its_author_follows_it(mari: Browser, editor: Browser) -> None:
    proposal = submitted(mari, practice=PRACTICE)
    assert "Story of use" in editor.get("/hub/east/queue").get_data(as_text=True)
    page = editor.get(f"/hub/east/proposals/{proposal}").get_data(as_text=True)
    assert "They asked for a second photo." in page
    assert "Is this photo what it says it is?" in page
    assert "Nothing to mend." in page
    decide(editor, proposal, "changes", "How many groups?")
    assert "How many groups?" in mari.get(f"/proposals/{proposal}").get_data(as_text=True)
    draft = re.search(r"/drafts/\w+", mari.get("/").get_data(as_text=True))
    assert draft
    answer = save(mari, draft[0], "submit", **{**TOLD, "whatChanged": "Nine groups of three."})
    assert answer.headers["Location"].endswith(proposal)
    assert "Nine groups of three." in editor.get(f"/hub/east/proposals/{proposal}").get_data(as_text=True)


def test_published_stories_count_on_cards_on_pages_and_in_the_filter(
    readers: FlaskClient, home: Settings, kept: Database
) -> None:
    graph = current_release(home).graph
    assert count_uses(graph, BASE + SCENARIO) == 2
    assert count_uses(graph, BASE + PRACTICE) == 1
    found = readers.get("/api/search?evidence=any").get_json()
    assert [(hit["iri"], hit["uses"]) for hit in found["results"]] == [(BASE + SCENARIO, 2)]
    assert readers.get("/api/search?evidence=observation").get_json()["total"] == 1
    assert readers.get("/api/search?evidence=study").get_json()["total"] == 0
    assert "Used 2 times" in words(readers, "/search?evidence=any")
    page = words(readers, f"/doc/{SCENARIO}")
    assert "Used 2 times" in page
    assert "Pairs became groups of three." in page
    assert "Pupils found the first publication" in words(readers, f"/doc/{PRACTICE}")
    told = html.fromstring(readers.get(f"/doc/{SCENARIO}").text).xpath("//section[@aria-labelledby='evidence']")[0]
    assert told.xpath("string()").count("Lower secondary education") == 2
    assert "Source" not in told.xpath("string()")  # the hub is named already
    assert "Used" not in words(readers, "/doc/scenario/checking-a-photo-et")


def test_a_published_story_names_its_teacher_as_the_teacher_chose_and_its_review(
    readers: FlaskClient, home: Settings, kept: Database
) -> None:
    graph = current_release(home).graph
    with kept.reading() as session:
        proposal = session.query(Proposal).filter_by(state="accepted").first()
        assert proposal
        iri, agent = BASE + proposal.document, f"{BASE}contributor/{proposal.agent_id}"
    assert graph.iris(iri, "https://schema.org/creator") == [agent]
    assert list(graph.labels(agent).values()) == ["Vaarikas"]
    assert graph.iri(iri, "http://www.w3.org/ns/prov#wasGeneratedBy")
    told = readers.get(f"/doc/{proposal.document}.ttl").get_data(as_text=True)
    assert "school.example" not in told
    assert "Mari" not in told


@pytest.mark.long
def test_a_story_that_is_withdrawn_counts_no_more(
    readers: FlaskClient, home: Settings, mari: Browser, kept: Database
) -> None:
    with kept.reading() as session:
        proposal = session.query(Proposal).filter_by(state="accepted").first()
        assert proposal
    take_back(mari, proposal.id)
    publish(kept, home)
    assert count_uses(current_release(home).graph, BASE + SCENARIO) == 1


@pytest.mark.long
def test_the_tree_of_adaptations_shows_which_was_used(
    home: Settings, mari: Browser, editor: Browser, kept: Database, tmp_path: Path
) -> None:
    decide(editor, submitted(mari), "accept")
    shelf = shutil.copytree(COLLECTIONS, tmp_path / "shelf")
    scenarios = shelf / "classroom" / "scenarios.yaml"
    text = scenarios.read_text(encoding="utf-8")
    based = "id: scenario/checking-a-photo-et\nisBasedOn: [scenario/checking-a-photo]\n"
    scenarios.write_text(text.replace("id: scenario/checking-a-photo-et\n", based), encoding="utf-8")
    publish(kept, home, shelf)
    app = create_app(replace(home, taking_part=""))
    try:
        page = html.fromstring(app.test_client().get("/doc/scenario/checking-a-photo-et").text)
    finally:
        app.extensions["ihub.services"].close()
    (tree,) = page.xpath("//div[@aria-labelledby='family']")
    assert re.sub(r"\s+", " ", tree.xpath("string()")).startswith("Is this photo what it says it is? Used 1 time")
    assert tree.xpath("string()").count("Used") == 1


@pytest.mark.long
def test_a_story_whose_scenario_is_gone_is_left_out_and_the_rest_is_published(
    readers: FlaskClient, home: Settings, kept: Database, tmp_path: Path
) -> None:
    shelf = shutil.copytree(COLLECTIONS, tmp_path / "shelf")
    scenarios = shelf / "classroom" / "scenarios.yaml"
    documents = scenarios.read_text(encoding="utf-8").split("---\n")
    kept_ones = [text for text in documents if f"id: {SCENARIO}\n" not in text]
    assert len(kept_ones) == len(documents) - 1
    scenarios.write_text("---\n".join(kept_ones), encoding="utf-8")
    publish(kept, home, shelf)
    graph = current_release(home).graph
    assert graph.instances(STORY_CLASS) == []
    assert BASE + "scenario/checking-a-photo-et" in graph


@pytest.mark.long
def test_on_a_real_server_an_accepted_story_counts_within_a_minute(hub: Settings) -> None:
    def found() -> list[int]:
        answer = requests.get(f"{address}/api/search", params={"evidence": "any"}, timeout=30)
        return [hit["uses"] for hit in answer.json()["results"]]

    with running_server(hub) as (address, process):
        author, editor = (Client(address, f"{role}@school.example") for role in ("contributor", "editor"))
        begun_at = author.post("/hub/east/stories", "/used/checking-a-photo", scenario=SCENARIO).headers["Location"]
        draft = begun_at.partition("/taking-part")[2]
        proposal = author.post(draft, draft, **TOLD, do="submit").headers["Location"].rpartition("/")[2]
        assert found() == []
        editor.accept(proposal)
        wait_until(lambda: found() == [1], process, seconds=60)
