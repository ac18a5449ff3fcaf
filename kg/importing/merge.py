"""The new state of a collection: what it holds and what a run brought, put together entity by entity.

Both come sorted by identifier and pass by one at a time, so that memory holds one document of each.
"""

from __future__ import annotations

import gzip
import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any, Final

from kg.collection import DOCUMENTS_FILE, QUARANTINE_FILE, VERSIONS_FILE
from kg.errors import CollectionError
from kg.importing.provenance import comparable, dumps, version_entry
from kg.importing.spool import Accepted
from kg.withdrawals import DELETED, VANISHED, WITHDRAWN_FILE, Withdrawal, read_withdrawals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.importing.report import ImportReport
    from kg.importing.spool import Spool
    from kg.staging import StagedFiles

__all__ = ["RAW_FILE", "Missing", "document_lines", "merge_documents", "write_quarantine"]

RAW_FILE: Final = "raw.jsonl.gz"
"""Every record as it was read, one JSON object a line: ``id``, ``source`` (what was imported), ``hash`` and ``raw``."""


@dataclass
class Missing:
    """Decides what becomes of documents whose records are no longer in the source.

    A record that cannot be read at all may be any of those that are missing. So nothing is withdrawn in the run in
    which such a record first turns up; what is kept then stays as long as it, or another of the same run, is there.

    Attributes:
        complete: Whether the run listed everything that the source has.
        nameless: Hashes of records in this run of which nobody knows what they are.
        known: Those of the run before.
        kept_before: Documents that the run before kept for their sake.
        kept: Documents that this run keeps for their sake.
    """

    complete: bool
    nameless: set[str]
    known: set[str] = field(default_factory=set)
    kept_before: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)

    def has_vanished(self, identifier: str) -> bool:
        """Whether a document whose record is missing is to be withdrawn."""
        if not self.complete:
            return False
        if self.nameless - self.known or (identifier in self.kept_before and self.nameless & self.known):
            self.kept.add(identifier)
            return False
        return True


@dataclass
class _Entity:
    """What is known of one entity: its line and raw record in the collection, and what the run brings."""

    identifier: str
    line: str | None = None
    raw: str | None = None
    new: Accepted | None = None

    def raw_source(self) -> str | None:
        """The source whose record made the document in the collection, or None where that is not recorded."""
        return str(json.loads(self.raw)["source"]) if self.raw else None


def document_lines(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield identifier and line of each document that imports made, in the order of the file.

    Raises:
        CollectionError: A line holds no document; names it.
    """
    path = directory / DOCUMENTS_FILE
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                identifier = json.loads(line)["id"]
            except (ValueError, KeyError, TypeError) as error:
                raise CollectionError("is no document", file=path, record=number) from error
            yield identifier, line.rstrip("\n")


def merge_documents(
    directory: Path,
    staged: StagedFiles,
    spool: Spool,
    source: str,
    time: str,
    missing: Missing,
    report: ImportReport,
    progress: Callable[[int], None],
) -> None:
    """Stage documents, raw records, versions and withdrawals of the collection as they are after the run.

    Args:
        directory: The collection as it is.
        staged: Where the new files go.
        spool: What the run brought.
        source: What was imported.
        time: When, ISO 8601.
        missing: Decides about documents whose records are no longer there.
        report: Counts what is done.
        progress: Called with the number of entities done since the last call.
    """
    withdrawn = read_withdrawals(directory)
    with ExitStack() as files:
        out = _Output(staged, files, directory)
        for entity in _entities(directory, spool):
            if entity.new:
                withdrawn.pop(entity.identifier, None)
                _bring(entity, entity.new, source, time, out, report)
            elif entity.line is not None and (reason := _withdrawal(entity, spool, source, missing)):
                withdrawn[entity.identifier] = _withdrawn(entity, reason, source, time)
                report.withdrawn[reason] += 1
            elif entity.line is not None:
                out.keep(entity)
            progress(1)
    report.kept = len(missing.kept)
    staged.write(WITHDRAWN_FILE, "".join(withdrawn[identifier].json + "\n" for identifier in sorted(withdrawn)))


class _Output:
    """The staged files of documents, raw records and versions, open for writing."""

    def __init__(self, staged: StagedFiles, files: ExitStack, directory: Path) -> None:
        self._documents = files.enter_context(staged.path(DOCUMENTS_FILE).open("w", encoding="utf-8"))
        self._raw = files.enter_context(_gzip_writer(staged.path(RAW_FILE)))
        self._versions: IO[str] | None = None
        self._files, self._directory, self._staged = files, directory, staged

    def write(self, line: str, raw: str) -> None:
        """Write a document and its record."""
        self._documents.write(line + "\n")
        self._raw.write(raw + "\n")

    def keep(self, entity: _Entity) -> None:
        """Write an entity as it stands in the collection."""
        self._documents.write(f"{entity.line}\n")
        if entity.raw is not None:
            self._raw.write(entity.raw + "\n")

    def version(self, entry: dict[str, Any]) -> None:
        """Add what is kept of a version that was replaced."""
        if self._versions is None:
            self._versions = self._files.enter_context(_appending(self._directory, self._staged, VERSIONS_FILE))
        self._versions.write(dumps(entry) + "\n")


def _bring(entity: _Entity, new: Accepted, source: str, time: str, out: _Output, report: ImportReport) -> None:
    """Write what the run says of an entity, unless the collection says the same already."""
    document = json.loads(new.json)
    line, raw = new.json, dumps({"id": new.id, "source": source, "hash": new.hash, "raw": new.raw})
    if entity.line is None:
        report.created += 1
    else:
        former = json.loads(entity.line)
        if comparable(former) == comparable(document):
            report.unchanged += 1
            line = entity.line
        else:
            report.changed += 1
            entry = version_entry(former, entity.line, time)
            out.version(entry)
            line = dumps({**document, "wasRevisionOf": entry["version"]})
    report.languages.update(document.get("inLanguage", ()))
    report.detected += bool(document.get("languageDetected"))
    out.write(line, raw)


def _withdrawal(entity: _Entity, spool: Spool, source: str, missing: Missing) -> str | None:
    """Return why a document that the run did not bring is withdrawn, or None where it stays."""
    of_source = entity.raw_source()
    if of_source in (source, None) and spool.is_deleted(entity.identifier):
        return DELETED
    if of_source == source and not spool.seen(entity.identifier) and missing.has_vanished(entity.identifier):
        return VANISHED
    return None


def _withdrawn(entity: _Entity, reason: str, source: str, time: str) -> Withdrawal:
    document = json.loads(entity.line or "{}")
    title = document.get("name")
    address = document.get("source")
    return Withdrawal(
        entity.identifier,
        time,
        reason,
        address if isinstance(address, str) else source,
        title if isinstance(title, dict) else {},
    )


def _entities(directory: Path, spool: Spool) -> Iterator[_Entity]:
    lines = ((identifier, 0, line) for identifier, line in _sorted_lines(directory))
    raws = ((identifier, 1, line) for identifier, line in _raw_lines(directory / RAW_FILE))
    news = ((new.id, 2, new) for new in spool.accepted())
    both = merge(lines, raws, news, key=lambda item: item[:2])
    for identifier, items in groupby(both, key=lambda item: item[0]):
        entity = _Entity(identifier)
        for _, kind, value in items:
            if kind == 0:
                entity.line = str(value)
            elif kind == 1:
                entity.raw = str(value)
            elif isinstance(value, Accepted):
                entity.new = value
        yield entity


def _sorted_lines(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield the documents sorted by identifier, as imports leave them; a file put into disorder by hand is sorted."""
    last = ""
    for identifier, _ in document_lines(directory):
        if identifier < last:
            return iter(sorted(document_lines(directory)))
        last = identifier
    return document_lines(directory)


def _raw_lines(path: Path) -> Iterator[tuple[str, str]]:
    if not path.is_file():
        return
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield json.loads(line)["id"], line.rstrip("\n")
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise CollectionError(f"cannot be read: {error}", file=path) from error


@contextmanager
def _gzip_writer(path: Path) -> Iterator[IO[str]]:
    """Open a compressed file for text; equal texts give equal files, since no time is written into them."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        yield _Text(packed)  # type: ignore[misc]


class _Text:
    """The one method of a text file that is needed here, over a binary one."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write text as UTF-8."""
        return self._file.write(text.encode("utf-8", "backslashreplace"))


@contextmanager
def _appending(directory: Path, staged: StagedFiles, name: str) -> Iterator[IO[str]]:
    """Open the staged copy of a file to which lines are added."""
    with staged.path(name).open("w", encoding="utf-8") as file:
        if (directory / name).is_file():
            with (directory / name).open(encoding="utf-8") as former:
                file.writelines(former)
        yield file


def write_quarantine(directory: Path, staged: StagedFiles, spool: Spool, source: str, *, complete: bool) -> None:
    """Stage the quarantine: what this run rejected in place of what earlier runs over the source did.

    What other sources left there stays, and, where the run lists only what is new, what earlier runs left of records
    that it does not list.
    """
    path = directory / QUARANTINE_FILE
    staged_path = staged.path(QUARANTINE_FILE)
    with staged_path.open("w", encoding="utf-8") as file:
        if path.is_file():
            with path.open(encoding="utf-8") as former:
                for line in former:
                    entry = json.loads(line)
                    elsewhere = entry["source"] != source
                    if elsewhere or (not complete and not (entry.get("id") and spool.seen(entry["id"]))):
                        file.write(line)
        for rejected in spool.rejected():
            entry = {"source": source, "line": rejected.number, **rejected.entry()}
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
    if staged_path.stat().st_size == 0 and not path.is_file():
        staged_path.unlink()
