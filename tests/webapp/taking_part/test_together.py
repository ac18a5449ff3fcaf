"""Several people write at one draft: who follows its author's link, of the same hub, each named only if they agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from tests.webapp.taking_part.conftest import Browser, member
from tests.webapp.taking_part.test_contributing import COMPLETE, begun, save
from webapp.taking_part.draft_models import CoWriter, DraftLink
from webapp.taking_part.hub_collections import write_collections
from webapp.taking_part.models import Draft, Person, Proposal, ProposalVersion
from webapp.taking_part.people import erase_person, export_person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from kg.settings import Settings
    from webapp.taking_part.database import Database


def link_to(browser: Browser, draft: str) -> str:
    """Make a link to a draft; its address below /taking-part."""
    page = browser.post(f"{draft}/together", f"{draft}/together", do="invite").get_data(as_text=True)
    found = re.search(r"/taking-part(/join-draft/[\w-]+)", page)
    assert found
    return found[1]


@pytest.fixture
def jaan(people_app: Flask, kept: Database, password_hash: str) -> Browser:
    """The browser of another contributor of the hub."""
    chosen = {"attribution": "pseudonym", "pseudonym": "Kajakas"}
    member(kept, "jaan@school.example", "contributor", name="Jaan Jõgi", password_hash=password_hash, **chosen)
    browser = Browser(people_app)
    browser.sign_in("jaan@school.example")
    return browser


def shared(mari: Browser, other: Browser, **fields: str) -> str:
    """A draft of one contributor that another has joined."""
    draft = begun(mari)
    link = link_to(mari, draft)
    answer = other.post(link, link, **(fields or {"named": "1"}))
    assert answer.headers["Location"].endswith(draft)
    return draft


def creators(kept: Database) -> list[str]:
    """Names of the authors of what was submitted last, as the graph will know them."""
    with kept.reading() as session:
        data = session.scalars(select(ProposalVersion)).all()[-1].data
        by_agent = dict(session.execute(select(Person.agent_id, Person.email)).all())  # type: ignore[arg-type]
    return [by_agent[creator.removeprefix("contributor/")] for creator in data["creator"]]


def test_who_follows_the_link_sees_and_changes_the_draft(mari: Browser, jaan: Browser) -> None:
    draft = shared(mari, jaan)
    save(jaan, draft, **{**COMPLETE, "name": "By both of us"})
    page = mari.get(draft).get_data(as_text=True)
    assert "By both of us" in page
    assert re.search(r"Jaan Jõgi\s*<span class=\"tag\">Changed it last", page)
    assert draft in jaan.get("/").get_data(as_text=True)


def test_before_joining_one_is_told_who_asks_and_who_will_see_what(mari: Browser, jaan: Browser) -> None:
    draft = begun(mari)
    page = jaan.get(link_to(mari, draft)).get_data(as_text=True)
    assert "Mari Maasikas asks you" in page
    assert "see your name, Jaan Jõgi" in page
    assert jaan.get(draft).status_code == 404


def test_a_link_works_once_and_is_kept_as_a_digest_only(
    mari: Browser, jaan: Browser, signed_in: Callable[..., Browser], kept: Database
) -> None:
    link = link_to(mari, begun(mari))
    with kept.reading() as session:
        assert link.rpartition("/")[2] not in session.scalars(select(DraftLink.digest)).one()
    assert jaan.post(link, link, named="1").status_code == 303
    third = signed_in("editor")
    assert third.get(link).status_code == 410
    assert third.post(link, "/account").status_code == 410


def test_people_of_other_hubs_cannot_join(mari: Browser, signed_in: Callable[..., Browser]) -> None:
    stranger = signed_in("contributor", "hub/west", "west@school.example")
    link = link_to(mari, begun(mari))
    assert stranger.get(link).status_code == 403
    assert stranger.post(link, "/account").status_code == 403


def test_who_leaves_the_hub_reaches_its_drafts_no_longer(
    mari: Browser, jaan: Browser, signed_in: Callable[..., Browser], kept: Database
) -> None:
    draft = shared(mari, jaan)
    coordinator = signed_in("coordinator")
    with kept.reading() as session:
        person = session.scalars(select(Person.id).where(Person.email == "jaan@school.example")).one()
    coordinator.post("/hub/east/people/remove", "/account", person=person, role="contributor")
    assert jaan.get(draft).status_code == 404


def test_two_who_save_at_once_overwrite_nothing_and_learn_who_was_first(mari: Browser, jaan: Browser) -> None:
    draft = shared(mari, jaan)
    save(jaan, draft, name="Jaan was first")
    answer = save(mari, draft, name="Mari", version="1")
    assert answer.status_code == 409
    assert "Last changed by Jaan Jõgi." in answer.get_data(as_text=True)


def test_only_the_author_submits_throws_away_invites_and_removes(mari: Browser, jaan: Browser) -> None:
    draft = shared(mari, jaan)
    assert save(jaan, draft, "submit", **COMPLETE).status_code == 403
    assert jaan.post(f"{draft}/throw-away", draft).status_code == 403
    for button in ("invite", "remove-x", "x"):
        assert jaan.post(f"{draft}/together", f"{draft}/together", do=button).status_code == 400
    assert "Save and submit" not in jaan.get(draft).get_data(as_text=True)


def test_the_author_removes_and_one_leaves_by_oneself(mari: Browser, jaan: Browser, kept: Database) -> None:
    draft = shared(mari, jaan)
    page = mari.get(f"{draft}/together").get_data(as_text=True)
    button = re.search(r'value="(remove-\w+)"', page)
    assert button
    mari.post(f"{draft}/together", f"{draft}/together", do=button[1])
    assert jaan.get(draft).status_code == 404

    other = shared(mari, jaan)
    assert jaan.post(f"{other}/together", f"{other}/together", do="leave").status_code == 303
    assert jaan.get(other).status_code == 404
    assert mari.get(other).status_code == 200


def test_all_who_agreed_are_the_authors_of_what_is_submitted(mari: Browser, jaan: Browser, kept: Database) -> None:
    draft = shared(mari, jaan)
    save(mari, draft, "submit", **COMPLETE)
    assert creators(kept) == ["contributor@school.example", "jaan@school.example"]


def test_who_does_not_agree_or_no_longer_is_no_author(mari: Browser, jaan: Browser, kept: Database) -> None:
    draft = shared(mari, jaan, unticked="1")
    save(mari, draft, "submit", **COMPLETE)
    assert creators(kept) == ["contributor@school.example"]
    jaan.post(f"{draft}/together", f"{draft}/together", do="named", named="1")
    save(mari, draft, "submit", **{**COMPLETE, "name": "Again"})
    assert len(creators(kept)) == 2
    jaan.post(f"{draft}/together", f"{draft}/together", do="named")
    save(mari, draft, "submit", **{**COMPLETE, "name": "And again"})
    assert len(creators(kept)) == 1


def test_authors_read_the_answer_and_only_the_one_who_submitted_takes_it_back(
    mari: Browser, jaan: Browser, editor: Browser
) -> None:
    draft = shared(mari, jaan)
    proposal = save(mari, draft, "submit", **COMPLETE).headers["Location"].removeprefix("/taking-part")
    page = jaan.get(proposal)
    assert page.status_code == 200
    assert "Take the scenario back" not in page.get_data(as_text=True)
    assert jaan.post(proposal, "/account", do="withdraw").status_code == 404
    assert editor.get(proposal).status_code == 404


def test_the_collection_names_each_author_as_they_chose(
    mari: Browser, jaan: Browser, editor: Browser, kept: Database, hub_settings: Settings, tmp_path: Path
) -> None:
    from dataclasses import replace

    draft = shared(mari, jaan)
    save(mari, draft, "submit", **COMPLETE)
    with kept.writing() as session:
        proposal = session.scalars(select(Proposal)).one()
        proposal.state, proposal.published_number = "accepted", 1
        from webapp.taking_part.models import Review
        from webapp.taking_part.moments import now

        session.add(
            Review(
                id="r", proposal_id=proposal.id, number=1, agent_id=proposal.agent_id, role="editor",
                decision="accept", reason="", rules="x", decided=now(),
            )
        )  # fmt: skip
    settings = replace(hub_settings, home=tmp_path)
    with kept.reading() as session:
        write_collections(session, settings, {"hub/east": {"en": "East"}})
    text = (settings.collections / "hub-east" / "documents.jsonl").read_text(encoding="utf-8")
    assert text.count('"type": "Contributor"') == 2
    assert "Kajakas" in text
    assert "Jaan" not in text


def test_the_editor_sees_no_finding_about_several_authors(mari: Browser, jaan: Browser, editor: Browser) -> None:
    draft = shared(mari, jaan)
    proposal = save(mari, draft, "submit", **COMPLETE).headers["Location"].rpartition("/")[2]
    assert "Nothing to mend." in editor.get(f"/hub/east/proposals/{proposal}").get_data(as_text=True)


def test_the_draft_of_who_goes_stays_with_who_joined_it(mari: Browser, jaan: Browser, kept: Database) -> None:
    draft = shared(mari, jaan)
    with kept.writing() as session:
        person = session.scalars(select(Person).where(Person.email == "contributor@school.example")).one()
        erase_person(session, person, by=None, role="test", keep_name=False)
    assert "Save and submit" in jaan.get(draft).get_data(as_text=True)
    with kept.reading() as session:
        assert len(session.scalars(select(CoWriter)).all()) == 1


def test_an_export_tells_of_shared_drafts(mari: Browser, jaan: Browser, kept: Database) -> None:
    draft = shared(mari, jaan)
    with kept.reading() as session:
        person = session.scalars(select(Person).where(Person.email == "jaan@school.example")).one()
        exported: dict[str, Any] = export_person(session, person)
        assert exported["drafts"] == []
        assert [row["draft_id"] for row in exported["sharedDrafts"]] == [session.scalars(select(Draft.id)).one()]
    assert draft.endswith(exported["sharedDrafts"][0]["draft_id"])


def test_stories_are_told_by_one(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    with kept.writing() as session:
        found = session.scalars(select(Draft)).one()
        found.data = {"story": "scenario/x", "title": {"en": "X"}, "language": "en", "values": {}}
    assert mari.get(f"{draft}/together").status_code == 404
    assert mari.get(f"{draft}/suggestions").status_code == 404
