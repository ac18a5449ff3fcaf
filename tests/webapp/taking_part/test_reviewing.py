"""A hub's editors decide; what they accept is published with its provenance, whatever is killed in between."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from sqlalchemy import select

from kg.collection import Collection
from kg.documents import Document
from tests.webapp.taking_part.test_contributing import COMPLETE, begun, save
from webapp.taking_part import reviewing
from webapp.taking_part.hub_collections import write_collections
from webapp.taking_part.models import AuditEntry, Draft, Person, Proposal, Review

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from kg.settings import Settings
    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database


@pytest.fixture(autouse=True)
def publishing(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Notes that publishing was started, and does not start it: test_publishing.py does."""
    started: list[Settings] = []
    monkeypatch.setattr(reviewing, "start_publishing", started.append)
    return started


def submitted(mari: Browser, **changes: Any) -> str:
    """Write and submit a scenario; the identifier of its proposal."""
    answer = save(mari, begun(mari), "submit", **{**COMPLETE, **changes})
    assert answer.status_code == 303
    return str(answer.headers["Location"]).rpartition("/")[2]


def decide(editor: Browser, proposal: str, do: str, text: str = "", version: str | None = None) -> Any:
    page = f"/hub/east/proposals/{proposal}"
    found = re.search(r'name="version" value="(\d+)"', editor.get(page).get_data(as_text=True))
    assert found
    return editor.post(page, page, do=do, text=text, version=version or found[1])


def take_back(browser: Browser, proposal: str, do: str = "withdraw") -> Any:
    page = f"/proposals/{proposal}"
    found = re.search(r'name="version" value="(\d+)"', browser.get(page).get_data(as_text=True))
    assert found
    return browser.post(page, page, do=do, version=found[1])


def collected(settings: Settings) -> dict[str, dict[str, Any]]:
    """The documents of the hub's collection, by identifier, as a build reads them."""
    found = Collection.open(settings.collections / "hub-east").documents()
    documents = [document for document in found if isinstance(document, Document)]
    return {document.identifier: dict(document.data) for document in documents}


@pytest.fixture
def own_settings(kept: Database, tmp_path: Path, hub_settings: Settings) -> Settings:
    """Settings whose collections nobody else writes."""
    from dataclasses import replace

    return replace(hub_settings, home=tmp_path)


def write(kept: Database, settings: Settings) -> None:
    with kept.reading() as session:
        write_collections(session, settings, {"hub/east": {"en": "Hub east", "et": "Idakeskus"}})


def test_what_is_submitted_waits_in_the_queue_of_its_hub(mari: Browser, editor: Browser) -> None:
    assert "Nothing waits" in editor.get("/hub/east/queue").get_data(as_text=True)
    proposal = submitted(mari)
    assert "How loud is our canteen?" in editor.get("/hub/east/queue").get_data(as_text=True)
    page = editor.get(f"/hub/east/proposals/{proposal}").get_data(as_text=True)
    assert "Groups measure at five places." in page
    assert re.search(r"Activity 1: Class organisation</th><td[^>]*>Small-group work<", page)
    assert "Waiting for review" in mari.get(f"/proposals/{proposal}").get_data(as_text=True)


def test_a_proposal_is_not_there_at_another_hub_or_for_others(mari: Browser, signed_in: Callable[..., Browser]) -> None:
    proposal = submitted(mari)
    west = signed_in("editor", "hub/west", "west@school.example")
    assert west.get(f"/hub/west/proposals/{proposal}").status_code == 404
    assert west.get(f"/hub/east/proposals/{proposal}").status_code == 403
    assert west.get(f"/proposals/{proposal}").status_code == 404


def test_an_editor_asks_for_changes_and_sees_what_changed(
    mari: Browser, editor: Browser, publishing: list[Settings]
) -> None:
    proposal = submitted(mari)
    assert decide(editor, proposal, "changes", "Say how long the break is.").status_code == 303
    own = mari.get(f"/proposals/{proposal}").get_data(as_text=True)
    assert "Say how long the break is." in own
    assert "Changes asked for" in own
    draft = re.search(r"/drafts/\w+", mari.get("/").get_data(as_text=True))
    assert draft
    assert (
        save(mari, draft[0], "submit", **{**COMPLETE, "activity-2.minutes": "20"})
        .headers["Location"]
        .endswith(proposal)
    )
    page = editor.get(f"/hub/east/proposals/{proposal}").get_data(as_text=True)
    row = re.search(r"Activity 2: Minutes</dt>\s*<dd[^>]*><del>.*15</del> <ins>.*20</ins>", page)
    assert row
    assert publishing == []


@pytest.mark.parametrize("do", ["changes", "refuse", "comment"])
def test_a_decision_against_needs_a_reason(mari: Browser, editor: Browser, do: str) -> None:
    proposal = submitted(mari)
    assert decide(editor, proposal, do).status_code == 422
    assert "Waiting" in mari.get(f"/proposals/{proposal}").get_data(as_text=True)


def test_what_is_accepted_becomes_a_document_with_its_provenance(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings, publishing: list[Settings]
) -> None:
    mari.post("/account/attribution", "/account", attribution="pseudonym", pseudonym="Vaarikas")
    proposal = submitted(mari)
    decide(editor, proposal, "changes", "Longer, please.")
    draft = re.search(r"/drafts/\w+", mari.get("/").get_data(as_text=True))
    assert draft
    save(mari, draft[0], "submit", **{**COMPLETE, "activity-2.minutes": "20"})
    assert decide(editor, proposal, "accept").status_code == 303
    assert len(publishing) == 1
    write(kept, own_settings)
    documents = collected(own_settings)
    scenario = next(d for name, d in documents.items() if name.startswith("scenario/how-loud-is-our-canteen-"))
    assert scenario["minutes"] == 50
    assert scenario["hub"] == ["hub/east"]
    assert documents[scenario["creator"][0]]["name"] == {"und": "Vaarikas"}
    reviews = [d for name, d in documents.items() if name.startswith("review/")]
    assert len(reviews) == 2
    last = documents[scenario["wasGeneratedBy"]]
    assert last["used"] == [scenario["id"]]
    assert last["text"]["en"].startswith("accept, as editor, under shapes sha256:")
    assert "name" not in documents[last["wasAttributedTo"][0]]
    text = json.dumps(documents)
    assert "Longer, please" not in text
    assert "school.example" not in text
    assert "Mari" not in text


def test_writing_again_changes_no_file(mari: Browser, editor: Browser, kept: Database, own_settings: Settings) -> None:
    decide(editor, submitted(mari), "accept")
    write(kept, own_settings)
    folder = own_settings.collections / "hub-east"
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    write(kept, own_settings)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert yaml.safe_load((folder / "collection.yaml").read_text(encoding="utf-8"))["name"]["et"] == "Idakeskus"


def test_who_changes_their_mind_or_leaves_is_named_so_from_the_next_release(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings
) -> None:
    mari.post("/account/attribution", "/account", attribution="name")
    decide(editor, submitted(mari), "accept")
    write(kept, own_settings)
    assert "Mari Maasikas" in json.dumps(collected(own_settings))
    mari.post("/account/erase", "/account", erase_password="sõna ja teine sõna")  # noqa: S106 - an example
    write(kept, own_settings)
    documents = collected(own_settings)
    assert "Mari" not in json.dumps(documents)
    assert any(name.startswith("scenario/") for name in documents)


def test_a_decision_about_what_has_changed_meanwhile_is_refused(
    mari: Browser, editor: Browser, kept: Database, publishing: list[Settings]
) -> None:
    proposal = submitted(mari)
    answer = decide(editor, proposal, "accept", version="7")
    assert answer.status_code == 409
    assert "nothing was decided" in answer.get_data(as_text=True)
    assert publishing == []
    with kept.reading() as session:
        assert session.scalars(select(Review)).all() == []


def test_of_editors_who_decide_at_once_one_decides(
    mari: Browser, editor: Browser, people_app: Flask, kept: Database
) -> None:
    proposal = submitted(mari)
    page = f"/hub/east/proposals/{proposal}"
    token, cookie = editor.token(page), editor.client.get_cookie("ihub-session")
    assert cookie
    statuses: list[int] = []

    def send(do: str) -> None:
        client = people_app.test_client()
        client.set_cookie("ihub-session", cookie.value)
        fields = {"form_token": token, "version": "1", "do": do, "text": "Because."}
        statuses.append(client.post(f"/taking-part{page}", data=fields).status_code)

    threads = [threading.Thread(target=send, args=(do,)) for do in ("accept", "refuse", "changes", "accept")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409, 409, 409]
    with kept.reading() as session:
        assert len(session.scalars(select(Review)).all()) == 1


def test_a_withdrawn_scenario_leaves_a_tombstone(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings, publishing: list[Settings]
) -> None:
    proposal = submitted(mari)
    decide(editor, proposal, "accept")
    assert take_back(mari, proposal).status_code == 303
    assert len(publishing) == 2
    write(kept, own_settings)
    folder = own_settings.collections / "hub-east"
    assert [name for name in collected(own_settings) if name.startswith("scenario/")] == []
    gone = json.loads((folder / "withdrawn.jsonl").read_text(encoding="utf-8"))
    assert gone["id"].startswith("scenario/how-loud")
    assert gone["title"] == {"en": "How loud is our canteen?"}


def test_author_and_editor_remark_to_each_other(mari: Browser, editor: Browser) -> None:
    proposal = submitted(mari)
    decide(editor, proposal, "comment", "Lovely.")
    mari.post(f"/proposals/{proposal}", f"/proposals/{proposal}", do="comment", text="Thank <you>.")
    page = editor.get(f"/hub/east/proposals/{proposal}").get_data(as_text=True)
    assert "Lovely." in page
    assert "Thank &lt;you&gt;." in page


def test_the_log_knows_who_did_what_as_which_role(mari: Browser, editor: Browser, kept: Database) -> None:
    decide(editor, submitted(mari), "accept")
    with kept.reading() as session:
        agents = {p.email: p.agent_id for p in session.scalars(select(Person))}
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        logged = [(row.agent_id, row.role, row.action, row.hub) for row in rows][-2:]
    assert logged == [
        (agents["contributor@school.example"], "contributor", "submit", "hub/east"),
        (agents["editor@school.example"], "editor", "review.accept", "hub/east"),
    ]


def test_a_draft_ends_with_its_acceptance(mari: Browser, editor: Browser, kept: Database) -> None:
    decide(editor, submitted(mari), "accept")
    with kept.reading() as session:
        assert session.scalars(select(Draft)).all() == []
        assert session.scalars(select(Proposal.state)).one() == "accepted"
