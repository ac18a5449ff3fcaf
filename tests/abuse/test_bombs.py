"""Queries that ask for too much end within their bounds, with a reason, and leave nothing behind."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.abuse.conftest import eventually
from tests.kg.sparql.conftest import EX

if TYPE_CHECKING:
    from tests.abuse.conftest import Arena

# Ended by the deadline, by the memory limit, by the bound on results, or by making room.
ENDED = {422, 503, 504}

BOMBS = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "sorted cross product": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "grouped cross product": "SELECT ?a ?d (GROUP_CONCAT(?i) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d",
    "distinct cross product": "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } OFFSET 100000000",
    "property path": "SELECT (COUNT(*) AS ?n) { ?a (<next>|^<next>)* ?b . ?b (<next>|<name>)* ?c . ?c <next>+ ?d }",
    "negated path": "SELECT (COUNT(*) AS ?n) { ?a !<x>* ?b . ?b !<y>* ?c . ?c (!<z>/!<z>)* ?d }",
    "regular expression": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i "
    "FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(a*)*(e*)*x$')) }",
    "growing strings": "SELECT (STRLEN(?i) AS ?n) { BIND('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' AS ?a) "
    + " ".join(f"BIND(CONCAT({', '.join([f'?{one}'] * 8)}) AS ?{other})" for one, other in pairwise("abcdefghi"))
    + " }",
    "values": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(300)))} }}" for i in range(6))
    + " }",
    "nested exists": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c "
    "FILTER NOT EXISTS { ?d ?e ?f FILTER NOT EXISTS { ?g ?h ?i FILTER(?a = ?i) } } }",
    "construct": "CONSTRUCT { ?a ?b ?f . ?d ?e ?c . ?a ?e ?f } WHERE { ?a ?b ?c . ?d ?e ?f }",
    "join of columns": "SELECT (COUNT(*) AS ?n) { " + " . ".join(f"?{s} <{EX}kind> ?k" for s in "abcde") + " }",
    "large result": "SELECT * { ?a ?b ?c . ?d ?e ?f }",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_ended_and_the_next_query_answered(arena: Arena, bomb: str) -> None:
    start = time.monotonic()
    answer = arena.ask(BOMBS[bomb])
    assert answer.status_code in ENDED, answer.text[:300]
    assert answer.json is not None
    assert answer.json["detail"]
    assert time.monotonic() - start < 10.0
    assert arena.is_well()


def test_a_sort_that_outgrows_its_memory_is_told_so_or_stopped_in_time(arena: Arena) -> None:
    answer = arena.ask("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY STR(?c) STR(?f)")
    assert answer.json is not None
    assert answer.json["type"].rpartition(":")[2] in {"memory", "deadline"}


def test_memory_descriptors_and_processes_return(arena: Arena) -> None:
    assert eventually(arena.is_at_rest)
    memory = arena.memory()
    for number in range(4):
        arena.ask(f"SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != {number}) }} ORDER BY ?c ?f ?i")
    assert eventually(arena.is_at_rest)
    assert arena.memory() < memory + (64 << 20)


def test_a_query_that_has_just_failed_is_not_run_again(arena: Arena) -> None:
    # On a busy machine the deadline may come first; then another text is tried.
    bombs = (BOMBS["growing strings"] + f" LIMIT {number}" for number in range(7, 30))
    bomb = next(bomb for bomb in bombs if arena.ask(bomb).json["type"] == "urn:ihub:problem:memory")  # type: ignore[index]
    assert eventually(arena.is_at_rest)
    before = set(arena.workers())
    assert arena.ask(bomb).json["type"] == "urn:ihub:problem:memory"  # type: ignore[index]
    assert set(arena.workers()) == before
