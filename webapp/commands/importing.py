"""``ihub import``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

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
@click.option("--source-name", metavar="NAME", help="Name of the source, where its file is called otherwise each time.")
@click.option(
    "--executor",
    "executor_kind",
    default="processes",
    show_default=True,
    metavar="KIND",
    help="Where batches run: processes, threads, serial or dask:tcp://HOST:PORT (extra [cluster]).",
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
    source_name: str | None,
    executor_kind: str,
    *,
    allow_private: bool,
    strict: bool,
) -> None:
    """Import SOURCE in FORMAT (jsonl, corpus, or that of an installed adapter) into a collection.

    Records that cannot be accepted are listed with file, line, field and reason, and kept in the collection's
    quarantine.jsonl. Importing the same source again changes nothing; what is no longer in it is withdrawn. The report
    and a draft of a mapping file for words that name no concept are written into the folder imports/SLUG.
    """
    from kg.executors import open_executor
    from kg.importing.adapter import load_adapter
    from kg.importing.pipeline import import_source
    from kg.importing.report import write_report

    settings = Settings.from_environment()
    stated = {
        "name": {"en": title} if title else None,
        "publisher": publisher,
        "license": licence,
        "dataKind": f"data-kind/{kind}" if kind else None,
    }
    description = {key: value for key, value in stated.items() if value}
    with ProgressBars() as progress, open_executor(executor_kind) as executor:
        report = import_source(
            settings,
            load_adapter(format_),
            source,
            collection,
            description,
            options=_parsed(options),
            mapping=mapping,
            source_name=source_name,
            executor=executor,
            allow_private=allow_private,
            progress=progress,
        )
    folder = settings.home / "imports" / collection
    write_report(report, folder)
    _print_import(report, settings.collections / collection, folder)
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


def _print_import(report: ImportReport, directory: Path, folder: Path) -> None:
    click.echo(
        f"{report.accepted} accepted ({report.created} new, {report.changed} changed, {report.unchanged} unchanged), "
        f"{report.rejected} rejected"
    )
    for note in report.notes:
        click.echo(f"  {note}")
    for rejection in report.rejections[:SHOWN]:
        click.echo(f"  rejected: {rejection}")
    if report.rejected > SHOWN:
        click.echo(f"  ... and {report.rejected - SHOWN} more")
    if report.rejected:
        click.echo(f"  rejected records are kept in {directory / 'quarantine.jsonl'}")
    for reason, count in sorted(report.withdrawn.items()):
        click.echo(f"  withdrawn, since {_WHY[reason]}: {count}")
    if report.kept:
        click.echo(f"  no longer found, but kept, since records that cannot be read may be theirs: {report.kept}")
    _print_words(report)
    click.echo(f"  report: {folder / 'report.md'}")


_WHY: Final = {"deleted": "the source deleted them", "vanished": "they are no longer in the source"}


def _print_words(report: ImportReport) -> None:
    if report.detected:
        click.echo(f"  language detected, since the source names none: {report.detected}")
    for name in sorted({*report.words, *report.unresolved}):
        known, total = report.words.get(name, (0, 0))
        share = f"{known} of {total} words resolved" if total else ""
        words = report.unresolved.get(name) or Counter()
        most = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:5]
        shown = ", ".join(f"{word} ({count})" for word, count in most)
        left = f"{len(words)} different name no concept, most often {shown}" if words else ""
        click.echo(f"  {name}: {'; '.join(part for part in (share, left) if part)}")
