"""What a worker may no longer do: open anything, outgrow its memory, outlive its parent."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Reach", "address_space", "allow_cpu", "confine", "cpu_seconds", "die_with_parent", "forbid_new_descriptors"]

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38


@dataclass(frozen=True)
class Reach:
    """What a worker must reach outside its memory while it runs a query.

    Attributes:
        remote: Another server, to which it passes queries on; it runs none itself.
        files: How many files of a store on disk: the engine opens them when it first needs them.

    """

    remote: bool = False
    files: int = 0


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends (Linux; elsewhere the closed control socket ends it).

    Args:
        parent: Process id that the parent had when this process was forked.

    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def address_space(pid: int | str = "self") -> int:
    """Return the address space of a process in bytes; 0 where that cannot be known."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def confine(memory_bytes: int) -> None:
    """Bound this process for good.

    Address space: what it has now and ``memory_bytes`` more. No core dump, no new privileges, first choice of the
    kernel's out-of-memory killer.
    """
    limit = address_space() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def forbid_new_descriptors(count: int = 1) -> None:
    """Leave exactly so many free descriptors; one is what the next connection will take.

    While a query runs, its connection holds that descriptor, so nothing can open a socket or a file.
    """
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + count, free + count))


def allow_cpu(seconds: float) -> None:
    """Let the kernel kill this process after so many more seconds of processor time: a backstop of the deadline."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def cpu_seconds(pid: int) -> float | None:
    """Return the processor time that another process has used, or None once it is gone.

    The clock of a process is ``clock_getcpuclockid(3)``, whose identifier Linux derives from the process id.
    """
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return None
