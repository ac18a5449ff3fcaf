"""Schools tell what they share and need, coordinators bring them together, and what both agree to is published."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kg.build import build_release
from kg.collection import Collection
from kg.documents import Document
from kg.monitoring.counting import Facts, Table, tables
from kg.release import current_release
from kg.triples import document_quads, graph_name
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.webapp.taking_part.conftest import member
from webapp import create_app
from webapp.cli import main
from webapp.taking_part.backup import back_up, restore
from webapp.taking_part.database import open_database
from webapp.taking_part.hub_collections import write_collections
from webapp.taking_part.mentoring import relation_pages, school_pages
from webapp.taking_part.mentoring.gathering import gather
from webapp.taking_part.mentoring.models import (
    MentoringCircle,
    MentoringRefusal,
    MentoringRelation,
    MentoringSchool,
)
from webapp.taking_part.mentoring.profiles import enter_school
from webapp.taking_part.mentoring.publication import pending
from webapp.taking_part.mentoring.relations import begin_relation
from webapp.taking_part.models import Person
from webapp.taking_part.people import erase_person, export_person
from webapp.taking_part.state import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.settings import Settings
    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

HUB = "/hub/example/mentoring"
PEER = "practice/peer-learning"
MAPS = "competence/digcomp22-2.1"
EMPTY = {"document": "new", "country": "Estonia", "languages": "et", "mentorPlaces": "1", "menteePlaces": "1"}
MADE_UP = {**EMPTY, "synthetic": "1"}


@pytest.fixture(autouse=True)
def publishing(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Notes that publishing was started, and does not start it."""
    started: list[Settings] = []
    for module in (school_pages, relation_pages):
        monkeypatch.setattr(module, "start_publishing", started.append)
    return started


@pytest.fixture
def coordinator(signed_in: Callable[..., Browser]) -> Browser:
    """The browser of a coordinator of the made-up hub."""
    return signed_in("coordinator", "hub/example")


@pytest.fixture
def mari(signed_in: Callable[..., Browser]) -> Browser:
    """The browser of a contributor there."""
    return signed_in("contributor", "hub/example")


@pytest.fixture
def editor(signed_in: Callable[..., Browser]) -> Browser:
    """The browser of an editor there."""
    return signed_in("editor", "hub/example")


def enter(browser: Browser, name: str, **fields: Any) -> str:
    """Enter a school that the graph does not have; the address of its page."""
    answer = browser.post(f"{HUB}/schools", "/account", **{**MADE_UP, "name": name, **fields})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"]).removeprefix("/taking-part")


def text(browser: Browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return html.unescape(answer.get_data(as_text=True))


def save(browser: Browser, page: str, version: str = "", **fields: Any) -> Any:
    found = re.search(r'name="version" value="(\d+)"', text(browser, page))
    assert found
    return browser.post(page, page, version=version or found[1], **fields)


def proposal(browser: Browser, kind: str = "pair", number: int = 1) -> dict[str, Any]:
    """The hidden fields of a proposal's form."""
    page = text(browser, f"{HUB}/proposals")
    part = page.split(f'id="{kind}-{number}"')[1].split("</section>")[0]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', part):
        fields[name] = [*fields[name], value] if isinstance(fields.get(name), list) else value
        if name == "member":
            fields["member"] = re.findall(r'name="member" value="([^"]*)"', part)
    return fields


def decide(browser: Browser, do: str, kind: str = "pair", reason: str = "") -> Any:
    return browser.post(f"{HUB}/proposals", f"{HUB}/proposals", **proposal(browser, kind), do=do, reason=reason)


def pair_of_schools(coordinator: Browser, **fields: Any) -> tuple[str, str]:
    """Two made-up schools of which one can help the other; the addresses of their pages."""
    offer = {"offers.practice": PEER, "latitude": "59.44", "longitude": "24.75"}
    need = {"needs.practice": PEER, "latitude": "59.35", "longitude": "26.36"}
    return enter(coordinator, "Giver", **offer, **fields), enter(coordinator, "Taker", **need, **fields)


def confirmed(coordinator: Browser) -> str:
    """The address of a relation that a coordinator has just confirmed."""
    assert decide(coordinator, "confirm").status_code == 303
    found = re.search(
        r'href="(?:/taking-part)?(/mentoring/relations/\w+)"', text(coordinator, HUB).replace("/taking-part", "")
    )
    assert found
    return found[1]


def test_a_school_is_entered_with_what_it_shares_and_needs(coordinator: Browser, kept: Database) -> None:
    page = enter(
        coordinator, "Õunapuu kool", **{"offers.practice": PEER, "needs.competence": MAPS, "note": "Two buildings"}
    )
    with kept.reading() as session:
        school = session.scalars(select(MentoringSchool)).one()
    assert school.data["offers"] == [PEER]
    assert school.data["needs"] == [MAPS]
    assert (school.own, school.hub, school.data["synthetic"]) == (True, "hub/example", True)
    shown = text(coordinator, page)
    for part in ("Õunapuu kool", "Two buildings", "made up", f'value="{PEER}" checked', f'value="{MAPS}" checked'):
        assert part in shown, part


def test_names_are_understood_in_any_language_and_unknown_ones_come_back(coordinator: Browser) -> None:
    page = enter(coordinator, "Kool", **{"offers.practice.more": "peer  LEARNING"})
    assert f'value="{PEER}" checked' in text(coordinator, page)
    answer = save(coordinator, page, **{**EMPTY, "name": "Kool", "needs.competence.more": "telepathy"})
    assert answer.status_code == 422
    shown = html.unescape(answer.get_data(as_text=True))
    assert "Nothing in the lists is called: telepathy" in shown
    assert 'value="telepathy"' in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "Give the name of the school"),
        ({"languages": ""}, "Choose at least one language"),
        ({"country": "Atlantis"}, "Choose the country"),
        ({"latitude": "95", "longitude": "24"}, "Give both as degrees"),
        ({"latitude": "59.4"}, "Give both as degrees"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(coordinator: Browser, fields: dict[str, str], said: str) -> None:
    answer = coordinator.post(f"{HUB}/schools", "/account", **{**MADE_UP, "name": "Kool", **fields})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_a_school_that_a_contributor_enters_waits_for_a_coordinator(mari: Browser, coordinator: Browser) -> None:
    page = enter(mari, "Taker", **{"needs.practice": PEER})
    enter(coordinator, "Giver", **{"offers.practice": PEER})
    assert "Not confirmed yet" in text(mari, page)
    assert "No pair fits" in text(coordinator, f"{HUB}/proposals")
    assert mari.post(f"{page}/standing", page, do="confirm").status_code == 403
    assert coordinator.post(f"{page}/standing", page, do="confirm").status_code == 303
    assert "Giver" in text(coordinator, f"{HUB}/proposals").split("Circles")[0]


def test_a_school_is_its_contacts_and_its_teams_only(
    mari: Browser, coordinator: Browser, editor: Browser, signed_in: Callable[..., Browser]
) -> None:
    page = enter(mari, "Kool")
    other = signed_in("contributor", "hub/example", email="other@school.example")
    elsewhere = signed_in("coordinator", "hub/west", email="west@school.example")
    for browser, status in ((mari, 200), (coordinator, 200), (editor, 200), (other, 404), (elsewhere, 404)):
        assert browser.get(page).status_code == status
        assert browser.post(page, "/account", name="Mine").status_code == (404 if status == 404 else 422)
        assert browser.post(f"{page}/standing", "/account", do="nothing").status_code == (404 if status == 404 else 400)
    assert "Kool" in text(mari, "/")


def test_a_person_is_made_a_schools_contact(mari: Browser, coordinator: Browser, kept: Database) -> None:
    page = enter(coordinator, "Kool")
    assert mari.get(page).status_code == 404
    with kept.reading() as session:
        person = session.scalars(select(Person.id).where(Person.email == "contributor@school.example")).one()
    assert coordinator.post(f"{page}/standing", page, do="contact", person="nobody").status_code == 400
    coordinator.post(f"{page}/standing", page, do="contact", person=person)
    assert "Contact: Mari Maasikas" in text(mari, page)
    # From now on the contact agrees for the school, and nobody else.
    assert coordinator.post(f"{page}/standing", page, do="agree").status_code == 403
    assert mari.post(f"{page}/standing", page, do="agree").status_code == 303


def test_an_older_profile_overwrites_nothing(coordinator: Browser, kept: Database) -> None:
    page = enter(coordinator, "Kool")
    save(coordinator, page, **{**EMPTY, "name": "Kool", "note": "First"})
    answer = save(coordinator, page, version="1", **{**EMPTY, "name": "Kool", "note": "Second"})
    assert answer.status_code == 409
    shown = answer.get_data(as_text=True)
    assert "First" in shown
    assert "Second" in shown
    with kept.reading() as session:
        assert session.scalars(select(MentoringSchool)).one().data["note"] == "First"


def test_a_pair_is_proposed_with_reasons_in_words(coordinator: Browser) -> None:
    pair_of_schools(coordinator)
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(coordinator, f"{HUB}/proposals")))
    assert "Giver made up → Taker made up" in page
    assert "Needed and shared: Peer learning" in page
    assert "Common languages: Eesti" in page
    assert "92 km apart" in page


def test_a_confirmed_pair_becomes_a_relation_and_is_not_proposed_again(coordinator: Browser, kept: Database) -> None:
    pair_of_schools(coordinator)
    fields = proposal(coordinator)
    page = confirmed(coordinator)
    assert f'value="{PEER}" checked' in text(coordinator, page)
    assert "No pair fits" in text(coordinator, f"{HUB}/proposals")
    again = coordinator.post(f"{HUB}/proposals", "/account", **fields, do="confirm")
    assert again.status_code == 409
    with kept.reading() as session:
        assert len(session.scalars(select(MentoringRelation)).all()) == 1


def test_nobody_decides_about_a_profile_that_they_have_not_seen(coordinator: Browser) -> None:
    _, taker = pair_of_schools(coordinator)
    fields = proposal(coordinator)
    save(coordinator, taker, **{**EMPTY, "name": "Taker", "needs.practice": PEER, "needs.competence": MAPS})
    answer = coordinator.post(f"{HUB}/proposals", f"{HUB}/proposals", **fields, do="confirm")
    assert answer.status_code == 409
    assert "nothing was decided" in answer.get_data(as_text=True)


def test_a_refused_pair_comes_back_only_when_a_profile_changes(coordinator: Browser, kept: Database) -> None:
    _, taker = pair_of_schools(coordinator)
    assert decide(coordinator, "refuse").status_code == 422
    assert decide(coordinator, "refuse", reason="They tried last year.").status_code == 303
    page = text(coordinator, f"{HUB}/proposals")
    assert "No pair fits" in page
    assert "They tried last year." in page
    changes = {**EMPTY, "name": "Taker", "latitude": "59.35", "longitude": "26.36", "needs.practice": PEER}
    save(coordinator, taker, **changes, note="Nothing that matters")
    assert "No pair fits" in text(coordinator, f"{HUB}/proposals")
    save(coordinator, taker, **{**changes, "needs.competence": MAPS})
    assert proposal(coordinator)["mentee"]
    with kept.reading() as session:
        assert session.scalars(select(MentoringRefusal)).one().reason == "They tried last year."


def test_schools_without_a_common_language_are_not_brought_together(coordinator: Browser) -> None:
    enter(coordinator, "Giver", **{"offers.practice": PEER, "languages": "et"})
    enter(coordinator, "Taker", **{"needs.practice": PEER, "languages": "fi"})
    assert "No pair fits" in text(coordinator, f"{HUB}/proposals")


def test_made_up_schools_are_never_brought_together_with_real_ones(coordinator: Browser, kept: Database) -> None:
    giver = enter(coordinator, "Giver", **{"offers.practice": PEER})
    taker = enter(coordinator, "Taker", **{"needs.practice": PEER, "synthetic": ""})
    with kept.writing() as session:
        school = session.get_one(MentoringSchool, taker.rpartition("/")[2])
        school.data = {key: value for key, value in school.data.items() if key != "synthetic"}
    assert "No pair fits" in text(coordinator, f"{HUB}/proposals")
    keys = {"mentor": giver.rpartition("/")[2], "mentee": taker.rpartition("/")[2]}
    assert coordinator.post(f"{HUB}/relations", HUB, **keys).status_code == 400


def test_coordinators_bring_schools_together_by_their_own_choice(coordinator: Browser, editor: Browser) -> None:
    one, other = (enter(coordinator, name) for name in ("One", "Other"))
    keys = {"mentor": one.rpartition("/")[2], "mentee": other.rpartition("/")[2]}
    assert editor.post(f"{HUB}/relations", "/account", **keys).status_code == 403
    answer = coordinator.post(f"{HUB}/relations", HUB, **keys)
    assert "/mentoring/relations/" in answer.headers["Location"]
    again = coordinator.post(f"{HUB}/relations", HUB, **keys)
    assert again.headers["Location"].endswith("#relations")


def test_schools_with_a_need_in_common_are_proposed_a_circle(coordinator: Browser, kept: Database) -> None:
    for number in range(3):
        enter(coordinator, f"Peer {number}", **{"needs.competence": MAPS})
    fields = proposal(coordinator, "circle")
    assert len(fields["member"]) == 3
    answer = coordinator.post(f"{HUB}/proposals", f"{HUB}/proposals", **fields, do="confirm")
    assert answer.status_code == 303
    assert "Without a mentor." in text(coordinator, HUB)
    assert "No three schools share a need" in text(coordinator, f"{HUB}/proposals")
    with kept.reading() as session:
        circle = session.scalars(select(MentoringCircle)).one()
    address = f"{HUB}/circles/{circle.id}"
    assert coordinator.post(address, HUB, version="7", do="end").status_code == 409
    assert coordinator.post(address, HUB, version="1", do="end").status_code == 303
    assert "Without a mentor." not in text(coordinator, HUB)


def test_a_circle_with_a_mentor_takes_one_place_of_it(
    coordinator: Browser, kept: Database, hub_settings: Settings
) -> None:
    enter(coordinator, "Giver", **{"offers.competence": MAPS})
    for number in range(4):
        enter(coordinator, f"Peer {number}", **{"needs.competence": MAPS, "menteePlaces": "0"})
    assert decide(coordinator, "confirm", "circle").status_code == 303
    with kept.reading() as session:
        assert len(session.scalars(select(MentoringRelation)).all()) == 4
        graph = current_release(hub_settings).graph
        found = gather(session, "hub/example", graph, hub_settings.id_base, dt.date(2026, 11, 22))
    assert [profile.mentor_places for profile in found.profiles if profile.offers] == [0]


def test_a_refused_circle_is_not_proposed_again(coordinator: Browser) -> None:
    for number in range(3):
        enter(coordinator, f"Peer {number}", **{"needs.competence": MAPS})
    assert decide(coordinator, "refuse", "circle", "Too far.").status_code == 303
    assert "No three schools share a need" in text(coordinator, f"{HUB}/proposals")


RECORD = {
    "phase/anchoring-meeting": "2026-09-01",
    "phase/mapping-needs": "2026-10-01",
    "nextStep": "Visit in November",
    "practice": PEER,
    "incentive": "incentive/skills",
    "startDate": "2026-09-01",
    "notes": "The head is doubtful.",
    "state": "open",
}


def test_phases_next_step_and_incentives_are_recorded(coordinator: Browser) -> None:
    pair_of_schools(coordinator)
    page = confirmed(coordinator)
    assert save(coordinator, page, **RECORD).status_code == 303
    for part in ("2026-10-01", "Visit in November", 'value="incentive/skills" checked'):
        assert part in text(coordinator, page), part
    hub = text(coordinator, HUB)
    assert hub.index("Anchoring meeting") < hub.index("Mapping needs") < hub.index("Planning")
    assert "2026-10-01" in hub
    assert "Visit in November" in hub


def test_a_record_of_an_older_version_overwrites_nothing(coordinator: Browser) -> None:
    pair_of_schools(coordinator)
    page = confirmed(coordinator)
    save(coordinator, page, **RECORD)
    answer = save(coordinator, page, version="1", **{**RECORD, "nextStep": "Stay at home"})
    assert answer.status_code == 409
    assert "Visit in November" in answer.get_data(as_text=True)
    assert "Stay at home" not in text(coordinator, page)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"phase/planning": "tomorrow"}, "Give the day as year-month-day"),
        ({"endDate": "2026-08-01"}, "The end is before the start"),
    ],
)
def test_days_that_cannot_be_are_not_recorded(coordinator: Browser, fields: dict[str, str], said: str) -> None:
    pair_of_schools(coordinator)
    page = confirmed(coordinator)
    answer = save(coordinator, page, **{**RECORD, **fields})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_a_schools_contact_sees_the_relation_but_not_the_teams_notes(
    coordinator: Browser, mari: Browser, editor: Browser
) -> None:
    taker = enter(mari, "Taker", **{"needs.practice": PEER})
    coordinator.post(f"{taker}/standing", taker, do="confirm")
    enter(coordinator, "Giver", **{"offers.practice": PEER})
    page = confirmed(coordinator)
    save(coordinator, page, **RECORD)
    seen = text(mari, page)
    assert "Visit in November" in seen
    assert "The head is doubtful." not in seen
    for browser in (mari, editor):
        assert browser.post(page, "/account", **RECORD, version="2").status_code == 403
    assert mari.post(f"{page}/agreement", page, side="mentor", do="agree").status_code == 403
    assert mari.post(f"{page}/agreement", page, side="mentee", do="agree").status_code == 303


def test_an_ended_relation_frees_the_places(coordinator: Browser) -> None:
    pair_of_schools(coordinator)
    page = confirmed(coordinator)
    save(coordinator, page, **{**RECORD, "endDate": "2026-11-01", "state": "ended"})
    assert proposal(coordinator)["mentor"]
    assert "Ended" in text(coordinator, page)


def test_a_relation_begins_when_it_is_confirmed_and_ends_when_that_is_recorded(
    coordinator: Browser, kept: Database
) -> None:
    pair_of_schools(coordinator)
    page = confirmed(coordinator)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert days(kept) == (today, None)
    save(coordinator, page, **{**RECORD, "startDate": "2024-01-15"})
    assert days(kept) == ("2024-01-15", None)
    save(coordinator, page, **{**RECORD, "startDate": "2024-01-15", "state": "ended"})
    assert days(kept) == ("2024-01-15", today)
    save(coordinator, page, **{**RECORD, "startDate": "2024-01-15", "endDate": "2024-03-02"})
    assert days(kept) == ("2024-01-15", "2024-03-02")
    save(coordinator, page, **{**RECORD, "startDate": "2024-01-15"})
    assert days(kept) == ("2024-01-15", "2024-03-02"), "what has ended does not go on"


def days(kept: Database) -> tuple[str | None, str | None]:
    """When the only relation begins and ends."""
    with kept.reading() as session:
        data = session.scalars(select(MentoringRelation)).one().data
    return data.get("startDate"), data.get("endDate")


def test_the_mentor_of_a_published_relation_counts_in_monitoring_from_its_start_to_its_end(
    coordinator: Browser, kept: Database, home: Settings
) -> None:
    giver, taker = pair_of_schools(coordinator)
    page = confirmed(coordinator)
    save(coordinator, page, **{**RECORD, "startDate": "2024-01-15", "endDate": "2024-03-02", "state": "ended"})
    agree(coordinator, page)
    agree(coordinator, giver, relation=False)
    assert monitored(kept, home) == {}
    agree(coordinator, taker, relation=False)
    counted = monitored(kept, home)
    months = ["2024-01", "2024-02", "2024-03"]
    for slug, number in (("active-mentors", 1), ("mentoring-relations", 1), ("active-schools", 2)):
        assert counted[slug].totals == dict.fromkeys(months, number)
        assert [sorted(counted[slug].cells["hub"][month].values()) for month in months] == [[number]] * 3


def monitored(kept: Database, settings: Settings) -> dict[str, Table]:
    """The true numbers of what the hub publishes, from its collection's documents."""
    with kept.reading() as session:
        write_collections(session, settings, {"hub/example": {"en": "Hub example"}}, {"hub/example"})
    base = "http://127.0.0.1:8000/id/"
    opened = Collection.open(settings.collections / "hub-example").documents()
    documents = [found for found in opened if isinstance(found, Document)]
    graph = graph_name("hub-example", base)
    return tables(Facts(quad for document in documents for quad in document_quads(document, graph, base)))


def agree(coordinator: Browser, page: str, *, relation: bool = True) -> None:
    for side in ("mentor", "mentee") if relation else ():
        assert coordinator.post(f"{page}/agreement", page, side=side, do="agree").status_code == 303
    if not relation:
        assert coordinator.post(f"{page}/standing", page, do="agree").status_code == 303


def collected(settings: Settings, hub: str = "example") -> dict[str, dict[str, Any]]:
    """The documents of a hub's collection, by identifier, as a build reads them."""
    found = Collection.open(settings.collections / f"hub-{hub}").documents()
    return {found.identifier: dict(found.data) for found in found if isinstance(found, Document)}


def publish(kept: Database, settings: Settings) -> None:
    with kept.reading() as session:
        write_collections(session, settings, {"hub/example": {"en": "Hub example"}}, {"hub/example"})
    part = SearchPart(None, settings.home / "cache" / "embeddings.sqlite")
    report = build_release(settings, [COLLECTIONS, settings.collections], [part])
    assert report.release
    assert [str(error) for error in report.errors] == []


def test_only_what_both_schools_agree_to_is_published(
    coordinator: Browser, kept: Database, home: Settings, publishing: list[Settings]
) -> None:
    giver, taker = pair_of_schools(coordinator)
    page = confirmed(coordinator)
    save(coordinator, page, **RECORD)
    with kept.reading() as session:
        write_collections(session, home, {})
    assert not (home.collections / "hub-example").exists()
    coordinator.post(f"{page}/agreement", page, side="mentor", do="agree")
    coordinator.post(f"{page}/agreement", page, side="mentee", do="agree")
    assert "is not published itself" in text(coordinator, page)
    assert publishing == []
    agree(coordinator, giver, relation=False)
    agree(coordinator, taker, relation=False)
    assert publishing
    publish(kept, home)
    found = collected(home)
    [relation] = [document for document in found.values() if document["type"] == "MentoringRelation"]
    assert relation["name"] == {"en": "Giver mentors Taker"}
    assert relation["phase"] == "phase/mapping-needs"
    assert relation["incentive"] == ["incentive/skills"]
    assert relation["dataKind"] == "data-kind/synthetic"
    assert "doubtful" not in json.dumps(found)
    app = create_app(replace(home, taking_part=""))
    shown = app.test_client().get(f"/doc/{relation['id']}").get_data(as_text=True)
    app.extensions["ihub.services"].close()
    for part in ("Giver", "Taker", "Mapping needs"):
        assert part in shown, part


@pytest.mark.long
def test_what_was_published_is_withdrawn_when_a_school_agrees_no_more(
    coordinator: Browser, kept: Database, home: Settings, publishing: list[Settings]
) -> None:
    giver, taker = pair_of_schools(coordinator)
    page = confirmed(coordinator)
    save(coordinator, page, **RECORD)
    for school in (giver, taker):
        agree(coordinator, school, relation=False)
    agree(coordinator, page)
    publish(kept, home)
    with kept.reading() as session:
        release = current_release(home)
        assert not pending(session, release.graph, home.id_base, str(release.manifest["created"]))
        relation, first = session.scalars(select(MentoringRelation)).one().document, len(publishing)
    save(coordinator, page, **{**RECORD, "phase/planning": "2026-11-01"})
    assert len(publishing) == first + 1
    assert coordinator.post(f"{taker}/standing", taker, do="end").status_code == 303
    with kept.reading() as session:
        assert pending(session, release.graph, home.id_base, str(release.manifest["created"]))
    publish(kept, home)
    assert not [document for document in collected(home).values() if document["type"] == "MentoringRelation"]
    app = create_app(replace(home, taking_part=""))
    client = app.test_client()
    assert client.get(f"/doc/{relation}").status_code == 410
    with kept.reading() as session:
        documents = {school.data["name"]: school.document for school in session.scalars(select(MentoringSchool))}
    assert client.get(f"/doc/{documents['Taker']}").status_code == 410
    assert client.get(f"/doc/{documents['Giver']}").status_code == 200
    app.extensions["ihub.services"].close()


def test_the_command_line_prints_the_same_proposals(
    coordinator: Browser, kept: Database, home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair_of_schools(coordinator)
    back_up(kept, tmp_path / "people.jsonl")
    with closing(open_database(home)) as database:
        restore(database, tmp_path / "people.jsonl", replace=True)
    monkeypatch.setenv("IHUB_HOME", str(home.home))
    fields = proposal(coordinator)
    rows = list(csv.DictReader(io.StringIO(CliRunner().invoke(main, ["mentoring", "propose", "hub/example"]).output)))
    assert [(row["kind"], row["mentor"], row["schools"]) for row in rows] == [
        ("pair", fields["mentor"], fields["mentee"])
    ]
    assert rows[0]["kilometres"] == "92"
    found = json.loads(CliRunner().invoke(main, ["mentoring", "propose", "hub/example", "--format", "json"]).output)
    assert found["pairs"][0]["help"] == [{"need": PEER, "offer": PEER, "points": 100}]
    nowhere = CliRunner().invoke(main, ["mentoring", "propose", "hub/nowhere"])
    assert nowhere.exit_code == 1
    assert "hub/east, hub/example, hub/west" in nowhere.output


def test_what_is_made_up_is_not_published_in_a_real_hub(
    signed_in: Callable[..., Browser], publishing: list[Settings]
) -> None:
    real = signed_in("coordinator", "hub/east")
    answer = real.post("/hub/east/mentoring/schools", "/account", **{**MADE_UP, "name": "Made up"})
    page = answer.headers["Location"].removeprefix("/taking-part")
    agree(real, page, relation=False)
    assert publishing == []
    assert "A made-up school is published in a made-up hub only" in text(real, page)


def test_real_schools_of_a_real_hub_are_published_as_real(
    signed_in: Callable[..., Browser], kept: Database, home: Settings
) -> None:
    real = signed_in("coordinator", "hub/east")
    hub = "/hub/east/mentoring"
    pages = []
    for name, fields in (("Giver", {"offers.practice": PEER}), ("Taker", {"needs.practice": PEER})):
        answer = real.post(f"{hub}/schools", "/account", **{**EMPTY, "name": name, **fields})
        pages.append(answer.headers["Location"].removeprefix("/taking-part"))
        agree(real, pages[-1], relation=False)
    keys = {name: page.rpartition("/")[2] for name, page in zip(("mentor", "mentee"), pages, strict=True)}
    page = real.post(f"{hub}/relations", hub, **keys).headers["Location"].removeprefix("/taking-part")
    agree(real, page)
    publish(kept, home)
    documents = collected(home, "east").values()
    kinds = {found["type"]: found["dataKind"] for found in documents if found["type"] != "Collection"}
    assert kinds == {"School": "data-kind/original", "MentoringRelation": "data-kind/original"}


def test_a_school_of_a_made_up_hub_is_made_up(coordinator: Browser, kept: Database) -> None:
    enter(coordinator, "Kool", synthetic="")
    coordinator.post(f"{HUB}/schools", "/account", **{**EMPTY, "name": "Other"})
    with kept.reading() as session:
        assert all(school.data["synthetic"] for school in session.scalars(select(MentoringSchool)))


def test_a_relation_that_was_a_mistake_is_never_published(
    coordinator: Browser, publishing: list[Settings], kept: Database
) -> None:
    for school in pair_of_schools(coordinator):
        agree(coordinator, school, relation=False)
    page = confirmed(coordinator)
    save(coordinator, page, **{**RECORD, "state": "cancelled"})
    publishing.clear()
    agree(coordinator, page)
    assert publishing == []
    save(coordinator, page, **RECORD)
    with kept.reading() as session:
        assert session.scalars(select(MentoringRelation)).one().state == "cancelled"


def test_erasing_a_person_leaves_the_school_without_a_contact(mari: Browser, kept: Database) -> None:
    enter(mari, "Kool")
    with kept.writing() as session:
        person = session.scalars(select(Person)).one()
        exported = export_person(session, person)
        assert [school["data"]["name"] for school in exported["schools"]] == ["Kool"]
        erase_person(session, person, by=None, role="test", keep_name=False)
    with kept.reading() as session:
        school = session.scalars(select(MentoringSchool)).one()
    assert school.contact_id is None
    assert school.data["name"] == "Kool"


def test_two_who_begin_the_same_relation_at_once_begin_one(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person = member(database, "coordinator@school.example", "coordinator", "hub/example")
    with database.writing() as session:
        agent = session.get_one(Person, person).agent_id
        visitor = Visitor(person, agent, "", frozenset(), "", dt.datetime.now(dt.UTC))
        common = {"by": visitor, "role": "coordinator"}
        one, other = (
            enter_school(session, "hub/example", f"school/{name}", {}, contact=None, confirmed=True, **common)
            for name in ("one", "other")
        )
        assert one
        assert other
        assert begin_relation(session, one, other, **common)
        # Neither sees what the other has not finished: what keeps them apart is the constraint.
        monkeypatch.setattr(session, "scalar", lambda _: None)
        assert begin_relation(session, one, other, **common) is None
        assert enter_school(session, "hub/example", "school/one", {}, contact=None, confirmed=True, **common) is None
    with database.reading() as session:
        assert len(session.scalars(select(MentoringRelation)).all()) == 1
        assert len(session.scalars(select(MentoringSchool)).all()) == 2
