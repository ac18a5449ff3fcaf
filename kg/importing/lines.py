"""Reading sources of one JSON object a line, plain or gzipped."""

from __future__ import annotations

import gzip
import json
from typing import IO, TYPE_CHECKING, Any, Final

from kg.errors import ImportSourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["JsonLine", "count_lines", "json_lines"]

LONGEST_LINE: Final = 4_000_000
"""Bytes; a longer line is one bad record, not a reason to fill the memory."""

JsonLine = tuple[int, str, dict[str, Any] | str]
"""Line number from 1, the line, and the object or what is wrong with the line."""


def json_lines(source: Path) -> Iterator[JsonLine]:
    """Yield each line that is not empty with its object, or with what is wrong with it.

    Raises:
        ImportSourceError: The file cannot be opened or read.
    """
    try:
        with _open(source) as file:
            for number, line in enumerate(_bounded(file), start=1):
                text = line.decode("utf-8", errors="replace").strip().removeprefix("\ufeff")
                if text:
                    yield number, text, _object(line, text)
    except OSError as error:
        raise ImportSourceError(f"cannot be read: {error.strerror or error}", file=source) from error


def count_lines(source: Path) -> int:
    """Return the number of lines, 0 where the file cannot be read (reading it will say why)."""
    try:
        with _open(source) as file:
            return sum(1 for _ in _bounded(file))
    except OSError:
        return 0


def _open(source: Path) -> IO[bytes]:
    return gzip.open(source, "rb") if source.suffix == ".gz" else source.open("rb")  # type: ignore[return-value]


def _bounded(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        start = line
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)
        yield start


def _object(line: bytes, text: str) -> dict[str, Any] | str:
    try:
        line.decode("utf-8")
        value = json.loads(text)
    except UnicodeDecodeError:
        return "is not UTF-8"
    except (ValueError, RecursionError) as error:
        return "is longer than an import reads" if len(line) >= LONGEST_LINE else f"is not readable JSON: {error}"
    return value if isinstance(value, dict) else "is not a JSON object"
