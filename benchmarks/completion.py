"""Measures completion while typing and repeated searches, in process (the application without a network).

    IHUB_HOME=... python benchmarks/completion.py

What is typed are the beginnings of titles spread over the release, letter by letter, and with a letter left out.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, where `search` is another file

from kg.settings import Settings
from webapp import create_app
from webapp.languages import served

if TYPE_CHECKING:
    from flask.testing import FlaskClient

TITLES = 60
LONGEST = 14


def main() -> None:
    """Print the table."""
    app = create_app(Settings.from_environment())
    with app.test_request_context():
        cards = served().engine.cards
    client = app.test_client()
    step = max(1, len(cards) // TITLES)
    titles = [next(iter(card["names"].values())) for card in cards[::step]][:TITLES]
    typed = [title[:length] for title in titles for length in range(1, min(LONGEST, len(title)) + 1)]
    wrong = [title[:3] + title[4:length] for title in titles for length in (8, 10, 12, 14)]
    client.get("/api/suggest?q=x")  # loads the release
    print("| what | requests | p50 ms | p95 ms | p99 ms |")
    print("|---|---|---|---|---|")
    report("completion, letter by letter", client, "/api/suggest", typed)
    report("completion, a letter left out", client, "/api/suggest", wrong)
    report("search, asked for the first time", client, "/api/search", titles)
    report("search, the same again", client, "/api/search", titles * 3)
    report("search page, the same again", client, "/search", [titles[0]] * 60)


def report(name: str, client: FlaskClient, address: str, queries: list[str]) -> None:
    """Ask every query and print a row."""
    times = []
    for query in queries:
        start = time.perf_counter()
        response = client.get(address, query_string={"q": query})
        times.append((time.perf_counter() - start) * 1000)
        assert response.status_code == 200, response.text  # noqa: S101
    cuts = statistics.quantiles(times, n=100)
    print(f"| {name} | {len(times)} | {cuts[49]:.2f} | {cuts[94]:.2f} | {cuts[98]:.2f} |")


if __name__ == "__main__":
    main()
