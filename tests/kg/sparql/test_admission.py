"""The rules of who runs, who waits and who makes room."""

from __future__ import annotations

import pytest

from kg.sparql.admission import (
    Budgets,
    FailureMemory,
    Job,
    Records,
    ShapeCosts,
    Suspicion,
    Verdict,
    overrunning,
    victim,
)
from kg.sparql.limits import Limits

ANNE, BEN = b"anne", b"ben"


def job(client: bytes = ANNE, *, cpu: float = 0.0, started: float = 0.0, long: bool = False) -> Job:
    return Job(client, b"query", b"shape", started, cpu, long)


def verdict(job: Job, now: float, *, places: int = 1, over_budget: bool = False) -> Verdict:
    return overrunning(job, now, deadline=10.0, quick=0.1, places=places, over_budget=over_budget)


def test_what_a_client_has_used_comes_back_within_a_minute() -> None:
    budgets = Budgets(30.0)
    budgets.charge(ANNE, 30.0, now=100.0)
    assert budgets.exhausted(ANNE, now=100.0)
    assert not budgets.exhausted(ANNE, now=101.0)
    assert budgets.used(ANNE, now=130.0) == pytest.approx(15.0)
    assert budgets.used(ANNE, now=161.0) == 0.0
    assert budgets.used(BEN, now=100.0) == 0.0


def test_an_overdrawn_client_is_told_when_to_come_back() -> None:
    budgets = Budgets(60.0)
    budgets.charge(ANNE, 75.0, now=0.0)
    wait = budgets.retry_after(ANNE, now=0.0)
    assert wait == 21
    assert not budgets.exhausted(ANNE, now=float(wait))


def test_a_client_over_its_budget_may_still_ask_quick_queries() -> None:
    assert verdict(job(cpu=0.05), 1.0, over_budget=True) is Verdict.CONTINUE
    assert verdict(job(cpu=0.2), 1.0, over_budget=True) is Verdict.BUDGET


def test_a_long_query_gets_a_place_while_there_is_one_and_is_overdue_else() -> None:
    assert verdict(job(cpu=0.2), 1.0, places=1) is Verdict.PROMOTE
    assert verdict(job(cpu=0.2), 1.0, places=0) is Verdict.OVERDUE
    assert verdict(job(cpu=5.0, long=True), 6.0, places=0) is Verdict.CONTINUE


def test_nothing_outlives_the_deadline() -> None:
    assert verdict(job(started=5.0, long=True), 15.0) is Verdict.DEADLINE
    assert verdict(job(started=5.0), 14.9) is Verdict.CONTINUE


def test_the_client_that_has_used_most_yields() -> None:
    budgets = Budgets(60.0)
    budgets.charge(ANNE, 10.0, now=0.0)
    assert victim([job(ANNE, cpu=0.2), job(BEN, cpu=1.0)], budgets, 0.0).client == ANNE


def test_several_queries_of_one_client_count_together() -> None:
    jobs = [job(ANNE, cpu=3.0), job(ANNE, cpu=2.5), job(BEN, cpu=3.5)]
    assert victim(jobs, Budgets(60.0), 0.0) is jobs[1]


def test_among_equals_the_one_with_least_to_lose_yields() -> None:
    jobs = [job(ANNE, cpu=1.0), job(BEN, cpu=0.2)]
    assert victim(jobs, Budgets(60.0), 0.0) is jobs[1]


def test_a_failure_is_repeated_for_a_while_only() -> None:
    memory = FailureMemory(seconds=60.0)
    memory.remember(b"query", b"frame", now=0.0)
    assert memory.recall(b"query", now=59.0) == b"frame"
    assert memory.recall(b"query", now=60.0) is None
    assert memory.recall(b"other", now=0.0) is None


def test_a_shape_is_held_to_be_long_after_two_long_runs_in_a_row() -> None:
    costs = ShapeCosts(quick=0.1, deadline=10.0)
    costs.finished(b"shape", 0.5)
    assert costs.cost(b"shape") == 0.0
    costs.finished(b"shape", 0.7)
    assert costs.cost(b"shape") == 0.7
    costs.finished(b"shape", 0.01)
    assert costs.cost(b"shape") == 0.0


def test_a_query_that_was_cut_short_is_held_to_cost_more_each_time() -> None:
    costs = ShapeCosts(quick=0.1, deadline=1.0)
    seen = []
    for _ in range(5):
        costs.cut_short(b"shape", 0.1)
        seen.append(costs.cost(b"shape"))
    assert seen == [0.0, pytest.approx(0.4), pytest.approx(0.8), 1.0, 1.0]


def test_a_running_query_teaches_what_its_shape_costs() -> None:
    costs = ShapeCosts(quick=0.1, deadline=10.0)
    costs.finished(b"shape", 0.2)
    costs.finished(b"shape", 0.2)
    costs.seen(b"shape", 3.0)
    assert costs.cost(b"shape") == 6.0
    costs.seen(b"unknown", 3.0)
    assert costs.cost(b"unknown") == 0.0


def test_memories_are_bounded() -> None:
    budgets, failures, costs = Budgets(60.0), FailureMemory(), ShapeCosts(0.1, 10.0)
    for number in range(11_000):
        key = str(number).encode()
        budgets.charge(key, 1.0, now=0.0)
        failures.remember(key, b"x", now=0.0)
        for _ in range(2):
            costs.finished(key, 1.0)
    assert budgets.used(b"0", now=0.0) == 0.0
    assert failures.recall(b"0", now=0.0) is None
    assert costs.cost(b"0") == 0.0
    assert budgets.used(b"10999", now=0.0) == 1.0


def test_a_shape_is_known_as_quick_until_it_is_long() -> None:
    shapes = ShapeCosts(quick=0.1, deadline=10.0)
    assert not shapes.known_quick(b"a")
    shapes.finished(b"a", 0.01)
    assert shapes.known_quick(b"a")
    shapes.cut_short(b"a", 0.2)
    assert not shapes.known_quick(b"a")


def test_one_long_query_makes_a_suspect_for_half_a_minute_and_several_for_longer() -> None:
    suspicion = Suspicion(quick=0.1)
    assert not suspicion.rests_on(b"c", 0.0)
    suspicion.add(b"c", 0.02, 0.0)  # ended before it could show
    assert suspicion.rests_on(b"c", 29.0)
    assert not suspicion.rests_on(b"c", 31.0)
    for _ in range(4):
        suspicion.add(b"d", 0.1, 0.0)
    assert suspicion.rests_on(b"d", 80.0)
    assert not suspicion.rests_on(b"d", 100.0)


def test_suspicion_does_not_touch_what_is_known_as_quick() -> None:
    records = Records(Limits())
    records.suspicion.add(b"school", 5.0, 0.0)
    records.shapes.finished(b"look-up", 0.001)
    assert records.is_suspect(b"school", b"unknown", 1.0)
    assert not records.is_suspect(b"school", b"look-up", 1.0)
    assert not records.is_suspect(b"another", b"unknown", 1.0)


def test_a_long_query_ends_when_its_client_has_used_its_seconds() -> None:
    job = Job(b"c", b"q", b"s", 0.0, cpu=2.0, long=True)
    judged = overrunning(job, 2.0, deadline=10.0, quick=0.1, places=1, over_budget=True)
    assert judged is Verdict.BUDGET


@pytest.mark.parametrize(("workers", "unknown"), [(1, 1), (2, 2), (3, 2), (4, 3), (8, 6)])
def test_some_workers_are_kept_for_what_is_known_as_quick(workers: int, unknown: int) -> None:
    limits = Limits(workers=workers)
    assert limits.unknown_workers == unknown
    assert limits.slow_workers <= unknown
