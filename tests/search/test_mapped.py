"""What grows with a collection is read from mapped files where it is asked for, not held by each process."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.exact import Names
from search.mapped import Records, open_array, write_records
from search.ngrams import NgramIndex

if TYPE_CHECKING:
    from pathlib import Path

    from search.engine import SearchEngine

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)


@given(values=st.lists(JSON))
def test_records_are_what_was_written(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    path = tmp_path_factory.mktemp("records") / "r.jsonl"
    write_records(path, values)
    records: Records[Any] = Records(path, lambda line: line)
    assert list(records) == values
    assert [records[n - len(values)] for n in range(len(values))] == values
    assert records[1:3] == values[1:3]


def test_records_are_json_lines_that_any_program_reads(tmp_path: Path) -> None:
    write_records(tmp_path / "r.jsonl", [{"name": "õun"}, ["a\nb"]])
    lines = (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{"name": "õun"}, ["a\nb"]]


def test_there_is_no_record_beyond_the_last(tmp_path: Path) -> None:
    write_records(tmp_path / "r.jsonl", ["one"])
    records: Records[str] = Records(tmp_path / "r.jsonl", str)
    for number in (1, -2):
        with pytest.raises(IndexError):
            records[number]


def test_mapped_arrays_cannot_be_written_to(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(3))
    with pytest.raises(ValueError, match="read-only"):
        open_array(tmp_path / "a.npy")[0] = 1


def test_an_engine_holds_no_objects_for_its_scenarios(lab: SearchEngine) -> None:
    lists = [o for o in gc.get_objects() if type(o) is list and len(o) == len(lab.cards)]
    assert not any(entry and isinstance(entry[0], dict) and "iri" in entry[0] for entry in lists)


def test_a_name_finds_all_scenarios_that_have_it_and_no_other(tmp_path: Path) -> None:
    base = "https://example.org/id/scenario/"
    cards = [
        {"iri": base + "a-walk", "identifier": "x:1", "names": {"en": "A  Walk", "et": "Jalutuskäik"}},
        {"iri": base + "walk", "identifier": None, "names": {"en": "a walk"}},
    ]
    Names.build(cards, tmp_path)
    names = Names(tmp_path, cards)
    assert names.rows("A walk") == [0, 1]
    assert names.rows("X:1") == names.rows(base + "a-walk") == names.rows("scenario/a-walk") == [0]
    assert names.rows("https://example.org/doc/scenario/walk") == [1]
    assert names.rows("https://elsewhere.example/id/scenario/walk") == names.rows("walk/") == names.rows('""') == []
    assert names.row(base + "walk") == 1
    assert names.row(base + "Walk") is None


def test_an_index_of_no_strings_finds_none(tmp_path: Path) -> None:
    NgramIndex.build([], tmp_path, "grams")
    assert NgramIndex(tmp_path, "grams").nearest("robot", 3) == []
