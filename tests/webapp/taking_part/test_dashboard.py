"""A hub's coordinators see the true numbers of their hub, of no other, and of no single school."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from lxml import html
from sqlalchemy import select

from tests.webapp.taking_part.schools import assess, school
from webapp.taking_part.assessment import summaries
from webapp.taking_part.assessment.instrument import DIMENSIONS, STATEMENTS
from webapp.taking_part.assessment.models import Assessment
from webapp.taking_part.assessment.summaries import list_summaries, tell_summaries
from webapp.taking_part.mentoring.models import MentoringRelation, MentoringSchool
from webapp.taking_part.models import Agent, Proposal, ProposalVersion, Review
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database


@pytest.fixture
def coordinator(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in("coordinator")


def table(browser: Browser, hub: str = "east") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(browser.get(f"/hub/{hub}/dashboard.csv").text)))


def numbers(browser: Browser, figure: str, hub: str = "east") -> dict[str, str]:
    return {row["time"]: row["number"] for row in table(browser, hub) if row["figure"] == figure}


def submitted(database: Database, hub: str, days_ago: int, decided_after: int | None = None) -> None:
    """A proposal that was submitted so many days ago, and perhaps decided so many days later."""
    with database.writing() as session:
        agent, key = Agent(id=new_id(), shown_name=None, created=now()), new_id()
        session.add(agent)
        session.flush()
        moment = now() - dt.timedelta(days=days_ago)
        state = "waiting" if decided_after is None else "refused"
        about = {"id": key, "document": f"scenario/{key}", "hub": hub, "agent_id": agent.id}
        session.add(Proposal(**about, state=state, version=1, changed=moment))
        session.flush()
        version = {"agent_id": agent.id, "role": "contributor", "data": {}, "submitted": moment}
        session.add(ProposalVersion(proposal_id=key, number=1, **version))
        if decided_after is not None:
            decided = moment + dt.timedelta(days=decided_after)
            said = {"role": "editor", "decision": "refuse", "reason": "", "rules": ""}
            session.add(Review(id=new_id(), proposal_id=key, number=1, agent_id=agent.id, decided=decided, **said))


def facts(browser: Browser, place: int) -> list[tuple[str, str]]:
    """The numbers of one list on the dashboard, with what each is."""
    found = html.fromstring(browser.get("/hub/east/dashboard").text).xpath("//dl")[place]
    words = [" ".join(item.text_content().split()) for item in found.xpath("dt|dd")]
    return list(zip(words[::2], words[1::2], strict=True))


def test_a_coordinator_never_sees_another_hubs_numbers(
    signed_in: Callable[..., Browser], coordinator: Browser, kept: Database
) -> None:
    west = signed_in("coordinator", "hub/west", email="west@school.example")
    submitted(kept, "hub/west", 40)
    schools(kept, "2026-03", [1, 1, 1, 1, 1], hub="hub/west")
    for address in ("/hub/west/dashboard", "/hub/west/dashboard.csv"):
        assert coordinator.get(address).status_code == 403
        assert west.get(address).status_code == 200
    assert sum(map(int, numbers(west, "submissions", "west").values())) == 1
    assert any(row["figure"].startswith("self-assessment.") for row in table(west, "west"))
    assert not [row for row in table(coordinator) if row["source"] == "database"]
    assert "2026-H1" not in coordinator.get("/hub/east/dashboard").text


@pytest.mark.parametrize("role", ["contributor", "editor"])
def test_it_is_for_coordinators(signed_in: Callable[..., Browser], role: str) -> None:
    assert signed_in(role).get("/hub/east/dashboard").status_code == 403


def test_a_hub_that_is_none_is_not_found(signed_in: Callable[..., Browser]) -> None:
    admin = signed_in("administrator", "*")
    assert admin.get("/hub/none/dashboard").status_code == 404
    assert admin.get("/hub/none/dashboard.csv").status_code == 404


def test_review_times_are_told(coordinator: Browser, kept: Database) -> None:
    submitted(kept, "hub/east", 12)
    submitted(kept, "hub/east", 3)
    for days in (1, 4, 10):
        submitted(kept, "hub/east", 30, days)
    submitted(kept, "hub/east", 500, 100)
    assert facts(coordinator, 0) == [
        ("2", "wait for review · the oldest for 12 days"),
        ("3", "decisions in the last 365 days · half of them within 4 days"),
    ]
    assert sum(map(int, numbers(coordinator, "submissions").values())) == 6


def test_every_figure_says_where_it_comes_from(coordinator: Browser) -> None:
    page = html.fromstring(coordinator.get("/hub/east/dashboard").text)
    for section in page.xpath("//section[@class='panel-section']"):
        links = section.xpath(".//a[contains(@href, '/sparql?query=')]")
        assert bool(links) is not ("From the database" in section.text_content())
    assert "true numbers" in page.text_content()
    assert not page.xpath("//*[@style]")


def test_what_the_hub_lacks_leads_to_its_coverage(coordinator: Browser) -> None:
    page = html.fromstring(coordinator.get("/hub/east/dashboard").text)
    links = page.xpath("//a[contains(@href, '/coverage?')]/@href")
    assert len(links) == 3
    assert all(coordinator.client.get(link).status_code == 200 for link in links)
    [level] = page.xpath("//section[h3[starts-with(., 'Level')]]")
    missing = len(level.xpath(".//li"))
    assert missing
    assert level.xpath("string(h3/span)") == f"{missing} of {missing}"


def test_mentors_and_active_schools_are_counted(coordinator: Browser, kept: Database) -> None:
    one, two, three = (school(kept) for _ in range(3))
    school(kept, "hub/west")
    for mentor, mentee, state in ((one, two, "open"), (one, three, "ended")):
        with kept.writing() as session:
            key = new_id()
            about = {"id": key, "document": f"mentoring/{key}", "mentor_id": mentor, "mentee_id": mentee}
            times = {"created": now(), "changed": now()}
            session.add(MentoringRelation(hub="hub/east", state=state, version=1, data={}, **about, **times))
    assert facts(coordinator, 1) == [
        ("1", "Coordinator"),
        ("3", "Schools that a coordinator confirmed"),
        ("2", "Schools in open mentoring relations"),
        ("1", "of these, mentors"),
        ("1", "Open mentoring relations"),
    ]


def schools(database: Database, month: str, levels: list[int], hub: str = "hub/east") -> list[str]:
    """Schools that each answered everything with one level."""
    made = [school(database, hub) for _ in levels]
    for key, level in zip(made, levels, strict=True):
        assess(database, key, month, dict.fromkeys(STATEMENTS, level))
    return made


def told(database: Database, hub: str = "hub/east") -> dict[tuple[str, str], tuple[int, int]]:
    with database.writing() as session:
        tell_summaries(session, hub)
    with database.reading() as session:
        return {(s.half_year, s.dimension): (s.schools, s.band) for s in list_summaries(session, hub)}


def test_five_schools_are_told_of_and_four_are_not(coordinator: Browser, kept: Database) -> None:
    schools(kept, "2026-03", [1, 2, 2, 3])
    assert told(kept) == {}
    assert "There is nothing to tell yet" in coordinator.get("/hub/east/dashboard").text
    schools(kept, "2026-02", [4])
    assert told(kept) == {("2026-H1", dimension): (5, 1) for dimension in DIMENSIONS}
    page = html.fromstring(coordinator.get("/hub/east/dashboard").text)
    cells = page.xpath("//table[@class='panel-table']")[-1].xpath(".//tbody/tr[1]/td/text()")
    assert cells == ["2026-H1", "2", "2.5", "5"]
    rows = [row for row in table(coordinator) if row["figure"] == "self-assessment.infrastructure"]
    assert [(row["time"], row["from"], row["to"], row["schools"]) for row in rows] == [("2026-H1", "2.0", "2.5", "5")]


def test_what_was_told_never_changes_so_that_nobody_shows_in_a_difference(kept: Database) -> None:
    first, *_ = schools(kept, "2026-03", [1, 1, 1, 1, 1])
    before = told(kept)
    schools(kept, "2026-04", [4, 4, 4, 4])
    with kept.writing() as session:
        [own] = session.scalars(select(Assessment).where(Assessment.school_id == first))
        own.answers = dict.fromkeys(STATEMENTS, 4)
    assert told(kept) == before
    with kept.writing() as session:
        session.delete(session.get_one(MentoringSchool, first))
    assert told(kept) == before


def test_a_half_year_that_goes_on_is_not_told(kept: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    schools(kept, "2026-03", [2] * 5)
    monkeypatch.setattr(summaries, "now", lambda: dt.datetime(2026, 6, 30, tzinfo=dt.UTC))
    assert told(kept) == {}
    monkeypatch.setattr(summaries, "now", lambda: dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    assert told(kept)


def test_the_last_round_of_a_half_year_counts(kept: Database) -> None:
    for key in schools(kept, "2026-01", [1] * 5):
        assess(kept, key, "2026-06", dict.fromkeys(STATEMENTS, 4))
        assess(kept, key, "2025-12", dict.fromkeys(STATEMENTS, 2))
    found = told(kept)
    assert found["2026-H1", "infrastructure"] == (5, 3)
    assert found["2025-H2", "infrastructure"] == (5, 1)


def test_schools_that_no_coordinator_confirmed_do_not_count(kept: Database) -> None:
    first, *_ = schools(kept, "2026-03", [2] * 5)
    with kept.writing() as session:
        session.get_one(MentoringSchool, first).confirmed = None
    assert told(kept) == {}


def test_a_dimension_of_which_four_have_a_level_is_withheld(kept: Database) -> None:
    schools(kept, "2026-03", [2] * 4)
    key = school(kept)
    assess(kept, key, "2026-03", {name: 2 for name in STATEMENTS if not name.startswith("infrastructure.")})
    assert {dimension for _, dimension in told(kept)} == set(DIMENSIONS) - {"infrastructure"}
