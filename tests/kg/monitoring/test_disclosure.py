"""Small counts are withheld and others rounded, and nobody can work them out, from one release or from two."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.monitoring.disclosure import THRESHOLD, shown_cells, shown_total, told
from tests.kg.monitoring.attacker import VALUES, Leeway, Release, Thing, leeway

if TYPE_CHECKING:
    from collections.abc import Mapping

STEP = THRESHOLD - 1  # by so much the greatest possible value is more than the least, where five are possible

thing = st.builds(
    Thing,
    st.sampled_from(VALUES["hub"]),
    st.sampled_from(VALUES["level"]),
    st.frozensets(st.sampled_from(VALUES["subject"]), min_size=1),
    st.frozensets(st.sampled_from(VALUES["competence"])),
)
things = st.lists(st.tuples(thing, st.integers(1, 12)), max_size=7).map(
    lambda rows: [one for one, times in rows for _ in range(times)]
)


def check_one(found: list[Thing]) -> None:
    """Check that every number of a release has five possible values."""
    release = Release(found)
    possible = leeway([release])
    for cell, truth in release.truth().items():
        least, most = possible.number(cell)
        assert least <= truth <= most
        assert most - least >= STEP, (cell, release.lines, release.told)


def check_two(found: list[Thing], one: Thing) -> None:
    """Check that who compares two releases cannot tell one thing more from several, nor often from none."""
    before, after = Release(found), Release([*found, one])
    if any((after.shown()[cell] or 0) < (shown or 0) for cell, shown in before.shown().items()):
        return  # what docs/monitoring.md says of numbers that fall
    possible = leeway([before, after])
    for cell in before.truth():
        least, most = possible.change(cell)
        if before.told == after.told:
            assert (least, most >= STEP) == (0, True), "nothing can be told from none or several more"
        else:
            assert most - least >= STEP - 1, (cell, before.told, after.told)


@settings(max_examples=10, deadline=None)
@given(things)
def test_every_number_of_a_release_has_five_possible_values(found: list[Thing]) -> None:
    check_one(found)


@settings(max_examples=10, deadline=None)
@given(things, thing)
def test_who_compares_two_releases_cannot_tell_one_addition_from_several(found: list[Thing], one: Thing) -> None:
    check_two(found, one)


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(things, thing)
def test_the_same_holds_for_many_releases(found: list[Thing], one: Thing) -> None:
    check_one(found)
    check_two(found, one)


@settings(max_examples=200)
@given(things, thing)
def test_one_addition_moves_what_is_told_by_one_step_at_most(found: list[Thing], one: Thing) -> None:
    before, after = Release(found).shown(), Release([*found, one]).shown()
    assert all(abs((after[cell] or 0) - (shown or 0)) in {0, THRESHOLD} for cell, shown in before.items())


@settings(max_examples=200)
@given(things)
def test_numbers_are_told_in_steps_and_never_too_high(found: list[Thing]) -> None:
    release = Release(found)
    for cell, shown in release.shown().items():
        assert shown is None or (shown % THRESHOLD == 0 and THRESHOLD <= shown <= release.truth()[cell])


@settings(max_examples=100)
@given(st.lists(st.integers(0, 14), min_size=3, max_size=3), st.lists(st.integers(0, 14), min_size=2, max_size=2))
def test_who_knows_the_rule_itself_cannot_do_better(hubs: list[int], levels: list[int]) -> None:
    """Of all counts for which the rule tells the same, each number has five values: nothing follows from the rule."""
    levels = [levels[0], max(0, sum(hubs) - levels[0])]
    hubs[0] += sum(levels) - sum(hubs)
    shown = told(sum(hubs), lines(hubs, levels))
    seen: list[set[int]] = [set() for _ in range(5)]
    near = [[count - count % THRESHOLD + more for more in range(THRESHOLD)] for count in (*hubs, *levels)]
    for counts in product(*near):
        if sum(counts[:3]) == sum(counts[3:]) and told(sum(counts[:3]), lines(counts[:3], counts[3:])) == shown:
            for place, count in enumerate(counts):
                seen[place].add(count)
    lowered = shown.lines != {name: shown_cells(row) for name, row in lines(hubs, levels).items()}
    assert lowered or all(len(values) == THRESHOLD for values in seen), (hubs, levels, shown)


def lines(hubs: list[int] | tuple[int, ...], levels: list[int] | tuple[int, ...]) -> dict[str, dict[str, int]]:
    return {"hub": dict(zip("abc", hubs, strict=True)), "level": dict(zip("xy", levels, strict=True))}


def nines() -> Release:
    """Each hub has nine, and all 36 are of one level: numbers that belong together leave the least open."""
    some = frozenset({"art"})
    return Release([Thing(hub, "primary", some, frozenset()) for hub in VALUES["hub"] for _ in range(9)])


def alone(release: Release) -> Mapping[tuple[str, str], int | None]:
    """What would be told if each number were rounded by itself."""
    return {cell: shown_total(truth) for cell, truth in release.truth().items()}


def test_the_check_finds_what_rounding_alone_gives_away() -> None:
    possible = Leeway([nines()], [alone(nines())])
    assert possible.number(("hub", "north"))[0] == 8
    assert leeway([nines()]).number(("hub", "north")) == (5, 9)


def test_the_check_finds_what_rounding_alone_gives_away_over_two_releases() -> None:
    four = Release([*nines().things, *nines().things[:4]])
    possible = Leeway([nines(), four], [alone(nines()), alone(four)])
    least, most = possible.change(("hub", "north"))
    assert most - least < STEP - 1


def test_a_number_that_belongs_to_others_goes_no_further_than_they_leave_open() -> None:
    told_of = nines().told
    assert told_of.total == 30
    assert told_of.lines["level"] == {"primary": 30, "secondary": None}
    assert set(told_of.lines["hub"].values()) == {5}


def test_things_without_a_value_do_not_hold_the_total_down() -> None:
    release = Release([Thing("north", "primary", frozenset({"art"}), frozenset())] * 20)
    assert release.told.lines["competence"] == {"c1": None, "c2": None}
    assert release.told.total == 20


def test_several_values_of_a_thing_count_for_each_of_them() -> None:
    found = told(12, {"subject": {"art": 12, "music": 11}, "hub": {"north": 12, "east": 0}})
    assert found.lines == {"subject": {"art": 10, "music": 10}, "hub": {"north": 10, "east": None}}
    assert found.total == 10


@pytest.mark.parametrize(("total", "shown"), [(0, None), (4, None), (5, 5), (9, 5), (12, 10), (100, 100)])
def test_a_count_that_stands_alone_is_rounded_down(total: int, shown: int | None) -> None:
    assert shown_total(total) == shown
