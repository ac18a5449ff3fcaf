"""Facets: for each field the values that documents have, and for each value the documents that have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kg.graph import Graph
    from kg.scenario import Scenario

__all__ = ["FACETS", "FacetIndex"]

_BROADER: Final = "http://www.w3.org/2004/02/skos/core#broader"

FACETS: Final[dict[str, Callable[[Scenario], Sequence[str]]]] = {
    "subject": lambda s: s.subjects,
    "level": lambda s: s.levels,
    "competence": lambda s: s.competences,
    "language": lambda s: [tag.lower().split("-")[0] for tag in s.languages],
    "organisation": lambda s: s.groupings,
    "tool": lambda s: s.all_tools,
    "collection": lambda s: [s.collection],
    "kind": lambda s: [s.data_kind] if s.data_kind else [],
}
"""Each facet's values for a scenario: IRIs of concepts, but primary language subtags for ``language``."""


@dataclass(frozen=True)
class _Field:
    """Documents by value: those of ``values[i]`` are ``documents[starts[i]:starts[i + 1]]``."""

    values: list[str]
    starts: NDArray[np.int64]
    documents: NDArray[np.int32]

    def of(self, value: str) -> NDArray[np.int32]:
        """Return the documents that have ``value``."""
        if value not in self.values:
            return self.documents[:0]
        row = self.values.index(value)
        return self.documents[self.starts[row] : self.starts[row + 1]]


@dataclass(frozen=True)
class _Pairs:
    """The pairs of value and work of a field, by value: what has to be counted once however many languages a work has.

    Attributes:
        scenarios: Scenarios by pair.
        starts: Where each pair's scenarios start.
        value_starts: Where each value's pairs start, among the pairs.
    """

    scenarios: NDArray[np.int32]
    starts: NDArray[np.int64]
    value_starts: NDArray[np.int64]

    @classmethod
    def of(cls, entry: _Field, work_of: NDArray[np.int64]) -> _Pairs:
        """Sort the scenarios of a field by value and work."""
        works = int(work_of.max(initial=0)) + 1
        values = np.repeat(np.arange(len(entry.values)), np.diff(entry.starts))
        keys = values * works + work_of[entry.documents]
        order = np.argsort(keys, kind="stable")
        _, starts = np.unique(keys[order], return_index=True)
        value_starts = np.searchsorted(keys[order][starts] // works, np.arange(len(entry.values)))
        return cls(entry.documents[order], starts, value_starts)


class FacetIndex:
    """Masks of scenarios and exact counts of works by facet value. A scenario has a concept's broader concepts too.

    Args:
        fields: Scenarios by value, for each field.
        work_of: The work of each scenario, as numbers from 0; shape ``(scenarios,)``.
    """

    def __init__(self, fields: Mapping[str, _Field], work_of: NDArray[np.int64]) -> None:
        self._fields = fields
        self._count = len(work_of)
        self._pairs = {name: _Pairs.of(entry, work_of) for name, entry in fields.items()}
        self._values_of: list[list[str]] = [[] for _ in range(self._count)]
        for entry in fields.values():
            for value in entry.values:
                for row in entry.of(value):
                    self._values_of[row].append(value)

    @classmethod
    def build(cls, scenarios: Sequence[Scenario], graph: Graph, directory: Path) -> dict[str, list[str]]:
        """Save the documents of each value in ``directory``; return the values of each field for the manifest."""
        arrays: dict[str, Any] = {}
        values: dict[str, list[str]] = {}
        broader: dict[str, list[str]] = {}
        for name, read in FACETS.items():
            documents: dict[str, list[int]] = {}
            for row, scenario in enumerate(scenarios):
                for value in sorted({v for stated in read(scenario) for v in _with_broader(stated, graph, broader)}):
                    documents.setdefault(value, []).append(row)
            values[name] = sorted(documents)
            lengths = [len(documents[value]) for value in values[name]]
            arrays[f"{name}.starts"] = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
            flat = [row for value in values[name] for row in documents[value]]
            arrays[f"{name}.documents"] = np.array(flat, dtype=np.int32)
        np.savez(directory / "facets.npz", **arrays)
        return values

    @classmethod
    def open(cls, directory: Path, values: Mapping[str, list[str]], work_of: NDArray[np.int64]) -> FacetIndex:
        """Open saved facets; ``values`` are those that :meth:`build` returned."""
        with np.load(directory / "facets.npz") as arrays:
            fields = {n: _Field(values[n], arrays[f"{n}.starts"], arrays[f"{n}.documents"]) for n in FACETS}
        return cls(fields, work_of)

    def rows(self, field: str, value: str) -> NDArray[np.int32]:
        """Return the scenarios that have ``value`` in ``field``."""
        return self._fields[field].of(value)

    def values_of(self, row: int) -> list[str]:
        """Return the values of all fields that a scenario has."""
        return self._values_of[row]

    def mask(self, field: str, values: Sequence[str]) -> NDArray[np.bool_]:
        """Return which documents have one of ``values`` in ``field``, shape ``(count,)``."""
        mask = np.zeros(self._count, np.bool_)
        for value in values:
            mask[self._fields[field].of(value)] = True
        return mask

    def counts(self, field: str, hits: NDArray[np.bool_]) -> dict[str, int]:
        """Return for each value of ``field`` how many works have it among ``hits`` (``(count,)``); never a zero."""
        entry, pairs = self._fields[field], self._pairs[field]
        if not entry.values:
            return {}
        # No run is empty: every pair has a scenario, and every value a work.
        hit_pairs = np.logical_or.reduceat(hits[pairs.scenarios], pairs.starts)
        counts = np.add.reduceat(hit_pairs.astype(np.int64), pairs.value_starts)
        return {value: int(n) for value, n in zip(entry.values, counts, strict=True) if n}


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
