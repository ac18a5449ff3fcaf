"""Mentors and mentees: which pairs are possible, what each is worth, and the best choice of them.

The choice is a maximum-weight b-matching with aims in order: as many schools as possible get a mentor, then as many as
possible a second, and so on; among all such choices, the one of the greatest weight. Without the first aims, a school
with many needs would take mentors from schools that have none.

All choices are the integral points of a polytope whose matrix is totally unimodular (it is that of a flow). Where an
aim is at its best is a face of it, and vertices of a face are vertices of the whole, so each aim may be held by one
more equation and the next one still ends in whole numbers. It is solved by HiGHS (Huangfu and Hall 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from kg.errors import IhubError
from kg.mentoring.schools import Hierarchy, kilometres

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from kg.mentoring.schools import Profile

__all__ = ["NEAR", "Help", "Pair", "choose", "greedy", "nearness", "possible_pairs", "propose_pairs", "weigh"]

NEAR: Final = 50
"""Points for being in the same place: half a need. They fall with distance; working online only is worth none."""

_HALF_WAY: Final = 50.0  # km at which half of them are left
_TOLERANCE: Final = 1e-6


class Help(NamedTuple):
    """A need of the mentee, what the mentor has for it, and how much of it that meets, in points."""

    need: str
    offer: str
    points: int


@dataclass(frozen=True)
class Pair:
    """A mentor for a mentee.

    Attributes:
        mentor: Key of the mentor.
        mentee: Key of the mentee.
        weight: Points: those of its help, and those for being near.
        help: What is needed and offered, the best first.
        languages: Languages that both can work in.
        kilometres: How far they are apart; None where that is not known.
    """

    mentor: str
    mentee: str
    weight: int
    help: tuple[Help, ...]
    languages: tuple[str, ...]
    kilometres: float | None


class _Edges(NamedTuple):
    """Possible pairs as columns: places of mentors and of mentees, and weights."""

    mentors: NDArray[np.int64]
    mentees: NDArray[np.int64]
    weights: NDArray[np.int64]


def nearness(distance: float | None) -> int:
    """Return the points for being near: all in the same place, half of them at 50 km, none where it is not known.

    >>> nearness(0), nearness(50), nearness(450), nearness(None)
    (50, 25, 5, 0)
    """
    return 0 if distance is None else round(NEAR / (1 + distance / _HALF_WAY))


def weigh(mentor: Profile, mentee: Profile, hierarchy: Hierarchy) -> Pair | None:
    """Return what one school could be to another as a mentor; None where nothing is offered, or no language shared."""
    languages = tuple(sorted(mentor.languages & mentee.languages))
    if mentor.key == mentee.key or mentor.synthetic is not mentee.synthetic or not languages:
        return None
    helps = []
    for need in sorted(mentee.needs):
        points, offer = max(
            ((hierarchy.points(need, offer), offer) for offer in sorted(mentor.offers)),
            key=lambda found: found[0],
            default=(0, ""),
        )
        if points:
            helps.append(Help(need, offer, points))
    if not helps:
        return None
    distance = kilometres(mentor.position, mentee.position)
    weight = sum(found.points for found in helps) + nearness(distance)
    helps.sort(key=lambda found: (-found.points, found.need))
    return Pair(mentor.key, mentee.key, weight, tuple(helps), languages, distance)


def propose_pairs(
    profiles: Iterable[Profile], hierarchy: Hierarchy, excluded: Collection[tuple[str, str]] = frozenset()
) -> list[Pair]:
    """Return the best choice of pairs, by mentee and mentor; the same for the same schools in any order.

    Args:
        profiles: The schools.
        hierarchy: Which concepts are broader than which.
        excluded: Pairs of mentor and mentee that are not wanted: they exist already, or were refused.
    """
    schools = sorted(profiles, key=lambda school: school.key)
    edges = possible_pairs(schools, hierarchy, excluded)
    chosen = choose(schools, edges)
    rows = zip(edges.mentors[chosen].tolist(), edges.mentees[chosen].tolist(), strict=True)
    pairs = [weigh(schools[mentor], schools[mentee], hierarchy) for mentor, mentee in rows]
    return sorted((pair for pair in pairs if pair), key=lambda pair: (pair.mentee, -pair.weight, pair.mentor))


def possible_pairs(
    schools: Sequence[Profile], hierarchy: Hierarchy, excluded: Collection[tuple[str, str]] = frozenset()
) -> _Edges:
    """Return all pairs that :func:`weigh` finds possible and nothing excludes, with the same weights, all at once."""
    if not schools:
        return _Edges(*(np.zeros(0, np.int64),) * 3)
    content = _content(schools, hierarchy)
    languages = _indicators([school.languages for school in schools])
    synthetic = np.array([school.synthetic for school in schools])
    allowed = (content > 0) & (languages @ languages.T > 0) & (synthetic[:, None] == synthetic[None, :])
    np.fill_diagonal(allowed, val=False)
    allowed &= np.array([school.mentor_places > 0 for school in schools])[:, None]
    allowed &= np.array([school.mentee_places > 0 for school in schools])[None, :]
    place = {school.key: number for number, school in enumerate(schools)}
    for mentor, mentee in excluded:
        if mentor in place and mentee in place:
            allowed[place[mentor], place[mentee]] = False
    mentors, mentees = np.nonzero(allowed)
    near = [
        nearness(kilometres(schools[mentor].position, schools[mentee].position))
        for mentor, mentee in zip(mentors.tolist(), mentees.tolist(), strict=True)
    ]
    return _Edges(mentors, mentees, content[mentors, mentees] + np.array(near, np.int64))


def _content(schools: Sequence[Profile], hierarchy: Hierarchy) -> NDArray[np.int64]:
    """Return points of help, mentors by mentees: for each need the best that is offered."""
    needs = sorted({need for school in schools for need in school.needs})
    kin = [hierarchy.kin(need) for need in needs]
    met = np.array(
        [[max((of.get(offer, 0) for offer in school.offers), default=0) for of in kin] for school in schools],
        np.float64,
    ).reshape(len(schools), len(needs))
    # Sums of small integers are exact in floating point, and their product is far quicker.
    return np.asarray(np.rint(met @ _indicators([school.needs for school in schools]).T), np.int64)


def _indicators(sets: Sequence[frozenset[str]]) -> NDArray[np.float64]:
    names = {name: number for number, name in enumerate(sorted(set().union(*sets)))}
    found = np.zeros((len(sets), len(names)))
    for row, members in enumerate(sets):
        found[row, [names[name] for name in members]] = 1
    return found


def choose(schools: Sequence[Profile], edges: _Edges, *, fair: bool = True) -> NDArray[np.int64]:
    """Return which possible pairs make the best choice, as places in ``edges``.

    Args:
        schools: The schools.
        edges: What :func:`possible_pairs` says of them.
        fair: Whether a school without a mentor comes before another's second one; else weight alone counts.
    """
    count = len(edges.weights)
    if not count:
        return np.zeros(0, np.int64)
    programme = _Programme(schools, edges)
    for level in range(1, programme.levels + 1) if fair else ():
        programme.hold(programme.columns_of(level))
    values = programme.maximise(np.concatenate([edges.weights, np.zeros(programme.slots, np.int64)]))
    return np.flatnonzero(values[:count])


class _Programme:
    """The linear programme: a column for each pair, and one for each place of a mentee, by its level.

    A mentee's level is the number of mentors that it has with that place, the ones that it has already included.
    """

    def __init__(self, schools: Sequence[Profile], edges: _Edges) -> None:
        from scipy.sparse import csr_array

        wanted = [int(mentee) for mentee in np.unique(edges.mentees)]
        offered = np.bincount(edges.mentees, minlength=len(schools))
        slots = [
            (mentee, schools[mentee].mentored + number)
            for mentee in wanted
            for number in range(1, min(schools[mentee].mentee_places, int(offered[mentee])) + 1)
        ]
        self._pairs = len(edges.weights)
        self._level_of = np.array([level for _, level in slots])
        self.slots = len(slots)
        self.levels = int(self._level_of.max())
        size = len(schools)
        columns = np.arange(self._pairs)
        of_slot = np.array([mentee for mentee, _ in slots])
        # A mentee's pairs are as many as its places that are taken; a mentor's are no more than it can take.
        row = np.concatenate([edges.mentees, of_slot, size + edges.mentors])
        column = np.concatenate([columns, self._pairs + np.arange(self.slots), columns])
        value = np.concatenate([np.ones(self._pairs), -np.ones(self.slots), np.ones(self._pairs)])
        self._matrix = csr_array((value, (row, column)), shape=(2 * size, self._pairs + self.slots))
        matrix = csr_array((value, (row, column)), shape=(2 * size, self._pairs + self.slots))
        self._kept: list[Any] = [matrix[:size]]
        self._best = [0.0] * size
        self._most, self._places = matrix[size:], [school.mentor_places for school in schools]

    def columns_of(self, level: int) -> NDArray[np.int64]:
        """Return coefficients that count the places of a level that are taken."""
        return np.concatenate([np.zeros(self._pairs, np.int64), (self._level_of == level).astype(np.int64)])

    def hold(self, aim: NDArray[np.int64]) -> None:
        """Bring an aim to its best, and keep it there."""
        from scipy.sparse import csr_array

        if aim.any():
            best = float(aim @ self.maximise(aim))
            self._kept.append(csr_array(aim[None, :]))
            self._best.append(best)

    def maximise(self, aim: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the vertex at which an aim is at its best, among those that keep the aims before: zeros and ones."""
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        kept = vstack(self._kept)
        # The interior-point method is some ten times quicker here, and ends at a vertex by crossover.
        for method in ("highs-ipm", "highs-ds"):
            found = linprog(
                -aim, A_ub=self._most, b_ub=self._places, A_eq=kept, b_eq=self._best, bounds=(0, 1), method=method
            )
            if found.success:
                values: NDArray[np.float64] = np.rint(found.x)
                if np.abs(values - found.x).max() < _TOLERANCE:
                    return values
        raise IhubError("the solver ended without a choice of mentors", hint="is scipy the version in constraints.txt?")


def greedy(schools: Sequence[Profile], edges: _Edges) -> NDArray[np.int64]:
    """Return what taking the heaviest possible pair again and again chooses, to compare :func:`choose` with."""
    free = [school.mentor_places for school in schools]
    open_ = [school.mentee_places for school in schools]
    chosen = []
    for number in np.lexsort((edges.mentors, edges.mentees, -edges.weights)):
        mentor, mentee = edges.mentors[number], edges.mentees[number]
        if free[mentor] and open_[mentee]:
            free[mentor] -= 1
            open_[mentee] -= 1
            chosen.append(int(number))
    return np.array(sorted(chosen), np.int64)
