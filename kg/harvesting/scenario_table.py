"""Scenarios as a table for people who work with spreadsheets and data frames: one row each, as CSV and Parquet."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema, list_array
from arro3.io import read_parquet
from arro3.io import write_parquet as write_batches

from kg.scenario import read_scenario
from ontology.language import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.graph import Graph
    from kg.scenario import Scenario

__all__ = ["COLUMNS", "Row", "csv_line", "join_parquet", "scenario_rows", "write_parquet"]

_TYPES: Final = {"text": DataType.utf8(), "number": DataType.int32(), "texts": DataType.list(DataType.utf8())}
Row = dict[str, Any]
"""One scenario: values by column name; texts are strings or None, lists hold strings."""

_BATCH: Final = 2000
_SEPARATOR: Final = " | "
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class _Column:
    """A column: its name, ``text``, ``number`` or ``texts``, and what it holds of a scenario."""

    name: str
    kind: str
    read: Callable[[Graph, Scenario], Any]


def _slug(iri: str | None) -> str | None:
    return iri.rsplit("/", 1)[-1] if iri else None


def _chosen(texts: dict[str, str], scenario: Scenario, place: int) -> str | None:
    found = choose(texts, [scenario.language])
    return found[place] if found else None


def _labels(graph: Graph, iris: Iterable[str]) -> list[str]:
    return [graph.label(iri)[0] for iri in iris]


_COLUMNS: Final = (
    _Column("iri", "text", lambda _, s: s.iri),
    _Column("identifier", "text", lambda _, s: s.identifier),
    _Column("title", "text", lambda _, s: _chosen(s.names, s, 0)),
    _Column("title_language", "text", lambda _, s: _chosen(s.names, s, 1)),
    _Column("description", "text", lambda _, s: _chosen(s.descriptions, s, 0)),
    _Column("languages", "texts", lambda _, s: s.languages),
    _Column("subjects", "texts", lambda g, s: _labels(g, s.subjects)),
    _Column("subject_iris", "texts", lambda _, s: s.subjects),
    _Column("levels", "texts", lambda g, s: _labels(g, s.levels)),
    _Column("level_iris", "texts", lambda _, s: s.levels),
    _Column("competences", "texts", lambda g, s: _labels(g, s.competences)),
    _Column("competence_iris", "texts", lambda _, s: s.competences),
    _Column("keywords", "texts", lambda _, s: [word for tag in sorted(s.keywords) for word in s.keywords[tag]]),
    _Column("tools", "texts", lambda g, s: _labels(g, s.all_tools)),
    _Column("activities", "number", lambda _, s: len(s.activities)),
    _Column("minutes", "number", lambda _, s: s.minutes),
    _Column("min_age", "number", lambda _, s: s.min_age),
    _Column("max_age", "number", lambda _, s: s.max_age),
    _Column("licence", "text", lambda _, s: s.licence),
    _Column("credit", "text", lambda _, s: s.credit),
    _Column("collection", "text", lambda _, s: _slug(s.collection)),
    _Column("data_kind", "text", lambda _, s: _slug(s.data_kind)),
    _Column("completeness", "text", lambda _, s: _slug(s.completeness)),
    _Column("work", "text", lambda _, s: s.work),
)
COLUMNS: Final = tuple(column.name for column in _COLUMNS)
"""The names of the columns, in order."""

_SCHEMA: Final = Schema([Field(column.name, _TYPES[column.kind]) for column in _COLUMNS])
_COMPRESSION: Final = "zstd(6)"


def scenario_rows(graph: Graph, iris: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of scenarios. Labels of concepts are in English where they exist in it."""
    for iri in iris:
        scenario = read_scenario(graph, iri)
        yield {column.name: column.read(graph, scenario) for column in _COLUMNS}


def csv_line(row: Row | None) -> str:
    """Return one line of CSV (RFC 4180), for None the names of the columns; lists are joined by `` | ``.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; Parquet has it as it is.
    """
    line = io.StringIO()
    cells = COLUMNS if row is None else tuple(_cell(row[name]) for name in COLUMNS)
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = _SEPARATOR.join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if isinstance(value, str | list) and text.startswith(_FORMULA) else text


def write_parquet(rows: Iterable[Row], path: Path) -> None:
    """Write ``rows`` as Apache Parquet, in batches, so that memory does not grow with their number."""
    remaining = iter(rows)
    batches = iter(lambda: list(islice(remaining, _BATCH)), [])
    _write((_batch(batch) for batch in batches), path)


def join_parquet(parts: Iterable[Path], path: Path) -> None:
    """Write the rows of several files of :func:`write_parquet` as one."""
    _write((batch for part in parts for batch in read_parquet(part)), path)


def _write(batches: Iterator[Any], path: Path) -> None:
    write_batches(RecordBatchReader.from_batches(_SCHEMA, batches), path, compression=_COMPRESSION)


def _batch(rows: Sequence[Row]) -> Any:
    return RecordBatch.from_arrays([_array([row[c.name] for row in rows], c.kind) for c in _COLUMNS], schema=_SCHEMA)


def _array(values: list[Any], kind: str) -> Any:
    if kind != "texts":
        return Array(values, _TYPES[kind])
    offsets = [0]
    for value in values:
        offsets.append(offsets[-1] + len(value))
    return list_array(
        Array(offsets, DataType.int32()), Array([text for value in values for text in value], DataType.utf8())
    )
