"""Rounds are kept whole in either database: of two who save at once one is told, and backups carry them."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, select

from tests.webapp.taking_part.conftest import member
from tests.webapp.taking_part.schools import assess, school
from tests.webapp.taking_part.test_database import everything
from webapp.taking_part.assessment.instrument import DIMENSIONS, STATEMENTS
from webapp.taking_part.assessment.rounds import find_round, save_round
from webapp.taking_part.assessment.summaries import list_summaries, tell_summaries
from webapp.taking_part.backup import back_up, restore
from webapp.taking_part.database import open_database
from webapp.taking_part.models import Person
from webapp.taking_part.people import erase_person

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings
    from webapp.taking_part.database import Database

FIRST = next(iter(STATEMENTS))


def agent_of(database: Database, person: str) -> str:
    with database.reading() as session:
        return session.get_one(Person, person).agent_id


@pytest.mark.parametrize("version", [0, 1])
def test_of_many_who_save_at_once_one_succeeds(database: Database, version: int) -> None:
    own, agent = school(database), agent_of(database, member(database, "mari@school.example", "contributor"))
    if version:
        assess(database, own, "2026-05", {FIRST: 4})
    told: list[tuple[int, bool]] = []

    def save(level: int) -> None:
        with database.writing() as session:
            done = save_round(session, own, "2026-05", version, {FIRST: level}, "", agent=agent)
        told.append((level, done))

    threads = [threading.Thread(target=save, args=(level,)) for level in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [level for level, done in told if done]
    with database.reading() as session:
        found = find_round(session, own, "2026-05")
    assert found is not None
    assert (found.answers, found.version) == ({FIRST: winner}, version + 1)


def test_summaries_are_told_once_by_whoever_comes_first(database: Database) -> None:
    for _ in range(5):
        assess(database, school(database), "2026-03", dict.fromkeys(STATEMENTS, 2))
    failed: list[BaseException] = []

    def tell() -> None:
        try:
            with database.writing() as session:
                tell_summaries(session, "hub/east")
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with database.reading() as session:
        assert len(list_summaries(session, "hub/east")) == len(DIMENSIONS)


def test_a_backup_carries_rounds_and_summaries(database: Database, settings: Settings, tmp_path: Path) -> None:
    for _ in range(5):
        assess(database, school(database), "2026-03", dict.fromkeys(STATEMENTS, 2), "Õppetund – გაკვეთილი\n")
    with database.writing() as session:
        tell_summaries(session, "hub/east")
    back_up(database, tmp_path / "people.jsonl")
    with closing(open_database(replace(settings, home=tmp_path / "other", database_url=""))) as other:
        restore(other, tmp_path / "people.jsonl")
        assert everything(other) == everything(database)
        assert len(everything(other)["assessments"]) == 5


def test_backups_know_every_table_whatever_was_loaded_before(database: Database) -> None:
    program = "from webapp.taking_part import backup; print(*(table.name for table in backup._TABLES))"
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    with database.reading() as session:
        there = set(inspect(session.connection()).get_table_names())
    assert set(told) == there - {"alembic_version"}


def test_a_round_stays_with_the_school_when_its_writer_is_erased(database: Database) -> None:
    person = member(database, "mari@school.example", "contributor")
    own, agent = school(database, email="mari@school.example"), agent_of(database, person)
    with database.writing() as session:
        save_round(session, own, "2026-05", 0, {FIRST: 3}, "Ours", agent=agent)
    with database.writing() as session:
        found = session.scalars(select(Person).where(Person.id == person)).one()
        erase_person(session, found, by=None, role="test", keep_name=False)
    with database.reading() as session:
        kept = find_round(session, own, "2026-05")
    assert kept is not None
    assert (kept.note, kept.agent_id) == ("Ours", agent)
