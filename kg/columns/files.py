"""The columns of a release as files that are mapped into memory, and so lie there once however many processes read.

Every term has a number: its place among all terms in the order of their bytes in N-Triples, without the bracket that
closes an IRI. IRIs so are numbered in the order in which SPARQL sorts them.

Where several graphs make one statement, the engine finds it several times in their union. A property with such
statements has no columns.
"""

from __future__ import annotations

import json
import mmap
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kg.columns.relation import Numbers
    from kg.graph import Graph

__all__ = ["Columns", "ColumnsPart", "write_columns"]

FORMAT: Final = "columns-1"
"""Changes when the files are written in another way."""

_TERMS: Final = "terms.bin"
_OFFSETS: Final = "offsets.npy"
_SUBJECTS: Final = "subjects.npy"
_OBJECTS: Final = "objects.npy"
_PROPERTIES: Final = "properties.json"
_HALF: Final = np.uint64(32)


class ColumnsPart:
    """Writes the ``columns`` part of a release."""

    name = "columns"

    def fingerprint(self) -> str:
        """Return the version of the files."""
        return FORMAT

    def build(self, graph: Graph, directory: Path, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
        """Write the columns of the quads file; the manifest gets how many terms and statements there are."""
        del graph, progress  # the quads file is quicker to read through than the store
        return write_columns(directory.parent / "quads.nq", directory)


def write_columns(quads_file: Path, directory: Path) -> dict[str, int]:
    """Write the columns of all named graphs together.

    Args:
        quads_file: Quads in canonical N-Quads, none of them in the default graph.
        directory: Where to; it exists.

    Returns:
        How many different ``terms`` and ``statements`` there are, and ``left_out``, the properties without columns.
    """
    terms: dict[bytes, int] = {}
    columns: dict[bytes, tuple[array[int], array[int]]] = {}
    with quads_file.open("rb") as lines:
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            value = rest[: rest.rindex(b" <")]
            column = columns.get(predicate) or columns.setdefault(predicate, (array("I"), array("I")))
            column[0].append(terms.setdefault(subject, len(terms)))
            column[1].append(terms.setdefault(value, len(terms)))
    ordered = sorted(terms, key=_key)
    numbers = np.empty(len(ordered), np.uint64)
    numbers[np.fromiter((terms[term] for term in ordered), np.int64, len(ordered))] = np.arange(len(ordered))
    with (directory / _TERMS).open("wb") as file:
        file.writelines(ordered)
    np.save(directory / _OFFSETS, np.cumsum([0, *map(len, ordered)], dtype=np.int64))
    parts: list[np.ndarray[Any, np.dtype[np.uint64]]] = []
    places: dict[str, tuple[int, int] | None] = {}
    end = 0
    for predicate, (subjects, values) in sorted(columns.items()):
        pairs = np.unique((numbers[np.asarray(subjects)] << _HALF) | numbers[np.asarray(values)])
        if len(pairs) < len(subjects):
            places[predicate[1:-1].decode()] = None
            continue
        parts.append(pairs)
        places[predicate[1:-1].decode()] = (end, end := end + len(pairs))
    pairs = np.concatenate(parts) if parts else np.empty(0, np.uint64)
    np.save(directory / _SUBJECTS, (pairs >> _HALF).astype(np.uint32))
    np.save(directory / _OBJECTS, pairs.astype(np.uint32))
    (directory / _PROPERTIES).write_text(json.dumps(places, ensure_ascii=False), encoding="utf-8")
    return {"terms": len(ordered), "statements": end, "left_out": sum(place is None for place in places.values())}


class Columns:
    """The columns of one release, opened for reading.

    Args:
        terms: The terms in N-Triples, one after the other.
        offsets: Where each begins, and where the last one ends.
        statements: For each property, by IRI, subjects and objects in the order of their numbers, subjects first; None
            for a property that has none.
    """

    def __init__(
        self,
        terms: bytes | mmap.mmap,
        offsets: np.ndarray[Any, Any],
        statements: Mapping[str, tuple[Numbers, Numbers] | None],
    ) -> None:
        self._terms, self._offsets, self._statements = terms, offsets, statements
        self.size = len(offsets) - 1
        self._iris = (
            bisect_left(range(self.size), b"<", key=self.term),
            bisect_left(range(self.size), b"=", key=self.term),
        )

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Map the files in ``directory``.

        Raises:
            OSError: They cannot be read.
        """
        with (directory / _TERMS).open("rb") as file:
            # An empty file cannot be mapped.
            terms = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if (directory / _TERMS).stat().st_size else b""
        offsets, subjects, values = (
            np.asarray(np.load(directory / name, mmap_mode="r")) for name in (_OFFSETS, _SUBJECTS, _OBJECTS)
        )
        places = json.loads((directory / _PROPERTIES).read_text("utf-8"))
        slices = {iri: slice(*place) if place else None for iri, place in places.items()}
        return cls(terms, offsets, {iri: (subjects[at], values[at]) if at else None for iri, at in slices.items()})

    def term(self, number: int) -> bytes:
        """Return a term in N-Triples."""
        return self._terms[self._offsets[number] : self._offsets[number + 1]]

    def terms(self, numbers: Numbers) -> list[bytes]:
        """Return terms in N-Triples."""
        starts, ends = self._offsets[numbers].tolist(), self._offsets[numbers.astype(np.int64) + 1].tolist()
        return [self._terms[start:end] for start, end in zip(starts, ends, strict=True)]

    def number(self, term: bytes) -> int | None:
        """Return the number of a term, or None where no statement has it as subject or object."""
        place = bisect_left(range(self.size), _key(term), key=lambda number: _key(self.term(number)))
        return place if place < self.size and self.term(place) == term else None

    def statements(self, iri: str) -> tuple[Numbers, Numbers] | None:
        """Return the subjects, ascending, and objects of a property's statements; None where it has no columns."""
        return self._statements.get(iri, (np.empty(0, np.uint32), np.empty(0, np.uint32)))

    def all_iris(self, numbers: Numbers) -> bool:
        """Whether all of these are numbers of IRIs, which ascend as the IRIs do."""
        first, end = self._iris
        return not len(numbers) or bool(numbers.min() >= first and numbers.max() < end)


def _key(term: bytes) -> bytes:
    return term.removesuffix(b">") if term.startswith(b"<") else term
