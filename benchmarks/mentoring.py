"""Measures the choice of mentors and of circles for made-up schools, beside taking the heaviest pair again and again.

    python benchmarks/mentoring.py [SCHOOLS ...]

Each school offers 0 to 4 and needs 1 to 5 of 60 concepts (in 12 groups, each under a broader one), works in one or two
of four languages, can take 0 to 2 mentees and would like 1 or 2 mentors. "weight alone" is the exact choice without the
rule that everybody comes first. Circles are about all needs, as if there were no mentors.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.mentoring.circles import LARGEST, SMALLEST, divide, propose_circles, spread
from kg.mentoring.pairs import choose, greedy, possible_pairs
from kg.mentoring.schools import Hierarchy, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator

CONCEPTS = [f"c{number}" for number in range(60)]
GROUPS = Hierarchy({name: frozenset({f"group{number // 5}"}) for number, name in enumerate(CONCEPTS)})


WAYS = {"ours": choose, "weight alone": partial(choose, fair=False), "heaviest first": greedy}


def schools(count: int, seed: int = 0) -> list[Profile]:
    """Make schools up."""
    draw = random.Random(seed)  # noqa: S311 - schools, not secrets
    names = [*CONCEPTS, *(f"group{number}" for number in range(12))]
    return [
        Profile(
            f"s{number:05}",
            offers=frozenset(draw.sample(names, draw.randint(0, 4))),
            needs=frozenset(draw.sample(names, draw.randint(1, 5))),
            languages=frozenset(draw.sample(["et", "en", "ru", "fi"], draw.randint(1, 2))),
            position=(57.5 + 2 * draw.random(), 22 + 6 * draw.random()),
            mentor_places=draw.randint(0, 2),
            mentee_places=draw.randint(1, 2),
        )
        for number in range(count)
    ]


def main() -> None:
    """Print the tables."""
    choose(schools(5), possible_pairs(schools(5), GROUPS))  # loads the solver
    print("| schools | possible pairs | choice | s | pairs | schools with a mentor | weight |")
    print("|---|---|---|---|---|---|---|")
    counts = [int(text) for text in sys.argv[1:]] or [50, 200, 1000]
    for count in counts:
        everyone = schools(count)
        start = time.perf_counter()
        edges = possible_pairs(everyone, GROUPS)
        weighing = time.perf_counter() - start
        for name, way in WAYS.items():
            start = time.perf_counter()
            chosen = way(everyone, edges)
            seconds = weighing + time.perf_counter() - start
            counted = f"{count:,} | {len(edges.weights):,}"
            served, weight = len(set(edges.mentees[chosen].tolist())), int(edges.weights[chosen].sum())
            print(f"| {counted} | {name} | {seconds:.2f} | {len(chosen)} | {served} | {weight:,} |")
    print("\n| schools | circles | schools in them | with a mentor | s |\n|---|---|---|---|---|")
    for count in counts:
        everyone = schools(count)
        start = time.perf_counter()
        circles = propose_circles(everyone, GROUPS, {school.key: school.needs for school in everyone})
        seconds, within = time.perf_counter() - start, sum(len(circle.members) for circle in circles)
        led = sum(circle.mentor is not None for circle in circles)
        print(f"| {count:,} | {len(circles)} | {within} | {led} | {seconds:.2f} |")
    ratios = sorted(ratio(seed) for seed in range(200))
    best = sum(found < 1 + 1e-9 for found in ratios)
    print(f"\n200 divisions of 6 to 11 schools: {best} are the closest there is, mean {sum(ratios) / 200:.4f}, "
          f"worst {ratios[-1]:.3f} times the closest")  # fmt: skip
    print(f"\nPeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def ratio(seed: int) -> float:
    """Return how far apart a division's schools are, over the closest division into groups of these sizes."""
    everyone = schools(6 + seed % 6, seed)
    groups = divide(everyone)
    sizes = sorted(map(len, groups))
    every = (found for found in divisions(tuple(range(len(everyone)))) if sorted(map(len, found)) == sizes)
    return spread(groups) / min(spread([everyone[place] for place in group] for group in found) for found in every)


def divisions(places: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    """Yield all ways to divide into groups of three to six."""
    if not places:
        yield []
    for size in range(SMALLEST - 1, LARGEST):
        for others in combinations(places[1:], size):
            left = tuple(place for place in places[1:] if place not in others)
            for groups in divisions(left):
                yield [(*places[:1], *others), *groups]


if __name__ == "__main__":
    main()
