"""``ihub releases`` and ``ihub rollback``."""

from __future__ import annotations

import click

from kg.settings import Settings

__all__ = ["releases", "rollback"]


@click.command()
def releases() -> None:
    """List the releases on disk, the newest first."""
    from kg.release import list_releases

    settings = Settings.from_environment()
    current = (settings.home / "current").resolve()
    for release in list_releases(settings):
        mark = "*" if release.directory.resolve() == current else " "
        manifest = release.manifest
        click.echo(f"{mark} {release.id}  {manifest['created']}  {manifest['quads']} quads")


@click.command()
@click.argument("release_id", metavar="RELEASE", required=False)
def rollback(release_id: str | None) -> None:
    """Make RELEASE current again, or the one before the current."""
    from kg.release import roll_back

    release = roll_back(Settings.from_environment(), release_id)
    click.echo(f"release {release.id} is current")
