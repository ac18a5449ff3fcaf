"""Author and editors act upon one proposal at once: in any order, nothing accepted is lost and history is a line."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.webapp.taking_part.conftest import member
from webapp.taking_part import proposals
from webapp.taking_part.changing import begin_change, go_on, restore
from webapp.taking_part.drafts import begin_draft, save_draft
from webapp.taking_part.models import Draft, Person, Proposal, ProposalVersion, ProposalWithdrawal, Review
from webapp.taking_part.moments import now
from webapp.taking_part.proposals import NotSubmitted, decide, submit, take_change_back, withdraw
from webapp.taking_part.state import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from webapp.taking_part.database import Database

TURNS = 40
"""Things that each of the people tries at least."""
MOST_TURNS = 20 * TURNS
"""Things that each tries where too little came of it, as on a machine that does one thing after another."""


@dataclass
class World:
    """A proposal, those who act upon it, and what they were told."""

    database: Database
    proposal: str = ""
    texts: count[int] = field(default_factory=count)
    submitted: list[tuple[int, int, str]] = field(default_factory=list)
    """Based on which submission, number, what it says: of submissions that their writers were told of."""
    restored: list[int] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    """What the accepted submissions say, as their editors saw them."""
    steps: int = 1
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_eventful(self) -> bool:
        """Whether somebody was accepted twice, and somebody came too late."""
        return len(self.accepted) >= 2 and self.refused > 0

    def told(self, done: object, note: Callable[[], object] = lambda: None) -> None:
        with self.lock:
            if done:
                self.steps += 1
                note()
            else:
                self.refused += 1

    def seen(self) -> tuple[Proposal, list[ProposalVersion]]:
        with self.database.reading() as session:
            return session.get_one(Proposal, self.proposal), list(proposals.versions_of(session, self.proposal))


def answers(text: str) -> dict[str, object]:
    values = {"name": text, "description": "Pupils measure the noise."}
    return {"language": "en", "license": "https://x.example/", "values": values, "outcomes": [], "activities": []}


def title(version: ProposalVersion) -> str:
    return str(version.data["name"]["en"])


def visitor(database: Database, email: str, role: str) -> Visitor:
    person = member(database, email, role)
    with database.reading() as session:
        agent = session.get_one(Person, person).agent_id
    return Visitor(person, agent, "", frozenset({("hub/east", role)}), "", now())


def write_on(world: World, who: Visitor, chance: random.Random) -> None:
    """Change, save, submit; where somebody was quicker, look at theirs and go on."""
    with world.database.writing() as session:
        draft = begin_change(session, world.proposal, who)
    if draft is None:
        return
    time.sleep(chance.uniform(0, 0.02))  # writes
    text = f"Text {next(world.texts)} of {who.agent}"
    with world.database.writing() as session:
        version = save_draft(session, draft, draft.version, answers(text))  # type: ignore[arg-type]
    if version is None or chance.random() < 0.2:
        return
    with world.database.writing() as session:
        done = submit(session, draft, version, answers(text), who, "partial")  # type: ignore[arg-type]
        based = (draft.based_on or 0, len(proposals.versions_of(session, world.proposal)), text)
    succeeded = not isinstance(done, NotSubmitted)
    world.told(succeeded, lambda: world.submitted.append(based))
    if done is NotSubmitted.OVERTAKEN:
        number = len(world.seen()[1])
        with world.database.writing() as session:
            go_on(session, draft.id, who.person, version, number)


def review(world: World, who: Visitor, chance: random.Random) -> None:
    """Decide about what waits, as it was seen; or bring something back, or take it out."""
    found, versions = world.seen()
    act = chance.choice(["accept", "accept", "changes", "refuse", "restore", "withdraw"])
    time.sleep(chance.uniform(0, 0.004))  # reads what was submitted
    if act == "restore" or found.state == "withdrawn":
        number = chance.randint(1, len(versions))
        with world.database.writing() as session:
            done = restore(session, found.id, found.version, number, "", by=who, role="editor", rules="r")
        world.told(done, lambda: world.restored.append(number))
    elif act == "withdraw":
        if found.is_published and chance.random() < 0.3:
            with world.database.writing() as session:
                done = withdraw(session, found.id, found.version, "", by=who, role="editor")
            world.told(done)
    else:
        with world.database.writing() as session:
            done = decide(session, found.id, found.version, act, title(versions[-1]), by=who, role="editor", rules="r")
        world.told(done, lambda: world.accepted.append(title(versions[-1])) if act == "accept" else None)


def take_back(world: World, who: Visitor, _: random.Random) -> None:
    found, _versions = world.seen()
    with world.database.writing() as session:
        done = take_change_back(session, found.id, found.version, by=who, role="contributor")
    world.told(done)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_accepted_is_lost_and_history_is_a_line(world: World, seed: int, people_app: Flask) -> None:
    author = visitor(world.database, "author@school.example", "contributor")
    editors = [visitor(world.database, f"editor{n}@school.example", "editor") for n in range(2)]
    with world.database.writing() as session:
        draft = begin_draft(session, author.person, "hub/east", answers("Text of the beginning"))  # type: ignore[arg-type]
    with people_app.app_context(), world.database.writing() as session:
        world.proposal = str(submit(session, draft, 1, answers("Text of the beginning"), author, "partial"))  # type: ignore[arg-type]
    parts = [(author, (write_on, write_on, take_back)), *((editor, (review, review, write_on)) for editor in editors)]
    failed: list[BaseException] = []

    def act(place: int, who: Visitor, acts: tuple[Callable[[World, Visitor, random.Random], None], ...]) -> None:
        chance = random.Random(f"{seed} {place}")  # noqa: S311 - what to try
        try:
            with people_app.app_context():
                for turn in range(MOST_TURNS):
                    if turn >= TURNS and world.is_eventful:
                        return
                    chance.choice(acts)(world, who, chance)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=act, args=(place, *part)) for place, part in enumerate(parts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    check(world)


def check(world: World) -> None:
    found, versions = world.seen()
    with world.database.reading() as session:
        reviews = session.scalars(select(Review).order_by(Review.number)).all()
        taken = session.scalars(select(ProposalWithdrawal)).all()
        drafts = session.scalars(select(Draft)).all()
    # One step after another: each was upon what the one before had left.
    assert found.version == world.steps
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    assert len(versions) == 1 + len(world.submitted) + len(world.restored)
    assert world.steps == 1 + len(world.submitted) + len(reviews) + len(taken)
    # Nobody submitted over what they had not seen, and what they were told of is there as they wrote it.
    for based, number, text in world.submitted:
        assert based == number - 1
        assert title(versions[number - 1]) == text
    # What an editor accepted is what the editor saw, and it is there.
    accepted = [review for review in reviews if review.decision == "accept"]
    restorations = [version for version in versions if version.restored]
    assert sorted(world.accepted) == sorted(r.reason for r in accepted if not versions[r.number - 1].restored)
    assert all(title(versions[r.number - 1]) == r.reason for r in accepted if not versions[r.number - 1].restored)
    assert sorted(world.restored) == sorted(v.restored for v in restorations if v.restored)
    assert all(title(v) == title(versions[(v.restored or 0) - 1]) for v in restorations)
    # What was accepted last is what is published, unless all of it was taken back.
    assert found.published_number == (accepted[-1].number if accepted else None)
    assert len(drafts) <= 3
    assert world.is_eventful
