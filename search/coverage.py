"""Coverage: how many works have each pair of values of two fields, counted from the facet columns alone.

The number in a cell is the total of the search for its two values under the same filters. Each value of a field is a
row of bits, one for each scenario; a cell is the number of works in which both rows have a bit in the same scenario.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ontology.language import read_as
from ontology.namespaces import IHUB, PREFIXES
from search.fields import FIELDS, SUGGESTED
from search.remembering import Memory
from search.request import ParameterError, SearchRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from kg.graph import Graph
    from search.engine import SearchEngine

__all__ = ["AXES", "MOST_CELLS", "AxisValue", "Coverage", "CoverageRequest", "CoverageTable"]

AXES: Final = ("competence", "level", "subject", "language", "collection", "theme", "kind")
"""Fields that can stand on the rows and on the columns."""

MOST_CELLS: Final = 20_000
"""Cells of the largest table; more would be no table for people, and the dumps have everything."""

_WHOLE: Final = frozenset({"competence", "subject", "theme", "kind"})
"""Fields of which all values of the vocabularies in use are shown, also those that nothing has."""

_BROADER: Final = PREFIXES["skos"] + "broader"
_IN_SCHEME: Final = PREFIXES["skos"] + "inScheme"
_NOTATION: Final = PREFIXES["skos"] + "notation"
_DIGITS: Final = re.compile(r"(\d+)")
_REMEMBERED_BYTES: Final = 16 << 20


@dataclass(frozen=True)
class CoverageRequest:
    """Which table to make.

    Attributes:
        rows: The field on the rows.
        columns: The field on the columns; another one.
        search: The filters. Those on ``rows`` and ``columns`` leave only their values there; the query is passed over.
        opened: Values whose narrower values are shown too; None opens all.
    """

    rows: str = "competence"
    columns: str = "level"
    search: SearchRequest = SearchRequest()  # noqa: RUF009 - it is frozen
    opened: frozenset[str] | None = frozenset()

    def cell(self, row: str | None, column: str | None) -> SearchRequest:
        """Return the search for a row's and a column's value; without one of them the search for a sum."""
        stated = {self.rows: row, self.columns: column}
        filters = dict(self.search.filters)
        for name, value in stated.items():
            if value is not None:
                filters[name] = (value,)
        return replace(self.search, query="", filters=filters, limit=SearchRequest.limit, offset=0)


@dataclass(frozen=True)
class AxisValue:
    """A value on the rows or columns.

    Attributes:
        value: The value: an IRI, or a language tag.
        depth: How many values stand above it, from 0.
        scheme: The vocabulary that it is of, where its field has several.
        opens: Whether it has narrower values.
        is_open: Whether these are shown below it.
        total: Number of works with it, whatever they have on the other axis.
    """

    value: str
    depth: int
    scheme: str | None
    opens: bool
    is_open: bool
    total: int


@dataclass(frozen=True)
class CoverageTable:
    """A table of works; ``counts`` has the shape ``(rows, columns)``, ``total`` counts the works of all filters."""

    rows: list[AxisValue]
    columns: list[AxisValue]
    counts: NDArray[np.int64]
    total: int


class Coverage:
    """Makes tables of one release.

    Args:
        engine: The engine of the release.
        graph: Its graph, for the values of vocabularies that no scenario has.
    """

    def __init__(self, engine: SearchEngine, graph: Graph) -> None:
        self._engine = engine
        self._graph = graph
        self._bits = _Bits(np.fromiter((engine.work(row) for row in range(len(engine.cards))), np.int64))
        self._axes: Memory[_Axis] = Memory(2 * len(AXES))
        self._columns: Memory[NDArray[np.uint64]] = Memory(max(64, _REMEMBERED_BYTES // max(1, 8 * self._bits.words)))

    def table(self, asked: CoverageRequest, name: Callable[[str, str], str]) -> CoverageTable:
        """Return the table that is asked for.

        Args:
            asked: What to count.
            name: What a value of a field is called; values without a number are shown by it.

        Raises:
            ParameterError: Rows and columns are the same, or there would be too many cells.
        """
        if asked.rows == asked.columns:
            raise ParameterError("must be another field than rows", field="columns", hint=", ".join(AXES))
        both = {asked.rows, asked.columns}
        rows, columns = (list(self._shown(asked, field, name)) for field in (asked.rows, asked.columns))
        if len(rows) * len(columns) > MOST_CELLS:
            raise ParameterError(f"would make more than {MOST_CELLS} cells", field="open", hint="open fewer values")
        row_bits = self._matrix(asked, asked.rows, rows)
        column_bits = self._matrix(asked, asked.columns, columns)
        passing = self._passing(asked)
        return CoverageTable(
            rows=_with_totals(rows, self._bits.counts(row_bits, passing({asked.rows}))[:, 0]),
            columns=_with_totals(columns, self._bits.counts(column_bits, passing({asked.columns}))[:, 0]),
            counts=self._bits.counts(row_bits, column_bits & passing(both)),
            total=int(self._bits.counts(passing(set()), self._bits.all)[0, 0]),
        )

    def values(self, field: str, name: Callable[[str, str], str]) -> list[AxisValue]:
        """Return all values that ``field`` can have on an axis, in order; their totals are not counted."""
        return list(self._shown(CoverageRequest(opened=None), field, name))

    def _passing(self, asked: CoverageRequest) -> Callable[[set[str]], NDArray[np.uint64]]:
        """Return a function that gives what passes the filters but those on some fields, as a matrix of one row."""
        known: dict[frozenset[str], NDArray[np.uint64]] = {}

        def passing(without: set[str]) -> NDArray[np.uint64]:
            filters = {field: values for field, values in asked.search.filters.items() if field not in without}
            key = frozenset(filters)
            if key not in known:
                found = self._engine.passing(replace(asked.search, query="", filters=filters))
                known[key] = self._bits.pack(np.flatnonzero(found))[None, :]
            return known[key]

        return passing

    def _matrix(self, asked: CoverageRequest, field: str, values: Sequence[AxisValue]) -> NDArray[np.uint64]:
        stored = _stored(asked, field)
        facets = self._engine.facets
        rows = [
            self._columns.get((stored, v.value), lambda v=v: self._bits.pack(facets.rows(stored, v.value)))  # type: ignore[misc]
            for v in values
        ]
        return np.stack(rows) if rows else np.zeros((0, self._bits.words), np.uint64)

    def _shown(self, asked: CoverageRequest, field: str, name: Callable[[str, str], str]) -> Iterator[AxisValue]:
        stored = _stored(asked, field)
        axis = self._axes.get(stored, lambda: _Axis.of(self._engine.facets.values(stored), field, self._graph))
        return axis.shown(asked.search.filters.get(field, axis.tops), asked.opened, lambda value: name(field, value))


def _stored(asked: CoverageRequest, field: str) -> str:
    return SUGGESTED if field == "competence" and asked.search.suggested else field


def _with_totals(values: Sequence[AxisValue], totals: NDArray[np.int64]) -> list[AxisValue]:
    return [replace(value, total=int(total)) for value, total in zip(values, totals, strict=True)]


class _Bits:
    """Scenarios as bits in such an order that those of one work can be brought together by few operations on words.

    Works come by their number of scenarios, the largest first. The first slot holds the first scenario of each work,
    the second slot the second of each that has one, and so on: each slot is as long as the start of the one before it
    that has further scenarios. Slots begin at whole words.

    Args:
        work_of: The work of each scenario, as numbers from 0; shape ``(scenarios,)``.
    """

    def __init__(self, work_of: NDArray[np.int64]) -> None:
        sizes = np.bincount(work_of) if len(work_of) else np.zeros(0, np.int64)
        rank = np.empty(len(sizes), np.int64)
        rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
        order = np.argsort(work_of, kind="stable")
        starts = np.cumsum(sizes) - sizes
        member = np.empty(len(work_of), np.int64)
        member[order] = np.arange(len(work_of)) - np.repeat(starts, sizes)
        lengths = [-(-int(np.count_nonzero(sizes > k)) // 64) for k in range(int(sizes.max(initial=0)))]
        ends = np.cumsum([0, *lengths])
        self._slots = [slice(int(start), int(end)) for start, end in pairwise(ends)]
        self._positions = ends[member] * 64 + rank[work_of]
        self.words = int(ends[-1])

    def pack(self, rows: NDArray[np.integer]) -> NDArray[np.uint64]:
        """Return these scenarios as bits; shape ``(words,)``."""
        bits = np.zeros(self.words * 64, np.bool_)
        bits[self._positions[rows]] = True
        return np.packbits(bits, bitorder="little").view(np.uint64)

    @cached_property
    def all(self) -> NDArray[np.uint64]:
        """All scenarios, as a matrix of one row."""
        return self.pack(np.arange(len(self._positions)))[None, :]

    def counts(self, rows: NDArray[np.uint64], columns: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the works with a scenario in both, for each row of two matrices; shape ``(rows, columns)``."""
        found = np.zeros((len(rows), len(columns)), np.int64)
        for number, row in enumerate(rows):
            if not self._slots:
                break
            both = columns & row
            works = both[:, self._slots[0]]
            for slot in self._slots[1:]:
                works[:, : slot.stop - slot.start] |= both[:, slot]
            found[number] = np.bitwise_count(works).sum(axis=1, dtype=np.int64)
        return found


@dataclass(frozen=True)
class _Axis:
    """The values of a field as a forest; vocabularies and numbers are for their order."""

    tops: tuple[str, ...]
    below: dict[str, list[str]]
    schemes: dict[str, str | None]
    numbers: dict[str, str]

    @classmethod
    def of(cls, used: Iterable[str], field: str, graph: Graph) -> _Axis:
        """Take the values in use and, where all are to be shown, the others of the same vocabularies."""
        values = set(used)
        schemes = {value: graph.iri(value, _IN_SCHEME) if "/" in value else None for value in values}
        if field in _WHOLE:
            in_use = {scheme for scheme in schemes.values() if scheme}
            for class_name in FIELDS[field].classes:
                for iri in graph.instances(IHUB + class_name):
                    if (scheme := graph.iri(iri, _IN_SCHEME)) in in_use:
                        values.add(iri)
                        schemes[iri] = scheme
        below: dict[str, list[str]] = {}
        tops = []
        for value in sorted(values):
            above = [iri for iri in _above(value, field, graph) if iri in values]
            for iri in above:
                below.setdefault(iri, []).append(value)
            if not above:
                tops.append(value)
        numbers = {value: graph.value(value, _NOTATION) or "" for value in values if "/" in value}
        return cls(tuple(tops), below, schemes, numbers)

    def shown(
        self, tops: Iterable[str], opened: Collection[str] | None, name: Callable[[str], str]
    ) -> Iterator[AxisValue]:
        """Yield ``tops`` and what is opened below them, in order."""
        several = len({scheme for scheme in self.schemes.values() if scheme}) > 1
        waiting = [(value, 0, frozenset[str]()) for value in self._sorted(tops, name)[::-1]]
        while waiting:
            value, depth, above = waiting.pop()
            below = [iri for iri in self.below.get(value, ()) if iri not in above]
            is_open = bool(below) and (opened is None or value in opened)
            scheme = self.schemes.get(value) if several else None
            yield AxisValue(value, depth, scheme, bool(below), is_open, 0)
            if is_open:
                waiting += [(iri, depth + 1, above | {value}) for iri in self._sorted(below, name)[::-1]]

    def _sorted(self, values: Iterable[str], name: Callable[[str], str]) -> list[str]:
        def key(value: str) -> tuple[str, list[tuple[int, str]], str]:
            number = self.numbers.get(value, "")
            order = _natural(number) if number[:1].isdigit() else []
            return self.schemes.get(value) or "", order, name(value).casefold()

        return sorted(set(values), key=key)


def _above(value: str, field: str, graph: Graph) -> list[str]:
    """Return what stands directly above a value; above both written forms of Norwegian stands Norwegian."""
    if field == "language":
        return [read_as(value)] if read_as(value) != value else []
    return graph.iris(value, _BROADER) if FIELDS[field].tree else []


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key by which ``1.10`` comes after ``1.9``.

    >>> _natural("1.10") > _natural("1.9")
    True
    """
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(text) if part]
