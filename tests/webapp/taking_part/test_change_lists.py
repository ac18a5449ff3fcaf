"""Releases of what was accepted, taken back, brought back and changed: IRIs, OAI-PMH and the event stream say so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kg.build import build_release
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.webapp.taking_part.test_contributing import save
from tests.webapp.taking_part.test_reviewing import decide, take_back, write
from tests.webapp.taking_part.test_revising import LOUDER, bring_back, change, published, publishing
from webapp import create_app
from webapp.taking_part.publisher import unpublished

if TYPE_CHECKING:
    from kg.release import Release
    from kg.settings import Settings
    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

__all__ = ["publishing"]

pytestmark = pytest.mark.long


@pytest.fixture
def site(home: Settings) -> Settings:
    """A home of its own, with the release of the others' and its history."""
    return replace(home, taking_part="0")


def release(kept: Database, site: Settings) -> Release:
    """Write the hubs' collections and build."""
    write(kept, site)
    part = SearchPart(None, site.home / "cache" / "embeddings.sqlite")
    report = build_release(site, [COLLECTIONS, site.collections], [part], strict=True)
    assert report.release, [str(error) for error in report.errors]
    return report.release


def test_the_iri_and_both_change_lists_tell_of_each_step(
    mari: Browser, editor: Browser, kept: Database, site: Settings
) -> None:
    proposal = published(mari, editor)
    assert unpublished(site, kept)
    steps = []
    for act in (
        lambda: None,
        lambda: take_back(mari, proposal),
        lambda: bring_back(editor, proposal, 1),
        lambda: save(mari, change(mari, proposal), "submit", **LOUDER),  # waits: nothing changes
        lambda: decide(editor, proposal, "accept"),
    ):
        act()
        made = release(kept, site)
        assert not unpublished(site, kept)
        (name,) = {e.iri.partition("/id/")[2] for e in made.history.events(0, 10_000) if "how-loud" in e.iri}
        steps.append(seen(site, name))
    assert steps == [
        (200, "Create", "alive", 45),
        (410, "Delete", "deleted", None),
        (200, "Create", "alive", 45),
        (200, "Create", "alive", 45),
        (200, "Update", "alive", 55),
    ]
    events = made.history.events_of(f"{site.id_base}{name}")
    assert [event.kind for event in events] == ["create", "delete", "create", "update"]
    assert len({event.time for event in events}) == 4
    entity = made.history.entity(f"{site.id_base}{name}")
    assert entity is not None
    assert (entity.created, entity.modified, entity.deleted) == (events[0].time, events[-1].time, None)


def seen(site: Settings, name: str) -> tuple[int, str, str, int | None]:
    """What readers and harvesters see of a document: status, last activity, OAI-PMH status, and its minutes."""
    app = create_app(site)
    try:
        client = app.test_client()
        status = client.get(f"/doc/{name}", headers={"Accept": "text/html"}).status_code
        arguments = {"verb": "GetRecord", "metadataPrefix": "rdf", "identifier": f"{site.id_base}{name}"}
        record = client.get("/oai", query_string=arguments).get_data(as_text=True)
        assert "<error" not in record
        entry = client.get("/feed.nq").get_data(as_text=True)
        pages = sorted(set(re.findall(r"/feed/\w+/\d+\.nq", entry)), key=lambda page: int(page[:-3].rpartition("/")[2]))
        lines = [line for page in pages for line in client.get(page).get_data(as_text=True).splitlines()]
        member = [line.split()[0] for line in lines if line.split()[1:3] == [_VERSION_OF, f"<{site.id_base}{name}>"]][
            -1
        ]
        kinds = [re.search(r"activitystreams#(\w+)>", line) for line in lines if line.startswith(f"{member} ")]
    finally:
        app.extensions["ihub.services"].close()
    alive = "deleted" if 'status="deleted"' in record else "alive"
    return status, next(kind[1] for kind in kinds if kind), alive, minutes_of(record) if alive == "alive" else None


_VERSION_OF = "<http://purl.org/dc/terms/isVersionOf>"


def minutes_of(record: str) -> int:
    """The sum of minutes that a record states: the largest of the numbers, as activities are parts of it."""
    return max(int(found) for found in re.findall(r":minutes[^>]*>(\d+)<", record))
