"""What an import adapter is, and how adapters are found: by the entry-point group ``ihub.importers``."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final, Protocol

from kg.errors import ImportSourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.vocabulary import ConceptIndex

__all__ = ["GROUP", "Adapter", "Record", "adapter_names", "load_adapter"]

GROUP: Final = "ihub.importers"


@dataclass(frozen=True)
class Record:
    """One record of a source.

    Attributes:
        number: Its line or position in the source, from 1.
        raw: The record as it stands in the source; kept in quarantine when it is rejected.
        document: The document made of it, not yet in normal form; None when ``cause`` says why there is none.
        cause: Why the record gives no document.
        field: The field at fault.
        unresolved: Words by field that no concept was found for.
    """

    number: int
    raw: str
    document: dict[str, Any] | None = None
    cause: str | None = None
    field: str | None = None
    unresolved: dict[str, list[str]] = dataclasses.field(default_factory=dict)


class Adapter(Protocol):
    """Reads one kind of source.

    Attributes:
        name: The name on the command line.
        version: Changes when the same record would give another document.
        data_kind: The kind of data of a collection made by it, unless the caller says otherwise.
    """

    name: str
    version: str
    data_kind: str

    def records(self, source: Path, concepts: ConceptIndex) -> Iterator[Record]:
        """Yield one record for each in ``source``, good or bad.

        Raises:
            ImportSourceError: The source as a whole cannot be read.
        """

    def total(self, source: Path) -> int:
        """Return roughly how many records there are, for the progress bar."""


def adapter_names() -> list[str]:
    """Return the names of the installed adapters, sorted."""
    return sorted(point.name for point in entry_points(group=GROUP))


def load_adapter(name: str) -> Adapter:
    """Return the adapter called ``name``.

    Raises:
        ImportSourceError: There is none.
    """
    for point in entry_points(group=GROUP, name=name):
        adapter: Adapter = point.load()()
        return adapter
    raise ImportSourceError(f"no adapter is called {name!r}", hint=f"there are: {', '.join(adapter_names())}")
