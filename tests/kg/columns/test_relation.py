"""Operations over columns do what they do over sets of solutions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.columns import relation as relations
from kg.columns.relation import Relation, UnsolvedError

if TYPE_CHECKING:
    from collections.abc import Sequence

TERMS = 9
Row = tuple[int, ...]


def related(names: str, rows: Sequence[Row]) -> Relation:
    columns = {name: np.array([row[at] for row in rows], np.uint32) for at, name in enumerate(names)}
    return Relation(columns, len(rows))


def rows_of(relation: Relation, names: str) -> list[Row]:
    assert all(len(column) == relation.size for column in relation.columns.values())
    return sorted(zip(*(relation.column(name).tolist() for name in names), strict=True))


def rows(width: int) -> st.SearchStrategy[list[Row]]:
    return st.lists(st.tuples(*[st.integers(0, TERMS - 1)] * width), max_size=25, unique=True)


@given(rows(2), rows(2))
def test_a_join_combines_what_agrees(left: list[Row], right: list[Row]) -> None:
    expected = sorted((a, b, c) for a, b in left for x, c in right if x == b)
    assert rows_of(related("ab", left).join(related("bc", right), TERMS), "abc") == expected
    ordered = Relation(related("bc", sorted(right)).columns, len(right), ascending="b")
    assert rows_of(related("ab", left).join(ordered, TERMS), "abc") == expected
    assert rows_of(ordered.join(related("ab", left), TERMS), "abc") == expected


@given(rows(3), rows(3))
def test_a_join_over_two_variables(left: list[Row], right: list[Row]) -> None:
    expected = sorted((a, b, c, d) for a, b, c in left for x, y, d in right if (x, y) == (b, c))
    assert rows_of(related("abc", left).join(related("bcd", right), TERMS), "abcd") == expected


@given(rows(2), rows(2), st.booleans())
def test_matching_rows_and_the_others(left: list[Row], right: list[Row], found: bool) -> None:
    mine = related("ab", left)
    one = {b for b, _ in right}
    assert rows_of(mine.matching(related("bc", right), TERMS, found=found), "ab") == sorted(
        row for row in left if (row[1] in one) == found
    )
    assert rows_of(mine.matching(related("ab", right), TERMS, found=found), "ab") == sorted(
        row for row in left if (row in right) == found
    )


@given(rows(3), st.sampled_from(["", "a", "ab", "cab"]))
def test_groups_count_rows_and_different_values(table: list[Row], names: str) -> None:
    relation = related("abc", table)
    groups = relation.group(list(names))
    keys = [tuple(row["abc".index(name)] for name in names) for row in table]
    counted, different = (
        Counter(keys),
        Counter(key for key, _ in {(key, row[2]) for key, row in zip(keys, table, strict=True)}),
    )
    assert groups.size == (len(counted) if names else 1)
    found = list(zip(*(groups.columns[name].tolist() for name in names), strict=True)) if names else [()]
    assert dict(zip(found, groups.count().tolist(), strict=True)) == (counted or ({} if names else {(): 0}))
    assert dict(zip(found, groups.count_distinct(relation.column("c")).tolist(), strict=True)) == (
        different or ({} if names else {(): 0})
    )


def test_sparse_numbers_are_ranked_as_dense_ones_are() -> None:
    groups = related("a", [(4_000_000_000,), (7,), (7,)]).group(["a"])
    assert groups.columns["a"].tolist() == [7, 4_000_000_000]
    assert groups.count().tolist() == [2, 1]


def test_a_join_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations, "_MOST_ROWS", 5)
    mine, other = related("ab", [(1, 0), (2, 0), (3, 0)]), related("bc", [(0, 1), (0, 2)])
    with pytest.raises(UnsolvedError):
        mine.join(other, TERMS)
    with pytest.raises(UnsolvedError):
        related("abcd", []).join(related("abcde", []), TERMS)
