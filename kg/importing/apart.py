"""Reading a file from strangers by an adapter, in a process of its own: nothing of it is written to a collection.

Whatever the file does to the process, memory and time are bounded, and whoever asked gets an answer.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import resource
import subprocess
import sys
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from kg.errors import DocumentError, ImportSourceError
from kg.importing.adapter import Run, load_adapter
from kg.importing.batches import vocabulary_index
from kg.importing.reconcile import Reconciler

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.importing.adapter import Record

__all__ = ["ReadFile", "ReadRecord", "read_apart"]

SECONDS: Final = 60
"""Processor time that a file may take."""

WAITING: Final = 2 * SECONDS
"""Time that anybody waits for it; on a busy machine a process does not have a processor to itself."""

MEMORY: Final = 3 << 30
"""Address space that the process may have, in bytes; the detection of languages maps most of what it needs of it."""

_LOG: Final = logging.getLogger("ihub.import")
_COLLECTION: Final = "uploaded"


@dataclass(frozen=True)
class ReadRecord:
    """What one record says, or why it cannot be read.

    Attributes:
        raw: The record as it stands in the file.
        sheet: The sheet that it stands in, if the file has sheets.
        row: Its row there.
        document: The document made of it, not in normal form; None where there is a cause.
        unresolved: Words by field that no concept was found for; those that are keywords now among them.
        cause: Why it cannot be read.
        field: The field at fault.
    """

    raw: str
    sheet: str | None = None
    row: int | None = None
    document: dict[str, Any] | None = None
    unresolved: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    cause: str | None = None
    field: str | None = None


@dataclass(frozen=True)
class ReadFile:
    """What a file holds.

    Attributes:
        records: Its records, in order.
        notes: What the adapter wants people to know.
        more: Whether there are more records than were to be read.
    """

    records: list[ReadRecord]
    notes: list[str]
    more: bool


def read_apart(path: Path, adapter: str, id_base: str, most: int, seconds: float = WAITING) -> ReadFile:
    """Read a file by an adapter's own reading code, in a process that is ended when it takes too much.

    Args:
        path: The file.
        adapter: Name of the adapter.
        id_base: Base of this deployment's entities.
        most: Records to read, at most.
        seconds: How long to wait for it.

    Raises:
        ImportSourceError: The file as a whole cannot be read, or takes too much.
    """
    command = [sys.executable, "-m", __name__, str(path), adapter, id_base, str(most)]
    too_much = ImportSourceError("takes too long, or too much memory, to read", hint="split it into smaller files")
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)  # noqa: S603 - our own program
    except subprocess.TimeoutExpired:
        raise too_much from None
    if done.returncode:
        _LOG.warning("reading a file ended with status %s: %s", done.returncode, done.stderr[-2000:].decode())
        raise too_much
    answer = json.loads(done.stdout)
    if error := answer.get("error"):
        raise ImportSourceError(error["cause"], record=error["record"], field=error["field"], hint=error["hint"])
    return ReadFile([ReadRecord(**record) for record in answer["records"]], answer["notes"], answer["more"])


def _read(path: str, adapter: str, id_base: str, most: int) -> dict[str, Any]:
    concepts = vocabulary_index(id_base)
    run = Run(path, concepts)
    reconciler = Reconciler(concepts, id_base, _COLLECTION, "data-kind/original")
    try:
        found = list(islice(load_adapter(adapter).records(run), most + 1))
    except ImportSourceError as error:
        return {"error": {name: error.arguments()[name] for name in ("cause", "record", "field", "hint")}}
    records = [dataclasses.asdict(_record(record, reconciler)) for record in found[:most]]
    return {"records": records, "notes": run.notes, "more": len(found) > most}


def _record(record: Record, reconciler: Reconciler) -> ReadRecord:
    at: Mapping[str, Any] = {"raw": record.raw, "sheet": record.sheet, "row": record.row or record.number}
    if record.lesson is None:
        return ReadRecord(**at, cause=record.cause or "gives no document", field=record.field)
    try:
        made = reconciler.reconcile(record.lesson)
    except DocumentError as error:
        cause = error.cause + (f" ({error.hint})" if error.hint else "")
        return ReadRecord(**at, cause=cause, field=error.field)
    return ReadRecord(**at, document=made.document, unresolved=made.unresolved)


def _main(arguments: list[str]) -> int:
    path, adapter, id_base, most = arguments
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    json.dump(_read(path, adapter, id_base, int(most)), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
