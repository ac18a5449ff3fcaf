"""Batches reach the file whole, from several processes; days become months; what is told is rounded and over."""

from __future__ import annotations

import csv
import datetime as dt
import io
import logging
import multiprocessing
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import requests
from click.testing import CliRunner

from tests.webapp.conftest import children, running_server
from tests.webapp.test_pages import page
from webapp import create_app
from webapp.cli import main
from webapp.usage.counter import UsageCounter
from webapp.usage.file import Counted, add_up, all_rows, usage_file
from webapp.usage.kinds import Seen
from webapp.usage.reading import hub_usage, kind_usage, scenario_usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from kg.release import Release
    from kg.settings import Settings

TODAY = dt.datetime.now(dt.UTC).date()
HOME = Seen("page", "home")
SCENARIO = "scenario/checking-a-photo"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def total(path: Path) -> int:
    return sum(number for *_, number in all_rows(path))


def before(days: int) -> str:
    return (TODAY - dt.timedelta(days=days)).isoformat()


def write_much(path: Path) -> None:
    counter = UsageCounter(path)
    for _ in range(50):
        counter.add([HOME], robots=False)
        counter.flush()


def test_processes_that_write_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write_much, args=(path,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert total(path) == 150
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_batch_is_written_by_itself_after_its_time(tmp_path: Path) -> None:
    import time

    path = tmp_path / "usage.sqlite"
    counter = UsageCounter(path, seconds=0.05)
    for expected in (1, 2):
        counter.add([HOME], robots=False)
        end = time.monotonic() + 10
        while (not path.is_file() or total(path) < expected) and time.monotonic() < end:
            time.sleep(0.02)
        assert total(path) == expected


def test_what_cannot_be_written_waits(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "usage.sqlite"
    path.mkdir()
    counter = UsageCounter(path)
    counter.add([HOME], robots=False)
    with caplog.at_level(logging.WARNING):
        counter.flush()
    assert "usage cannot be written" in caplog.text
    path.rmdir()
    counter.add([HOME], robots=False)
    counter.flush()
    assert total(path) == 2


def test_days_become_months_after_thirteen_of_them(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite"
    day = dt.date(2027, 3, 15)
    old = [Counted(f"2026-01-{number:02}", "page", "home", "", robots=False) for number in (3, 30)]
    kept = Counted("2026-02-01", "page", "home", "", robots=False)
    add_up(path, dict.fromkeys((*old, kept), 4), today=dt.date(2026, 2, 2))
    assert len(list(all_rows(path))) == 3
    for _ in range(2):
        add_up(path, {kept: 1, old[0]: 1}, today=day)
    assert [(row[0], row[-1]) for row in all_rows(path)] == [("2026-01", 10), ("2026-02-01", 6)]


@pytest.fixture
def numbers(site_settings: Settings, release: Release, tmp_path: Path) -> Iterator[Flask]:
    """A site that has been used; its home has the release of the others."""
    (tmp_path / "home").mkdir()
    for name in ("releases", "current"):
        (tmp_path / "home" / name).symlink_to((site_settings.home / name).resolve())
    settings = replace(site_settings, home=tmp_path / "home", embedder="none", requests_per_minute=0)
    last = (TODAY.replace(day=1) - dt.timedelta(days=1)).isoformat()
    counts = {
        Counted(before(1), "page", "home", "", robots=False): 17,
        Counted(before(2), "page", "home", "", robots=False): 4,
        Counted(before(1), "page", "plan", "", robots=True): 9,
        Counted(TODAY.isoformat(), "page", "home", "", robots=False): 500,
        Counted(last, "page", "scenario", SCENARIO, robots=False): 12,
        Counted(last, "page", "scenario", f"{SCENARIO}-et", robots=False): 4,
        Counted(TODAY.isoformat(), "page", "scenario", f"{SCENARIO}-et", robots=False): 70,
        Counted(last, "download", "md", SCENARIO, robots=False): 6,
    }
    add_up(usage_file(settings), counts)
    app = create_app(settings)
    app.testing = True
    yield app
    app.extensions["ihub.services"].close()


def test_only_days_that_are_over_are_told_and_in_steps(numbers: Flask) -> None:
    with numbers.app_context():
        table = kind_usage("page", "day")
    assert table.rows["home"][before(1)] == 15
    assert table.rows["home"][before(2)] is None
    assert TODAY.isoformat() not in table.periods


def test_only_months_that_are_over_are_told_of_scenarios(numbers: Flask) -> None:
    with numbers.test_request_context():
        table = scenario_usage("page")
        assert list(table.rows) == [SCENARIO]
        assert list(table.rows[SCENARIO].values()) == [10]
        assert scenario_usage("page", among=[f"{SCENARIO}-et"]).rows == {}
        assert hub_usage("http://127.0.0.1:8000/id/hub/none").rows == {}


@pytest.mark.parametrize("of", ["page", "search", "download", "harvest", "language", "scenario-page"])
def test_page_table_and_json_tell_the_same(numbers: Flask, of: str) -> None:
    site = numbers.test_client()
    rows = list(csv.DictReader(io.StringIO(site.get(f"/monitoring/usage.csv?of={of}").text)))
    told = site.get(f"/api/usage?of={of}").get_json()["observations"]
    assert [(row["period"], row["name"], row["number"]) for row in rows] == [
        (o["period"], o["name"], "" if o["number"] is None else str(o["number"])) for o in told
    ]
    assert all(o["withheld"] is (o["number"] is None) for o in told)
    assert not any((o["number"] or 0) % 5 for o in told)
    shown = page(site, f"/monitoring/usage?of={of}")
    cells = [cell.text_content().strip() for cell in shown.xpath("//tbody//td")]
    assert cells == ["under 5" if o["number"] is None else str(o["number"]) for o in told]
    assert not shown.xpath("//*[@style]")


def test_a_scenario_in_the_table_leads_to_its_page(numbers: Flask) -> None:
    [link] = page(numbers.test_client(), "/monitoring/usage?of=scenario-page").xpath("//tbody//a")
    assert link.get("href") == f"/doc/{SCENARIO}"


@pytest.mark.parametrize(
    ("asked", "field"), [("of=people", "of"), ("of=scenario-page&per=day", "per"), ("filter=x", "filter")]
)
def test_what_cannot_be_had_is_refused_by_name(numbers: Flask, asked: str, field: str) -> None:
    answer = numbers.test_client().get(f"/api/usage?{asked}")
    assert answer.status_code == 400
    assert answer.get_json()["parameter"] == field


def test_a_site_that_counted_nothing_says_so(client: FlaskClient) -> None:
    assert "no such numbers yet" in client.get("/monitoring/usage?of=harvest&per=day").text


def test_the_operator_has_the_exact_numbers(numbers: Flask) -> None:
    home = str(numbers.extensions["ihub.site"].settings.home)
    found = CliRunner().invoke(main, ["usage", "export"], env={"IHUB_HOME": home})
    assert found.exit_code == 0
    assert f"{before(1)},page,home,,false,17" in found.stdout
    assert f"{before(1)},page,plan,,true,9" in found.stdout
    assert f",page,,{SCENARIO},false,12" in found.stdout


@pytest.mark.long
def test_a_server_that_ends_writes_what_it_counted_and_a_killed_one_what_it_wrote(
    site_settings: Settings, release: Release
) -> None:
    settings = replace(site_settings, embedder="none", usage="1")
    path = usage_file(settings)
    path.unlink(missing_ok=True)
    with running_server(settings) as (address, _):
        for _ in range(20):
            assert requests.get(f"{address}/", headers=FIREFOX, timeout=10).status_code == 200
    assert sum(n for _, kind, detail, *_, n in all_rows(path) if (kind, detail) == ("page", "home")) == 20
    with running_server(settings) as (address, process):
        requests.get(f"{address}/", headers=FIREFOX, timeout=10)
        for pid in children(process.pid):
            os.kill(pid, signal.SIGKILL)
        wait_until_ended(process)
    assert sum(n for _, kind, detail, *_, n in all_rows(path) if (kind, detail) == ("page", "home")) == 20


def wait_until_ended(process: object) -> None:
    process.wait(30)  # type: ignore[attr-defined]
