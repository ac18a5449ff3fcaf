"""``ihub import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.settings import Settings
from webapp.commands.progress import SHOWN, ProgressBars

if TYPE_CHECKING:
    from kg.importing.pipeline import ImportReport

__all__ = ["import_"]


@click.command("import")
@click.argument("format_", metavar="FORMAT")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--collection", required=True, metavar="SLUG", help="The collection to add to; made when it is new.")
@click.option("--title", metavar="TEXT", help="English title of a new collection.")
@click.option("--publisher", metavar="IRI", help="Publisher of a new collection.")
@click.option("--license", "licence", metavar="IRI", help="Licence of a new collection, where one holds for all of it.")
@click.option(
    "--kind", type=click.Choice(["original", "adapted", "synthetic"]), help="Kind of data of a new collection."
)
@click.option("--strict", is_flag=True, help="Exit with status 1 when any record is rejected.")
def import_(
    format_: str,
    source: Path,
    collection: str,
    title: str | None,
    publisher: str | None,
    licence: str | None,
    kind: str | None,
    *,
    strict: bool,
) -> None:
    """Import SOURCE in FORMAT (jsonl, corpus, or that of an installed adapter) into a collection.

    Records that cannot be accepted are listed with file, line, field and reason, and kept in quarantine.jsonl beside
    the collection. Importing the same source again changes nothing.
    """
    from kg.importing.adapter import load_adapter
    from kg.importing.pipeline import import_source

    settings = Settings.from_environment()
    stated = {
        "name": {"en": title} if title else None,
        "publisher": publisher,
        "license": licence,
        "dataKind": f"data-kind/{kind}" if kind else None,
    }
    description = {key: value for key, value in stated.items() if value}
    with ProgressBars() as progress:
        report = import_source(settings, load_adapter(format_), source, collection, description, progress=progress)
    _print_import(report, settings.collections / collection)
    if strict and report.rejections:
        raise click.exceptions.Exit(1)


def _print_import(report: ImportReport, directory: Path) -> None:
    click.echo(
        f"{report.accepted} accepted ({report.created} new, {report.changed} changed, {report.unchanged} unchanged), "
        f"{len(report.rejections)} rejected"
    )
    for rejection in report.rejections[:SHOWN]:
        click.echo(f"  rejected: {rejection}")
    if len(report.rejections) > SHOWN:
        click.echo(f"  ... and {len(report.rejections) - SHOWN} more")
    if report.rejections:
        click.echo(f"  rejected records are kept in {directory / 'quarantine.jsonl'}")
    for name, words in report.unresolved.items():
        most = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:5]
        shown = ", ".join(f"{word} ({count})" for word, count in most)
        click.echo(f"  kept as keywords, no concept found: {name}: {len(words)} different, most often {shown}")
