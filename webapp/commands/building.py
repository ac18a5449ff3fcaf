"""``ihub build``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.settings import Settings
from webapp.commands.progress import SHOWN, ProgressBars

if TYPE_CHECKING:
    from kg.build import BuildReport

__all__ = ["build"]


@click.command()
@click.option("--strict", is_flag=True, help="Make no release when any document is rejected.")
@click.option("--force", is_flag=True, help="Build everything anew, even when nothing has changed.")
@click.option(
    "--collections",
    "roots",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder of collections, or of one; instead of the shipped and the imported ones. May be repeated.",
)
@click.option(
    "--executor",
    "executor_kind",
    default="threads",
    show_default=True,
    metavar="KIND",
    help="Where texts are embedded: threads, processes, serial or dask:tcp://HOST:PORT (extra [cluster]).",
)
def build(roots: tuple[Path, ...], executor_kind: str, *, strict: bool, force: bool) -> None:
    """Build a release from the collections and make it current."""
    from kg.build import SHIPPED_COLLECTIONS, build_release
    from kg.columns.files import ColumnsPart
    from kg.executors import open_executor
    from kg.exporting.report import ExportReportPart
    from kg.harvesting.dumps import DumpsPart
    from kg.harvesting.statistics import StatisticsPart
    from kg.monitoring.cube import monitoring_quads
    from kg.reuse import NO_REUSE, Reuse
    from kg.sources import record_sources
    from search.charts.part import ChartsPart
    from search.embedders import load_embedder
    from search.index import SearchPart
    from search.shipped_vectors import FILE_NAME

    settings = Settings.from_environment()
    imported = [settings.collections] if settings.collections.is_dir() else []
    shipped = sorted(SHIPPED_COLLECTIONS.glob(f"*/{FILE_NAME}"))
    embedder, cache = load_embedder(settings.embedder), settings.home / "cache" / "embeddings.sqlite"
    reuse = NO_REUSE if force else Reuse(settings.home / "cache" / "parts")
    with ProgressBars() as progress, open_executor(executor_kind) as pool:
        part = SearchPart(embedder, cache, shipped, pool)
        report = build_release(
            settings,
            list(roots) or [SHIPPED_COLLECTIONS, *imported],
            [
                part,
                DumpsPart(settings.id_base, reuse),
                StatisticsPart(settings.id_base),
                ColumnsPart(),
                ExportReportPart(),
                ChartsPart(settings.id_base, reuse),
            ],
            derived=[monitoring_quads],
            strict=strict,
            force=force,
            progress=progress,
        )
    if report.release:
        record_sources(settings, roots)
    if report.release and not report.unchanged:
        reuse.sweep()
    _print_build(report)
    if strict and report.errors:
        raise click.exceptions.Exit(1)


def _print_build(report: BuildReport) -> None:
    for error in report.errors[:SHOWN]:
        click.echo(f"  rejected: {error}", err=True)
    if len(report.errors) > SHOWN:
        click.echo(f"  ... and {len(report.errors) - SHOWN} more", err=True)
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
