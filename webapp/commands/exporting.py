"""``ihub export``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kg.settings import Settings
from webapp.commands.progress import ProgressBars

__all__ = ["export"]


@click.group()
def export() -> None:
    """Write the current release in another form."""


@export.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(1, 64), default=min(4, os.cpu_count() or 1), show_default=True)
def static(directory: Path, jobs: int) -> None:
    """Write the whole site and its linked data as files into DIRECTORY, for any web server or object store.

    An earlier export there is replaced. Ends with an error where a link between the files leads nowhere.
    """
    import time

    from webapp.static_export.export import export_static

    start = time.monotonic()
    with ProgressBars() as progress:
        made = export_static(Settings.from_environment(), directory, jobs=jobs, progress=progress)
    click.echo(
        f"release {made.release}: {made.files} files, {made.pages} of them pages, {made.size / 1e6:.1f} MB, "
        f"every link checked, in {time.monotonic() - start:.0f} s"
    )
