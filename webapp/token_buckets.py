"""Buckets of tokens that limit how many requests each client makes, shared by all web processes.

Each client has a bucket of tokens that fills within a minute; a request takes one. The buckets of all web processes lie
in one file that they map into memory, so the limit is that of the site and not of whichever process answers. A client
is found by a keyed digest of its address: the file holds no addresses, and nobody can choose whose bucket to share.
Two processes that write at the same moment may lose a token; a limit need not be more exact than that.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import time
from threading import Lock
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RateLimiter", "rates_file", "reset_rates"]

_SLOT: Final = struct.Struct("=dd")  # tokens that are used, and the monotonic time of the last request
_SLOTS: Final = 1 << 16
_KEY_BYTES: Final = 16
_SIZE: Final = _KEY_BYTES + _SLOTS * _SLOT.size


class RateLimiter:
    """Buckets of tokens by client.

    Args:
        per_minute: Requests that one client may make in a minute, and how many at once after a pause; more than 0.
        memory: Where the buckets lie: :meth:`shared` or :meth:`private`.
    """

    def __init__(self, per_minute: int, memory: mmap.mmap) -> None:
        self._full = float(per_minute)
        self._rate = per_minute / 60.0
        self._memory = memory
        self._key = memory[:_KEY_BYTES]
        self._lock = Lock()

    @classmethod
    def private(cls, per_minute: int) -> Self:
        """Return a limiter of this process alone."""
        memory = mmap.mmap(-1, _SIZE)
        memory[:_KEY_BYTES] = os.urandom(_KEY_BYTES)
        return cls(per_minute, memory)

    @classmethod
    def shared(cls, per_minute: int, path: Path) -> Self:
        """Return a limiter over the buckets in a file that :func:`reset_rates` has made.

        Raises:
            OSError: The file cannot be mapped.
        """
        with path.open("r+b") as file:
            return cls(per_minute, mmap.mmap(file.fileno(), _SIZE))

    def wait(self, client: str, now: float | None = None) -> float:
        """Take a token of a client; return 0, or the seconds until there is one where there is none.

        Args:
            client: Whom to charge.
            now: Monotonic time in seconds.
        """
        now = time.monotonic() if now is None else now
        slot = hashlib.blake2b(client.encode(), key=self._key, digest_size=4).digest()
        place = _KEY_BYTES + int.from_bytes(slot) % _SLOTS * _SLOT.size
        with self._lock:
            used, at = _SLOT.unpack_from(self._memory, place)
            used = max(0.0, used - max(0.0, now - at) * self._rate)
            if used + 1.0 > self._full:
                return float((used + 1.0 - self._full) / self._rate)
            _SLOT.pack_into(self._memory, place, used + 1.0, now)
        return 0.0


def rates_file(directory: Path) -> Path:
    """Return where the buckets of a server with this directory lie (:mod:`webapp.server_directory`)."""
    return directory / "rates"


def reset_rates(directory: Path) -> None:
    """Make the file of buckets, all full; called once, before the web processes start."""
    path = rates_file(directory)
    path.touch(0o600)
    path.write_bytes(os.urandom(_KEY_BYTES) + bytes(_SIZE - _KEY_BYTES))
