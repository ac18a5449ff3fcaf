"""The one error tree: every mistake a user can make ends in one of these, with file, record, field and a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "CollectionError",
    "DocumentError",
    "ExecutorError",
    "FetchError",
    "IhubError",
    "ImportSourceError",
    "QueryRefusedError",
    "ReleaseError",
    "SettingError",
    "StoreError",
    "StoreLimitError",
    "TakingPartError",
]


class IhubError(Exception):
    """Bad input or state that a person can mend; the command line prints it as one line and exits with status 1.

    Args:
        cause: What is wrong, in a sentence without a full stop.
        file: The file at fault.
        record: The line number or identifier of the record at fault.
        field: The field at fault.
        hint: What to do about it.
    """

    def __init__(
        self,
        cause: str,
        *,
        file: Path | str | None = None,
        record: int | str | None = None,
        field: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.cause = cause
        self.file = str(file) if file is not None else None
        self.record = record
        self.field = field
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        """Format as ``file:record: field: cause (hint)``, leaving out what is not known.

        >>> str(IhubError("is not a number", file="a.jsonl", record=3, field="minutes", hint="write 45"))
        'a.jsonl:3: minutes: is not a number (write 45)'
        """
        where = ":".join(str(part) for part in (self.file, self.record) if part is not None)
        parts = [part for part in (where, self.field, self.cause) if part]
        return ": ".join(parts) + (f" ({self.hint})" if self.hint else "")

    def arguments(self) -> dict[str, str | int | None]:
        """Return the arguments with which an equal error can be made."""
        return {name: getattr(self, name) for name in ("cause", "file", "record", "field", "hint")}


class SettingError(IhubError):
    """A setting in the environment has a value that cannot be used."""


class CollectionError(IhubError):
    """A collection's folder or its collection.yaml cannot be used."""


class DocumentError(IhubError):
    """One document cannot be read or is not valid; the others stand."""


class ImportSourceError(IhubError):
    """The source given to an import cannot be read at all."""


class ExecutorError(IhubError):
    """What should run batches is not there, or a worker of it ended."""


class FetchError(ImportSourceError):
    """An address cannot be had: it must not be asked, does not answer, or answers with what is over a limit.

    Args:
        cause: What is wrong.
        file: The address.
        hint: What to do about it.
        status: The HTTP status, where the server answered with one.
    """

    def __init__(
        self, cause: str, *, file: Path | str | None = None, hint: str | None = None, status: int | None = None
    ) -> None:
        self.status = status
        super().__init__(cause, file=file, hint=hint)


class ReleaseError(IhubError):
    """A release is missing, damaged or was made for other settings."""


class StoreError(IhubError):
    """The SPARQL server behind the service does not answer, refuses, or does not hold what it should."""


class StoreLimitError(StoreError):
    """The SPARQL server left something out of an answer because of a limit of its own."""


class QueryRefusedError(IhubError):
    """A SPARQL query that the service does not run: malformed, an update, or over a limit."""


class TakingPartError(IhubError):
    """What people who take part do or keep cannot be done or read: their database, an invitation, a backup."""
