"""Measures the search for the fewest lessons that cover a goal, and what the greedy way takes in its place.

    IHUB_HOME=... python benchmarks/plan.py [SYNTHETIC]

Goals are all competences of DigComp 2.2 and its first three areas, with and without a limit of lessons. The
candidates are the release's scenarios, then SYNTHETIC ones (100,000) with the release's own mix of competences and
times, then as many with one to six competences at random, which nothing real has. Last, the release's scenarios for
every set of areas at three levels.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, where `search` is a benchmark

import numpy as np

from kg.release import current_release
from kg.settings import Settings
from search.engine import SearchEngine
from search.planning.candidates import Candidates, candidates, undominated
from search.planning.goal import Goal, required_competences
from search.planning.solver import Selection, greedy, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.release import Release

AREAS = {"areas 1-3": "123", "all areas": "12345"}
LIMITS = (None, 8)
LESSON = 45


def main() -> None:
    """Print the table."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    settings = Settings.from_environment()
    release = current_release(settings)
    engine = SearchEngine(release, None)
    solve(columns(np.array([1], np.uint64), np.array([45])))  # loads the solver
    print("| candidates | goal | lessons at most | columns | undominated | ms | exact | greedy | proven |")
    print("|---|---|---|---|---|---|---|---|---|")
    rng = np.random.default_rng(0)
    for title, numbers in AREAS.items():
        base = f"{release.id_base}competence/digcomp22-"
        asked = required_competences([base + number for number in numbers], release.graph)
        real = candidates(engine, Goal(asked), asked, "en")
        report(f"the release's {len(engine.cards):,}", title, real)
        drawn = rng.integers(0, len(real), size)
        minutes = np.maximum(10, real.minutes[drawn] + rng.integers(-3, 4, size) * 5)
        # Real combinations, each shifted to others of as many competences: far more kinds of scenarios than there are.
        shifts = rng.integers(0, len(asked), size)
        report(f"{size:,} like them", title, columns(rotated(real.masks[drawn], shifts, len(asked)), minutes))
        random = np.zeros(size, np.uint64)
        counts = rng.integers(1, 7, size)
        for place in range(6):
            bits = np.uint64(1) << rng.integers(0, len(asked), size).astype(np.uint64)
            random |= np.where(place < counts, bits, np.uint64(0))
        report(f"{size:,} at random", title, columns(random, rng.choice([20, 45, 60, 90, 135, 225], size)))
    compare(engine, release)
    print(f"\nPeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def compare(engine: SearchEngine, release: Release) -> None:
    """Print how many more lessons the greedy way takes for every set of areas at every level."""
    base = release.id_base
    more, shorter, times = [], 0, []
    for level in ("isced-1", "isced-2", "isced-3"):
        for size in range(1, 6):
            for areas in combinations("12345", size):
                asked = [f"{base}competence/digcomp22-{area}" for area in areas]
                goal = Goal(tuple(asked), {"level": (f"{base}level/{level}",)})
                competences = required_competences(asked, release.graph)
                start = time.perf_counter()
                found = candidates(engine, goal, competences, "en")
                exact = solve(found)
                times.append((time.perf_counter() - start) * 1000)
                rough = greedy(found)
                more.append(rough.lessons / exact.lessons - 1)
                shorter += rough.lessons > exact.lessons
    print(
        f"\n{len(more)} goals (sets of areas at three levels): exact p50 {statistics.median(times):.0f} ms, "
        f"most {max(times):.0f} ms; greedy takes more lessons in {shorter}, "
        f"{statistics.mean(more):.1%} more on average, {max(more):.0%} at most"
    )


def columns(masks: NDArray[np.uint64], minutes: NDArray[np.int64]) -> Candidates:
    """Return candidates in the reader's language."""
    count = len(masks)
    return Candidates(np.arange(count), masks, -(-minutes // LESSON), minutes, np.zeros(count, np.int64))


def rotated(masks: NDArray[np.uint64], shifts: NDArray[np.int64], width: int) -> NDArray[np.uint64]:
    """Return sets with every member moved on by a number of places, around the end."""
    by = shifts.astype(np.uint64)
    whole = np.uint64((1 << width) - 1)
    turned: NDArray[np.uint64] = ((masks << by) | (masks >> (np.uint64(width) - by))) & whole
    return turned


def report(name: str, goal: str, found: Candidates) -> None:
    """Solve with each limit and print a row."""
    kept = len(undominated(found))
    for most in LIMITS:
        start = time.perf_counter()
        exact = solve(found, most)
        took = (time.perf_counter() - start) * 1000
        proven = "yes" if exact.unproven is None else f"no ({exact.unproven.aim}, bound {exact.unproven.bound})"
        row = [name, goal, most or "any", f"{len(found):,}", f"{kept:,}", f"{took:.0f}", said(exact)]
        print("| " + " | ".join(str(cell) for cell in [*row, said(greedy(found, most)), proven]) + " |", flush=True)


def said(found: Selection) -> str:
    """Return a selection in few words."""
    return f"{found.covered.bit_count()} in {found.lessons} lessons, {found.minutes} min"


if __name__ == "__main__":
    main()
