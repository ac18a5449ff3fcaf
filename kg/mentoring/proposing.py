"""What is proposed to the schools of a hub: pairs first, then circles about what the pairs leave open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.mentoring.circles import propose_circles
from kg.mentoring.pairs import propose_pairs
from kg.mentoring.schools import FULL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from kg.mentoring.circles import Circle
    from kg.mentoring.pairs import Pair
    from kg.mentoring.schools import Hierarchy, Profile

__all__ = ["Proposals", "Unmet", "propose", "unmet_needs"]

_MET: Final = FULL // 2  # points from which a need counts as met


class Unmet(NamedTuple):
    """A need, the schools that have it and get no help with it, and whether any other school could share it."""

    need: str
    schools: tuple[str, ...]
    offered: bool


@dataclass(frozen=True)
class Proposals:
    """What is proposed.

    Attributes:
        pairs: A mentor and a mentee each.
        circles: Small groups about needs that no pair meets.
        unmet: Needs that neither meets, those of the most schools first.
    """

    pairs: tuple[Pair, ...]
    circles: tuple[Circle, ...]
    unmet: tuple[Unmet, ...]


def propose(
    profiles: Iterable[Profile],
    hierarchy: Hierarchy,
    excluded: Collection[tuple[str, str]] = frozenset(),
    not_in_circles: Collection[tuple[str, str]] = frozenset(),
) -> Proposals:
    """Return what is proposed; the same for the same schools in any order.

    Args:
        profiles: The schools, with the needs that nobody helps them with yet.
        hierarchy: Which concepts are broader than which.
        excluded: Pairs of mentor and mentee that are not wanted.
        not_in_circles: Pairs of school and need about which no circle is wanted.
    """
    schools = sorted(profiles, key=lambda school: school.key)
    pairs = propose_pairs(schools, hierarchy, excluded)
    left = {school.key: set(school.needs) for school in schools}
    taken: dict[str, int] = {}
    for pair in pairs:
        left[pair.mentee] -= {found.need for found in pair.help if found.points >= _MET}
        taken[pair.mentor] = taken.get(pair.mentor, 0) + 1
    free = [replace(one, mentor_places=max(0, one.mentor_places - taken.get(one.key, 0))) for one in schools]
    circles = propose_circles(free, hierarchy, left, not_in_circles)
    for circle in circles:
        for member in circle.members:
            left[member] = {need for need in left[member] if hierarchy.points(circle.need, need) < _MET}
    open_ = [replace(school, needs=frozenset(left[school.key])) for school in schools]
    return Proposals(tuple(pairs), tuple(circles), tuple(unmet_needs(open_, hierarchy)))


def unmet_needs(schools: Sequence[Profile], hierarchy: Hierarchy) -> list[Unmet]:
    """Return the needs of schools, those of the most schools first, and whether another school could share each."""
    by_need: dict[str, list[Profile]] = {}
    for school in schools:
        for need in school.needs:
            by_need.setdefault(need, []).append(school)
    found = [
        Unmet(need, tuple(sorted(one.key for one in having)), _is_offered(need, having, schools, hierarchy))
        for need, having in by_need.items()
    ]
    return sorted(found, key=lambda unmet: (-len(unmet.schools), unmet.need))


def _is_offered(need: str, having: Sequence[Profile], schools: Sequence[Profile], hierarchy: Hierarchy) -> bool:
    kin = {offer for offer, points in hierarchy.kin(need).items() if points >= _MET}
    return any(other.offers & kin and any(other.key != one.key for one in having) for other in schools)
