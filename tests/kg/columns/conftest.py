"""Columns of a handful of quads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, Store

from kg.columns.files import Columns, write_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EX = "http://example.org/"


def columns_of(store: Store, directory: Path) -> Columns:
    """Write the columns of a store into a directory and open them."""
    directory.mkdir(parents=True)
    lines = (store.dump(format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    (directory / "quads.nq").write_bytes(b"".join(sorted(lines)))
    (directory / "columns").mkdir()
    write_columns(directory / "quads.nq", directory / "columns")
    return Columns.open(directory / "columns")


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Columns]:
    """Make columns of Turtle."""

    def make(turtle: str) -> Columns:
        store = Store()
        store.load(f"@prefix : <{EX}> . :graph {{ {turtle} }}".encode(), format=RdfFormat.TRIG)
        return columns_of(store, tmp_path / "made")

    return make
