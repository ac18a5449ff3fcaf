"""The solver finds what trying everything finds, says what it has not proven, and is not slower than it promises."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import SearchEngine
from search.planning import solver
from search.planning.candidates import Candidates, undominated
from search.planning.goal import Goal, lessons_of, required_competences
from search.planning.proposal import propose
from search.planning.solver import SolverBusyError, greedy, solve
from search.request import ParameterError

if TYPE_CHECKING:
    from kg.release import Release


@pytest.fixture(scope="module")
def engine(release: Release) -> SearchEngine:
    return SearchEngine(release, None)


def columns(entries: list[tuple[int, int, int]]) -> Candidates:
    """Candidates of (mask, minutes, foreign); a lesson has 45 minutes."""
    masks, minutes, foreign = (list(part) for part in zip(*entries, strict=True)) if entries else ([], [], [])
    return Candidates(
        np.arange(len(entries)),
        np.array(masks, np.uint64),
        np.array([lessons_of(m, 45) for m in minutes], np.int64),
        np.array(minutes, np.int64),
        np.array(foreign, np.int64),
    )


def value(found: Candidates, places: tuple[int, ...]) -> tuple[int, int, int, int]:
    """What the aims come to, in order of importance; smaller is better."""
    chosen = list(places)
    covered = int(np.bitwise_or.reduce(found.masks[chosen], initial=np.uint64(0)))
    return (
        -covered.bit_count(),
        int(found.lessons[chosen].sum()),
        int(found.minutes[chosen].sum()),
        int(found.foreign[chosen].sum()),
    )


def best(found: Candidates, most: int | None) -> tuple[int, int, int, int]:
    """The best value, by trying every selection."""
    values = (
        value(found, places) for size in range(len(found) + 1) for places in combinations(range(len(found)), size)
    )
    return min(v for v in values if most is None or v[1] <= most)


ENTRIES = st.lists(
    st.tuples(st.integers(1, 63), st.sampled_from([20, 45, 60, 90, 135, 225]), st.integers(0, 1)), max_size=9
)


@settings(max_examples=50)
@given(entries=ENTRIES, most=st.one_of(st.none(), st.integers(0, 8)))
def test_a_selection_is_the_best_of_all(entries: list[tuple[int, int, int]], most: int | None) -> None:
    found = columns(entries)
    selection = solve(found, most)
    assert selection.unproven is None
    assert value(found, selection.places) == best(found, most)
    assert (-selection.covered.bit_count(), selection.lessons, selection.minutes) == value(found, selection.places)[:3]
    assert selection.lessons_for_all == best(found, None)[1]


@given(entries=ENTRIES, most=st.one_of(st.none(), st.integers(0, 8)))
def test_the_greedy_way_keeps_to_the_lessons_and_is_never_better(
    entries: list[tuple[int, int, int]], most: int | None
) -> None:
    found = columns(entries)
    selection = greedy(found, most)
    assert most is None or selection.lessons <= most
    assert value(found, selection.places) >= best(found, most)


@given(entries=ENTRIES)
def test_what_is_left_out_is_outdone_by_something_that_is_kept(entries: list[tuple[int, int, int]]) -> None:
    found = columns(entries)
    kept = undominated(found).tolist()

    def outdoes(one: int, other: int) -> bool:
        covers = int(found.masks[one]) & int(found.masks[other]) == int(found.masks[other])
        costs = [(int(found.minutes[p]), int(found.foreign[p]), p) for p in (one, other)]
        return covers and costs[0] < costs[1]

    for place in range(len(found)):
        assert any(outdoes(other, place) for other in kept) != (place in kept)


def test_the_two_ways_to_find_what_is_outdone_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    times = rng.choice([20, 45, 90], 3000).tolist()
    found = columns([(int(mask), time, 0) for mask, time in zip(rng.integers(1, 2**14, 3000), times, strict=True)])
    compared = undominated(found).tolist()
    monkeypatch.setattr("search.planning.candidates._MANY", 0)
    assert undominated(found).tolist() == compared
    assert 10 < len(compared) < 3000


def test_the_same_question_gets_the_same_answer() -> None:
    rng = np.random.default_rng(3)
    entries = [(int(mask), 45, 0) for mask in rng.integers(1, 2**12, 60)]
    assert solve(columns(entries), 3) == solve(columns(entries), 3)


def hard(candidates: int = 900, competences: int = 60) -> Candidates:
    """An instance that no solver settles in a fraction of a second."""
    rng = np.random.default_rng(1)
    teaches = rng.random((candidates, competences)) < 0.06
    masks = (teaches * (np.uint64(1) << np.arange(competences, dtype=np.uint64))).sum(axis=1, dtype=np.uint64)
    return columns(
        [(int(mask), int(minutes), 0) for mask, minutes in zip(masks, rng.integers(20, 300, candidates), strict=True)]
    )


@pytest.mark.parametrize("most", [None, 6])
def test_when_the_time_is_up_it_gives_what_it_has_and_says_so(most: int | None) -> None:
    found = hard()
    selection = solve(found, most, seconds=0.05)
    rough = greedy(found, most)
    assert selection.unproven is not None
    assert selection.unproven.bound >= 0
    assert value(found, selection.places)[:3] <= value(found, rough.places)[:3]
    assert most is None or selection.lessons <= most


def test_who_waits_too_long_for_another_solve_is_told_so() -> None:
    found = columns([(1, 45, 0), (2, 45, 0)])
    with solver._ONE_AT_A_TIME, pytest.raises(SolverBusyError, match="busy"):
        solve(found, seconds=0.01)
    assert solve(found).places == (0, 1)


def test_areas_stand_for_what_is_in_them_in_order(release: Release) -> None:
    base = f"{release.id_base}competence/digcomp22-"
    found = required_competences((f"{base}2", f"{base}1.3", f"{base}1"), release.graph)
    assert [iri.removeprefix(base) for iri in found] == ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]


def test_a_goal_of_too_many_competences_is_refused(release: Release) -> None:
    everything = release.graph.instances("https://w3id.org/ihub/ns#Competence")
    with pytest.raises(ParameterError, match="more than 60"):
        required_competences(everything, release.graph)


def test_the_plan_stays_and_its_works_are_not_suggested_again(release: Release, engine: SearchEngine) -> None:
    base = release.id_base
    estonian, english = (engine.row(f"{base}scenario/checking-a-photo{end}") for end in ("-et", ""))
    assert estonian is not None
    assert english is not None
    asked = tuple(f"{base}competence/digcomp22-{number}" for number in ("1.2", "1.3"))
    goal = Goal(asked)
    river = engine.row(f"{base}scenario/river-data")
    assert set(propose(engine, goal, asked, (), "en").rows) == {english, river}
    assert propose(engine, goal, asked, (estonian,), "en").rows == (river,)
    with_limit = propose(engine, Goal(asked, lessons=2), asked, (estonian,), "en")
    assert (with_limit.rows, with_limit.lessons_for_all) == ((), 2)
    assert [(gap.reason, gap.works) for gap in with_limit.gaps] == [("lessons", 1)]
