"""Files that a build makes of the same inputs as the build before it, and takes over instead.

A file is kept by the digest of all that it was made from, the code included. What a build did not ask for is dropped
when it ends, so that the folder holds what the last build could use.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["NO_REUSE", "Reuse", "code_digest", "digest_of"]

_PACKAGES: Final = ("kg", "ontology", "search")
_LIBRARIES: Final = ("pyoxigraph", "PyYAML", "altair", "vl-convert-python")


class Reuse:
    """The files that the last build kept.

    Args:
        folder: Where they are; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._asked: set[str] = set()

    def file(self, key: bytes, path: Path, make: Callable[[Path], None]) -> None:
        """Have at ``path`` the file that ``make`` would write there.

        Args:
            key: The digest of everything that decides on its bytes.
            path: Where; nothing is there yet.
            make: Writes the file.
        """
        if self._folder is None:
            make(path)
            return
        kept = self._folder / key.hex()
        self._asked.add(kept.name)
        with contextlib.suppress(OSError):
            _link(kept, path)
            return
        path.unlink(missing_ok=True)
        make(path)
        with path.open("rb") as file:
            os.fsync(file.fileno())  # else a file could be kept whose bytes never reached the disk
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f".{kept.name}.{os.getpid()}"
        temporary.unlink(missing_ok=True)
        _link(path, temporary)
        temporary.replace(kept)

    def sweep(self) -> None:
        """Drop what nobody has asked for since this object was made."""
        if self._folder is not None and self._folder.is_dir():
            for path in self._folder.iterdir():
                if path.name not in self._asked:
                    path.unlink(missing_ok=True)


NO_REUSE: Final = Reuse(None)
"""Everything is made anew."""


def digest_of(*inputs: bytes) -> bytes:
    """Return a digest of inputs, one by one, and of the code that makes something of them."""
    digest = hashlib.sha256(code_digest())
    for part in inputs:
        digest.update(hashlib.sha256(part).digest())
    return digest.digest()


@lru_cache(maxsize=1)
def code_digest() -> bytes:
    """Return the digest of all code that decides what a release holds, and of the libraries' versions."""
    digest = hashlib.sha256()
    for path in _code():
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.digest()


def _code() -> Iterable[Path]:
    home = Path(__file__).parents[1]
    suffixes = {".py", ".ttl", ".jsonld", ".rq"}
    return sorted(p for package in _PACKAGES for p in (home / package).rglob("*") if p.suffix in suffixes)


def _link(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where that cannot be; nobody changes either."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
