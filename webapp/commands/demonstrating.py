"""``ihub demo``."""

from __future__ import annotations

import click

from kg.settings import Settings

__all__ = ["demo"]


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; else IHUB_PORT.")
@click.option("--fill-only", is_flag=True, help="Fill the home, and serve nothing.")
def demo(port: int | None, *, fill_only: bool) -> None:
    """Fill an empty IHUB_HOME with made-up hubs, schools and people, and serve it with everything turned on.

    A home that was filled before is served as it is.
    """
    from dataclasses import replace

    from webapp.demonstration.filling import fill, filled
    from webapp.serve import serve

    settings = replace(Settings.from_environment(), taking_part="1")
    settings = replace(settings, port=settings.port if port is None else port)
    password, accounts = filled(settings.home) or fill(settings, click.echo)
    click.echo(f"Everybody's password is {password}. Sign in at {settings.base_iri}taking-part/sign-in as:")
    for account in accounts:
        speaks = f", speaks for School {account.school}" if account.school else ""
        click.echo(f"  {account.email}\t{account.role} of {'every hub' if account.hub == '*' else account.hub}{speaks}")
    if not fill_only:
        raise click.exceptions.Exit(serve(settings))
