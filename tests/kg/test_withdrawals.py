"""Withdrawals can be read from a collection, or are refused with their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.errors import CollectionError
from kg.withdrawals import WITHDRAWN_FILE, Withdrawal, read_withdrawals

if TYPE_CHECKING:
    from pathlib import Path

GONE = Withdrawal("scenario/a", "2026-01-01T00:00:00Z", "vanished", "https://example.org/a", {"et": "Lumi"})


def test_what_is_written_is_read(tmp_path: Path) -> None:
    (tmp_path / WITHDRAWN_FILE).write_text(GONE.json + "\n", encoding="utf-8")
    assert read_withdrawals(tmp_path) == {"scenario/a": GONE}


def test_a_collection_without_the_file_has_none(tmp_path: Path) -> None:
    assert read_withdrawals(tmp_path) == {}


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "scenario/a"}', "7"])
def test_a_line_that_is_no_withdrawal_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / WITHDRAWN_FILE).write_text(f"{GONE.json}\n{line}\n", encoding="utf-8")
    with pytest.raises(CollectionError) as caught:
        read_withdrawals(tmp_path)
    assert (caught.value.file, caught.value.record) == (str(tmp_path / WITHDRAWN_FILE), 2)
