"""Whatever a table holds, each of its rows becomes a lesson or a refusal, and nothing is lost on the way."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.importing.tabular.columns import scenario_columns
from kg.importing.tabular.table import Merge, Row, Table, column_letter, column_number

if TYPE_CHECKING:
    from tests.kg.importing.tabular.conftest import Sheets

CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=40)
HEADERS = [column.label["en"] for column in scenario_columns().columns]
ROW = st.lists(CELL, min_size=len(HEADERS), max_size=len(HEADERS))


@given(st.lists(ROW, max_size=4))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_with_anything_in_it_gives_one_record_that_keeps_its_cells(
    sheets: Sheets, rows: list[list[str]]
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADERS, *rows])
    kept = [
        {name: cell.strip() for name, cell in zip(HEADERS, row, strict=True) if cell.replace("\u00a0", " ").strip()}
        for row in rows
    ]
    expected = [cells for cells in kept if cells and not cells.get("Identifier", "").casefold().startswith("#example")]
    records = sheets.csv(text.getvalue(), encoding="utf-8", delimiter=";")
    assert [set(json.loads(record.raw)["cells"]) for record in records] == [set(cells) for cells in expected]
    assert all(record.lesson or (record.cause and record.field) for record in records)


@given(st.integers(0, 20_000))
def test_letters_of_columns_lead_back_to_their_number(index: int) -> None:
    assert column_number(column_letter(index)) == index


@given(st.integers(1, 6), st.integers(0, 6))
def test_a_merged_cell_stands_in_its_rows_and_no_others(first: int, length: int) -> None:
    def read() -> list[Row]:
        return [Row(number, ("head" if number == first else "", f"row {number}")) for number in range(1, 15)]

    table = Table("", read, (Merge(first, first + length, 0, 0),))
    found = {row.number for row in table.rows() if row.cell(0) == "head"}
    assert found == set(range(first, first + length + 1))
