"""``ihub check``: whether what people wrote is fit to be published."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.settings import Settings
from webapp.commands.progress import ProgressBars

if TYPE_CHECKING:
    from kg.quality.coverage import Coverage

__all__ = ["check"]


@click.group()
def check() -> None:
    """Check what people wrote."""


@check.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--beside", multiple=True, type=click.Path(path_type=Path), help="Collections that DIR may refer to.")
def collection(directory: Path, beside: tuple[Path, ...]) -> None:
    """Check the collection in DIR: shapes, links, near duplicates, texts, coverage.

    Exits with status 1 when anything is to be mended. The figures that a collection promises stand in its
    requirements.toml. Near duplicates are found by the embedder of IHUB_EMBEDDER.
    """
    from kg.build import SHIPPED_COLLECTIONS
    from search.collection_check import check_collection
    from search.embedders import load_embedder

    settings = Settings.from_environment()
    # Processes are started afresh: what uses threads of its own must not be forked.
    with ProgressBars() as progress, ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        found = check_collection(
            settings,
            directory,
            beside or [SHIPPED_COLLECTIONS],
            load_embedder(settings.embedder),
            executor=pool,
            progress=progress,
        )
    _print_coverage(found.coverage)
    for concern in found.concerns:
        click.echo(f"  {concern}", err=True)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(c.kind for c in found.concerns).items()))
    click.echo(f"{len(found.concerns)} to mend in {found.coverage.total} scenarios" + (f": {kinds}" if kinds else ""))
    if found.concerns:
        raise click.exceptions.Exit(1)


def _print_coverage(coverage: Coverage) -> None:
    """Print every dimension, and competences by level as a matrix."""
    levels = sorted(coverage.counts.get("level", ()))
    cells = coverage.counts.get("competence-at-level", Counter())
    for dimension, counts in coverage.counts.items():
        if dimension not in {"competence", "competence-at-level"}:
            click.echo(f"{dimension}: " + ", ".join(f"{value} {count}" for value, count in sorted(counts.items())))
    width = max((len(level) for level in levels), default=0) + 2
    click.echo("competence".ljust(16) + "".join(level.rjust(width) for level in levels) + "all".rjust(width))
    for competence, count in sorted(coverage.counts.get("competence", Counter()).items()):
        row = "".join(str(cells[f"{competence} {level}"]).rjust(width) for level in levels)
        click.echo(competence.ljust(16) + row + str(count).rjust(width))
