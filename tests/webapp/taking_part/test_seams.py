"""What holds where parts of taking part meet: sharing and changing, leaving and reaching, deriving and withdrawing."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from sqlalchemy import delete, event, select, update

from tests.webapp.taking_part import schools
from tests.webapp.taking_part import test_adapting as adapting
from tests.webapp.taking_part import test_stories as stories
from tests.webapp.taking_part.conftest import member
from tests.webapp.taking_part.test_contributing import COMPLETE, begun, save
from tests.webapp.taking_part.test_reviewing import decide, submitted
from tests.webapp.taking_part.test_revising import LOUDER, bring_back, change, field, published, publishing
from tests.webapp.taking_part.test_together import creators, jaan, link_to, shared
from tests.webapp.taking_part.test_translating import translation
from webapp.taking_part.dashboard_numbers import reviewing
from webapp.taking_part.draft_models import Upload
from webapp.taking_part.drafts import begin_draft
from webapp.taking_part.mentoring.models import MentoringRefusal, MentoringSchool
from webapp.taking_part.mentoring.relations import begin_circle, begin_relation
from webapp.taking_part.models import Draft, Person, Proposal, ProposalVersion
from webapp.taking_part.moments import now
from webapp.taking_part.people import erase_person, export_person
from webapp.taking_part.revisions import revisions
from webapp.taking_part.together import invite_to, join_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

__all__ = ["jaan", "publishing"]


def person(kept: Database, email: str) -> str:
    with kept.reading() as session:
        return session.scalars(select(Person.id).where(Person.email == email)).one()


def remove(coordinator: Browser, kept: Database, email: str, role: str = "contributor") -> None:
    """Take somebody's role at the hub away."""
    fields = {"person": person(kept, email), "role": role}
    assert coordinator.post("/hub/east/people/remove", "/account", **fields).status_code == 303


def erase(kept: Database, email: str) -> None:
    with kept.writing() as session:
        found = session.scalars(select(Person).where(Person.email == email)).one()
        erase_person(session, found, by=None, role="test", keep_name=False)


def reread(proposal: str, kept: Database) -> Proposal:
    with kept.reading() as session:
        return session.get_one(Proposal, proposal)


def test_who_left_the_hub_is_not_shown_the_titles_of_its_shared_drafts(
    mari: Browser, jaan: Browser, signed_in: Callable[..., Browser], kept: Database
) -> None:
    draft = shared(mari, jaan)
    save(mari, draft, name="A secret title")
    assert "A secret title" in jaan.get("/").text
    remove(signed_in("coordinator"), kept, "jaan@school.example")
    assert "A secret title" not in jaan.get("/").text


def test_a_shared_draft_is_not_given_to_somebody_who_left_the_hub(
    mari: Browser, jaan: Browser, signed_in: Callable[..., Browser], kept: Database
) -> None:
    draft, third = shared(mari, jaan), signed_in("contributor", email="kati@school.example")
    link = link_to(mari, draft)
    third.post(link, link, named="1")
    remove(signed_in("coordinator"), kept, "jaan@school.example")
    erase(kept, "contributor@school.example")
    assert jaan.get(draft).status_code == 404
    assert third.get(draft).status_code == 200


def test_who_inherits_a_draft_submits_it_and_gets_a_page_that_they_may_see(
    mari: Browser, jaan: Browser, editor: Browser, kept: Database
) -> None:
    draft = shared(mari, jaan)
    location = save(mari, draft, "submit", **COMPLETE).headers["Location"]
    decide(editor, location.rpartition("/")[2], "changes", "Longer, please.")
    erase(kept, "contributor@school.example")
    answer = save(jaan, draft, "submit", **LOUDER)
    assert answer.status_code == 303
    assert jaan.client.get(answer.headers["Location"]).status_code == 200
    assert f"{draft}/go-on" not in answer.text


def test_who_inherits_a_draft_is_an_author_and_not_a_helper_as_well(
    mari: Browser, jaan: Browser, editor: Browser, kept: Database
) -> None:
    draft = shared(mari, jaan)
    proposal = save(mari, draft, "submit", **COMPLETE).headers["Location"].rpartition("/")[2]
    decide(editor, proposal, "changes", "Longer, please.")
    erase(kept, "contributor@school.example")
    save(jaan, draft, "submit", **LOUDER)
    assert decide(editor, proposal, "accept", "Yes.").status_code == 303
    with kept.reading() as session:
        (revision,) = revisions(session, session.get_one(Proposal, proposal))
    assert len(revision.document["creator"]) == 2
    assert "contributor" not in revision.document


def test_an_editor_who_shares_the_draft_of_a_change_does_not_become_an_author(
    mari: Browser, jaan: Browser, editor: Browser, kept: Database
) -> None:
    draft = change(editor, published(mari, editor))
    link = link_to(editor, draft)
    jaan.post(link, link, named="1")
    assert save(editor, draft, "submit", **LOUDER).status_code == 303
    assert creators(kept) == ["contributor@school.example", "jaan@school.example"]


def test_the_creators_of_what_was_written_together_stay_through_changes_and_restoration(
    mari: Browser, jaan: Browser, editor: Browser, kept: Database
) -> None:
    draft = shared(mari, jaan)
    proposal = save(mari, draft, "submit", **COMPLETE).headers["Location"].rpartition("/")[2]
    decide(editor, proposal, "accept", "Yes.")
    both = ["contributor@school.example", "jaan@school.example"]
    save(mari, change(mari, proposal), "submit", **LOUDER)
    assert creators(kept) == both
    decide(editor, proposal, "accept", "Yes.")
    assert bring_back(editor, proposal, 1).status_code == 303
    assert creators(kept) == both
    assert jaan.get(f"/proposals/{proposal}").status_code == 200


def test_an_editor_who_was_removed_submits_no_change_and_sees_none(
    mari: Browser, editor: Browser, signed_in: Callable[..., Browser], kept: Database
) -> None:
    proposal = published(mari, editor)
    draft = change(editor, proposal)
    save(mari, change(mari, proposal), "submit", **{**LOUDER, "name": "Only for the hub's people"})
    remove(signed_in("coordinator"), kept, "editor@school.example", "editor")
    for address in (draft, f"{draft}/go-on", f"{draft}/together"):
        answer = editor.post(address, "/account", version="1", number="1", do="submit", **LOUDER)
        assert answer.status_code == 404
        assert "Only for the hub's people" not in answer.text
    assert reread(proposal, kept).version == 3


def test_who_left_the_hub_keeps_their_own_draft_and_submits_it_there_no_longer(
    mari: Browser, signed_in: Callable[..., Browser], kept: Database
) -> None:
    draft = begun(mari)
    remove(signed_in("coordinator"), kept, "contributor@school.example")
    assert save(mari, draft, "submit", **COMPLETE).status_code == 403
    assert "How loud is our canteen?" in mari.get(draft).text
    assert not mari.get("/").text.count("What you have submitted")


def test_who_left_the_hub_takes_back_what_is_theirs_and_changes_it_no_longer(
    mari: Browser, editor: Browser, signed_in: Callable[..., Browser], kept: Database
) -> None:
    proposal = published(mari, editor)
    page = f"/proposals/{proposal}"
    assert "Change this" in mari.get(page).text
    remove(signed_in("coordinator"), kept, "contributor@school.example")
    assert "Change this" not in mari.get(page).text
    assert mari.post(f"{page}/change", "/account").status_code == 409
    assert mari.post(page, page, do="withdraw", version="2").status_code == 303
    assert reread(proposal, kept).state == "withdrawn"


def test_only_the_author_of_a_draft_says_that_they_have_seen_what_others_submitted(
    mari: Browser, jaan: Browser, editor: Browser
) -> None:
    proposal = published(mari, editor)
    mine, theirs = change(mari, proposal), change(editor, proposal)
    link = link_to(mari, mine)
    jaan.post(link, link, named="1")
    save(editor, theirs, "submit", **LOUDER)
    version = field(jaan, mine, "version")
    assert jaan.post(f"{mine}/go-on", mine, version=version, number="2").status_code == 403
    assert save(mari, mine, "submit", **{**COMPLETE, "minAge": "12"}).status_code == 409


def test_who_writes_at_a_translation_with_others_finds_no_buttons_that_are_the_authors(
    mari: Browser, jaan: Browser
) -> None:
    draft = translation(mari)
    assert f"{draft}/together" in mari.get(draft).text
    link = link_to(mari, draft)
    assert jaan.post(link, link, named="1").status_code == 303
    page = jaan.get(draft).text
    assert "Save and submit" not in page
    assert f"{draft}/throw-away" not in page
    assert "Mari Maasikas" in page


def test_an_export_has_what_a_coordinator_refused_and_whom_somebody_invited(
    signed_in: Callable[..., Browser], kept: Database
) -> None:
    coordinator = signed_in("coordinator")
    coordinator.post("/hub/east/people", "/account", role="contributor")
    with kept.writing() as session:
        found = session.scalars(select(Person)).one()
        refusal = {"data": {"mentor": "a", "mentee": "b"}, "reason": "Too far.", "agent_id": found.agent_id}
        session.add(MentoringRefusal(id="x", hub="hub/east", decided=now(), **refusal))
    with kept.reading() as session:
        told = export_person(session, session.scalars(select(Person)).one())
    assert [row["reason"] for row in told["mentoringRefusals"]] == ["Too far."]
    assert [(row["hub"], row["role"]) for row in told["invitations"]] == [("hub/east", "contributor")]


def test_the_pages_of_many_proposals_ask_the_database_as_often_as_those_of_few(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    asked: list[str] = []
    submitted(mari)

    def count(browser: Browser, address: str) -> int:
        asked.clear()
        assert browser.get(address).status_code == 200
        return len(asked)

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(kept._engine, "before_cursor_execute", note)
    try:
        few = [count(mari, "/"), count(editor, "/hub/east/queue")]
        for _ in range(3):
            decide(editor, submitted(mari), "accept", "Yes.")
        submitted(mari, name="Another title")
        assert [count(mari, "/"), count(editor, "/hub/east/queue")] == few
    finally:
        event.remove(kept._engine, "before_cursor_execute", note)
    for page in (mari.get("/").text, editor.get("/hub/east/queue").text):
        assert "Another title" in page
        assert page.count("How loud is our canteen?") >= 4


def test_bringing_back_is_no_quick_decision_and_what_was_taken_back_waits_no_longer(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    proposal = published(mari, editor)
    save(mari, change(mari, proposal), "submit", **LOUDER)
    decide(editor, proposal, "accept", "Yes.")
    day = dt.timedelta(days=1)
    with kept.writing() as session:
        for number, days in ((1, 20), (2, 10)):
            whose = (ProposalVersion.proposal_id == proposal, ProposalVersion.number == number)
            session.execute(update(ProposalVersion).where(*whose).values(submitted=now() - days * day))
    with kept.reading() as session:
        before = reviewing(session, "hub/east")
    assert bring_back(editor, proposal, 1).status_code == 303
    with kept.reading() as session:
        assert reviewing(session, "hub/east") == before

    draft = change(mari, proposal)
    save(mari, draft, "submit", **{**LOUDER, "minAge": "12"})
    page = f"/proposals/{proposal}"
    with kept.writing() as session:
        session.execute(update(ProposalVersion).where(ProposalVersion.number == 4).values(submitted=now() - 90 * day))
    mari.post(page, page, do="withdraw-change", version=field(mari, page, "version"))
    save(mari, draft, "submit", **{**LOUDER, "minAge": "11"})
    with kept.reading() as session:
        assert reviewing(session, "hub/east").oldest == 0.0


def without_original(kept: Database, *, withdrawn: bool) -> None:
    """Let what a proposal and its drafts are made of be gone from the release."""
    with kept.writing() as session:
        for draft in session.scalars(select(Draft)):
            draft.data = gone_from(draft.data)
        for version in session.scalars(select(ProposalVersion)):
            links = version.data.keys() & {"isBasedOn", "translationOfWork"}
            version.data = {**version.data, **{link: ["scenario/gone"] for link in links}}
            version.answers = gone_from(version.answers or {})
        if withdrawn:
            agent = session.scalars(select(Person.agent_id)).first()
            about = {"id": "gone", "document": "scenario/gone", "hub": "hub/west", "agent_id": agent}
            session.add(Proposal(**about, state="withdrawn", version=2, published_number=None, changed=now()))


def gone_from(answers: dict[str, Any]) -> dict[str, Any]:
    origin = answers["origin"]
    return {**answers, "origin": {**origin, "document": {**origin["document"], "id": "scenario/gone"}}}


@pytest.mark.parametrize("kind", ["adaptation", "translation"])
def test_what_is_published_is_changed_and_brought_back_after_its_original_was_withdrawn(
    mari: Browser, editor: Browser, kept: Database, kind: str
) -> None:
    language = {"language": "et"} if kind == "translation" else {}
    begun_ = adapting.begun(mari, "under-by", kind, **language)
    proposal = adapting.submitted(mari, begun_, name="Two clocks", description="Pupils compare two clocks.")
    assert decide(editor, proposal, "accept", "Yes.").status_code == 303
    without_original(kept, withdrawn=True)
    draft = change(mari, proposal)
    assert adapting.submitted(mari, draft, name="Three clocks") == proposal
    assert "not published any more" not in editor.get(f"/hub/east/proposals/{proposal}").text
    assert decide(editor, proposal, "accept", "Yes.").status_code == 303
    assert adapting.last_document(kept)["isBasedOn"] == ["scenario/gone"]
    assert bring_back(editor, proposal, 1).status_code == 303


def test_of_what_is_gone_without_having_been_withdrawn_here_nothing_is_changed(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    proposal = adapting.submitted(mari, adapting.begun(mari, "under-by"), name="Two clocks")
    decide(editor, proposal, "accept", "Yes.")
    without_original(kept, withdrawn=False)
    answer = adapting.send(mari, change(mari, proposal), "submit", name="Three clocks")
    assert (answer.status_code, "not published any more" in answer.text) == (422, True)


def test_a_changed_adaptation_keeps_the_credit_and_what_its_original_had(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    proposal = adapting.submitted(mari, adapting.begun(mari, "rich"), name="Toinen melukartta")
    decide(editor, proposal, "accept", "Yes.")
    former = adapting.last_document(kept)
    draft = change(mari, proposal)
    adapting.send(mari, draft, "down-activity-1")
    assert adapting.submitted(mari, draft, minAge="12") == proposal
    document = adapting.last_document(kept)
    for key in ("isBasedOn", "creditText", "competencyRequired", "material", "abstract", "dataKind", "creator"):
        assert document[key] == former[key]
    assert document["activity"] == former["activity"][::-1]
    page = " ".join(html.fromstring(mari.get(f"/proposals/{proposal}/history").text).text_content().split())
    assert "creditText" not in page


def test_what_a_spreadsheet_brought_beside_the_form_stays_through_changes_and_is_compared(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    address = begun(mari)
    save(mari, address, **COMPLETE)
    carried = {"tool": ["tool/phyphox"], "text": {"en": "All of it."}}
    with kept.writing() as session:
        draft = session.scalars(select(Draft)).one()
        draft.data = {**draft.data, "carried": carried}
    proposal = save(mari, address, "submit", **COMPLETE).headers["Location"].rpartition("/")[2]
    decide(editor, proposal, "accept", "Yes.")
    save(mari, change(mari, proposal), "submit", **LOUDER)
    assert {key: adapting.last_document(kept)[key] for key in carried} == carried
    assert "All of it." not in re.sub("<[^>]+>", "", mari.get(f"/proposals/{proposal}/history").text)
    decide(editor, proposal, "accept", "Yes.")
    save(mari, change(mari, proposal), "drop-carried", **LOUDER)
    save(mari, change(mari, proposal), "submit", **LOUDER)
    assert not adapting.last_document(kept).keys() & carried.keys()
    assert "All of it." in re.sub("<[^>]+>", "", mari.get(f"/proposals/{proposal}/history").text)


def test_a_story_is_changed_and_brought_back_as_a_scenario_is(mari: Browser, editor: Browser, kept: Database) -> None:
    proposal = stories.submitted(mari)
    decide(editor, proposal, "accept", "Yes.")
    former = adapting.last_document(kept)
    draft = change(mari, proposal)
    told = {**stories.TOLD, "whatHappened": "We did it once more, on a rainy day, and it went better than before."}
    assert stories.save(mari, draft, "submit", **told).status_code == 303
    decide(editor, proposal, "accept", "Yes.")
    later = adapting.last_document(kept)
    assert (later["evidenceFor"], later["whatHappened"]) == (former["evidenceFor"], {"en": told["whatHappened"]})
    assert bring_back(editor, proposal, 1).status_code == 303
    assert adapting.last_document(kept) == former


def test_nobody_of_another_hub_reaches_anything_by_its_identifier(
    mari: Browser, editor: Browser, signed_in: Callable[..., Browser], kept: Database
) -> None:
    draft, proposal = begun(mari), published(mari, editor)
    one, other = (schools.school(kept, name=name, email="contributor@school.example") for name in ("One", "Other"))
    with kept.writing() as session:
        rows = [session.get_one(MentoringSchool, key) for key in (one, other)]
        agent = session.scalars(select(Person.agent_id)).first()
        by: Any = type("By", (), {"agent": agent})
        relation = begin_relation(session, *rows, by=by, role="coordinator")
        assert relation
        circle = begin_circle(session, {"need": "x", "language": "et"}, rows, None, by=by, role="coordinator").id
        upload = Upload(id="u", person_id=person_of(session), hub="hub/east", file="f", report={}, created=now())
        session.add(upload)
    strangers = [
        signed_in(role, "hub/west", email=f"{role}@west.example") for role in ("contributor", "editor", "coordinator")
    ]
    found = f"/proposals/{proposal}"
    reads = [
        draft, f"{draft}/remarks", f"{draft}/suggestions", f"{draft}/together", "/uploads/u", found, f"{found}/history",
        f"/hub/west{found}", f"/hub/east{found}", "/hub/east/queue", "/hub/east/people", "/hub/east/usage",
        "/hub/east/dashboard", "/hub/east/dashboard.csv", "/hub/east/upload", "/hub/east/mentoring",
        "/hub/east/mentoring/proposals", "/hub/east/mentoring/schools", f"/mentoring/schools/{one}",
        f"/mentoring/relations/{relation.id}", f"/school/{one}/self-assessment", f"/school/{one}/self-assessment.csv",
        f"/school/{one}/self-assessment/template.csv", f"/school/{one}/self-assessment/2026-01",
    ]  # fmt: skip
    changes: dict[str, dict[str, str]] = {
        draft: {"do": "submit"}, f"{draft}/together": {"do": "invite"}, f"{draft}/throw-away": {}, f"{draft}/go-on": {},
        found: {"do": "withdraw", "version": "2"}, f"{found}/change": {}, f"/hub/east{found}": {"do": "comment"},
        f"/hub/west{found}": {"do": "withdraw", "version": "2", "text": "x"}, "/hub/east/drafts": {},
        f"/hub/west{found}/restore": {"number": "1", "version": "2", "text": "x"}, "/hub/east/people": {},
        "/hub/west/mentoring/relations": {"mentor": one, "mentee": other}, "/hub/east/adaptations": {},
        f"/hub/west/mentoring/circles/{circle}": {"do": "end", "version": "1"}, "/hub/east/stories": {},
        f"/mentoring/schools/{one}": {"version": "1"}, f"/mentoring/schools/{one}/standing": {"do": "agree"},
        f"/mentoring/relations/{relation.id}": {"version": "1"}, f"/school/{one}/self-assessment/2026-01": {},
        f"/mentoring/relations/{relation.id}/agreement": {"side": "mentor", "do": "agree"},
        f"/school/{one}/self-assessment/upload": {},
    }  # fmt: skip
    for stranger in strangers:
        reached = {address: stranger.get(address).status_code for address in reads}
        reached |= {f"POST {at}": stranger.post(at, "/account", **given).status_code for at, given in changes.items()}
        assert {address: code for address, code in reached.items() if code not in {403, 404}} == {}


def person_of(session: Session) -> str:
    return session.scalars(select(Person.id).where(Person.email == "contributor@school.example")).one()


@pytest.mark.long
def test_of_joining_a_draft_and_throwing_it_away_at_once_one_waits_for_the_other(
    database: Database,
) -> None:
    author, other = (member(database, f"{name}@school.example", "contributor") for name in ("mari", "jaan"))
    with database.writing() as session:
        draft = begin_draft(session, author, "hub/east", {})
        session.flush()
        token = invite_to(session, draft)
    failed: list[Exception] = []

    def throw_away() -> None:
        try:
            with database.writing() as session:
                session.execute(delete(Draft))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            failed.append(error)

    thread = threading.Thread(target=throw_away)

    def meanwhile(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM draft_links") and not thread.ident:
            thread.start()
            time.sleep(1)  # long enough for the other to have begun

    event.listen(database._engine, "after_cursor_execute", meanwhile)
    with database.writing() as session:
        assert join_by(session, token, other, named=True)
    thread.join()
    assert failed == []
