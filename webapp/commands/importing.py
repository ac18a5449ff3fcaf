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
@click.argument("source")
@click.option("--collection", required=True, metavar="SLUG", help="The collection to add to; made when it is new.")
@click.option("--title", metavar="TEXT", help="English title of a new collection.")
@click.option("--publisher", metavar="IRI", help="Publisher of a new collection.")
@click.option("--license", "licence", metavar="IRI", help="Licence of a new collection, where one holds for all of it.")
@click.option(
    "--kind", type=click.Choice(["original", "adapted", "synthetic"]), help="Kind of data of a new collection."
)
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="Option of the adapter; repeatable.")
@click.option(
    "--map", "mapping", type=click.Path(path_type=Path), metavar="FILE", help="What words of the source mean (YAML)."
)
@click.option("--allow-private", is_flag=True, help="Let network adapters ask private and loopback addresses.")
@click.option("--strict", is_flag=True, help="Exit with status 1 when any record is rejected.")
def import_(
    format_: str,
    source: str,
    collection: str,
    title: str | None,
    publisher: str | None,
    licence: str | None,
    kind: str | None,
    options: tuple[str, ...],
    mapping: Path | None,
    *,
    allow_private: bool,
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
        report = import_source(
            settings,
            load_adapter(format_),
            source,
            collection,
            description,
            options=_parsed(options),
            mapping=mapping,
            allow_private=allow_private,
            progress=progress,
        )
    _print_import(report, settings.collections / collection)
    if strict and report.rejections:
        raise click.exceptions.Exit(1)


def _parsed(options: tuple[str, ...]) -> dict[str, str]:
    """Return options by name.

    Raises:
        click.BadParameter: One is not of the form NAME=VALUE.
    """
    for option in options:
        if "=" not in option:
            raise click.BadParameter(f"{option!r} is not of the form NAME=VALUE", param_hint="--option")
    return dict(option.split("=", 1) for option in options)


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
