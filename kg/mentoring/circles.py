"""Small circles: three to six schools that work on a need that they share, with a mentor or without one.

First, each school is given to one *theme* (a need and a language) or to none, so that every theme that is taken has at
least three schools, as many schools as possible are in one, and (within 2 %) the most points of shared needs come
together. Any number from three upwards divides into groups of three to six, so this is exact for the number of
schools; it is an integer programme, solved by HiGHS. Then the schools of a theme are divided into groups of about four
that are near each other: groups grow around the school that is the farthest out, and schools change places while that
brings them nearer; of several first groups, the best is taken. This part is a heuristic; docs/mentoring.md tells how
far it is from the best. Last, each circle gets a mentor that offers what it needs, by an exact assignment, where there
is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kg.errors import IhubError
from kg.mentoring.pairs import nearness
from kg.mentoring.schools import FULL, Hierarchy, kilometres

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from kg.mentoring.schools import Profile

__all__ = ["LARGEST", "SMALLEST", "Circle", "divide", "propose_circles", "spread"]

SMALLEST: Final = 3
LARGEST: Final = 6
_USUAL: Final = 4
_SHARED: Final = FULL // 2  # points from which a school counts as having the need
_STARTS: Final = 12  # schools that the first group is grown around, in turn
_GAP: Final = 0.02
_SECONDS: Final = 20.0  # then the best found so far is taken; hubs of a hundred schools take a second
_ROUNDS: Final = 50  # of exchanges, at most
_FAR: Final = 500.0  # km for a school that has not said where it is


@dataclass(frozen=True)
class Circle:
    """Schools that share a need.

    Attributes:
        need: The identifier of what they need.
        language: A language that all can work in.
        members: Their keys, sorted.
        mentor: The key of a school that can share it; None for a circle of peers.
        kilometres: The longest way between two of them; None where nobody has said where they are.
    """

    need: str
    language: str
    members: tuple[str, ...]
    mentor: str | None
    kilometres: float | None


class _Theme(NamedTuple):
    need: str
    language: str
    synthetic: bool


def propose_circles(
    profiles: Iterable[Profile],
    hierarchy: Hierarchy,
    open_needs: Mapping[str, Collection[str]],
    excluded: Collection[tuple[str, str]] = frozenset(),
) -> list[Circle]:
    """Return circles, no school in two of them; the same for the same schools in any order.

    Args:
        profiles: The schools.
        hierarchy: Which concepts are broader than which.
        open_needs: For each school that may be in a circle, the needs that it could be about.
        excluded: Pairs of school and need that are not wanted: circles that were refused.
    """
    schools = sorted(profiles, key=lambda school: school.key)
    points = _points(schools, hierarchy, open_needs, set(excluded))
    chosen: dict[_Theme, list[Profile]] = {}
    for place, theme in _choose(points).items():
        chosen.setdefault(theme, []).append(schools[place])
    groups = [(theme, group) for theme in sorted(chosen) for group in divide(chosen[theme])]
    mentors = _mentors(schools, groups, hierarchy)
    return [
        Circle(theme.need, theme.language, tuple(member.key for member in group), mentor, _longest(group))
        for (theme, group), mentor in zip(groups, mentors, strict=True)
    ]


def _points(
    schools: Sequence[Profile],
    hierarchy: Hierarchy,
    open_needs: Mapping[str, Collection[str]],
    excluded: set[tuple[str, str]],
) -> dict[tuple[int, _Theme], int]:
    """Return what each theme is worth to each school that has it, for themes that enough schools have."""
    themes = sorted({need for needs in open_needs.values() for need in needs})
    found: dict[tuple[int, _Theme], int] = {}
    for place, school in enumerate(schools):
        own = open_needs.get(school.key, ())
        for need in themes:
            worth = max((hierarchy.points(need, other) for other in own), default=0)
            if worth >= _SHARED and (school.key, need) not in excluded:
                found |= {(place, _Theme(need, tag, school.synthetic)): worth for tag in school.languages}
    count: dict[_Theme, int] = {}
    for _, theme in found:
        count[theme] = count.get(theme, 0) + 1
    return {key: worth for key, worth in sorted(found.items()) if count[key[1]] >= SMALLEST}


def _choose(points: Mapping[tuple[int, _Theme], int]) -> dict[int, _Theme]:
    """Give schools to themes: the most schools, then the most points; every theme has three schools or none."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    if not points:
        return {}
    keys = list(points)
    schools = sorted({school for school, _ in keys})
    themes = sorted({theme for _, theme in keys})
    size, columns = len(keys), len(keys) + len(themes)
    of_school = [schools.index(school) for school, _ in keys]
    of_theme = [themes.index(theme) for _, theme in keys]
    number, taken = np.arange(size), size + np.arange(len(themes))
    once = csr_array((np.ones(size), (of_school, number)), shape=(len(schools), columns))
    enough = csr_array(
        (
            np.concatenate([np.ones(size), np.full(len(themes), -float(SMALLEST))]),
            (np.concatenate([of_theme, np.arange(len(themes))]), np.concatenate([number, taken])),
        ),
        shape=(len(themes), columns),
    )
    only = csr_array(
        (
            np.concatenate([np.ones(size), -np.ones(size)]),
            (np.concatenate([number, number]), np.concatenate([number, size + np.array(of_theme)])),
        ),
        shape=(size, columns),
    )
    # One school more is worth more than all points together, so the first aim comes first in one programme. The
    # solver may stop when points are within 2 % of the best: proving the last of them takes most of the time, and a
    # school has 50 points at least, so with one school fewer the gap would be far larger.
    worth = np.array(list(points.values()), float)
    most = FULL * len(schools) + 1
    aim = -np.concatenate([most + worth, np.zeros(len(themes))])
    found = milp(
        aim,
        integrality=np.ones(columns),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(once, 0, 1), LinearConstraint(enough, 0), LinearConstraint(only, -np.inf, 0)],
        options={"mip_rel_gap": _GAP * FULL / (most + FULL), "time_limit": _SECONDS},
    )
    if found.x is None:
        raise IhubError("the solver ended without a choice of circles")
    return {keys[place][0]: keys[place][1] for place in np.flatnonzero(found.x[:size] > 0.5)}


def divide(schools: Sequence[Profile]) -> list[list[Profile]]:
    """Divide three or more schools into circles of three to six that are near each other, by key within each."""
    ways = _ways(schools)
    outermost = sorted(range(len(schools)), key=lambda one: (-ways[one].sum(), one))
    tries = [_grown(ways, first) for first in outermost[:_STARTS]]
    best = min(tries, key=lambda groups: round(_apart(groups, ways), 6))
    return sorted(([schools[one] for one in sorted(group)] for group in best), key=lambda group: group[0].key)


def _grown(ways: NDArray[np.float64], first: int) -> list[list[int]]:
    """Divide by letting groups grow, the first around a given school, and then exchanging."""
    count = min(len(ways) // SMALLEST, max(-(-len(ways) // LARGEST), round(len(ways) / _USUAL)))
    groups: list[list[int]] = []
    left = list(range(len(ways)))
    for number in range(count):
        size = -(-len(left) // (count - number))
        # Afterwards, the school that is the farthest out has the least choice, so it chooses first.
        seed = max(left, key=lambda one: (ways[one, left].sum(), -one)) if groups else first
        group = sorted(left, key=lambda one: (one != seed, ways[seed, one], one))[:size]
        groups.append(group)
        left = [one for one in left if one not in group]
    _exchange(groups, ways)
    return groups


def _apart(groups: Iterable[list[int]], ways: NDArray[np.float64]) -> float:
    return float(sum(ways[np.ix_(group, group)].sum() for group in groups))


def _exchange(groups: list[list[int]], ways: NDArray[np.float64]) -> None:
    """Let schools of different groups change places while that makes the groups' ways shorter."""
    for _ in range(_ROUNDS):
        shorter = False
        for one, other in combinations(groups, 2):
            for first, second in product(range(len(one)), range(len(other))):
                here, there = one[first], other[second]
                before = ways[here, one].sum() + ways[there, other].sum()
                after = ways[there, one].sum() + ways[here, other].sum() - 2 * ways[here, there]
                if after < before - 1e-9:
                    one[first], other[second] = there, here
                    shorter = True
        if not shorter:
            return


def spread(groups: Iterable[Sequence[Profile]]) -> float:
    """Return how far the schools of groups are apart: the sum of the ways between all two of a group, in km."""
    return float(sum(_ways(group).sum() / 2 for group in groups))


def _ways(schools: Sequence[Profile]) -> NDArray[np.float64]:
    found = np.zeros((len(schools), len(schools)))
    for one, other in combinations(range(len(schools)), 2):
        way = kilometres(schools[one].position, schools[other].position)
        found[one, other] = found[other, one] = _FAR if way is None else way
    return found


def _longest(schools: Sequence[Profile]) -> float | None:
    ways = [kilometres(one.position, other.position) for one, other in combinations(schools, 2)]
    return max((way for way in ways if way is not None), default=None)


def _mentors(
    schools: Sequence[Profile], groups: Sequence[tuple[_Theme, list[Profile]]], hierarchy: Hierarchy
) -> list[str | None]:
    """Return a mentor for as many circles as have one, each within the places that it has left, the fittest in all."""
    from scipy.optimize import linear_sum_assignment

    # A circle meets as one group, so it takes one place of its mentor.
    places = [school for school in schools if school.offers for _ in range(school.mentor_places)]
    worth = np.array([[_fitness(school, theme, group, hierarchy) for school in places] for theme, group in groups])
    found: list[str | None] = [None] * len(groups)
    if worth.size:
        for circle, place in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
            if worth[circle, place] > 0:
                found[circle] = places[place].key
    return found


def _fitness(school: Profile, theme: _Theme, group: Sequence[Profile], hierarchy: Hierarchy) -> int:
    if school in group or theme.language not in school.languages or school.synthetic is not theme.synthetic:
        return 0
    points = max(hierarchy.points(theme.need, offer) for offer in school.offers)
    if points < _SHARED:
        return 0
    near = [nearness(kilometres(school.position, member.position)) for member in group]
    return 2 * LARGEST * points + sum(near)
