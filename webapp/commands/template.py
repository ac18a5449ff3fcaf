"""``ihub template``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.importing.tabular.columns import LANGUAGES
from kg.settings import Settings

__all__ = ["template"]


@click.group()
def template() -> None:
    """Write files that people fill in and `ihub import` reads."""


@template.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of headers and lists."
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def xlsx(file: Path | None, language: str, *, force: bool) -> None:
    """Write an Excel workbook for scenarios into FILE (scenarios-LANGUAGE.xlsx).

    One row is one scenario, a second sheet holds the activities; drop-down lists offer the vocabularies, and help
    sheets in six languages say what each column means. `ihub import xlsx FILE --collection SLUG` reads it back.
    """
    from kg.importing.tabular.template import template_workbook

    target = file or Path(f"scenarios-{language}.xlsx")
    if target.exists() and not force:
        raise click.ClickException(f"{target} exists already; --force replaces it")
    template_workbook(language, Settings.from_environment().id_base).save(target)
    click.echo(f"{target} written; fill it in, then: ihub import xlsx {target} --collection SLUG")
