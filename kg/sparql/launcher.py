"""Starts a zygote and ends it."""

from __future__ import annotations

import dataclasses
import json
import os
import selectors
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from kg.errors import ReleaseError
from kg.sparql.limits import Limits

if TYPE_CHECKING:
    from types import TracebackType

    from kg.store.connection import StoreAddress

__all__ = ["Zygote", "start_zygote"]

_SOCKET_PATH_MAX: Final = 100


class Zygote:
    """A running zygote; a context manager that ends it.

    Attributes:
        socket_path: Where it listens.
        quads: How many quads it has loaded; None for an on-disk store.

    """

    def __init__(self, process: subprocess.Popen[bytes], socket_path: Path) -> None:
        self._process, self.socket_path = process, socket_path
        self.quads: int | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def finish(self) -> None:
        """Ask it to accept no more and to end when its queries have; returns at once."""
        if self._process.stdin:
            self._process.stdin.close()

    def close(self, timeout: float = 0.0) -> None:
        """End it.

        Args:
            timeout: Seconds that running queries may still have.

        """
        self.finish()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()  # the kernel ends its workers with it
            self._process.wait()

    def __enter__(self) -> Self:
        """Return this handle."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the zygote."""
        self.close()


def start_zygote(
    socket_path: Path | str,
    *,
    quads: Path | str | None = None,
    store: Path | str | None = None,
    columns: Path | str | None = None,
    remote: StoreAddress | None = None,
    limits: Limits | None = None,
    base_iri: str | None = None,
    union_default: bool = True,
    prefixes: bool = True,
    timeout: float = 300.0,
) -> Zygote:
    """Start a zygote and wait until it listens.

    It ends when the returned handle is closed, or when this process ends in whatever way.

    Args:
        socket_path: Where it is to listen; shorter than 100 bytes, in a directory that only this user can enter.
        quads: N-Quads file to hold in memory; or
        store: on-disk store to open read-only; or
        remote: server to pass queries on to.
        columns: The columns of the same quads (:mod:`kg.columns`), for large joins and counts.
        limits: Bounds; the defaults otherwise.
        base_iri: What relative IRIs in queries resolve against.
        union_default: Whether the default graph is the union of the named graphs.
        prefixes: Whether the prefixes of :mod:`ontology.namespaces` are declared beforehand.
        timeout: Seconds that loading may take.

    Raises:
        ReleaseError: It did not start; the cause is in its standard error, which is this process's.

    """
    path = Path(socket_path)
    if len(bytes(path)) > _SOCKET_PATH_MAX:
        raise ReleaseError("the path is too long for a Unix socket", file=path)
    command = [sys.executable, "-m", "kg.sparql.zygote", "--socket", str(path)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # threads do not survive the forks that follow
    if remote:
        command.append("--remote")
        environment |= remote.to_environment()
    else:
        command += ["--quads", str(quads)] if quads else ["--store", str(store)]
        command += ["--columns", str(columns)] if columns else []
    command += ["--base-iri", base_iri] if base_iri else []
    command += [] if union_default else ["--exclusive-default"]
    command += [] if prefixes else ["--no-prefixes"]
    for name, value in dataclasses.asdict(limits or Limits()).items():
        command += ["--" + name.replace("_", "-"), str(value)]
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    zygote = Zygote(process, path)
    try:
        zygote.quads = json.loads(_first_line(process, timeout))["quads"]
    except ValueError:
        zygote.close()
        raise ReleaseError("the SPARQL process did not start", file=quads or store) from None
    finally:
        if process.stdout:
            process.stdout.close()
    return zygote


def _first_line(process: subprocess.Popen[bytes], timeout: float) -> bytes:
    """Return the line that says that it listens; nothing when it ended or took too long."""
    if process.stdout is None:
        return b""
    # Not select(), which fails in a process that has more than 1,024 files open.
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return process.stdout.readline() if selector.select(timeout) else b""
