"""What tests of spreadsheets share: the vocabularies, and short ways to write a file and read its records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from kg.importing.adapter import Run, load_adapter
from kg.vocabulary import ConceptIndex, vocabulary_quads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kg.importing.adapter import Record

BASE = "http://127.0.0.1:8000/id/"


@pytest.fixture(scope="session")
def concepts() -> ConceptIndex:
    return ConceptIndex(vocabulary_quads(BASE))


class Sheets:
    """Writes spreadsheets and reads the records that the adapters make of them."""

    def __init__(self, folder: Path, concepts: ConceptIndex) -> None:
        self.folder = folder
        self._concepts = concepts
        self.notes: list[str] = []

    def csv(self, text: str, written: str = "utf-8", **options: str) -> list[Record]:
        path = self.folder / "lessons.csv"
        path.write_bytes(text.encode(written))
        return self.read("csv", path, **options)

    def xlsx(
        self, *rows: Sequence[object], change: Callable[[Any], None] = lambda _: None, **options: str
    ) -> list[Record]:
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(list(row))
        change(workbook)
        path = self.folder / "lessons.xlsx"
        workbook.save(path)
        return self.read("xlsx", path, **options)

    def map(self, text: str) -> str:
        path = self.folder / "columns.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def read(self, adapter: str, path: Path, **options: str) -> list[Record]:
        run = Run(str(path), self._concepts, {name.replace("_", "-"): value for name, value in options.items()})
        records = list(load_adapter(adapter).records(run))
        self.notes = run.notes
        return records


@pytest.fixture
def sheets(tmp_path: Path, concepts: ConceptIndex) -> Sheets:
    return Sheets(tmp_path, concepts)
