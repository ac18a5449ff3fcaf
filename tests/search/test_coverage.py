"""A cell of the coverage table is the total of its search; what nothing has shows as empty; large tables stay quick."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.coverage import AXES, Coverage, CoverageRequest, _Bits
from search.request import ParameterError, SearchRequest
from tests.search.test_filters import asked

if TYPE_CHECKING:
    from search.coverage import CoverageTable
    from search.engine import SearchEngine

BASE = "http://127.0.0.1:8000/id/"
PAIRS = [pair for pair in product(AXES, AXES) if pair[0] != pair[1]]


def slug(_: str, value: str) -> str:
    return value.rsplit("/", 1)[-1]


@pytest.fixture(scope="module")
def coverage(lab: SearchEngine) -> Coverage:
    return Coverage(lab, lab.release.graph)


def values(table: CoverageTable) -> list[str]:
    return [row.value.rsplit("/", 1)[-1] for row in table.rows]


@pytest.mark.parametrize(
    "search",
    [
        SearchRequest(),
        SearchRequest(suggested=True),
        SearchRequest(minutes_max=60),
        asked(tool="tool/cat-quiz"),
        asked(tool_not="tool/kahoot"),
        asked(subject=("subject/physics", "subject/history")),
        asked(competence="competence/digcomp22-1", language="fi"),
    ],
    ids=["all", "suggested", "time", "tool", "without a tool", "subjects", "competence and language"],
)
def test_every_cell_and_sum_is_the_total_of_its_search(
    lab: SearchEngine, coverage: Coverage, search: SearchRequest
) -> None:
    for rows, columns in PAIRS:
        request = CoverageRequest(rows, columns, search, None)
        table = coverage.table(request, slug)
        assert table.total == lab.total(search)
        assert [row.total for row in table.rows] == [lab.total(request.cell(row.value, None)) for row in table.rows]
        assert [c.total for c in table.columns] == [lab.total(request.cell(None, c.value)) for c in table.columns]
        searches = [[request.cell(row.value, column.value) for column in table.columns] for row in table.rows]
        assert table.counts.tolist() == [[lab.total(cell) for cell in row] for row in searches], (rows, columns)


def test_what_no_scenario_has_is_an_empty_row(coverage: Coverage) -> None:
    table = coverage.table(CoverageRequest(), slug)
    empty = {row.value.rsplit("/", 1)[-1] for row in table.rows if not row.total}
    assert "digcomp22-5" in empty


def test_a_tree_shows_its_top_until_a_value_is_opened(coverage: Coverage) -> None:
    closed = coverage.table(CoverageRequest(), slug)
    assert "digcomp22-1" in values(closed)
    assert "digcomp22-1.1" not in values(closed)
    opened = coverage.table(CoverageRequest(opened=frozenset({BASE + "competence/digcomp22-1"})), slug)
    place = values(opened).index("digcomp22-1")
    assert values(opened)[place : place + 4] == ["digcomp22-1", "digcomp22-1.1", "digcomp22-1.2", "digcomp22-1.3"]
    assert [row.depth for row in opened.rows[place : place + 3]] == [0, 1, 1]
    assert (opened.rows[place].opens, opened.rows[place].is_open) == (True, True)


def test_a_filter_on_the_rows_leaves_its_values_there(coverage: Coverage) -> None:
    table = coverage.table(CoverageRequest("subject", "level", asked(subject="subject/physics")), slug)
    assert values(table) == ["physics"]


def test_rows_and_columns_must_differ(coverage: Coverage) -> None:
    with pytest.raises(ParameterError, match="another field"):
        coverage.table(CoverageRequest("level", "level"), slug)


def test_a_table_that_nobody_could_read_is_refused(coverage: Coverage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.coverage.MOST_CELLS", 3)
    with pytest.raises(ParameterError, match="would make more than 3 cells"):
        coverage.table(CoverageRequest(), slug)


@given(st.data())
def test_bits_count_works_that_have_a_scenario_in_both(data: st.DataObject) -> None:
    works = data.draw(st.lists(st.integers(0, 9), max_size=200))
    work_of = np.unique(np.array(works, np.int64), return_inverse=True)[1].astype(np.int64)
    rows = st.lists(st.lists(st.booleans(), min_size=len(works), max_size=len(works)), min_size=1, max_size=3)
    masks = [[np.array(mask, np.bool_) for mask in data.draw(rows)] for _ in range(2)]
    bits = _Bits(work_of)
    packed = [np.stack([bits.pack(np.flatnonzero(mask)) for mask in side]) for side in masks]
    expected = [[len(set(work_of[one & other])) for other in masks[1]] for one in masks[0]]
    assert bits.counts(packed[0], packed[1]).tolist() == expected
