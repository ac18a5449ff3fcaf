"""Facets: for each field the values that scenarios have, and for each value the scenarios that have it.

All fields' rows stand in a few arrays that are mapped from files, and so are the pairs that are counted.
"""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from search.fields import FIELDS, Context, units
from search.mapped import open_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kg.graph import Graph
    from kg.scenario import Scenario
    from search.fields import Field

__all__ = ["FacetIndex"]

_FILES: Final = ("starts", "rows", "pairs.rows", "pairs.starts", "pairs.values")
_BROADER: Final = "http://www.w3.org/2004/02/skos/core#broader"


@dataclass(frozen=True)
class _Values:
    """Rows by value: those of ``values[i]`` are ``rows[starts[i]:starts[i + 1]]``, ascending."""

    values: list[str]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {value: number for number, value in enumerate(self.values)}

    def numbers(self) -> NDArray[np.int64]:
        """Return for each of ``rows`` the number of its value."""
        return np.repeat(np.arange(len(self.values)), np.diff(self.starts))

    def of_owners(self, owner: NDArray[np.int32], scenarios: int) -> _Values:
        """Return the scenarios by value that own the rows, which are units."""
        keys = np.unique(self.numbers() * max(scenarios, 1) + owner[self.rows])
        numbers, rows = np.divmod(keys, max(scenarios, 1))
        starts = np.searchsorted(numbers, np.arange(len(self.values) + 1))
        return _Values(self.values, starts, rows.astype(np.int32))

    def of(self, value: str) -> NDArray[np.int32]:
        """Return the rows that have ``value``."""
        number = self._numbers.get(value)
        return self.rows[:0] if number is None else self.rows[self.starts[number] : self.starts[number + 1]]


@dataclass(frozen=True)
class _Pairs:
    """The pairs of value and work of a field, by value: what has to be counted once however many rows a work has.

    Attributes:
        rows: Rows by pair; of the type that numpy indexes by, which saves converting them for each search.
        starts: Where each pair's rows start; empty where each pair has one row.
        value_starts: Where each value's pairs start, among the pairs.
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    value_starts: NDArray[np.int64]

    @classmethod
    def of(cls, entry: _Values, work_of: NDArray[np.int64]) -> _Pairs:
        """Sort the rows of a field by value and work."""
        works = int(work_of.max(initial=0)) + 1
        keys = entry.numbers() * works + work_of[entry.rows]
        order = np.argsort(keys, kind="stable")
        _, starts = np.unique(keys[order], return_index=True)
        value_starts = np.searchsorted(keys[order][starts] // works, np.arange(len(entry.values)))
        if len(starts) == len(order):
            starts = starts[:0]
        return cls(entry.rows[order].astype(np.int64), starts.astype(np.int64), value_starts.astype(np.int64))

    def counts(self, hits: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return for each value how many works have it in a row of ``hits``."""
        # No run is empty: every pair has a row, and every value a work.
        found = hits[self.rows]
        if len(self.starts):
            found = np.logical_or.reduceat(found, self.starts)
        counts: NDArray[np.int32] = np.add.reduceat(found.view(np.uint8), self.value_starts, dtype=np.int32)
        return counts


class FacetIndex:
    """Masks and exact counts of works by facet value. What has a concept has the concept's broader concepts too.

    Rows of a field are scenarios or, for fields of units (see :mod:`search.fields`), units.

    Args:
        directory: Where :meth:`build` wrote the index.
        scenarios: Number of scenarios.

    Attributes:
        broader: For each field the values that stand directly above a value, among its own values.
        owner: The scenario of each unit; shape ``(units,)``.
        scenarios: Number of scenarios.
    """

    def __init__(self, directory: Path, scenarios: int) -> None:
        body = json.loads((directory / "facets.json").read_text(encoding="utf-8"))
        read = _Reader(directory)
        self.broader: Mapping[str, dict[str, list[str]]] = body["broader"]
        self.owner: NDArray[np.int32] = open_array(directory / "owner.npy")
        self.scenarios = scenarios
        self._fields: dict[str, _Values] = {}
        self._scenarios_by_value: dict[str, _Values] = {}
        self._pairs: dict[str, _Pairs] = {}
        self._unit_pairs: dict[str, _Pairs] = {}
        for name in FIELDS:
            own = self._fields[name] = read.values(body["values"][name])
            self._scenarios_by_value[name] = read.values(own.values) if self.of_units(name) else own
            self._pairs[name] = read.pairs()
            if self.of_units(name):
                self._unit_pairs[name] = read.pairs()

    @classmethod
    def build(
        cls, scenarios: Sequence[Scenario], graph: Graph, work_of: NDArray[np.int64], directory: Path
    ) -> dict[str, list[str]]:
        """Write the index to ``directory``, an empty folder.

        Args:
            scenarios: The scenarios.
            graph: Knows the broader concepts.
            work_of: The work of each scenario, as numbers from 0; shape ``(scenarios,)``.
            directory: Where to write.

        Returns:
            The values of each field.
        """
        context = Context.of(scenarios, graph)
        owner = np.repeat(np.arange(len(scenarios), dtype=np.int32), [len(units(scenario)) for scenario in scenarios])
        np.save(directory / "owner.npy", owner)
        write = _Writer()
        values: dict[str, list[str]] = {}
        above: dict[str, dict[str, list[str]]] = {}
        known: dict[str, list[str]] = {}
        for name, field in FIELDS.items():
            rows: dict[str, array[int]] = {}
            for row, stated in enumerate(_read(field, scenarios, context)):
                for value in sorted({v for one in stated for v in _with_broader(one, graph, known)}):
                    rows.setdefault(value, array("i")).append(row)
            values[name] = sorted(rows)
            above[name] = _parents(values[name], graph) if field.tree else {}
            lengths = [len(rows[value]) for value in values[name]]
            joined = np.concatenate([np.empty(0, np.int32), *(np.array(rows[v], np.int32) for v in values[name])])
            own = _Values(values[name], np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), joined)
            write.values(own)
            if cls.of_units(name):
                by_scenario = own.of_owners(owner, len(scenarios))
                write.values(by_scenario)
                write.pairs(_Pairs.of(by_scenario, work_of))
            write.pairs(_Pairs.of(own, work_of[owner] if cls.of_units(name) else work_of))
        write.save(directory)
        body = json.dumps({"values": values, "broader": above}, separators=(",", ":"))
        (directory / "facets.json").write_text(body, encoding="utf-8")
        return values

    @staticmethod
    def of_units(field: str) -> bool:
        """Whether the rows of ``field`` are units."""
        return FIELDS[field].read_unit is not None

    def values(self, field: str) -> list[str]:
        """Return all values of ``field``, sorted."""
        return self._fields[field].values

    def rows(self, field: str, value: str) -> NDArray[np.int32]:
        """Return the scenarios that have ``value`` in ``field``, ascending."""
        return self._scenarios_by_value[field].of(value)

    def has(self, field: str, value: str, scenario: int) -> bool:
        """Whether a scenario has ``value`` in ``field``."""
        found = self.rows(field, value)
        place = int(found.searchsorted(np.int32(scenario)))
        return place < len(found) and int(found[place]) == scenario

    def mask(self, field: str, values: Sequence[str]) -> NDArray[np.bool_]:
        """Return which rows of ``field`` (scenarios or units) have one of ``values``."""
        mask = np.zeros(len(self.owner) if self.of_units(field) else self.scenarios, np.bool_)
        for value in values:
            mask[self._fields[field].of(value)] = True
        return mask

    def counts(self, field: str, scenarios: NDArray[np.bool_]) -> dict[str, int]:
        """Return for each value of ``field`` how many works have it among ``scenarios``; never a zero."""
        return self._counted(field, self._pairs[field], scenarios)

    def counts_by_unit(self, field: str, units: NDArray[np.bool_]) -> dict[str, int]:
        """Return the same among some units, for a field of units."""
        return self._counted(field, self._unit_pairs[field], units)

    def _counted(self, field: str, pairs: _Pairs, hits: NDArray[np.bool_]) -> dict[str, int]:
        values = self._fields[field].values
        if not values:
            return {}
        return {value: n for value, n in zip(values, pairs.counts(hits).tolist(), strict=True) if n}


class _Writer:
    """Collects the arrays of all fields, one after another, in few enough files that each can stay mapped."""

    def __init__(self) -> None:
        self._arrays: dict[str, list[NDArray[np.int32] | NDArray[np.int64]]] = {name: [] for name in _FILES}

    def values(self, entry: _Values) -> None:
        """Add the rows of a field by value."""
        self._add("starts", entry.starts)
        self._add("rows", entry.rows)

    def pairs(self, entry: _Pairs) -> None:
        """Add the pairs of a field."""
        self._add("pairs.rows", entry.rows)
        self._add("pairs.starts", entry.starts)
        self._add("pairs.values", entry.value_starts)

    def save(self, directory: Path) -> None:
        """Write the arrays, and where each field's part of them ends."""
        for name, parts in self._arrays.items():
            np.save(directory / f"{name}.npy", np.concatenate(parts))
            np.save(directory / f"{name}.ends.npy", np.cumsum([len(part) for part in parts], dtype=np.int64))

    def _add(self, name: str, part: NDArray[np.int32] | NDArray[np.int64]) -> None:
        self._arrays[name].append(part)


class _Reader:
    """Gives back what :class:`_Writer` wrote, in the same order."""

    def __init__(self, directory: Path) -> None:
        arrays = {name: open_array(directory / f"{name}.npy") for name in _FILES}
        ends = {name: np.load(directory / f"{name}.ends.npy") for name in _FILES}
        self._parts = {name: iter(np.split(arrays[name], ends[name][:-1])) for name in _FILES}

    def values(self, values: list[str]) -> _Values:
        """Return the rows by value of the field that comes next."""
        return _Values(values, next(self._parts["starts"]), next(self._parts["rows"]))

    def pairs(self) -> _Pairs:
        """Return the pairs of the field that comes next."""
        return _Pairs(*(next(self._parts[name]) for name in ("pairs.rows", "pairs.starts", "pairs.values")))


def _read(field: Field, scenarios: Sequence[Scenario], context: Context) -> Iterator[Sequence[str]]:
    """Yield the values of each row of a field."""
    for scenario in scenarios:
        if field.read:
            yield field.read(scenario, context)
        elif field.read_unit:
            for unit in units(scenario):
                yield field.read_unit(scenario, unit)


def _with_broader(value: str, graph: Graph, known: dict[str, list[str]]) -> list[str]:
    """Return ``value`` and everything broader than it."""
    if value not in known:
        known[value] = [value]  # guards against a cycle
        found = [value]
        if "/" in value:
            for parent in graph.iris(value, _BROADER):
                found += _with_broader(parent, graph, known)
        known[value] = list(dict.fromkeys(found))
    return known[value]


def _parents(values: Sequence[str], graph: Graph) -> dict[str, list[str]]:
    """Return the values directly above each value, where there are any."""
    known = set(values)
    found = {value: [iri for iri in graph.iris(value, _BROADER) if iri in known] for value in values}
    return {value: parents for value, parents in found.items() if parents}
