"""What an import adapter is, and how adapters are found: by the entry-point group ``ihub.importers``."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from kg.errors import ImportSourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.importing.lesson import Lesson
    from kg.vocabulary import ConceptIndex

__all__ = ["GROUP", "Adapter", "Record", "Run", "adapter_names", "check_options", "load_adapter"]

GROUP: Final = "ihub.importers"


@dataclass(frozen=True)
class Record:
    """One record of a source.

    Attributes:
        number: Its line or position in the source or its file, from 1.
        raw: The record as it stands in the source; it is kept.
        lesson: What it says, in the source's words; reconciliation makes the document.
        document: The document made of it, not yet in normal form, where the source is in ihub's own form already.
        identifier: The record's own identifier where it gives no lesson and still tells who it is, so that the document
            made of it before is known to be there still.
        deleted: Identifier of a record that the source says was deleted.
        cause: Why the record gives neither lesson nor document.
        field: The field at fault.
        unresolved: Words by field that no concept was found for, where the adapter itself made the document.
        file: The file that it stands in, where the source is a folder; errors name it.
        sheet: The sheet that it stands in, where the source has sheets.
        row: Its row there, or in a source without sheets, as a spreadsheet program counts.
    """

    number: int
    raw: str
    lesson: Lesson | None = None
    document: dict[str, Any] | None = None
    identifier: str | None = None
    deleted: str | None = None
    cause: str | None = None
    field: str | None = None
    unresolved: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    file: str | None = None
    sheet: str | None = None
    row: int | None = None


@dataclass
class Run:
    """One run of an adapter over a source.

    Attributes:
        source: A file, a folder or an address, as given on the command line.
        concepts: The vocabularies; only an adapter that makes documents itself needs them.
        options: The adapter's own options, by name.
        state: What the adapter left to remember at the end of its last run over this source into this collection; what
            it leaves here is kept together with the documents, in the same step.
        allow_private: Whether private and loopback addresses may be asked.
        complete: Whether the run lists everything that the source has, so that what is missing has vanished. An
            adapter that asks only for what is new sets it to False.
        notes: What the adapter wants people to know about this run, a line each, such as columns that it does not
            understand.
    """

    source: str
    concepts: ConceptIndex
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    state: dict[str, Any] = dataclasses.field(default_factory=dict)
    allow_private: bool = False
    complete: bool = True
    notes: list[str] = dataclasses.field(default_factory=list)

    @property
    def path(self) -> Path:
        """The source as a path."""
        return Path(self.source)


class Adapter(Protocol):
    """Reads one kind of source.

    Attributes:
        name: The name on the command line.
        version: Changes when the same record would give another document.
        data_kind: The kind of data of a collection made by it, unless the caller says otherwise.
        options: What ``--option NAME=VALUE`` may set, with a sentence of help each.
    """

    name: str
    version: str
    data_kind: str
    options: Mapping[str, str]

    def records(self, run: Run) -> Iterator[Record]:
        """Yield one record for each in the source, good or bad.

        Raises:
            ImportSourceError: The source as a whole cannot be read.
        """

    def total(self, run: Run) -> int:
        """Return roughly how many records there are, for the progress bar; 0 where nobody can know beforehand."""


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


def check_options(adapter: Adapter, options: Mapping[str, str]) -> None:
    """Refuse options that the adapter does not have.

    Raises:
        ImportSourceError: There is one; the hint names those that the adapter has.
    """
    for name in options:
        if name not in adapter.options:
            known = "; ".join(f"{option}: {text}" for option, text in adapter.options.items())
            raise ImportSourceError(
                f"the adapter {adapter.name} has no option {name!r}", hint=f"it has {known or 'no options'}"
            )
