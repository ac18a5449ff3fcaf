"""Server, publisher and build are killed at random points: nothing accepted is lost, nothing is half published."""

from __future__ import annotations

import random
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import psutil
import pytest
import requests
from sqlalchemy import select

from kg.collection import Collection
from kg.documents import Document
from kg.release import current_release
from ontology.namespaces import PREFIXES, SCHEMA
from tests.webapp.conftest import running_server, wait_until
from tests.webapp.taking_part.test_contributing import COMPLETE
from tests.webapp.taking_part.test_publishing import Client, hub
from webapp.taking_part.database import DATABASE_FILE, Database, open_database
from webapp.taking_part.models import Proposal, ProposalVersion, Review
from webapp.taking_part.publisher import unpublished

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.settings import Settings

__all__ = ["hub"]

pytestmark = pytest.mark.long

AUTHOR, EDITOR = "contributor@school.example", "editor@school.example"
SCENARIOS = 3
SECONDS = 45.0
"""So long, new rounds begin."""

LEAST, MOST = 3, 12
"""Rounds, on a machine that is slow or quick."""


def test_whatever_is_killed_when_nothing_accepted_is_lost_and_nothing_is_half_published(hub: Settings) -> None:
    chance, kills = random.Random(20261122), 0  # noqa: S311 - what to do and when to kill
    with closing(open_database(hub)) as database:
        with running_server(hub) as (address, server):
            author = Client(address, AUTHOR)
            proposals = [author.submit(name=f"Zebra {number}, first") for number in range(SCENARIOS)]
            began = time.monotonic()
            Client(address, EDITOR).accept(proposals[0])
            wait_until(lambda: not unpublished(hub, database), server)
            span = min(time.monotonic() - began, 15.0)
        end = time.monotonic() + SECONDS
        for number in range(MOST):
            if number >= LEAST and time.monotonic() > end:
                break
            with running_server(hub) as (address, server):
                act, proposal, expected = next_act(database, chance, proposals, f"round {number}")
                told: list[bool] = []
                thread = threading.Thread(target=attempt, args=(act, address, told))
                thread.start()
                time.sleep(chance.uniform(0.0, chance.choice([1.0, span])))  # within the request, or anywhere
                kills += kill_everything(hub)
                thread.join()
                server.wait(10)
            check_database(hub)
            with database.reading() as session:
                version = session.get_one(Proposal, proposal).version
            assert version == expected if told else version <= expected
            check_release(hub, database)
        with running_server(hub) as (address, server):
            wait_until(lambda: not unpublished(hub, database), server)
            check_release(hub, database)
            wait_until(lambda: pages(address, database) == wanted(database), server)
        sys.stdout.write(f"\n{kills} processes killed; publishing takes {span:.1f} s\n")
    assert kills >= 2 * LEAST


def next_act(
    database: Database, chance: random.Random, proposals: list[str], text: str
) -> tuple[Callable[[str], None], str, int]:
    """Something that can be done to one of the proposals as they are, by HTTP; to which, and its version afterwards."""
    with database.reading() as session:
        found = session.get_one(Proposal, chance.choice(proposals))
        accepted = session.scalars(
            select(Review.number).where(Review.proposal_id == found.id, Review.decision == "accept")
        ).all()
    number = chance.choice([n for n in accepted if not found.is_published or n != found.published_number] or [0])
    own, page = f"/proposals/{found.id}", f"/hub/east/proposals/{found.id}"

    def accept(address: str) -> None:
        Client(address, EDITOR).accept(found.id)

    def change(address: str) -> None:
        author = Client(address, AUTHOR)
        draft = str(author.post(f"{own}/change", own).headers["Location"]).partition("/taking-part")[2]
        author.post(draft, draft, **{**COMPLETE, "name": f"Zebra, {text}", "do": "submit"})
        accept(address)

    def take_back(address: str) -> None:
        Client(address, AUTHOR).post(own, own, do="withdraw")

    def restore(address: str) -> None:
        Client(address, EDITOR).post(f"{page}/restore", f"{own}/history", number=number, text=text)

    if found.state == "waiting":
        return accept, found.id, found.version + 1
    if found.state == "withdrawn":
        return restore, found.id, found.version + 1
    acts = [(change, 2), (take_back, 1), *([(restore, 1)] if number else [])]
    act, steps = chance.choice(acts)
    return act, found.id, found.version + steps


def attempt(act: Callable[[str], None], address: str, told: list[bool]) -> None:
    """Do it, as far as the server lives; note when its answer came."""
    with suppress(requests.RequestException):
        act(address)
        told.append(True)


def kill_everything(settings: Settings) -> int:
    """Kill all processes that work for this home at once, as a power cut does; how many there were."""
    ours = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("IHUB_HOME") == str(settings.home):
                ours.append(process)
    for process in ours:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGSTOP)  # so that none sees another die
    for process in ours:
        with suppress(psutil.Error):
            process.kill()
    return len(ours)


def check_database(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.home / DATABASE_FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def check_release(settings: Settings, database: Database) -> None:
    """What the current release says of each proposal is exactly what one acceptance made of it, or nothing."""
    release = current_release(settings)
    graph, base = release.graph, settings.id_base
    collection = Collection.open(settings.collections / "hub-east")
    assert all(isinstance(document, Document) for document in collection.documents())
    with database.reading() as session:
        for proposal in session.scalars(select(Proposal)):
            iri = base + proposal.document
            if iri not in graph:
                continue
            by = graph.iri(iri, PREFIXES["prov"] + "wasGeneratedBy")
            assert by is not None
            assert by in graph
            review = session.get_one(Review, by.removeprefix(f"{base}review/"))
            version = session.get_one(ProposalVersion, (review.proposal_id, review.number))
            assert (review.proposal_id, review.decision) == (proposal.id, "accept")
            assert graph.texts(iri, SCHEMA + "name") == version.data["name"]
            assert len(graph.iris(iri, PREFIXES["ihub"] + "activity")) == len(version.data["activity"])


def wanted(database: Database) -> dict[str, int]:
    """The answers that the database says documents have."""
    with database.reading() as session:
        found = session.scalars(select(Proposal).where(Proposal.published_number.is_not(None))).all()
    return {proposal.document: 200 if proposal.is_published else 410 for proposal in found}


def pages(address: str, database: Database) -> dict[str, int]:
    return {name: requests.get(f"{address}/doc/{name}", timeout=30).status_code for name in wanted(database)}
