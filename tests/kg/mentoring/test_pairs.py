"""Mentors are chosen as well as trying out everything would, in the same way each time, and for reasons."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mentoring.pairs import choose, greedy, nearness, possible_pairs, propose_pairs, weigh
from kg.mentoring.schools import FULL, Hierarchy, Profile

TREE = Hierarchy(
    {
        "maps": frozenset({"tools"}),
        "qgis": frozenset({"maps"}),
        "2.1": frozenset({"2"}),
        "2.2": frozenset({"2"}),
    }
)
CONCEPTS = ("maps", "qgis", "tools", "2", "2.1", "2.2", "lesson-study")
PLACES = (None, (59.44, 24.75), (58.38, 26.73), (59.35, 26.36))


def sets(values: tuple[str, ...], most: int) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=most)


KEYS = st.sampled_from(("s0", "s1", "s2"))
PROFILES = st.builds(
    Profile,
    key=st.just(""),
    offers=sets(CONCEPTS, 2),
    needs=sets(CONCEPTS, 3),
    languages=sets(("et", "fi", "en"), 2),
    position=st.sampled_from(PLACES),
    mentor_places=st.integers(0, 2),
    mentee_places=st.integers(0, 2),
    mentored=st.integers(0, 1),
    synthetic=st.sampled_from((False, False, True)),
)
SCHOOLS = st.lists(PROFILES, max_size=5).map(
    lambda found: [replace(profile, key=f"s{number}") for number, profile in enumerate(found)]
)


def value(schools: list[Profile], pairs: list[tuple[int, int, int]]) -> tuple[int, ...]:
    """What choices are compared by: schools with a first mentor, with a second, with a third; then the weight."""
    has = [school.mentored for school in schools]
    levels = [0, 0, 0, 0]
    for _, mentee, _ in pairs:
        has[mentee] += 1
        levels[has[mentee]] += 1
    return (*levels[1:], sum(weight for _, _, weight in pairs))


def fits(schools: list[Profile], pairs: list[tuple[int, int, int]]) -> bool:
    places = range(len(schools))
    return all(
        sum(mentor == place for mentor, _, _ in pairs) <= schools[place].mentor_places
        and sum(mentee == place for _, mentee, _ in pairs) <= schools[place].mentee_places
        for place in places
    )


def possible(schools: list[Profile], excluded: set[tuple[str, str]]) -> list[tuple[int, int, int]]:
    found = []
    for mentor, one in enumerate(schools):
        for mentee, other in enumerate(schools):
            pair = weigh(one, other, TREE)
            if pair and one.mentor_places and other.mentee_places and (one.key, other.key) not in excluded:
                found.append((mentor, mentee, pair.weight))
    return found


@settings(max_examples=150, deadline=None)
@given(SCHOOLS, st.sets(st.tuples(KEYS, KEYS), max_size=2))
def test_the_choice_is_as_good_as_the_best_of_all_choices(
    schools: list[Profile], excluded: set[tuple[str, str]]
) -> None:
    edges = possible(schools, excluded)[:12]
    wanted = {(schools[mentor].key, schools[mentee].key) for mentor, mentee, _ in edges}
    out = {(one.key, other.key) for one in schools for other in schools} - wanted
    every = [list(some) for size in range(len(edges) + 1) for some in combinations(edges, size)]
    best = max(value(schools, some) for some in every if fits(schools, some))
    place = {school.key: number for number, school in enumerate(schools)}
    proposed = [(place[pair.mentor], place[pair.mentee], pair.weight) for pair in propose_pairs(schools, TREE, out)]
    assert fits(schools, proposed)
    assert len({pair[:2] for pair in proposed}) == len(proposed)
    assert set(proposed) <= set(edges)
    assert value(schools, proposed) == best


@settings(max_examples=50, deadline=None)
@given(SCHOOLS, st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_the_schools(schools: list[Profile], random: object) -> None:
    shuffled = list(schools)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert propose_pairs(shuffled, TREE) == propose_pairs(schools, TREE)


@settings(max_examples=100, deadline=None)
@given(SCHOOLS)
def test_all_pairs_at_once_are_those_found_one_by_one(schools: list[Profile]) -> None:
    edges = possible_pairs(schools, TREE)
    rows = zip(edges.mentors.tolist(), edges.mentees.tolist(), edges.weights.tolist(), strict=True)
    assert sorted(rows) == sorted(possible(schools, set()))


def school(key: str, offers: str = "", needs: str = "", languages: str = "en", **others: object) -> Profile:
    sets = {"offers": frozenset(offers.split()), "needs": frozenset(needs.split())}
    return Profile(key, languages=frozenset(languages.split()), **{**sets, **others})  # type: ignore[arg-type]


def test_a_school_without_a_mentor_comes_before_anothers_second_one() -> None:
    rich = school("rich", needs="2.1 2.2 qgis", mentee_places=2)
    poor = school("poor", needs="lesson-study")
    mentors = [school("m1", offers="2.1 2.2 lesson-study"), school("m2", offers="qgis 2.1 2.2")]
    served = {pair.mentee for pair in propose_pairs([rich, poor, *mentors], TREE)}
    assert served == {"rich", "poor"}
    edges = possible_pairs([rich, poor, *mentors], TREE)
    both = [rich, poor, *mentors]
    assert {both[place].key for place in edges.mentees[greedy(both, edges)]} == {"rich"}
    assert {both[place].key for place in edges.mentees[choose(both, edges, fair=False)]} == {"rich"}


def test_who_has_a_mentor_already_waits_for_who_has_none() -> None:
    had, none = school("had", needs="2.1 2.2", mentored=1), school("none", needs="2.1")
    assert [pair.mentee for pair in propose_pairs([had, none, school("m", offers="2.1 2.2")], TREE)] == ["none"]


def test_reasons_name_needs_offers_languages_and_the_way() -> None:
    mentor = school("m", offers="maps 2.1", languages="et en", position=PLACES[1])
    pair = weigh(mentor, school("x", needs="qgis 2.1", languages="en fi", position=PLACES[2]), TREE)
    assert pair
    assert pair.help == (("2.1", "2.1", FULL), ("qgis", "maps", FULL // 2))
    assert pair.languages == ("en",)
    assert round(pair.kilometres or 0) == 164
    assert pair.weight == FULL + FULL // 2 + nearness(164)


@pytest.mark.parametrize(
    ("mentor", "mentee"),
    [
        (school("m", offers="2.1", languages="et"), school("x", needs="2.1", languages="fi")),
        (school("m", offers="2.1", languages=""), school("x", needs="2.1", languages="")),
        (school("m", offers="2.1", synthetic=True), school("x", needs="2.1")),
        (school("m", offers="2.2"), school("x", needs="2.1")),
        (school("m", offers="2.1"), school("m", needs="2.1")),
    ],
    ids=["no common language", "no language", "made up and real", "neighbours in the tree", "itself"],
)
def test_what_can_be_no_pair_is_none(mentor: Profile, mentee: Profile) -> None:
    assert weigh(mentor, mentee, TREE) is None


def test_the_nearer_of_two_equal_mentors_is_chosen() -> None:
    far, near = (school(key, offers="2.1", position=PLACES[at]) for key, at in (("a", 2), ("b", 3)))
    pairs = propose_pairs([far, near, school("x", needs="2.1", position=PLACES[1])], TREE)
    assert [pair.mentor for pair in pairs] == ["b"]


def test_nobody_gives_no_pairs() -> None:
    assert propose_pairs([], TREE) == []
    assert possible_pairs([school("x")], TREE).weights.dtype == np.int64
