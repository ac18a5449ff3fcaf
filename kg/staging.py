"""Several files of a folder replaced in one step, whatever happens in between.

New files are written into ``.import/staged``. Renaming that folder to ``.import/committed`` is the one step that
decides: before it the old files stand, after it the new ones do. Moving them to their places comes last, and whoever
finds ``.import/committed`` (the next import, or any reader of the folder) finishes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from typing import IO, TYPE_CHECKING, Final

from kg.errors import CollectionError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

__all__ = ["StagedFiles", "finish_commit"]

_FOLDER: Final = ".import"
_STAGED: Final = "staged"
_COMMITTED: Final = "committed"


class StagedFiles:
    """New versions of files in ``directory``; a context manager, of which only one can be open for a folder.

    Attributes:
        scratch: A folder for temporary files; it is gone when the context ends, or when the next one begins.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock: int | None = None
        self.scratch = directory / _FOLDER
        self._staged = self.scratch / _STAGED

    def __enter__(self) -> StagedFiles:
        """Lock the folder, finish what another left committed, and clear what it left unfinished.

        Raises:
            CollectionError: Another import is writing to the folder.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._directory, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            hint = "wait until it ends"
            raise CollectionError("another import is running", file=self._directory, hint=hint) from error
        finish_commit(self._directory)
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._staged.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear what was not committed, and let others write."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        with contextlib.suppress(OSError):
            self._directory.rmdir()  # a new folder into which nothing came
        if self._lock is not None:
            os.close(self._lock)

    def path(self, name: str) -> Path:
        """Return where the new version of the file ``name`` is to be written."""
        return self._staged / name

    def write(self, name: str, text: str) -> None:
        """Stage ``text`` as the file ``name``; an empty one is not made where there is none yet."""
        if text or (self._directory / name).is_file():
            self.path(name).write_text(text, encoding="utf-8")

    def commit(self) -> None:
        """Put the staged files into place; those equal to what is there already are left alone."""
        for path in sorted(self._staged.iterdir()):
            if _equal(path, self._directory / path.name):
                path.unlink()
            else:
                _flush(path)
        _flush(self._staged)
        if any(self._staged.iterdir()):
            self._staged.rename(self.scratch / _COMMITTED)
            _flush(self.scratch)
            finish_commit(self._directory)


def finish_commit(directory: Path) -> None:
    """Move files that an import committed to their places, where it was killed before it could."""
    committed = directory / _FOLDER / _COMMITTED
    if not committed.is_dir():
        return
    for path in sorted(committed.iterdir()):
        # Two that finish the same commit do the same moves; what one has moved the other no longer finds.
        with contextlib.suppress(FileNotFoundError):
            path.replace(directory / path.name)
    _flush(directory)
    with contextlib.suppress(OSError):
        committed.rmdir()


def _equal(one: Path, other: Path) -> bool:
    if not other.is_file() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        return all(_chunk(left) == chunk for chunk in iter(lambda: _chunk(right), b""))


def _chunk(file: IO[bytes]) -> bytes:
    return file.read(1 << 20)


def _flush(path: Path) -> None:
    """Have the disk hold ``path`` before what depends on it is done."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
