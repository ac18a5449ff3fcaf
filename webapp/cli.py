"""The ``ihub`` command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kg.errors import IhubError
from kg.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from kg.build import BuildReport
    from kg.importing.pipeline import ImportReport

__all__ = ["main"]

_SHOWN = 20  # rejected documents that are listed on the screen; the files hold all of them


class _Commands(click.Group):
    """Ends every user's mistake in one line and exit status 1; usage errors are click's own, with status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except IhubError as error:
            click.echo(f"ihub: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            ctx.exit(1)


class _Bars:
    """Progress bars, one for each step, on standard error; nothing is drawn where that is no terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<9}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._progress.start()
        return self._show

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def _show(self, step: str, done: int, total: int) -> None:
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._tasks[step], completed=done, total=total)


@click.group(cls=_Commands)
@click.version_option(package_name="ihub-graph")
def main() -> None:
    """Build, search and serve a knowledge graph of classroom learning scenarios.

    Settings come from the environment (IHUB_HOME, IHUB_BASE_IRI, IHUB_PORT, ...): see docs/settings.md.
    """


@main.command("import")
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
    with _Bars() as progress:
        report = import_source(settings, load_adapter(format_), source, collection, description, progress=progress)
    _print_import(report, settings.collections / collection)
    if strict and report.rejections:
        raise click.exceptions.Exit(1)


def _print_import(report: ImportReport, directory: Path) -> None:
    click.echo(
        f"{report.accepted} accepted ({report.created} new, {report.changed} changed, {report.unchanged} unchanged), "
        f"{len(report.rejections)} rejected"
    )
    for rejection in report.rejections[:_SHOWN]:
        click.echo(f"  rejected: {rejection}")
    if len(report.rejections) > _SHOWN:
        click.echo(f"  ... and {len(report.rejections) - _SHOWN} more")
    if report.rejections:
        click.echo(f"  rejected records are kept in {directory / 'quarantine.jsonl'}")
    for name, words in report.unresolved.items():
        most = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:5]
        shown = ", ".join(f"{word} ({count})" for word, count in most)
        click.echo(f"  kept as keywords, no concept found: {name}: {len(words)} different, most often {shown}")


@main.command()
@click.option("--strict", is_flag=True, help="Make no release when any document is rejected.")
@click.option("--force", is_flag=True, help="Build even when nothing has changed.")
@click.option(
    "--collections",
    "roots",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder of collections, or of one; instead of the shipped and the imported ones. May be repeated.",
)
def build(roots: tuple[Path, ...], *, strict: bool, force: bool) -> None:
    """Build a release from the collections and make it current."""
    from kg.build import SHIPPED_COLLECTIONS, build_release
    from search.embedders import load_embedder
    from search.index import SearchPart
    from search.shipped_vectors import FILE_NAME

    settings = Settings.from_environment()
    imported = [settings.collections] if settings.collections.is_dir() else []
    shipped = sorted(SHIPPED_COLLECTIONS.glob(f"*/{FILE_NAME}"))
    part = SearchPart(load_embedder(settings.embedder), settings.home / "cache" / "embeddings.sqlite", shipped)
    with _Bars() as progress:
        report = build_release(
            settings,
            list(roots) or [SHIPPED_COLLECTIONS, *imported],
            [part],
            strict=strict,
            force=force,
            progress=progress,
        )
    _print_build(report)
    if strict and report.errors:
        raise click.exceptions.Exit(1)


def _print_build(report: BuildReport) -> None:
    for error in report.errors[:_SHOWN]:
        click.echo(f"  rejected: {error}", err=True)
    if len(report.errors) > _SHOWN:
        click.echo(f"  ... and {len(report.errors) - _SHOWN} more", err=True)
    if report.release is None:
        click.echo(f"no release made: {len(report.errors)} documents rejected (--strict)", err=True)
        return
    manifest = report.release.manifest
    state = "is up to date" if report.unchanged else "built"
    documents = sum(manifest["documents"].values())
    scenarios = manifest["parts"]["search"]["scenarios"]
    click.echo(
        f"release {report.release.id} {state}: {documents} documents, {scenarios} scenarios, "
        f"{manifest['quads']} quads, {len(report.errors)} rejected"
    )
    if report.seconds:
        click.echo("  seconds: " + ", ".join(f"{step} {seconds:.1f}" for step, seconds in report.seconds.items()))


@main.command()
@click.option("--host", help="Address to listen on; else IHUB_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; else IHUB_PORT.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the current release; picks up a newer one while running."""
    from dataclasses import replace

    from webapp.serve import serve as run

    settings = Settings.from_environment()
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    raise click.exceptions.Exit(run(settings))


@main.command()
def releases() -> None:
    """List the releases on disk, the newest first."""
    from kg.release import list_releases

    settings = Settings.from_environment()
    current = (settings.home / "current").resolve()
    for release in list_releases(settings):
        mark = "*" if release.directory.resolve() == current else " "
        manifest = release.manifest
        click.echo(f"{mark} {release.id}  {manifest['created']}  {manifest['quads']} quads")


@main.command()
@click.argument("release_id", metavar="RELEASE", required=False)
def rollback(release_id: str | None) -> None:
    """Make RELEASE current again, or the one before the current."""
    from kg.release import roll_back

    release = roll_back(Settings.from_environment(), release_id)
    click.echo(f"release {release.id} is current")


@main.group()
def ontology() -> None:
    """Look after the ontology."""


@ontology.command()
def check() -> None:
    """Check the ontology: consistency, shapes, labels, terms."""
    from ontology.check import check as check_model

    report = check_model(Settings.from_environment().id_base)
    for problem in report.problems:
        click.echo(f"  {problem}", err=True)
    counts = ", ".join(f"{count} {kind}" for kind, count in report.counts.items())
    seconds = ", ".join(f"{part} {time:.1f}" for part, time in report.seconds.items())
    click.echo(f"{len(report.problems)} problems in {counts}")
    click.echo(f"  seconds: {seconds}")
    if report.problems:
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main()
