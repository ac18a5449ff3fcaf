"""Somebody writes a scenario: the form comes from the shapes, nothing is overwritten unseen, nothing is lost."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from ontology.form_fields import form_fields
from tests.webapp.taking_part.conftest import Browser
from webapp.taking_part.answers import press, scenario_document, total_minutes
from webapp.taking_part.layout import ACTIVITY, AFTER, SECTIONS
from webapp.taking_part.models import Draft, Proposal, ProposalVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from webapp.taking_part.database import Database

BASE = "http://127.0.0.1:8000/id/"

COMPLETE = {
    "language": "en",
    "name": "How loud is our canteen?",
    "description": "Pupils measure the noise in the canteen on three days and tell where it could be quieter.",
    "about.more": "physics; Matemaatika",
    "educationalLevel": "level/isced-2",
    "minAge": "13",
    "teaches": "competence/digcomp22-1.3",
    "outcome": ["I can measure noise in a repeatable way.", ""],
    "activities": "2",
    "activity-1.name": "Measure",
    "activity-1.description": "Groups measure at five places.",
    "activity-1.minutes": "30",
    "activity-1.inClass": "1",
    "activity-1.grouping": "grouping/smallGroup",
    "activity-1.learningType": "learning-type/inquiry",
    "activity-2.name": "Compare",
    "activity-2.description": "The class compares the places.",
    "activity-2.minutes": "15",
    "activity-2.inClass": "1",
    "activity-2.grouping": "grouping/wholeClass",
    "activity-2.learningType": "learning-type/discussion",
    "product": "A map of the canteen.",
    "assessment": "The map names what is not known.",
    "adaptation": "Without meters, pupils rate the noise.",
    "keywords": "noise, measuring",
}


def begun(browser: Browser, hub: str = "east") -> str:
    """Begin a draft; the address of its page below /taking-part."""
    answer = browser.post(f"/hub/{hub}/drafts", "/account")
    assert answer.status_code == 303
    return answer.headers["Location"].removeprefix("/taking-part")


def version_of(browser: Browser, draft: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.get(draft).get_data(as_text=True))
    assert found
    return found[1]


def save(browser: Browser, draft: str, do: str = "save", **fields: Any) -> Any:
    return browser.post(draft, draft, **{"version": version_of(browser, draft), "do": do, **fields})


def test_the_form_has_the_fields_names_and_limits_of_the_shapes(mari: Browser) -> None:
    page = mari.get(begun(mari)).get_data(as_text=True)
    fields = form_fields("Scenario", BASE)
    for key in [key for section in (*SECTIONS, *AFTER) for key in section.keys]:
        assert f'id="{key}' in page, key
        assert fields[key].name["en"] in page, key
    for key in ACTIVITY:
        assert f"activity-1.{key}" in page
    assert "3 to 99" in page  # the ages of the shapes


@pytest.mark.parametrize("language", ["en", "et", "fi", "lt", "nb", "ka"])
def test_names_and_messages_are_in_the_readers_language(mari: Browser, language: str) -> None:
    draft = begun(mari)
    page = mari.client.get(f"/{language}/taking-part{draft}").get_data(as_text=True)
    assert form_fields("Activity", BASE)["grouping"].name[language] in page
    assert f'lang="{language}">' in page.split('id="remarks"')[1]


def test_what_is_written_is_kept_and_comes_back(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    assert save(mari, draft, **COMPLETE).status_code == 303
    page = mari.get(draft).get_data(as_text=True)
    for text in ("How loud is our canteen?", "I can measure noise", "Groups measure at five places.", 'value="15"'):
        assert text in page
    assert re.search(r'value="subject/physics" checked', page)
    assert re.search(r'value="subject/mathematics" checked', page)  # written in another language
    assert ">45</output>" in page
    with kept.reading() as session:
        assert session.scalars(select(Draft.version)).one() == 2


def test_a_complete_scenario_is_told_so(mari: Browser) -> None:
    draft = begun(mari)
    save(mari, draft, **COMPLETE)
    assert "This is a complete scenario" in mari.get(draft).get_data(as_text=True)


def test_a_value_that_the_shapes_refuse_is_said_beside_its_field(mari: Browser) -> None:
    draft = begun(mari)
    save(mari, draft, **{**COMPLETE, "minAge": "200", "activity-2.minutes": "long"})
    page = mari.get(draft).get_data(as_text=True)
    assert 'id="minAge-remark-1"' in page
    assert 'id="activity-2.minutes-remark-1"' in page
    assert 'value="200"' in page
    assert 'value="long"' in page


def test_a_name_that_no_list_has_stays_and_is_said(mari: Browser) -> None:
    draft = begun(mari)
    save(mari, draft, **{**COMPLETE, "about.more": "flying carpets"})
    page = mari.get(draft).get_data(as_text=True)
    assert 'value="flying carpets"' in page
    assert "nothing in the lists" in page
    assert save(mari, draft, "submit", **{**COMPLETE, "about.more": "flying carpets"}).status_code == 422


def test_activities_and_outcomes_are_added_moved_and_removed_by_buttons(mari: Browser) -> None:
    draft = begun(mari)
    assert save(mari, draft, "down-activity-1", **COMPLETE).headers["Location"].endswith("#activities")
    page = mari.get(draft).get_data(as_text=True)
    assert page.index("The class compares") < page.index("Groups measure")
    answers: dict[str, Any] = {"outcomes": ["a"], "activities": [{"name": "one"}, {"name": "two"}]}
    for button in (
        "add-outcome",
        "up-activity-2",
        "remove-outcome-1",
        "remove-activity-9",
        "up-activity-1",
        "x",
        "add-x-y-z",
    ):
        press(answers, button)
    assert answers == {"outcomes": [""], "activities": [{"name": "two"}, {"name": "one"}]}


def test_minutes_are_those_in_class() -> None:
    rows = [{"minutes": "10", "inClass": True}, {"minutes": "5"}, {"minutes": "x", "inClass": True}, {"inClass": True}]
    assert total_minutes({"activities": rows}) == 10


def test_scripts_save_quietly_and_ask_apart_what_the_rules_say(mari: Browser) -> None:
    draft = begun(mari)
    fields = {"form_token": mari.token(draft), "version": "1", **COMPLETE}
    answer = mari.client.post(f"/taking-part{draft}", data=fields, headers={"X-Requested-With": "fetch"})
    saved = answer.get_json()
    assert (saved["version"], saved["minutes"]) == (2, 45)
    assert "complete scenario" in mari.get(f"{draft}/remarks").get_data(as_text=True)


def test_a_lost_session_is_told_to_scripts_and_loses_nothing(mari: Browser, people_app: Flask) -> None:
    draft = begun(mari)
    token = mari.token(draft)
    nobody = Browser(people_app)
    fields = {"form_token": nobody.token(), "version": "1", **COMPLETE}
    lost = nobody.client.post(f"/taking-part{draft}", data=fields, headers={"X-Requested-With": "fetch"})
    assert lost.status_code == 401
    fields["form_token"] = token
    assert mari.client.post(f"/taking-part{draft}", data=fields).status_code == 303


def test_an_older_page_overwrites_nothing_and_shows_both_versions(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    save(mari, draft, **{**COMPLETE, "name": "The first window"})
    answer = save(mari, draft, **{**COMPLETE, "name": "The second window", "version": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "The first window" in page
    assert "The second window" in page
    with kept.reading() as session:
        assert session.scalars(select(Draft)).one().data["values"]["name"] == "The first window"
    kept_version = re.search(r'name="version" value="(\d+)"', page)
    assert kept_version
    answer = save(mari, draft, **{**COMPLETE, "name": "The second window", "version": kept_version[1]})
    assert answer.status_code == 303
    with kept.reading() as session:
        assert session.scalars(select(Draft)).one().data["values"]["name"] == "The second window"


def test_of_many_who_save_one_version_at_once_one_is_kept(mari: Browser, people_app: Flask) -> None:
    draft = begun(mari)
    token, cookie = mari.token(draft), mari.client.get_cookie("ihub-session")
    assert cookie
    statuses: list[int] = []

    def send(number: int) -> None:
        client = people_app.test_client()
        client.set_cookie("ihub-session", cookie.value)
        fields = {**COMPLETE, "form_token": token, "version": "1", "name": f"Window {number}"}
        statuses.append(client.post(f"/taking-part{draft}", data=fields).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409, 409, 409, 409, 409]


def test_drafts_of_others_are_not_there(mari: Browser, signed_in: Callable[..., Browser]) -> None:
    draft = begun(mari)
    editor = signed_in("editor")
    assert editor.get(draft).status_code == 404
    assert editor.post(f"{draft}/throw-away", "/account").status_code == 404


def test_a_draft_is_thrown_away(mari: Browser) -> None:
    draft = begun(mari)
    assert mari.post(f"{draft}/throw-away", draft).status_code == 303
    assert mari.get(draft).status_code == 404


def test_nobody_begins_a_draft_at_a_hub_that_is_not_theirs(mari: Browser) -> None:
    assert mari.post("/hub/west/drafts", "/account").status_code == 403
    assert mari.post("/hub/north/drafts", "/account").status_code in {403, 404}


def test_what_lacks_what_the_rules_require_is_not_submitted(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    answer = save(mari, draft, "submit", name="Only a title", activities="0")
    assert answer.status_code == 422
    assert "cannot be submitted yet" in answer.get_data(as_text=True)
    with kept.reading() as session:
        assert session.scalars(select(Proposal)).all() == []


def test_a_sketch_is_submitted_as_what_it_is(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    sketch = {name: COMPLETE[name] for name in ("language", "name", "description", "about.more")}
    assert save(mari, draft, "submit", **sketch, activities="0").status_code == 303
    with kept.reading() as session:
        data = session.scalars(select(ProposalVersion)).one().data
    assert data["completeness"] == "completeness/partial"
    assert data["creator"][0].startswith("contributor/c-")
    assert "mari" not in str(data).lower()


def test_like_scenarios_and_what_they_teach_are_shown(mari: Browser) -> None:
    draft = begun(mari)
    save(
        mari, draft, **{**COMPLETE, "name": "Checking a photo", "description": "Pupils check where a photo comes from."}
    )
    aside = mari.get(draft).get_data(as_text=True).split('id="likeness"')[1]
    assert "Similar scenarios exist" in aside
    assert "/doc/scenario/checking-a-photo" in aside


def test_text_is_escaped_wherever_it_shows(mari: Browser) -> None:
    draft = begun(mari)
    save(mari, draft, **{**COMPLETE, "name": "<script>alert(1)</script>", "about.more": "<b>x</b>"})
    page = mari.get(draft).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<b>x" not in page


def test_a_form_with_thousands_of_rows_is_cut(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    save(mari, draft, activities="100000", outcome=["x"] * 500, name="y" * 50_000)
    with kept.reading() as session:
        data = session.scalars(select(Draft)).one().data
    assert len(data["activities"]) == len(data["outcomes"]) == 40
    assert len(data["values"]["name"]) == 10_000


def test_a_document_has_what_is_answered_and_no_more() -> None:
    import datetime as dt

    answers = {"language": "et", "license": "https://x.example/", "values": {}, "outcomes": [""], "activities": [{}]}
    found = scenario_document(
        answers, identifier="scenario/x", hub="hub/e", agent="c-1", completeness="minimal", day=dt.date(2026, 1, 2)
    )
    assert found["activity"] == found["learningOutcome"] == found["alignment"] == []
    assert found["minutes"] is None
    assert found["datePublished"] == "2026-01-02"


def test_an_erased_person_leaves_no_draft(mari: Browser, kept: Database) -> None:
    begun(mari)
    with kept.writing() as session:
        session.execute(update(Draft).values(hub="hub/east"))
    mari.post("/account/erase", "/account", erase_password="sõna ja teine sõna")  # noqa: S106 - an example
    with kept.reading() as session:
        assert session.scalars(select(Draft)).all() == []


def test_a_save_waits_for_no_judgement_and_remarks_come_later(mari: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.taking_part import turns

    monkeypatch.setattr(turns, "_PLACES", threading.BoundedSemaphore(1))
    draft = begun(mari)
    fields = {"form_token": mari.token(draft), "version": "1", **COMPLETE}
    with turns._PLACES:  # somebody else's draft is being judged
        saved = mari.client.post(f"/taking-part{draft}", data=fields, headers={"X-Requested-With": "fetch"})
        assert saved.get_json()["version"] == 2
        busy = mari.get(f"{draft}/remarks")
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "2")
    assert "complete scenario" in mari.get(f"{draft}/remarks").get_data(as_text=True)
