"""Reading whole files of a source, up to a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import ImportSourceError
from kg.importing.net.bounded import MEBIBYTE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_file"]

LARGEST: Final = 256 * MEBIBYTE
"""Bytes; what is read whole must fit into memory several times over."""


def read_file(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        ImportSourceError: It cannot be read, or is larger than :data:`LARGEST`.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ImportSourceError("is larger than 256 MiB", file=path, hint="split it into several files")
        return path.read_bytes()
    except OSError as error:
        raise ImportSourceError(f"cannot be read: {error.strerror or error}", file=path) from error
