"""``ihub usage``."""

from __future__ import annotations

import sys

import click

from kg.settings import Settings

__all__ = ["usage"]


@click.group()
def usage() -> None:
    """Read how much the site is used (docs/usage.md)."""


@usage.command()
def export() -> None:
    """Print everything that was counted as CSV, exact and with small numbers: for who runs the site, not to publish."""
    import csv

    from webapp.usage.file import all_rows, usage_file

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["period", "kind", "detail", "scenario", "programs", "number"])
    for *row, robots, number in all_rows(usage_file(Settings.from_environment())):
        writer.writerow([*row, "true" if robots else "false", number])
