"""What is published is changed, compared, taken back and brought back; history only grows, nobody is passed over."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from tests.webapp.taking_part.test_contributing import COMPLETE, begun, save
from tests.webapp.taking_part.test_reviewing import collected, decide, own_settings, submitted, take_back, write
from webapp.taking_part import reviewing, revising
from webapp.taking_part.comparing import Piece, changed_words, compare
from webapp.taking_part.former_answers import former_answers
from webapp.taking_part.models import Comment, Draft, Person, Proposal, ProposalVersion, Review
from webapp.taking_part.publisher import unpublished
from webapp.taking_part.stories import story_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.settings import Settings
    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

__all__ = ["own_settings"]


@pytest.fixture(autouse=True)
def publishing(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Notes that publishing was started, and does not start it."""
    started: list[Settings] = []
    monkeypatch.setattr(reviewing, "start_publishing", started.append)
    monkeypatch.setattr(revising, "start_publishing", started.append)
    return started


def text_of(browser: Browser, address: str) -> str:
    """A page as somebody reads it, one space between words."""
    page = browser.get(address).get_data(as_text=True)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def field(browser: Browser, address: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', browser.get(address).get_data(as_text=True))
    assert found, (address, name)
    return found[1]


def change(browser: Browser, proposal: str) -> str:
    """Begin a change; the address of the draft."""
    answer = browser.post(f"/proposals/{proposal}/change", "/account")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"].removeprefix("/taking-part")


def published(mari: Browser, editor: Browser, **changes: Any) -> str:
    proposal = submitted(mari, **changes)
    assert decide(editor, proposal, "accept", "Lovely.").status_code == 303
    return proposal


def bring_back(editor: Browser, proposal: str, number: int, text: str = "It was better.", **others: str) -> Any:
    page = f"/proposals/{proposal}/history"
    version = others.get("version") or field(editor, page, "version")
    return editor.post(f"/hub/east/proposals/{proposal}/restore", "/account", number=number, text=text, version=version)


def standing(kept: Database) -> tuple[str, int | None]:
    with kept.reading() as session:
        found = session.scalars(select(Proposal)).one()
        return found.state, found.published_number


def scenario(kept: Database, settings: Settings) -> dict[str, Any]:
    """The scenario in the hub's collection, as a build reads it."""
    write(kept, settings)
    return next(data for name, data in collected(settings).items() if name.startswith("scenario/"))


LOUDER = {**COMPLETE, "activity-2.minutes": "25"}


def test_a_change_begins_with_what_is_published(mari: Browser, editor: Browser, kept: Database) -> None:
    draft = change(mari, published(mari, editor))
    with kept.reading() as session:
        found = session.scalars(select(Draft)).one()
        submission = session.scalars(select(ProposalVersion)).one()
    assert found.data == submission.answers
    assert "How loud is our canteen?" in mari.get(draft).get_data(as_text=True)


def test_what_was_submitted_before_answers_were_kept_is_changed_from_its_document(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    proposal = published(mari, editor)
    with kept.writing() as session:
        answers = session.scalars(select(ProposalVersion)).one().answers
        session.execute(update(ProposalVersion).values(answers=None))
    change(mari, proposal)
    with kept.reading() as session:
        found = session.scalars(select(Draft)).one().data
    assert answers is not None
    assert found["activities"] == answers["activities"]
    assert found["values"] == answers["values"]
    assert found["outcomes"] == [text for text in answers["outcomes"] if text]


def test_what_is_published_stays_while_a_change_waits_or_is_refused(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings
) -> None:
    proposal = published(mari, editor)
    save(mari, change(mari, proposal), "submit", **LOUDER)
    assert standing(kept) == ("waiting", 1)
    assert scenario(kept, own_settings)["minutes"] == 45
    assert "Published; a change waits for review" in text_of(mari, f"/proposals/{proposal}")
    page = text_of(editor, f"/hub/east/proposals/{proposal}")
    assert "What is published stays until you accept" in page
    assert "What changed since submission 1" in page

    decide(editor, proposal, "refuse", "The break is too short.")
    assert standing(kept) == ("refused", 1)
    assert scenario(kept, own_settings)["minutes"] == 45
    assert "Published; the last change was refused" in text_of(mari, f"/proposals/{proposal}")


def test_an_accepted_change_takes_its_place_and_says_what_it_revises(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings, publishing: list[Settings]
) -> None:
    proposal = published(mari, editor)
    before = scenario(kept, own_settings)
    save(mari, change(mari, proposal), "submit", **LOUDER)
    decide(editor, proposal, "accept")
    after = scenario(kept, own_settings)
    assert len(publishing) == 2
    assert (before["id"], before["creator"]) == (after["id"], after["creator"])
    assert (before["minutes"], after["minutes"]) == (45, 55)
    assert after["datePublished"] == before["datePublished"]
    assert after["dateModified"] == dt.datetime.now(dt.UTC).date().isoformat()
    assert "dateModified" not in before
    assert after["wasRevisionOf"].startswith("ni:///sha-256;")
    assert after["wasGeneratedBy"] != before["wasGeneratedBy"]
    lines = (own_settings.collections / "hub-east" / "versions.jsonl").read_text(encoding="utf-8").splitlines()
    (version,) = map(json.loads, lines)
    assert version["version"] == after["wasRevisionOf"]
    assert version["wasGeneratedBy"] == before["wasGeneratedBy"]
    documents = collected(own_settings)
    judged = [documents[f["wasGeneratedBy"]] for f in (before, after)]
    assert all(review["text"]["en"].startswith("accept, as editor, under shapes sha256:") for review in judged)
    assert all(review["used"] == [after["id"]] for review in judged)


def test_an_editor_changes_what_is_published_and_is_named_beside_the_author(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings
) -> None:
    proposal = published(mari, editor)
    answer = save(editor, change(editor, proposal), "submit", **LOUDER)
    assert answer.headers["Location"].endswith(f"/proposals/{proposal}/history")
    decide(editor, proposal, "accept")
    found = scenario(kept, own_settings)
    with kept.reading() as session:
        agents = {person.email: person.agent_id for person in session.scalars(select(Person))}
        roles = session.scalars(select(ProposalVersion.role).order_by(ProposalVersion.number)).all()
    assert found["creator"] == [f"contributor/{agents['contributor@school.example']}"]
    assert found["contributor"] == [f"contributor/{agents['editor@school.example']}"]
    assert roles == ["contributor", "editor"]


def test_only_author_and_editors_of_the_hub_begin_a_change_or_see_the_history(
    mari: Browser, editor: Browser, signed_in: Callable[..., Browser]
) -> None:
    proposal = published(mari, editor)
    strangers = [
        signed_in("editor", "hub/west", "west@school.example"),
        signed_in("contributor", email="other@school.example"),
        signed_in("coordinator"),
    ]
    for browser in strangers:
        assert browser.post(f"/proposals/{proposal}/change", "/account").status_code == 404
        assert browser.get(f"/proposals/{proposal}/history").status_code == 404


def test_going_on_with_a_change_finds_the_draft_again(mari: Browser, editor: Browser) -> None:
    proposal = published(mari, editor)
    assert change(mari, proposal) == change(mari, proposal)
    assert change(editor, proposal) != change(mari, proposal)


def test_a_change_is_taken_back_and_what_is_published_stays(
    mari: Browser, editor: Browser, kept: Database, publishing: list[Settings]
) -> None:
    proposal = published(mari, editor)
    save(mari, change(mari, proposal), "submit", **LOUDER)
    assert take_back(mari, proposal, "withdraw-change").status_code == 303
    assert standing(kept) == ("accepted", 1)
    assert "Nothing waits" in text_of(editor, "/hub/east/queue")
    assert "The change was taken back; what is published stayed" in text_of(mari, f"/proposals/{proposal}/history")
    assert len(publishing) == 1


def test_of_two_who_change_the_same_the_second_sees_the_first_before_submitting(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    proposal = published(mari, editor)
    first, second = change(mari, proposal), change(editor, proposal)
    save(mari, first, "submit", **LOUDER)
    answer = save(editor, second, "submit", **{**COMPLETE, "product": "A map of the whole school."})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "Something else was submitted since you began" in page
    assert "school." in page
    assert standing(kept) == ("waiting", 1)
    with kept.reading() as session:
        assert len(session.scalars(select(ProposalVersion)).all()) == 2
    hidden = {name: re.search(rf'name="{name}" value="(\d+)"', page)[1] for name in ("version", "number")}  # type: ignore[index]
    assert editor.post(f"{second}/go-on", "/account", **hidden).status_code == 303
    answer = save(editor, second, "submit", **{**COMPLETE, "product": "A map of the whole school."})
    assert answer.status_code == 303
    with kept.reading() as session:
        assert len(session.scalars(select(ProposalVersion)).all()) == 3


def test_acceptance_leaves_what_somebody_went_on_writing(mari: Browser, editor: Browser, kept: Database) -> None:
    proposal = submitted(mari)
    draft = change(mari, proposal)
    save(mari, draft, **{**COMPLETE, "name": "Not submitted yet"})
    decide(editor, proposal, "accept")
    with kept.reading() as session:
        assert session.scalars(select(Draft)).one().data["values"]["name"] == "Not submitted yet"
    assert save(mari, draft, "submit", **{**COMPLETE, "name": "Not submitted yet"}).status_code == 303
    assert standing(kept) == ("waiting", 1)


def test_a_change_of_what_was_taken_back_is_kept_and_not_submitted(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    proposal = published(mari, editor)
    draft = change(mari, proposal)
    save(mari, draft, **LOUDER)
    decide(editor, proposal, "withdraw", "A photo shows pupils.")
    answer = save(mari, draft, "submit", **LOUDER)
    assert answer.status_code == 409
    assert "was taken back. Your draft is kept" in answer.get_data(as_text=True)
    assert standing(kept) == ("withdrawn", 1)


def test_an_editor_brings_an_earlier_submission_back_as_a_new_one(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings, publishing: list[Settings]
) -> None:
    proposal = published(mari, editor)
    save(editor, change(editor, proposal), "submit", **LOUDER)
    decide(editor, proposal, "accept")
    assert bring_back(editor, proposal, 1).status_code == 303
    assert standing(kept) == ("accepted", 3)
    assert len(publishing) == 3
    found = scenario(kept, own_settings)
    assert found["minutes"] == 45
    assert "contributor" not in found  # what the editor wrote is not in it any more
    assert found["dateModified"]
    with kept.reading() as session:
        last = session.scalars(select(ProposalVersion).order_by(ProposalVersion.number.desc())).first()
        reviews = session.scalars(select(Review).order_by(Review.number)).all()
    assert last is not None
    assert (last.restored, last.role) == (1, "editor")
    assert [(r.number, r.decision) for r in reviews] == [(1, "accept"), (2, "accept"), (3, "accept")]
    said = collected(own_settings)[found["wasGeneratedBy"]]["text"]["en"]
    assert said.startswith("accept (restoring submission 1), as editor, under shapes sha256:")
    page = text_of(mari, f"/proposals/{proposal}/history")
    assert "Submission 3: submission 1 brought back" in page
    assert "It was better." in page


def test_bringing_back_needs_a_reason_a_former_acceptance_and_the_version_that_was_seen(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    proposal = published(mari, editor)
    save(mari, change(mari, proposal), "submit", **LOUDER)
    decide(editor, proposal, "refuse", "No.")
    save(mari, change(mari, proposal), "submit", **LOUDER)
    version = field(editor, f"/hub/east/proposals/{proposal}", "version")
    assert bring_back(editor, proposal, 1, version=version).status_code == 409  # something waits
    decide(editor, proposal, "accept")
    assert bring_back(editor, proposal, 1, text=" ").status_code == 422
    assert bring_back(editor, proposal, 2).status_code == 409  # was refused
    assert bring_back(editor, proposal, 3).status_code == 409  # is there
    assert bring_back(editor, proposal, 9).status_code == 409
    assert bring_back(editor, proposal, 1, version=version).status_code == 409  # of before
    assert standing(kept) == ("accepted", 3)


@pytest.mark.parametrize(
    ("stated", "told"), [({"minAge": 2}, "3 to 99"), ({"about": ["subject/gone"]}, "is not there any more")]
)
def test_what_todays_rules_refuse_is_not_brought_back(
    mari: Browser, editor: Browser, kept: Database, stated: dict[str, Any], told: str
) -> None:
    proposal = published(mari, editor)
    save(mari, change(mari, proposal), "submit", **LOUDER)
    decide(editor, proposal, "accept")
    with kept.writing() as session:
        former = session.get_one(ProposalVersion, (proposal, 1))
        former.data = {**former.data, **stated}  # as if other rules had let it through
    answer = bring_back(editor, proposal, 1)
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert standing(kept) == ("accepted", 2)


def test_what_was_taken_back_is_found_by_editors_and_brought_back_without_its_tombstone(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings
) -> None:
    proposal = published(mari, editor)
    take_back(mari, proposal)
    write(kept, own_settings)
    gone = own_settings.collections / "hub-east" / "withdrawn.jsonl"
    assert gone.read_text(encoding="utf-8")
    queue = text_of(editor, "/hub/east/queue")
    assert "Refused or taken back How loud is our canteen? Taken back" in queue
    assert bring_back(editor, proposal, 1).status_code == 303
    assert scenario(kept, own_settings)["minutes"] == 45
    assert gone.read_text(encoding="utf-8") == ""
    history = text_of(mari, f"/proposals/{proposal}/history")
    for step in ("Submission 1", "Submission 1 accepted", "Taken back", "Submission 2: submission 1 brought back"):
        assert step in history
        history = history.partition(step)[2]


def test_who_was_erased_stays_nameless_when_their_work_comes_back(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings
) -> None:
    mari.post("/account/attribution", "/account", attribution="name")
    proposal = published(mari, editor)
    decide(editor, proposal, "withdraw", "To be checked.")
    mari.post("/account/erase", "/account", erase_password="sõna ja teine sõna")  # noqa: S106 - an example
    assert bring_back(editor, proposal, 1).status_code == 303
    write(kept, own_settings)
    documents = collected(own_settings)
    assert any(name.startswith("scenario/") for name in documents)
    assert "Mari" not in json.dumps(documents)
    assert "Mari" not in text_of(editor, f"/proposals/{proposal}/history").replace("Welcome, Mari", "")


def test_taking_back_what_has_changed_meanwhile_is_refused(mari: Browser, editor: Browser, kept: Database) -> None:
    proposal = submitted(mari)
    version = field(mari, f"/proposals/{proposal}", "version")
    decide(editor, proposal, "accept")
    page = f"/proposals/{proposal}"
    assert mari.post(page, page, do="withdraw", version=version).status_code == 409
    assert standing(kept) == ("accepted", 1)


def test_the_history_tells_who_did_what_as_what_under_which_rules(mari: Browser, editor: Browser) -> None:
    mari.post("/account/attribution", "/account", attribution="pseudonym", pseudonym="Vaarikas")
    proposal = submitted(mari)
    decide(editor, proposal, "comment", "Is the canteen open?")
    decide(editor, proposal, "changes", "Say when.")
    save(mari, change(mari, proposal), "submit", **LOUDER)
    decide(editor, proposal, "accept")
    page = text_of(editor, f"/proposals/{proposal}/history")
    for text in (
        "Submission 1 The author: Vaarikas",
        "Changes asked for in submission 1 An editor",
        "shapes sha256:",
        "Say when.",
        "Submission 2 accepted",
        "Is the canteen open?",
    ):
        assert text in page
    assert "Submission 2 accepted An editor" in text_of(mari, f"/proposals/{proposal}/history")


def test_any_two_submissions_are_compared(mari: Browser, editor: Browser) -> None:
    proposal = published(mari, editor)
    for name in ("Second", "Third"):
        save(mari, change(mari, proposal), "submit", **{**COMPLETE, "name": f"{name} title of it"})
        decide(editor, proposal, "accept")
    address = f"/proposals/{proposal}/history"
    page = text_of(mari, f"{address}?former=1&later=3")
    assert "taken out: How loud is our canteen?" in page
    assert "put in: Third title of it" in page
    page = mari.get(f"{address}?former=3&later=2").get_data(as_text=True)
    assert re.search(r"<del><span[^>]*>taken out: </span>Third</del> <ins><span[^>]*>put in: </span>Second</ins>", page)
    assert mari.get(f"{address}?former=1&later=9").status_code == 404


def test_a_moved_activity_is_shown_as_moved_only(mari: Browser, editor: Browser) -> None:
    proposal = published(mari, editor)
    draft = change(mari, proposal)
    save(mari, draft, "down-activity-1", **COMPLETE)
    form = {key: value for key, value in COMPLETE.items() if not key.startswith("activity-")}
    for place, other in (("1", "2"), ("2", "1")):
        form |= {
            k.replace(f"-{place}.", f"-{other}."): v for k, v in COMPLETE.items() if k.startswith(f"activity-{place}.")
        }
    save(mari, draft, "submit", **form)
    page = text_of(editor, f"/hub/east/proposals/{proposal}").partition("What changed")[2].partition("The scenario")[0]
    assert "moved; it was number 2 Compare" in page
    assert page.count("moved") == 1
    assert "taken out" not in page


def test_unpublished_knows_changes_and_what_was_brought_back(
    mari: Browser, editor: Browser, kept: Database, hub_settings: Settings
) -> None:
    assert not unpublished(hub_settings, kept)
    proposal = published(mari, editor)
    assert unpublished(hub_settings, kept)
    take_back(mari, proposal)
    assert not unpublished(hub_settings, kept)  # it never was in a release


def test_news_are_told_until_they_are_seen(mari: Browser, editor: Browser, kept: Database) -> None:
    assert "New since you last looked" not in text_of(mari, "/")
    proposal = submitted(mari)
    assert "1 waits" in text_of(editor, "/")
    assert "New since" not in text_of(mari, "/")  # her own doing is no news
    decide(editor, proposal, "accept")
    home = text_of(mari, "/")
    assert "New since you last looked How loud is our canteen?: Submission 1 accepted An editor" in home
    assert "waits" not in text_of(editor, "/")
    with kept.writing() as session:
        hour = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
        session.execute(update(Review).values(decided=hour))
    assert mari.post("/news/seen", "/", until=field(mari, "/", "until")).status_code == 303
    assert "New since" not in text_of(mari, "/")
    decide(editor, proposal, "comment", "Thank you!")
    home = text_of(mari, "/")
    assert "Remark An editor" in home
    assert "Submission 1 accepted" not in home
    with kept.reading() as session:
        assert session.scalars(select(Comment)).one()


@pytest.mark.parametrize("until", ["", "soon", "2026-11-22T10:00:00"])
def test_a_moment_that_is_none_is_refused(mari: Browser, until: str) -> None:
    assert mari.post("/news/seen", "/", until=until).status_code == 400


def test_what_is_yet_to_come_is_not_seen_beforehand(mari: Browser, editor: Browser) -> None:
    proposal = submitted(mari)
    assert mari.post("/news/seen", "/", until="2099-01-01T00:00:00+00:00").status_code == 303
    decide(editor, proposal, "accept")
    assert "Submission 1 accepted" in text_of(mari, "/")


def test_a_draft_that_changes_nothing_submitted_cannot_go_on(mari: Browser) -> None:
    draft = begun(mari)
    assert mari.post(f"{draft}/go-on", "/account", version="1", number="1").status_code == 404


def activity(name: str, minutes: int, **others: Any) -> dict[str, Any]:
    return {"name": {"en": name}, "description": {"en": f"Pupils {name} with care."}, "minutes": minutes, **others}


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ([0, 1, 2], []),
        ([2, 0, 1], [("activity-1", "moved", 3)]),
        ([1, 2, 0], [("activity-3", "moved", 1)]),
        ([2, 1, 0], [("activity-1", "moved", 3), ("activity-2", "moved", 2)]),
        ([0, 2], [("activity-2", "removed", 2)]),
    ],
)
def test_of_activities_as_few_as_can_be_are_told_to_have_moved(
    order: list[int], told: list[tuple[str, str, int]]
) -> None:
    rows = [activity(name, 10) for name in ("measure", "compare", "discuss")]
    found = compare({"activity": rows}, {"activity": [rows[place] for place in order]})
    assert [(change.name, change.kind, change.former) for change in found] == told


def test_an_activity_that_moved_and_changed_tells_both_and_a_new_one_all_it_says() -> None:
    rows = [activity("measure", 10), activity("compare", 15)]
    later = [activity("compare", 20), activity("measure", 10), activity("sing", 5, inClass=True)]
    found = compare({"activity": rows}, {"activity": later})
    assert [(change.name, change.kind) for change in found] == [
        ("activity-1", "moved"),
        ("activity-1.minutes", "changed"),
        ("activity-3", "added"),
    ]
    assert found[1].pieces == [Piece("out", "15"), Piece("in", "20")]
    assert "sing" in found[2].pieces[0].text


def test_texts_as_long_as_may_be_are_compared_in_little_time() -> None:
    former, later = " ".join(["the"] * 2500), " ".join("the" if n % 7 else "a" for n in range(2500))
    pieces = changed_words(former, later)
    assert " ".join(piece.text for piece in pieces if piece.kind != "out") == later
    assert " ".join(piece.text for piece in pieces if piece.kind != "in") == former


def test_the_change_of_a_story_begins_with_its_words() -> None:
    answers = {
        "story": "scenario/heat-map",
        "title": {},
        "language": "et",
        "values": {"whatHappened": "Mõõtsime.", "evidenceKind": "evidence-kind/implementationStory"},
    }
    document = story_document(
        answers, identifier="evidence/used-1", hub="hub/east", agent="c-1", day=dt.date(2026, 1, 2)
    )
    assert former_answers(document) == answers
