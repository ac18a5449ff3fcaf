"""Publishing what was accepted: collections written and a release built, by a process of its own.

The web process only starts it. It may be killed at any moment: what was accepted is in the database, collections and
releases are replaced in one step, and the next run does what this one did not.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from kg.errors import IhubError
from kg.release import current_release
from kg.settings import Settings
from kg.sources import built_from
from ontology.namespaces import IHUB, PREFIXES
from webapp.taking_part.database import open_database
from webapp.taking_part.hub_collections import write_collections
from webapp.taking_part.hubs import made_up_hubs
from webapp.taking_part.mentoring.publication import pending
from webapp.taking_part.models import Proposal
from webapp.taking_part.revisions import review_of_publication

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.taking_part.database import Database

__all__ = ["publish", "publishing_turn", "start_publishing", "unpublished"]

_LOG: Final = logging.getLogger("ihub.publish")
_UNLESS_AWAITED: Final = "--unless-awaited"
_TRIES: Final = 60
_PAUSE: Final = 2.0  # seconds between tries while somebody else builds


def start_publishing(settings: Settings) -> None:
    """Start publishing in the background, and return at once; its log is ``{home}/run/publish.log``."""
    run = settings.home / "run"
    run.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **settings.to_environment()}
    with (run / "publish.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", __name__, _UNLESS_AWAITED],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, name="publisher", daemon=True).start()  # else it would stay a zombie


def publish(settings: Settings) -> bool:
    """Write the hubs' collections and build a release of what the current one was built of; whether that succeeded.

    Whoever comes while another publishes waits, and then builds what has been accepted since: nothing, if it was the
    other's already.
    """
    with publishing_turn(settings):
        return _publish(settings)


def _publish_unless_awaited(settings: Settings) -> bool:
    """Publish; where somebody waits for their turn already, leave it to them: they read the database after this."""
    with (settings.home / "publish.next").open("w") as turn_after:
        try:
            fcntl.flock(turn_after, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        with publishing_turn(settings):
            # From here on the database is read, so what is accepted now needs somebody else who waits.
            fcntl.flock(turn_after, fcntl.LOCK_UN)
            return _publish(settings)


def _publish(settings: Settings) -> bool:
    with contextlib.closing(open_database(settings)) as database:
        release = current_release(settings)
        hubs = release.graph.instances(f"{IHUB}RegionalInnovationHub")
        names = {iri.removeprefix(settings.id_base): release.graph.labels(iri) for iri in hubs}
        schools = release.graph.instances(f"{IHUB}School")
        called = {iri.removeprefix(settings.id_base): release.graph.label(iri, ("en",))[0] for iri in schools}
        with database.reading() as session:
            made_up = made_up_hubs(release.graph, settings.id_base)
            write_collections(session, settings, names, made_up, called)
        return _build(settings)


def unpublished(settings: Settings, database: Database) -> bool:
    """Whether something was accepted, changed, restored or taken back that the current release does not show yet."""
    release = current_release(settings)
    graph = release.graph
    with database.reading() as session:
        if pending(session, graph, settings.id_base, str(release.manifest["created"])):
            return True
        proposals = session.scalars(select(Proposal).where(Proposal.published_number.is_not(None))).all()
        wanted = {
            settings.id_base + found.document: review_of_publication(session, found) if found.is_published else None
            for found in proposals
        }
    return any(
        (graph.iri(iri, PREFIXES["prov"] + "wasGeneratedBy") != settings.id_base + review) if review else iri in graph
        for iri, review in wanted.items()
    )


def _build(settings: Settings) -> bool:
    roots = [option for root in built_from(settings) for option in ("--collections", str(root))]
    environment = {**os.environ, **settings.to_environment()}
    for _ in range(_TRIES):
        command = [sys.executable, "-m", "webapp.cli", "build", *roots]
        built = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        _LOG.info("%s%s", built.stdout, built.stderr)
        if "another build is running" not in built.stderr:
            return built.returncode == 0
        time.sleep(_PAUSE)
    return False


@contextlib.contextmanager
def publishing_turn(settings: Settings) -> Iterator[None]:
    """Keep everybody else from publishing; waits for who does so now."""
    with (settings.home / "publish.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    chosen = _publish_unless_awaited if _UNLESS_AWAITED in sys.argv[1:] else publish
    try:
        return 0 if chosen(Settings.from_environment()) else 1
    except IhubError:
        _LOG.exception("nothing was published")
        return 1


if __name__ == "__main__":
    sys.exit(_main())
