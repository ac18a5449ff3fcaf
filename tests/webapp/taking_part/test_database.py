"""The database is what the models say, keeps whole transactions only, and moves from one engine to the other."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kg.errors import TakingPartError
from tests.webapp.taking_part.conftest import empty, member
from webapp.taking_part.backup import back_up, restore
from webapp.taking_part.database import DATABASE_FILE, Database, _alembic, open_database
from webapp.taking_part.models import (
    AuditEntry,
    Draft,
    Membership,
    Person,
    ProposalVersion,
    ProposalWithdrawal,
    Table,
)
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import KEY_FILE, secret_key

if TYPE_CHECKING:
    from pathlib import Path

    from kg.settings import Settings


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Table.metadata.sorted_tables
        }


def fill(database: Database) -> None:
    """Write a little of everything that a backup must carry: texts in many scripts, JSON, times, nothing."""
    person = member(database, "mari@school.example", "editor", pseudonym="Öömaja", attribution="pseudonym")
    member(database, "nino@school.example", "contributor", name="ნინო", hub="*")
    data = {"name": {"ka": "გაკვეთილი", "en": 'A "lesson"\n'}, "minutes": 45, "activity": []}
    with database.writing() as session:
        session.add(
            Draft(id="d1", person_id=person, hub="hub/east", version=3, data=data, created=now(), changed=now())
        )


def test_migrations_make_what_the_models_say(database: Database) -> None:
    with database.reading() as session:
        assert compare_metadata(MigrationContext.configure(session.connection()), Table.metadata) == []


def test_upgrading_again_changes_nothing(database: Database) -> None:
    fill(database)
    before = everything(database)
    database.upgrade()
    assert everything(database) == before


_BEFORE = """
INSERT INTO agents VALUES ('c-1', NULL, '2026-11-01T10:00:00Z'), ('c-2', NULL, '2026-11-01T10:00:00Z');
INSERT INTO people
  VALUES ('p1', 'c-1', 'mari@school.example', 'Mari', NULL, 'none', NULL, '2026-11-01T10:00:00Z', NULL);
INSERT INTO proposals VALUES ('q1', 'scenario/a', 'hub/east', 'c-1', 'changes', 4, NULL, '2026-11-02T10:00:00Z'),
  ('q2', 'scenario/b', 'hub/east', 'c-1', 'withdrawn', 3, 1, '2026-11-02T10:00:00Z');
INSERT INTO proposal_versions VALUES ('q1', 1, '{"n": 1}', '2026-11-01T10:00:00Z'),
  ('q1', 2, '{"n": 2}', '2026-11-02T10:00:00Z'), ('q2', 1, '{"n": 3}', '2026-11-02T10:00:00Z');
INSERT INTO drafts VALUES ('d1', 'p1', 'hub/east', 'q1', 7, '{}', '2026-11-01T10:00:00Z', '2026-11-01T10:00:00Z'),
  ('d2', 'p1', 'hub/east', NULL, 1, '{}', '2026-11-01T10:00:00Z', '2026-11-01T10:00:00Z');
INSERT INTO audit (time, agent_id, role, action, hub, object)
  VALUES ('2026-11-03T10:00:00Z', 'c-2', 'editor', 'withdraw', 'hub/east', 'scenario/b')
"""


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_what_was_there_before_submissions_had_submitters_comes_along(
    settings: Settings, engine: str, request: pytest.FixtureRequest
) -> None:
    if engine == "postgresql":
        settings = replace(settings, database_url=request.getfixturevalue("postgresql"))
    with closing(open_database(settings)) as database:
        if engine == "postgresql":
            empty(database)
        with database.writing() as session:
            config = _alembic()
            config.attributes["connection"] = session.connection()
            command.upgrade(config, "0001")
            for statement in _BEFORE.split(";\n"):
                session.connection().exec_driver_sql(statement)
        database.upgrade()
        with database.reading() as session:
            versions = session.scalars(
                select(ProposalVersion).order_by(ProposalVersion.proposal_id, ProposalVersion.number)
            ).all()
            drafts = session.scalars(select(Draft).order_by(Draft.id)).all()
            taken = session.scalars(select(ProposalWithdrawal)).one()
            assert compare_metadata(MigrationContext.configure(session.connection()), Table.metadata) == []
    assert {(v.agent_id, v.role, v.answers, v.restored) for v in versions} == {("c-1", "contributor", None, None)}
    assert [v.data["n"] for v in versions] == [1, 2, 3]
    assert [draft.based_on for draft in drafts] == [2, None]
    assert (taken.proposal_id, taken.number, taken.agent_id, taken.role, taken.only_change) == (
        "q2", 1, "c-2", "editor", False,
    )  # fmt: skip


def test_a_database_without_tables_is_refused_with_what_to_do(settings: Settings) -> None:
    with pytest.raises(TakingPartError, match="ihub people upgrade"):
        open_database(settings).require_current()


def test_a_server_that_does_not_answer_is_named_without_its_password(settings: Settings, tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    url = f"postgresql://ihub:hunter2@/ihub?host={tmp_path}"
    with pytest.raises(TakingPartError) as caught:
        open_database(replace(settings, database_url=url)).require_current()
    assert "does not answer" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_what_fails_halfway_leaves_nothing(database: Database) -> None:
    def fail_halfway() -> None:
        with database.writing() as session:
            session.add(AuditEntry(time=now(), role="test", action="half"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert everything(database)["audit"] == []


def test_references_hold(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Membership(person_id="nobody", hub="hub/east", role="editor", granted=now()))


def test_erasing_a_person_takes_what_hangs_on_it(database: Database) -> None:
    fill(database)
    with database.writing() as session:
        session.delete(session.scalars(select(Person).where(Person.email == "mari@school.example")).one())
    left = everything(database)
    assert left["drafts"] == []
    assert len(left["people"]) == len(left["memberships"]) == 1


def test_many_writers_wait_for_each_other(database: Database) -> None:
    def write() -> None:
        for _ in range(5):
            with database.writing() as session:
                count = session.scalar(select(func.count()).select_from(AuditEntry))
                session.add(AuditEntry(time=now(), role="test", action=str(count)))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(everything(database)["audit"]) == 40


def test_a_backup_comes_back_as_it_was(database: Database, settings: Settings, tmp_path: Path) -> None:
    fill(database)
    path = tmp_path / "people.jsonl"
    rows = back_up(database, path)
    other = open_database(replace(settings, home=tmp_path / "other", database_url=""))
    assert restore(other, path) == rows == sum(map(len, everything(database).values()))
    assert everything(other) == everything(database)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.long
def test_a_backup_of_sqlite_goes_into_postgresql_and_numbers_go_on(
    settings: Settings, postgresql: str, tmp_path: Path
) -> None:
    first = open_database(settings)
    first.upgrade()
    fill(first)
    back_up(first, tmp_path / "people.jsonl")
    with closing(open_database(replace(settings, database_url=postgresql))) as second:
        empty(second)
        restore(second, tmp_path / "people.jsonl")
        assert everything(second) == everything(first)
        with second.writing() as session:
            session.add(AuditEntry(time=now(), role="test", action="next"))
        assert everything(second)["audit"][-1][0] == len(everything(first)["audit"]) + 1


def test_a_backup_is_one_state_while_others_write(database: Database, settings: Settings, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        # Each person comes with a membership, in one transaction.
        for number in range(10_000):
            if stop.is_set():
                return
            member(database, f"p{number}@school.example", "contributor")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            back_up(database, tmp_path / "people.jsonl")
            other = open_database(replace(settings, home=tmp_path / str(number), database_url=""))
            restore(other, tmp_path / "people.jsonl")
            found = everything(other)
            assert len(found["people"]) == len(found["memberships"]) == len(found["agents"])
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize("cut", [1, 2, -1])
def test_a_backup_that_was_cut_changes_nothing(database: Database, tmp_path: Path, cut: int) -> None:
    fill(database)
    path = tmp_path / "people.jsonl"
    back_up(database, path)
    before = everything(database)
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:cut]), encoding="utf-8")
    with pytest.raises(TakingPartError, match="ends too early"):
        restore(database, path, replace=True)
    assert everything(database) == before


def test_a_backup_that_was_changed_is_refused(database: Database, tmp_path: Path) -> None:
    fill(database)
    path = tmp_path / "people.jsonl"
    back_up(database, path)
    text = path.read_text(encoding="utf-8").replace("contributor", "administrator")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TakingPartError, match="does not add up"):
        restore(database, path, replace=True)


def test_a_full_database_is_not_overwritten_by_chance(database: Database, tmp_path: Path) -> None:
    fill(database)
    back_up(database, tmp_path / "people.jsonl")
    with pytest.raises(TakingPartError, match="is not empty"):
        restore(database, tmp_path / "people.jsonl")


def test_only_its_user_reads_the_files(settings: Settings) -> None:
    open_database(settings).upgrade()
    secret_key(settings.home)
    for name in (DATABASE_FILE, KEY_FILE):
        assert stat.S_IMODE((settings.home / name).stat().st_mode) == 0o600


def test_the_secret_stays_the_same(settings: Settings) -> None:
    assert secret_key(settings.home) == secret_key(settings.home)
    assert len(secret_key(settings.home)) == 32


_WRITER = """
import sys
from pathlib import Path
from kg.settings import Settings
from tests.webapp.taking_part.conftest import member
from webapp.taking_part.database import open_database
database = open_database(Settings.from_environment())
for number in range(100000):
    member(database, f"p{number}@school.example", "contributor")
    print(number, flush=True)
"""


@pytest.mark.long
def test_what_was_told_to_be_kept_is_there_after_a_kill(database: Database, settings: Settings) -> None:
    address = database.url.render_as_string(hide_password=False)
    environment = {**os.environ, **settings.to_environment(), "IHUB_DATABASE_URL": address}
    known = 0
    for moment in (0.4, 0.9, 1.3):
        with database.writing() as session:
            for person in session.scalars(select(Person)):
                session.delete(person)
        command = [sys.executable, "-c", _WRITER]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
            told = 1 + len(process.stdout.read().splitlines())
        kept = everything(database)
        known += told
        assert told <= len(kept["people"]) <= told + 1
        assert len(kept["people"]) == len(kept["memberships"])
    assert known > 3
