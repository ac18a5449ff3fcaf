"""The import pipeline: records of an adapter become documents of a collection; what cannot is kept in quarantine."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from kg.candidates import Candidate, Gathering, reject_dangling
from kg.collection import DESCRIPTION_FILE, DOCUMENTS_FILE, QUARANTINE_FILE, check_slug
from kg.documents import Document, normalise, read_json_lines
from kg.errors import DocumentError
from kg.importing.adapter import Run, check_options
from kg.importing.mapping import read_mapping
from kg.importing.reconcile import Reconciler
from kg.terms import iri_of
from kg.triples import document_quads, graph_name
from kg.validation import Validator, field_of, first_violation, text_of
from kg.vocabulary import ConceptIndex, vocabulary_quads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Executor

    import pyoxigraph as ox

    from kg.importing.adapter import Adapter, Record
    from kg.settings import Settings

__all__ = ["ImportReport", "Rejection", "import_source"]


@dataclass(frozen=True)
class Rejection:
    """A record that gave no valid document: where, which field, why, and the record itself."""

    source: str
    line: int
    field: str | None
    cause: str
    raw: str

    def __str__(self) -> str:
        """Format as ``file:line: field: cause``."""
        return ": ".join(part for part in (f"{self.source}:{self.line}", self.field, self.cause) if part)


@dataclass
class ImportReport:
    """What an import did: numbers of documents, the rejections, and words that no concept was found for."""

    collection: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    unresolved: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """Records that are in the collection now."""
        return self.created + self.changed + self.unchanged


class _Source:
    """One run over one source: remembers each record until its document has been judged."""

    def __init__(self, path: Path | str, collection: str, id_base: str, reconciler: Reconciler) -> None:
        self._reconciler = reconciler
        self.unresolved: dict[str, Counter[str]] = {}
        self._path = Path(path)
        self._graph = graph_name(collection, id_base)
        self._collection = collection
        self._id_base = id_base
        self.gathering = Gathering()
        self.raw: dict[int, str] = {}
        self.rejections: list[Rejection] = []

    def take(self, record: Record) -> None:
        """Make a candidate of ``record``, or a rejection."""
        self.raw[record.number] = record.raw
        if record.document is None and record.lesson is None:
            self.reject(record.number, record.field, record.cause or "gives no document")
            return
        try:
            document = Document(normalise(self._document(record)), self._path, record.number)
            if document.identifier.startswith("collection/"):
                raise document.error("describes a collection, not what is in one", "id")
            quads = document_quads(document, self._graph, self._id_base)
        except DocumentError as error:
            self.reject(record.number, error.field, error.cause)
            return
        except RecursionError:
            self.reject(record.number, None, "is nested too deeply")
            return
        iri = self._id_base + document.identifier
        if first := self.gathering.candidates.get(iri):
            self.reject(record.number, "id", f"{document.identifier} stands in line {first.document.record} already")
        else:
            self.gathering.candidates[iri] = Candidate(document, self._collection, quads)

    def _document(self, record: Record) -> dict[str, Any]:
        unresolved = record.unresolved
        made = record.document
        if record.lesson is not None:
            reconciled = self._reconciler.reconcile(record.lesson)
            made, unresolved = reconciled.document, reconciled.unresolved
        for name, words in unresolved.items():
            self.unresolved.setdefault(name, Counter()).update(words)
        return made or {}

    def reject(self, number: int, field_name: str | None, cause: str) -> None:
        """Note that the record of this number was not accepted."""
        self.rejections.append(Rejection(str(self._path), number, field_name, cause, self.raw[number]))


def import_source(
    settings: Settings,
    adapter: Adapter,
    source: Path | str,
    collection: str,
    description: Mapping[str, Any],
    *,
    options: Mapping[str, str] = MappingProxyType({}),
    mapping: Path | None = None,
    allow_private: bool = False,
    executor: Executor | None = None,
    progress: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
) -> ImportReport:
    """Import ``source`` into the collection of this slug under ``{home}/collections``.

    Documents are added or replaced by identifier; importing the same source again changes no file. The collection is
    as before or complete at any moment: its documents are replaced in one step, after all were judged.

    Args:
        settings: Where to, and the base IRI.
        adapter: What reads the source.
        source: The file, folder or address.
        collection: The collection's slug.
        description: Fields of ``collection.yaml``, used when the collection is new.
        options: The adapter's own options.
        mapping: File that says what words mean; see :mod:`kg.importing.mapping`.
        allow_private: Whether private and loopback addresses may be asked.
        executor: Runs validation side by side.
        progress: Called with the step's name, what is done and what is to be done.

    Raises:
        CollectionError: The slug cannot name a collection.
        ImportSourceError: The source as a whole cannot be read.
    """
    directory = settings.collections / check_slug(collection)
    vocabulary = vocabulary_quads(settings.id_base)
    check_options(adapter, options)
    reading = Run(str(source), ConceptIndex(vocabulary), dict(options), allow_private=allow_private)
    kind = str(description.get("dataKind", adapter.data_kind))
    words = read_mapping(mapping, reading.concepts) if mapping else None
    reconciler = Reconciler(reading.concepts, settings.id_base, collection, kind, words)
    run = _Source(source, collection, settings.id_base, reconciler)
    report = ImportReport(collection)
    total = adapter.total(reading)
    for done, record in enumerate(adapter.records(reading), start=1):
        run.take(record)
        progress("read", done, max(total, done))
    report.unresolved = {name: dict(words) for name, words in run.unresolved.items()}
    existing = _existing(directory / DOCUMENTS_FILE)
    _judge(settings, run, existing, vocabulary, executor, progress)
    report.rejections = sorted(run.rejections, key=lambda rejection: rejection.line)
    _merge(directory, existing, [c.document for c in run.gathering.candidates.values()], report)
    _write_quarantine(directory / QUARANTINE_FILE, str(source), report.rejections)
    _describe(directory, collection, {"dataKind": adapter.data_kind, **description})
    return report


def _judge(
    settings: Settings,
    run: _Source,
    existing: Mapping[str, Document],
    vocabulary: list[ox.Quad],
    executor: Executor | None,
    progress: Callable[[str, int, int], None],
) -> None:
    candidates, base = run.gathering.candidates, settings.id_base
    known = {iri_of(quad.subject) for quad in vocabulary} | {base + identifier for identifier in existing}
    reject_dangling(run.gathering, known, base)
    done, total = 0, len(candidates)

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("validate", done, total)

    surroundings = [*vocabulary, *(quad for candidate in candidates.values() for quad in candidate.quads)]
    findings = Validator(base, surroundings, executor=executor).validate(candidates, advance)
    for iri, found in findings.items():
        if violation := first_violation(found):
            run.reject(candidates.pop(iri).document.record, field_of(violation), text_of(violation))
    reject_dangling(run.gathering, known, base)
    for error in run.gathering.errors:
        run.reject(int(error.record or 0), error.field, error.cause)


def _existing(path: Path) -> dict[str, Document]:
    if not path.is_file():
        return {}
    return {item.identifier: item for item in read_json_lines(path) if isinstance(item, Document)}


def _merge(directory: Path, existing: dict[str, Document], documents: Iterable[Document], report: ImportReport) -> None:
    merged = dict(existing)
    for document in documents:
        former = existing.get(document.identifier)
        if former is None:
            report.created += 1
        elif former.digest == document.digest:
            report.unchanged += 1
        else:
            report.changed += 1
        merged[document.identifier] = document
    lines = "".join(merged[identifier].json + "\n" for identifier in sorted(merged))
    _replace(directory / DOCUMENTS_FILE, lines)


def _write_quarantine(path: Path, source: str, rejections: list[Rejection]) -> None:
    """Replace what was kept of this source by ``rejections``; what was kept of other sources stays."""
    kept = []
    if path.is_file():
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if json.loads(line)["source"] != source]
    new = [json.dumps(vars(rejection), ensure_ascii=False) for rejection in rejections]
    _replace(path, "".join(line + "\n" for line in [*kept, *new]))


def _describe(directory: Path, collection: str, description: Mapping[str, Any]) -> None:
    path = directory / DESCRIPTION_FILE
    if path.is_file():
        return
    document = {"id": f"collection/{collection}", "type": "Collection", "name": {"en": collection}, **description}
    _replace(path, yaml.safe_dump(document, allow_unicode=True, sort_keys=False))


def _replace(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` in one step; an equal file is left alone, an empty one is not made."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    if not text and not path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
