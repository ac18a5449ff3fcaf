"""Values and arrays in files that are mapped: read where they are asked for, their memory shared by all processes.

Values are JSON lines beside an array of where each line starts; arrays are numpy's own files. So everything in an index
that grows with the collection costs a process nothing until it is looked at, and the system may drop it again.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Records", "open_array", "write_records"]

_Value = TypeVar("_Value")

_DECODER: Final = json.JSONDecoder()
_REMEMBERED: Final = 4096
"""Values that are kept as they were read: those of the last few pages of hits."""


def write_records(path: Path, values: Iterable[object]) -> None:
    """Write ``values`` as JSON lines to ``path``, and where each line starts to a file beside it."""
    starts = [0]
    with path.open("wb") as file:
        for value in values:
            line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            file.write(line)
            starts.append(starts[-1] + len(line))
    np.save(_starts(path), np.array(starts, np.int64))


def open_array(path: Path) -> NDArray[Any]:
    """Map an array that ``np.save`` wrote; read-only."""
    # As a plain array: slices of a memmap take several times as long to make.
    mapped: NDArray[Any] = np.load(path, mmap_mode="r")
    return mapped.view(np.ndarray)


class Records(Sequence[_Value]):
    """Values that :func:`write_records` wrote, each read when it is asked for; safe to use from several threads.

    A value may be handed out again: what it consists of must not be changed.

    Args:
        path: The JSON lines.
        make: Makes a value of what a line says.
        remembered: Values to keep; 0 where none is soon asked for again.
    """

    def __init__(self, path: Path, make: Callable[[Any], _Value], remembered: int = _REMEMBERED) -> None:
        self._make = make
        self._starts = open_array(_starts(path))
        with path.open("rb") as file:
            # A file without a byte cannot be mapped.
            size = path.stat().st_size
            self._lines: mmap.mmap | bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        self._value = lru_cache(maxsize=remembered)(self._read) if remembered else self._read

    def __len__(self) -> int:
        """The number of values."""
        return len(self._starts) - 1

    @overload
    def __getitem__(self, number: int) -> _Value: ...

    @overload
    def __getitem__(self, number: slice) -> list[_Value]: ...

    def __getitem__(self, number: int | slice) -> _Value | list[_Value]:
        """Return one value, or those of a slice."""
        if number.__class__ is slice:
            return [self._value(n) for n in range(*number.indices(len(self)))]
        return self._value(number)  # type: ignore[arg-type]

    def _read(self, number: int) -> _Value:
        place = int(number) + len(self) if number < 0 else int(number)
        if not 0 <= place < len(self):
            raise IndexError(number)
        line = str(self._lines[int(self._starts[place]) : int(self._starts[place + 1])], "utf-8")
        return self._make(_DECODER.raw_decode(line)[0])


def _starts(path: Path) -> Path:
    return path.with_suffix(".starts.npy")
