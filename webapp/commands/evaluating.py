"""``ihub evaluate``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.settings import Settings
from webapp.commands.progress import ProgressBars

__all__ = ["evaluate"]


@click.command()
@click.option(
    "--known-items",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Lessons with translations (JSON lines, as for ihub import corpus), found by their titles in other languages.",
)
@click.option("--most", type=click.IntRange(1), default=60, show_default=True, help="Known items of each language.")
@click.option(
    "--write",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PAGE",
    help="Write the tables between the marks of this Markdown page, and plots beside it.",
)
def evaluate(known_items: Path | None, most: int, write: Path | None) -> None:
    """Measure search in the current release: by words, by meaning, by both, and with the graph.

    Judged and typed queries come with ihub and concern the starter collection; those whose scenarios the release does
    not have are left out. See docs/search-quality.md.
    """
    from kg.release import current_release
    from search.embedders import load_embedder
    from search.engine import SearchEngine
    from search.evaluation.report import plot, tables, write_between
    from search.evaluation.runs import evaluate as run
    from search.evaluation.tasks import judged_tasks, known_item_tasks, typed_tasks

    settings = Settings.from_environment()
    engine = SearchEngine(current_release(settings), load_embedder(settings.embedder), settings.vector_store)
    sets = {
        "Judged queries": ("judged", "ndcg@10", judged_tasks(engine)),
        "Typed queries": ("typed", "recall@10", typed_tasks(engine)),
    }
    if known_items is None or not known_items.is_file():
        reason = f"there is no {known_items}" if known_items else "no --known-items given"
        click.echo(f"known items skipped: {reason}", err=True)
    else:
        sets["Known items"] = ("known", "recall@10", known_item_tasks(engine, known_items, most))
    text = f"Release {engine.release.id}: {len(engine.cards)} scenarios.\n"
    for title, (name, measure, tasks) in sets.items():
        if not tasks:
            click.echo(f"{title.lower()} skipped: the release has none of their scenarios", err=True)
            continue
        with ProgressBars() as progress:
            outcomes = run(engine, tasks, lambda done, total, name=name: progress(name, done, total))  # type: ignore[misc]
        text += f"\n### {title}\n\n{tables(outcomes, engine)}"
        if write:
            picture = f"{write.stem}-{name}.svg"
            write.with_name(picture).write_text(plot(outcomes, measure), encoding="utf-8")
            text += f"\n![{measure} by query language]({picture})\n"
    click.echo(text)
    if write:
        write_between(write, text)
