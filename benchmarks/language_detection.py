"""How often the language of a lesson is detected rightly, from titles with summaries and from titles alone.

    python benchmarks/language_detection.py scenarios.jsonl

Every eighth record of a corpus, whose languages are stated, is asked. The written forms of Norwegian count as one.
"""

from __future__ import annotations

import json
import resource
import time
from typing import TYPE_CHECKING, Any, TextIO

import click

from kg.languages import SHORT, detect_language
from ontology.language import read_as

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command()
@click.argument("corpus", type=click.File(encoding="utf-8"))
def main(corpus: TextIO) -> None:
    """Measure detection on CORPUS."""
    records = [json.loads(line) for line in list(corpus)[::8]]
    print("| texts | right | left undetermined | wrong | a text | memory of the process |\n|---|---|---|---|---|---|")
    _measure("titles with summaries, 120 characters or more", records, _whole, SHORT)
    _measure("titles alone", records, lambda record: str(record["title"]), 0)


def _whole(record: dict[str, Any]) -> str:
    return f"{record['title']}\n{record.get('summary') or ''}"


def _measure(name: str, records: list[dict[str, Any]], text_of: Callable[[dict[str, Any]], str], least: int) -> None:
    pairs = [(text, record["language"]) for record in records if len(text := text_of(record)) >= least]
    start = time.process_time()
    found = [(detect_language(text), stated) for text, stated in pairs]
    milliseconds = (time.process_time() - start) / len(pairs) * 1e3
    unknown = sum(tag == "und" for tag, _ in found)
    right = sum(read_as(tag) == read_as(stated) for tag, stated in found)
    shares = [f"{100 * count / len(pairs):.1f} %" for count in (right, unknown, len(pairs) - right - unknown)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"| {name} ({len(pairs)}) | {' | '.join(shares)} | {milliseconds:.1f} ms | {memory} MiB |")


if __name__ == "__main__":
    main()
