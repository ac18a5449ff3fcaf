"""Adapter for scenario documents in our own form: one JSON-LD document a line, under the shared context."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.importing.adapter import Record
from kg.importing.lines import count_lines, json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.importing.adapter import Run

__all__ = ["JsonLinesAdapter"]


class JsonLinesAdapter:
    """``ihub import jsonl FILE``: documents as they are, one a line."""

    name = "jsonl"
    version = "1"
    data_kind = "data-kind/original"
    options: Mapping[str, str] = MappingProxyType({})

    def records(self, run: Run) -> Iterator[Record]:
        """Yield the document of each line."""
        for number, text, value in json_lines(run.path):
            if isinstance(value, str):
                yield Record(number, text, cause=value)
            else:
                yield Record(number, text, document=value)

    def total(self, run: Run) -> int:
        """Return the number of lines."""
        return count_lines(run.path)
