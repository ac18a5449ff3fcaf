"""``ihub publish``."""

from __future__ import annotations

import click

__all__ = ["publish"]

_SECONDS = 600.0  # that a server may take for one request, such as exchanging all graphs


@click.command()
def publish() -> None:
    """Load the current release into the SPARQL server of IHUB_SPARQL_STORE.

    Only graphs that have changed are sent, beside those being served; then all are exchanged in one request. What was
    broken off is taken up again.
    """
    from kg.errors import SettingError
    from kg.release import current_release
    from kg.settings import Settings
    from kg.store.connection import StoreAddress, StoreConnection
    from kg.store.publish import publish_release
    from webapp.commands.progress import ProgressBars

    settings = Settings.from_environment()
    address = StoreAddress.from_settings(settings)
    if address is None:
        raise SettingError("is not set", field="IHUB_SPARQL_STORE", hint="name the server to publish to")
    connection = StoreConnection(address, _SECONDS)
    release = current_release(settings)
    with ProgressBars() as show:
        report = publish_release(connection, release, lock=settings.home / "publish.lock", progress=show)
    click.echo(
        f"release {report.release} published: {len(report.replaced)} graphs replaced, "
        f"{len(report.unchanged)} unchanged, {len(report.removed)} removed; {report.sent} triples sent"
    )
