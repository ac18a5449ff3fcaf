"""The directory of one running server: its SPARQL processes' sockets, its web processes' counters and rate buckets.

Each ``ihub serve`` makes its own, so that several over one home do not disturb each other. It lies among the temporary
files, because the address of a Unix socket must be short and that of a home need not be.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["COUNTERS_VARIABLE", "new_server_directory", "server_directory", "server_environment"]

_VARIABLE: Final = "_IHUB_SERVER_DIRECTORY"  # between our own processes; not a setting
COUNTERS_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Names the directory of the web processes' counters; prometheus_client reads it when it is imported."""


@contextmanager
def new_server_directory() -> Iterator[Path]:
    """Make a directory that only this user can enter; it is gone after the context."""
    with tempfile.TemporaryDirectory(prefix="ihub-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        (directory / "metrics").mkdir()
        yield directory


def server_environment(directory: Path) -> dict[str, str]:
    """Return the variables that tell a web process which server it belongs to."""
    return {_VARIABLE: str(directory), COUNTERS_VARIABLE: str(directory / "metrics")}


def server_directory() -> Path | None:
    """Return the directory of the server that this process belongs to; None where it belongs to none."""
    name = os.environ.get(_VARIABLE)
    return Path(name) if name else None
