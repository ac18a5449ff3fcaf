"""``ihub ontology``: looking after the model."""

from __future__ import annotations

import click

from kg.settings import Settings

__all__ = ["ontology"]


@click.group()
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
