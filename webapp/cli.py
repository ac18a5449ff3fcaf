"""The ``ihub`` command line: its commands, and how a user's mistake ends."""

from __future__ import annotations

from typing import Any

import click

from kg.errors import IhubError
from webapp.commands.building import build
from webapp.commands.checking import check
from webapp.commands.demonstrating import demo
from webapp.commands.evaluating import evaluate
from webapp.commands.exporting import export
from webapp.commands.importing import import_
from webapp.commands.mcp import mcp
from webapp.commands.mentoring import mentoring
from webapp.commands.ontology import ontology
from webapp.commands.people import people
from webapp.commands.publishing import publish
from webapp.commands.releases import releases, rollback
from webapp.commands.serving import serve
from webapp.commands.suggesting import suggest
from webapp.commands.template import template
from webapp.commands.usage import usage

__all__ = ["main"]


class _Commands(click.Group):
    """Ends every user's mistake in one line and exit status 1; usage errors are click's own, with status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except IhubError as error:
            click.echo(f"ihub: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            ctx.exit(1)


@click.group(cls=_Commands)
@click.version_option(package_name="ihub-graph")
def main() -> None:
    """Build, search and serve a knowledge graph of classroom learning scenarios.

    Settings come from the environment (IHUB_HOME, IHUB_BASE_IRI, IHUB_PORT, ...): see docs/settings.md.
    """


for _command in (
    build,
    check,
    demo,
    export,
    evaluate,
    import_,
    mcp,
    mentoring,
    ontology,
    people,
    publish,
    releases,
    rollback,
    serve,
    suggest,
    template,
    usage,
):
    main.add_command(_command)


if __name__ == "__main__":
    main()
