"""A hub's team sees how often the hub's own scenarios are read, in steps and for months that are over."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import html

from kg.build import build_release
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from webapp import create_app
from webapp.taking_part.database import open_database
from webapp.usage.file import Counted, add_up, usage_file
from webapp.usage.reading import hub_usage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from kg.settings import Settings
    from tests.webapp.taking_part.conftest import Browser

OURS, OTHERS = "scenario/checking-a-photo", "scenario/checking-a-photo-et"


@pytest.fixture
def counted(people_app: Flask, hub_settings: Settings) -> str:
    """Views of the month before, of a hub's scenario and of another."""
    month = (dt.datetime.now(dt.UTC).date().replace(day=1) - dt.timedelta(days=1)).isoformat()
    rows = {Counted(month, "page", "scenario", item, robots=False): 13 for item in (OURS, OTHERS)}
    rows[Counted(month, "page", "scenario", OURS, robots=True)] = 100
    usage_file(hub_settings).unlink(missing_ok=True)
    add_up(usage_file(hub_settings), rows)
    return month[:7]


def test_the_team_of_a_hub_reaches_its_page(signed_in: Callable[..., Browser], counted: str) -> None:
    coordinator = signed_in("coordinator")
    assert "/taking-part/hub/east/usage" in coordinator.get("/").get_data(as_text=True)
    page = coordinator.get("/hub/east/usage")
    assert page.status_code == 200
    assert "There are no such numbers yet." in page.get_data(as_text=True)
    assert coordinator.get("/hub/west/usage").status_code == 403
    assert coordinator.get("/hub/nowhere/usage").status_code in {403, 404}


def test_a_hubs_page_has_the_numbers_of_its_own_scenarios(hub_settings: Settings, counted: str, tmp_path: Path) -> None:
    shelf = shutil.copytree(COLLECTIONS, tmp_path / "shelf")
    scenarios = shelf / "classroom" / "scenarios.yaml"
    text = scenarios.read_text(encoding="utf-8")
    scenarios.write_text(text.replace(f"id: {OURS}\n", f"id: {OURS}\nhub: hub/east\n", 1), encoding="utf-8")
    settings = replace(hub_settings, home=tmp_path / "home")
    shutil.copytree(hub_settings.collections, settings.collections)
    part = SearchPart(None, settings.home / "cache" / "embeddings.sqlite")
    assert build_release(settings, [shelf, settings.collections], [part]).release
    shutil.copy(usage_file(hub_settings), usage_file(settings))
    open_database(settings).upgrade()
    app = create_app(settings)
    try:
        with app.test_request_context("/"):
            table = hub_usage("http://127.0.0.1:8000/id/hub/east")
            from webapp.taking_part.hub_usage import read

            assert table.rows == {OURS: {counted: 10}}
            tree = html.fromstring(read("east"))
    finally:
        app.extensions["ihub.services"].close()
        app.extensions["ihub.people"].database.close()
    assert [td.text_content().strip() for td in tree.xpath("//tbody//td")] == ["10"]
    assert tree.xpath("//tbody//a/@href") == [f"/doc/{OURS}"]


def test_who_tells_a_story_is_told_that_it_will_be_public(mari: Browser) -> None:
    begun = mari.post("/hub/east/stories", "/used/checking-a-photo", scenario=OURS).headers["Location"]
    assert "everybody can read it, copy it and count it" in mari.get(begun.partition("/taking-part")[2]).text
