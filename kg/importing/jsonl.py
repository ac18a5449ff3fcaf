"""Adapter for scenario documents in our own form: one JSON-LD document a line, under the shared context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.importing.adapter import Record
from kg.importing.lines import count_lines, json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.vocabulary import ConceptIndex

__all__ = ["JsonLinesAdapter"]


class JsonLinesAdapter:
    """``ihub import jsonl FILE``: documents as they are, one a line."""

    name = "jsonl"
    version = "1"
    data_kind = "data-kind/original"

    def records(self, source: Path, concepts: ConceptIndex) -> Iterator[Record]:  # noqa: ARG002 - nothing to resolve
        """Yield the document of each line."""
        for number, text, value in json_lines(source):
            if isinstance(value, str):
                yield Record(number, text, cause=value)
            else:
                yield Record(number, text, document=value)

    def total(self, source: Path) -> int:
        """Return the number of lines."""
        return count_lines(source)
