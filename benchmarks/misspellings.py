"""Measures what forgiving misspellings is worth: titles with mistakes as queries, found by words and concepts alone.

    IHUB_HOME=... python benchmarks/misspellings.py [--titles N]

In each title every word of five letters or more gets one mistake: a letter left out, doubled or replaced, or two
neighbours swapped. The target is the title's own work among the first ten hits. Embeddings are left out, so that words
and concepts alone count.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, where `search` is another file

from kg.release import current_release
from kg.settings import Settings
from search.engine import SearchEngine
from search.lexical import words
from search.request import SearchRequest

LANGUAGES = ("en", "et", "fi", "lt", "nb", "ka")
SHORTEST = 5


def main() -> None:
    """Print recall at 10 by language, without and with forgiveness, and the time that it takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=100, help="titles in each language")
    arguments = parser.parse_args()
    engine = SearchEngine(current_release(Settings.from_environment()), None)
    lexical = engine.ranker.lexical
    expansion = lexical._expansion
    queries = make_queries(engine, arguments.titles)
    print("| language | titles | as written | misspelt, not forgiven | forgiven | ms before | ms after |")
    print("|---|---|---|---|---|---|---|")
    for language, entries in queries.items():
        wrong = [(row, misspelt) for row, _, misspelt in entries]
        whole, _ = recall(engine, [(row, " ".join(words(title))) for row, title, _ in entries])
        lexical._expansion = None
        forget(engine)
        without, before = recall(engine, wrong)
        lexical._expansion = expansion
        forget(engine)
        forgiven, after = recall(engine, wrong)
        shares = f"{whole:.2f} | {without:.2f} | {forgiven:.2f}"
        print(f"| {language} | {len(entries)} | {shares} | {before:.1f} | {after:.1f} |")


def make_queries(engine: SearchEngine, most: int) -> dict[str, list[tuple[int, str, str]]]:
    """Return for each language rows with their titles and misspelt titles; the same in each run."""
    chance = random.Random(7)  # noqa: S311  # not for secrets
    found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    rows = list(range(len(engine.cards)))
    chance.shuffle(rows)
    for row in rows:
        card = engine.cards[row]
        language = card["language"].split("-")[0]
        title = card["names"].get(card["language"], "")
        spoken = words(title)
        if language in LANGUAGES and len(found[language]) < most and any(len(word) >= SHORTEST for word in spoken):
            found[language].append((row, title, " ".join(misspell(word, chance) for word in spoken)))
    return {language: found[language] for language in LANGUAGES if found[language]}


def misspell(word: str, chance: random.Random) -> str:
    """Return a word with one mistake, unless it is short or has a digit."""
    if len(word) < SHORTEST or not word.isalpha():
        return word
    place = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    if kind == 2:
        return word[:place] + chance.choice(word) + word[place + 1 :]
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def recall(engine: SearchEngine, queries: list[tuple[int, str]]) -> tuple[float, float]:
    """Return the share of targets among the first ten hits, and the median time in milliseconds."""
    hits, times = [], []
    for row, query in queries:
        start = time.perf_counter()
        result = engine.search(SearchRequest(query=query, limit=10, facets=(), constraints=False))
        times.append((time.perf_counter() - start) * 1000)
        hits.append(any(row in (hit.row, *hit.others) for hit in result.hits))
    return statistics.mean(hits), statistics.median(times)


def forget(engine: SearchEngine) -> None:
    """Drop what the engine remembers."""
    engine.ranker.lexical._terms.clear()
    for memory in (engine._rankings, engine._results):
        memory._values.clear()


if __name__ == "__main__":
    main()
