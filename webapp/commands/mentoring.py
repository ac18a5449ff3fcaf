"""``ihub mentoring``: what would be proposed to the schools of a hub, from the command line."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from typing import TYPE_CHECKING, Any

import click

from kg.errors import TakingPartError
from kg.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.mentoring.proposing import Proposals

__all__ = ["mentoring"]


@click.group()
def mentoring() -> None:
    """Bring schools together (docs/mentoring.md)."""


@mentoring.command()
@click.argument("hub", metavar="HUB")
@click.option("--format", "form", type=click.Choice(("csv", "json")), default="csv", show_default=True)
def propose(hub: str, form: str) -> None:
    """Print who could mentor whom at HUB, such as hub/tallinn, and which circles there could be; nothing is kept."""
    from kg.release import current_release
    from ontology.namespaces import IHUB
    from webapp.taking_part.database import open_database
    from webapp.taking_part.mentoring.gathering import gather, propose_for
    from webapp.taking_part.moments import now

    settings = Settings.from_environment()
    graph = current_release(settings).graph
    hubs = sorted(iri.removeprefix(settings.id_base) for iri in graph.instances(f"{IHUB}RegionalInnovationHub"))
    if hub not in hubs:
        raise TakingPartError(f"no hub of the release is called {hub!r}", hint=f"one of: {', '.join(hubs)}")
    with contextlib.closing(open_database(settings)) as database:
        database.require_current()
        with database.reading() as session:
            found = propose_for(gather(session, hub, graph, settings.id_base, now().date()))
    click.echo(_json(found) if form == "json" else _csv(found), nl=False)


def _json(found: Proposals) -> str:
    pairs = [{**vars(pair), "help": [help_._asdict() for help_ in pair.help]} for pair in found.pairs]
    shown: dict[str, Any] = {
        "pairs": pairs,
        "circles": [vars(circle) for circle in found.circles],
        "unmet": [unmet._asdict() for unmet in found.unmet],
    }
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def _csv(found: Proposals) -> str:
    """Return a row for each pair and each circle; several values in a cell are separated by a space."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("kind", "mentor", "schools", "needs", "languages", "kilometres", "weight"))
    for pair in found.pairs:
        needs = [help_.need for help_ in pair.help]
        writer.writerow(_row("pair", pair.mentor, [pair.mentee], needs, pair.languages, pair.kilometres, pair.weight))
    for circle in found.circles:
        row = (circle.mentor, circle.members, [circle.need], [circle.language], circle.kilometres)
        writer.writerow(_row("circle", *row, None))
    return text.getvalue()


def _row(
    kind: str,
    mentor: str | None,
    schools: Sequence[str],
    needs: Sequence[str],
    languages: Sequence[str],
    kilometres: float | None,
    weight: int | None,
) -> tuple[str | int | None, ...]:
    way = None if kilometres is None else round(kilometres)
    return kind, mentor, " ".join(schools), " ".join(needs), " ".join(languages), way, weight
