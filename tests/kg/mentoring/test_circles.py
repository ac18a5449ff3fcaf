"""Circles hold as many schools as can be, each once, of one need and language; their schools are near each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mentoring.circles import LARGEST, SMALLEST, divide, propose_circles, spread
from kg.mentoring.schools import Hierarchy, Profile
from tests.kg.mentoring.test_pairs import PROFILES, TREE, school

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHOOLS = st.lists(PROFILES, max_size=7).map(
    lambda found: [replace(profile, key=f"s{number}") for number, profile in enumerate(found)]
)


def needs(schools: list[Profile]) -> dict[str, frozenset[str]]:
    return {one.key: one.needs for one in schools}


def could_meet(group: tuple[Profile, ...]) -> bool:
    """Whether these schools could be a circle about some need."""
    languages = frozenset.intersection(*(one.languages for one in group))
    wanted = {need for one in group for need in one.needs}
    alike = any(all(max((TREE.points(n, own) for own in one.needs), default=0) >= 50 for one in group) for n in wanted)
    return bool(languages) and alike and len({one.synthetic for one in group}) == 1


def most_in_circles(schools: tuple[Profile, ...]) -> int:
    """By trying out everything: how many of these schools could be in circles."""
    if len(schools) < SMALLEST:
        return 0
    first, rest = schools[0], schools[1:]
    best = most_in_circles(rest)
    for size in range(SMALLEST - 1, LARGEST):
        for others in combinations(rest, size):
            if could_meet((first, *others)):
                left = tuple(one for one in rest if one not in others)
                best = max(best, 1 + size + most_in_circles(left))
    return best


@settings(max_examples=100, deadline=None)
@given(SCHOOLS)
def test_as_many_schools_are_in_circles_as_can_be(schools: list[Profile]) -> None:
    by_key = {one.key: one for one in schools}
    circles = propose_circles(schools, TREE, needs(schools))
    members = [key for circle in circles for key in circle.members]
    assert len(members) == len(set(members)) == most_in_circles(tuple(schools))
    for circle in circles:
        group = [by_key[key] for key in circle.members]
        assert SMALLEST <= len(group) <= LARGEST
        for one in group:
            assert circle.language in one.languages
            assert max(TREE.points(circle.need, own) for own in one.needs) >= 50
        if circle.mentor:
            mentor = by_key[circle.mentor]
            assert circle.mentor not in circle.members
            assert circle.language in mentor.languages
            assert max(TREE.points(circle.need, offer) for offer in mentor.offers) >= 50
    for mentor in schools:
        assert sum(circle.mentor == mentor.key for circle in circles) <= mentor.mentor_places
    assert propose_circles(schools[::-1], TREE, needs(schools)) == circles


def divisions(places: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    """All ways to divide into groups of three to six."""
    if not places:
        yield []
    first, rest = places[:1], places[1:]
    for size in range(SMALLEST - 1, LARGEST):
        for others in combinations(rest, size):
            left = tuple(place for place in rest if place not in others)
            for groups in divisions(left):
                yield [(*first, *others), *groups]


def scattered(seed: int, count: int) -> list[Profile]:
    random = Random(seed)  # noqa: S311 - places, not secrets
    where = [(57.6 + 2 * random.random(), 22 + 6 * random.random()) for _ in range(count)]
    return [Profile(f"s{number}", position=place) for number, place in enumerate(where)]


def test_groups_are_nearly_as_close_as_the_closest_of_all_divisions() -> None:
    ratios = []
    for seed in range(40):
        schools = scattered(seed, 6 + seed % 4)
        groups = divide(schools)
        sizes = sorted(map(len, groups))
        assert sum(sizes) == len(schools)
        best = min(
            spread([schools[place] for place in group] for group in division)
            for division in divisions(tuple(range(len(schools))))
            if sorted(map(len, division)) == sizes
        )
        ratios.append(spread(groups) / best)
    assert min(ratios) >= 1 - 1e-9
    assert sum(ratios) / len(ratios) < 1.02
    assert max(ratios) < 1.15


@settings(max_examples=20, deadline=None)
@given(st.integers(SMALLEST, 30), st.integers(0, 1000))
def test_any_number_of_schools_divides(count: int, seed: int) -> None:
    schools = scattered(seed, count)
    groups = divide(schools)
    assert all(SMALLEST <= len(group) <= LARGEST for group in groups)
    assert sorted(one.key for group in groups for one in group) == sorted(one.key for one in schools)


def test_a_circle_gets_the_mentor_who_has_what_it_needs() -> None:
    peers = [school(f"p{number}", needs="2.1", languages="et en") for number in range(4)]
    mentors = [school("half", offers="2", languages="et en"), school("whole", offers="2.1", languages="et en")]
    [circle] = propose_circles([*peers, *mentors], TREE, needs(peers))
    assert circle.members == ("p0", "p1", "p2", "p3")
    assert circle.mentor == "whole"


def test_a_circle_that_was_refused_does_not_come_again() -> None:
    peers = [school(f"p{number}", needs="2.1 qgis") for number in range(3)]
    [first] = propose_circles(peers, Hierarchy(), needs(peers))
    [second] = propose_circles(peers, Hierarchy(), needs(peers), {(key, first.need) for key in first.members})
    assert {first.need, second.need} == {"2.1", "qgis"}
