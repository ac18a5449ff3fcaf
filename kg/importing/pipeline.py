"""The import pipeline: records of an adapter become documents of a collection; what cannot is kept in quarantine.

Records pass through in batches (:mod:`kg.importing.batches`) and wait on disk (:mod:`kg.importing.spool`) until all
have been judged. Then the collection's new files are put together (:mod:`kg.importing.merge`) and take the place of the
old ones in one step (:mod:`kg.staging`).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import yaml

from kg.collection import DESCRIPTION_FILE, MAPPING_FILE, Collection, check_slug
from kg.executors import run_ordered
from kg.importing.adapter import Run, check_options
from kg.importing.batches import context_of, process_batch, validate_batch, vocabulary_index
from kg.importing.mapping import WordMapping, read_mapping
from kg.importing.merge import Missing, document_lines, merge_documents, write_quarantine
from kg.importing.nearest import NearestConcepts
from kg.importing.outcome import Item, Job
from kg.importing.provenance import version_digest
from kg.importing.report import LISTED, ImportReport, Rejection
from kg.importing.slugs import entity_id
from kg.importing.spool import Spool, without_reference
from kg.staging import StagedFiles
from kg.validation import BATCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Executor

    from kg.importing.adapter import Adapter, Record
    from kg.settings import Settings
    from kg.vocabulary import ConceptIndex

__all__ = ["STATE_FILE", "ImportReport", "Rejection", "import_source"]

STATE_FILE: Final = "imports.json"
"""What is remembered of each source: what the adapter left, and what is needed to tell what has vanished."""


def import_source(
    settings: Settings,
    adapter: Adapter,
    source: Path | str,
    collection: str,
    description: Mapping[str, Any],
    *,
    source_name: str | None = None,
    options: Mapping[str, str] = MappingProxyType({}),
    mapping: Path | None = None,
    allow_private: bool = False,
    executor: Executor | None = None,
    progress: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
    now: dt.datetime | None = None,
) -> ImportReport:
    """Import ``source`` into the collection of this slug under ``{home}/collections``.

    Documents are added or replaced by identifier; importing the same source again changes no file. The collection is
    as before or complete at any moment: its files are replaced in one step, after all documents were judged.

    Args:
        settings: Where to, and the base IRI.
        adapter: What reads the source.
        source: The file, folder or address.
        collection: The collection's slug.
        description: Fields of ``collection.yaml``, used when the collection is new.
        source_name: Under which name the source is remembered, where its file is called otherwise each time.
        options: The adapter's own options.
        mapping: File that says what words mean (:mod:`kg.importing.mapping`); it is remembered with the collection.
        allow_private: Whether private and loopback addresses may be asked.
        executor: Runs batches side by side; None runs them in this process.
        progress: Called with the step's name, what is done and what is to be done (0 where that is not known).
        now: The time of the import, where it is not the present.

    Raises:
        CollectionError: The slug cannot name a collection, or another import is writing to it.
        ImportSourceError: The source as a whole cannot be read, or an option or the mapping file cannot be used.
    """
    check_options(adapter, options)
    directory = settings.collections / check_slug(collection)
    concepts = vocabulary_index(settings.id_base)
    with StagedFiles(directory) as staged, Spool(staged.scratch / "spool.sqlite") as spool:
        session = _Session(settings, adapter, str(source), directory, concepts, staged, spool, executor, progress)
        session.name = source_name or _source_name(source)
        session.time = (now or dt.datetime.now(dt.UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        session.describe(description)
        session.remember_words(mapping)
        session.read(options, allow_private=allow_private)
        session.settle_references()
        session.merge()
        staged.commit()
        session.report.add_nearest(NearestConcepts(concepts, settings.id_base))
        return session.report


@dataclass
class _Session:
    """One import under way."""

    settings: Settings
    adapter: Adapter
    source: str
    directory: Path
    concepts: ConceptIndex
    staged: StagedFiles
    spool: Spool
    executor: Executor | None
    progress: Callable[[str, int, int], None]
    name: str = ""
    time: str = ""
    words: WordMapping = field(default_factory=WordMapping)
    run: Run = field(init=False)
    job: Job = field(init=False)
    stated: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.report = ImportReport(self.directory.name)
        self.done = 0

    def describe(self, description: Mapping[str, Any]) -> None:
        """Read the collection's description, or stage one where the collection is new."""
        if (self.directory / DESCRIPTION_FILE).is_file():
            self.stated = dict(Collection.open(self.directory).description.data)
            return
        slug = self.directory.name
        fields = {"name": {"en": slug}, "dataKind": self.adapter.data_kind, **description}
        self.stated = {"id": f"collection/{slug}", "type": "Collection", **fields}
        self.staged.write(DESCRIPTION_FILE, yaml.safe_dump(self.stated, allow_unicode=True, sort_keys=False))

    def remember_words(self, mapping: Path | None) -> None:
        """Put what the mapping file says over what is remembered."""
        path = self.directory / MAPPING_FILE
        former = read_mapping(path, self.concepts) if path.is_file() else WordMapping()
        self.words = read_mapping(mapping, self.concepts).over(former) if mapping else former
        if mapping:
            self.staged.write(MAPPING_FILE, self.words.text())

    def read(self, options: Mapping[str, str], *, allow_private: bool) -> None:
        """Spool every record of the source and what becomes of it."""
        remembered = self._state().get(self.name, {})
        state = dict(remembered.get("state", {}))
        self.run = Run(self.source, self.concepts, dict(options), state, allow_private=allow_private)
        self.job = Job(
            self.settings.id_base,
            self.directory.name,
            _without_password(self.source),
            f"{self.adapter.name} {self.adapter.version}",
            str(self.stated.get("dataKind", self.adapter.data_kind)),
            self.words.over(WordMapping(defaults=_strings({"licence": self.stated.get("license")}))),
            self.time,
        )
        self.spool.know(_existing(self.directory))
        total = self.adapter.total(self.run)
        batches = _batches(self._items(self.adapter.records(self.run)))
        for outcomes in run_ordered(self.executor, process_batch, ((self.job, batch) for batch in batches)):
            for outcome in outcomes:
                self.spool.judge(outcome)
                self.report.count_words(outcome.unresolved, outcome.counts)
            self.done += len(outcomes)
            self.progress("records", self.done, max(total, self.done) if total else 0)
        self.report.notes = self.run.notes
        self.spool.forget_deleted()

    def settle_references(self) -> None:
        """Validate the documents that refer to others, and refuse those whose references lead nowhere."""
        self._refuse_dangling()
        known = self._contexts(self.spool.referenced_existing())
        calls = (
            (self.job, batch, [*brought, *(known[target] for target in sorted(others) if target in known)])
            for batch in self.spool.pending(BATCH)
            for brought, others in [self.spool.neighbours([seq for seq, _, _ in batch])]
        )
        refused = [refusal for found in run_ordered(self.executor, validate_batch, calls) for refusal in found]
        for seq, field_name, cause in refused:
            self.spool.reject(seq, field_name, cause)
        self._refuse_dangling()

    def merge(self) -> None:
        """Stage the collection's files as they are after the run."""
        report, state = self.report, self._state()
        former = state.get(self.name, {})
        missing = Missing(
            self.run.complete,
            self.spool.nameless(),
            set(former.get("nameless", ())),
            set(former.get("kept", ())),
        )
        total = self.spool.counts()[0]
        merged = 0

        def advance(count: int) -> None:
            nonlocal merged
            merged += count
            if merged % BATCH == 0:
                self.progress("write", merged, max(total, merged))

        merge_documents(self.directory, self.staged, self.spool, self.name, self.time, missing, report, advance)
        write_quarantine(self.directory, self.staged, self.spool, self.name, complete=self.run.complete)
        report.rejected = self.spool.counts()[1]
        for rejected in islice(self.spool.rejected(), LISTED):
            where = _place(self.job.source, rejected.file)
            report.rejections.append(Rejection(where, rejected.number, rejected.field, rejected.cause))
        self.progress("write", max(total, merged), max(total, merged))
        self._write_state(state, missing)

    def _items(self, records: Iterable[Record]) -> Iterator[Item]:
        """Spool each record as it is read; yield those that may give a document."""
        for record in records:
            seq, digest = self.spool.take(record)
            self.report.read += 1
            if record.deleted is not None:
                self.spool.delete(seq, entity_id("scenario", record.deleted, self.directory.name))
            else:
                yield Item(seq, digest, replace(record, raw=""), self.spool.version_of(digest))

    def _refuse_dangling(self) -> None:
        while dangling := self.spool.dangling():
            for seq, reference in dangling:
                if reference.soft:
                    left = without_reference(self.spool.document(seq), reference.target)
                    self.spool.drop_reference(seq, reference.target, left)
                else:
                    self.spool.reject(seq, reference.field, f"refers to {reference.target}, which is not there")

    def _contexts(self, identifiers: set[str]) -> dict[str, str]:
        """Return what shapes may ask of documents that are in the collection already."""
        if not identifiers:
            return {}
        lines = document_lines(self.directory)
        return {identifier: context_of(self.job, line) for identifier, line in lines if identifier in identifiers}

    def _state(self) -> dict[str, Any]:
        path = self.directory / STATE_FILE
        return dict(json.loads(path.read_text(encoding="utf-8"))["sources"]) if path.is_file() else {}

    def _write_state(self, state: dict[str, Any], missing: Missing) -> None:
        entry = {
            "adapter": self.adapter.name,
            "state": self.run.state,
            "nameless": sorted(missing.nameless),
            "kept": sorted(missing.kept),
        }
        state[self.name] = {key: value for key, value in entry.items() if value}
        text = json.dumps({"sources": state}, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        self.staged.write(STATE_FILE, text)


def _source_name(source: Path | str) -> str:
    """Return the name of a source: the whole path, so that files of one name in two folders are two sources."""
    path = Path(source)
    return str(path.absolute()) if path.exists() else _without_password(str(source))


def _without_password(source: str) -> str:
    """Return an address without the name and password that it may hold: documents and reports are public."""
    return re.sub(r"(?<=://)[^/?#]*@", "", source)


def _existing(directory: Path) -> Iterator[tuple[str, str | None, str]]:
    """Yield identifier, hash of the record and digest of the version of each document in the collection."""
    for identifier, line in document_lines(directory):
        document = json.loads(line)
        yield identifier, document.get("recordHash"), version_digest(document)


def _place(source: str, file: str | None) -> str:
    """Return where a record stands: in the source, or in a file or page of it."""
    if file is None:
        return source
    return file if "://" in file else os.path.join(source, file)  # noqa: PTH118 - the source may be an address


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    return iter(partial(lambda: list(islice(items, BATCH))), [])


def _strings(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in values.items() if isinstance(value, str)}
