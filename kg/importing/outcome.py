"""What becomes of one record between its source and the collection: plain values that travel between processes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kg.importing.adapter import Record
    from kg.importing.mapping import WordMapping

__all__ = ["Item", "Job", "Outcome", "Reference"]


@dataclass(frozen=True)
class Job:
    """What all records of a run share.

    Attributes:
        id_base: Base of this deployment's entities.
        collection: Slug of the collection.
        source: What was imported, as a web address where it is one.
        adapter: The adapter's name and version.
        data_kind: Kind of data of documents that do not say it.
        mapping: What people have said about words.
        time: When the run began, ISO 8601 in UTC.
    """

    id_base: str
    collection: str
    source: str
    adapter: str
    data_kind: str
    mapping: WordMapping
    time: str


class Item(NamedTuple):
    """A record on its way to a worker.

    Attributes:
        seq: Its sequence number.
        hash: Its SHA-256.
        record: The record without its raw form.
        version: Digest of the version that the collection holds of an equal record; giving the same, it was judged.
    """

    seq: int
    hash: str
    record: Record
    version: str | None = None


class Reference(NamedTuple):
    """An entity outside the vocabularies that a document mentions: relative, with the field that does.

    What is only nice to have (``soft``) is left out where it leads nowhere; else the document is rejected.
    """

    target: str
    field: str | None
    soft: bool


@dataclass(frozen=True)
class Outcome:
    """What became of a record.

    Attributes:
        seq: Its sequence number.
        id: The entity that it describes, where that is known.
        json: Its document as canonical JSON; None when it was rejected.
        context: N-Triples that shapes may ask of it when others refer to it.
        references: Entities outside the vocabularies.
        pending: Whether the document is still to be validated: those that refer to others wait until these are known.
        work: The work that it is an example of.
        field: The field at fault.
        cause: Why it was rejected.
        unresolved: Words by field that no concept was found for.
        counts: Words by field: those that somebody or some vocabulary knows, and all.
    """

    seq: int
    id: str | None = None
    json: str | None = None
    context: str = ""
    references: tuple[Reference, ...] = ()
    pending: bool = False
    work: str | None = None
    field: str | None = None
    cause: str | None = None
    unresolved: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
