"""``ihub serve``."""

from __future__ import annotations

import click

from kg.settings import Settings

__all__ = ["serve"]


@click.command()
@click.option("--host", help="Address to listen on; else IHUB_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; else IHUB_PORT.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the current release; picks up a newer one while running."""
    from dataclasses import replace

    from webapp.serve import serve as run

    settings = Settings.from_environment()
    if settings.takes_part:
        from webapp.taking_part.database import open_database

        open_database(settings).require_current()  # said here once, not by each web process
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    raise click.exceptions.Exit(run(settings))
