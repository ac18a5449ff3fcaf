"""``ihub mcp``."""

from __future__ import annotations

import click

__all__ = ["mcp"]


@click.command()
def mcp() -> None:
    """Serve the Model Context Protocol over standard input and output, from the current release.

    For a program that starts its tools itself; a running site has the same tools at /mcp.
    """
    from dataclasses import replace

    import anyio
    from mcp.server.stdio import stdio_server

    from kg.release import current_release
    from kg.settings import Settings
    from webapp import create_app
    from webapp.mcp.server import mcp_server

    # One person's assistant on this machine is not the use of a site.
    settings = replace(Settings.from_environment(), usage="0")
    current_release(settings)  # ends here where there is none, with the way to make one
    app = create_app(settings)
    server = mcp_server(app)

    async def serve() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    try:
        anyio.run(serve)
    finally:
        app.extensions["ihub.services"].close()
