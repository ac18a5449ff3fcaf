"""Building a release: collections -> validated quads -> store -> parts -> manifest -> atomic switch.

A release is made beside the others, put into place when it is complete, and made current last; a crash at any point
leaves the former release serving. The same sources give the same release identifier.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from kg.cache import ByteCache
from kg.candidates import Gathering, gather, reject_dangling
from kg.collection import find_collections
from kg.errors import CollectionError, DocumentError, ReleaseError
from kg.reasoning import closure_quads
from kg.release import FORMAT, Release, prune, record_current, switch
from kg.release_rules import release_findings
from kg.release_writer import StepTimes, write_release
from kg.suggestions import GRAPH, read_suggestions, suggestion_quads, suggestions_file
from kg.terms import iri_of
from kg.tombstones import tombstone_of, tombstone_of_import
from kg.triples import graph_name
from kg.validation import BATCH, Validator, field_of, first_violation, text_of
from kg.vocabulary import model_quads, vocabulary_quads
from kg.withdrawals import WITHDRAWN_FILE, read_withdrawals
from ontology.load import ontology_files, shape_files, vocabulary_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    import pyoxigraph as ox

    from kg.collection import Collection
    from kg.release_writer import ReleasePart
    from kg.settings import Settings
    from kg.tombstones import Tombstone
    from ontology.validate import Finding


__all__ = ["SHIPPED_COLLECTIONS", "BuildReport", "Derivation", "build_release"]

SHIPPED_COLLECTIONS: Final = Path(__file__).parent / "data"
"""The collections that come with ihub."""


class Derivation(Protocol):
    """A function that counts or concludes quads from all others of a release and the base of entities' IRIs."""

    __module__: str
    __qualname__: str

    def __call__(self, quads: Sequence[ox.Quad], id_base: str) -> Sequence[ox.Quad]:
        """Return the quads, in a graph of their own."""


@dataclass
class BuildReport:
    """What a build did.

    Attributes:
        release: The release that is current now, or None where nothing was to be built or ``strict`` stopped it.
        unchanged: Whether the current release was of these very sources already.
        accepted: Documents in the release, by collection.
        errors: One error for each document that was kept out.
        findings: Warnings and suggestions by document IRI, of documents that are in the release.
        tombstones: Documents that were withdrawn, and why.
        seconds: Time of each step.
    """

    release: Release | None = None
    unchanged: bool = False
    accepted: dict[str, int] = field(default_factory=dict)
    errors: list[DocumentError] = field(default_factory=list)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    tombstones: list[Tombstone] = field(default_factory=list)
    seconds: StepTimes = field(default_factory=StepTimes)


def build_release(
    settings: Settings,
    roots: Sequence[Path],
    parts: Sequence[ReleasePart] = (),
    *,
    derived: Sequence[Derivation] = (),
    strict: bool = False,
    force: bool = False,
    progress: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
) -> BuildReport:
    """Build a release from the collections in ``roots`` and make it current.

    Args:
        settings: Where to, and the base IRI.
        roots: Folders of collections.
        parts: What other packages add to the release.
        derived: What adds further quads, in graphs of their own, before the release is written and its parts are made.
        strict: Make no release at all when any document is rejected.
        force: Build even when the current release is of the same sources, and take nothing over from it.
        progress: Called with the step's name, what is done and what is to be done.

    Raises:
        CollectionError: A collection cannot be used.
        ReleaseError: Another build is running.
    """
    report = BuildReport()
    with _lock(settings):
        collections = find_collections(roots)
        inputs = _inputs_digest(settings, collections, parts, derived)
        current = _current(settings)
        if current and current.manifest["inputs"] == inputs and not force:
            record_current(settings)
            report.release, report.unchanged = current, True
            report.errors = [DocumentError(**error) for error in current.manifest["errors"]]
            return report
        quads = _accepted_quads(settings, collections, report, progress)
        if not (strict and report.errors):
            with report.seconds.step("derive"):
                quads += [quad for derive in derived for quad in derive(quads, settings.id_base)]
            account = {
                "documents": dict(sorted(report.accepted.items())),
                "inputs": inputs,
                "errors": [error.arguments() for error in report.errors],
            }
            tombstones = report.tombstones
            former = current if current and not force and current.manifest["base_iri"] == settings.base_iri else None
            report.release = write_release(
                settings, quads, parts, account, report.seconds, progress, tombstones, former
            )
            with report.seconds.step("history"):
                switch(settings, report.release)
            prune(settings, settings.releases_kept)
    return report


def _accepted_quads(
    settings: Settings,
    collections: Sequence[Collection],
    report: BuildReport,
    progress: Callable[[str, int, int], None],
) -> list[ox.Quad]:
    base = settings.id_base
    with report.seconds.step("read"):
        gathering = gather(collections, base, settings.home / "cache" / "reading.sqlite")
        vocabulary = vocabulary_quads(base)
        model = model_quads(base)
    with report.seconds.step("validate"):
        reject_dangling(gathering, _known(vocabulary, base), base)
        _validate(settings, gathering, vocabulary, report, progress)
        reject_dangling(gathering, _known(vocabulary, base), base)
    _require_descriptions(collections, gathering, base)
    report.errors = gathering.errors
    _set_withdrawn_aside(gathering, report)
    for collection in collections:
        taken_out = (tombstone_of_import(found) for found in read_withdrawals(collection.directory).values())
        report.tombstones += [t for t in taken_out if base + t.name not in gathering.candidates]
    for candidate in gathering.candidates.values():
        report.accepted[candidate.collection] = report.accepted.get(candidate.collection, 0) + 1
    stated = [*vocabulary, *(quad for c in gathering.candidates.values() for quad in c.quads)]
    stated += suggestion_quads(read_suggestions(settings), {iri_of(quad.subject) for quad in stated}, base)
    with report.seconds.step("reason"):
        inferred = closure_quads(model, stated, graph_name("inferred", base))
    withdrawn = {base + tombstone.name for tombstone in report.tombstones}
    # What follows from others' references to a withdrawn entity is no description of it.
    kept = (quad for quad in inferred if iri_of(quad.subject).split("#")[0] not in withdrawn)
    return [*model, *stated, *kept]


def _set_withdrawn_aside(gathering: Gathering, report: BuildReport) -> None:
    """Keep valid documents that were withdrawn out of the release; others may still refer to them."""
    for iri, candidate in list(gathering.candidates.items()):
        if tombstone := tombstone_of(candidate.document):
            report.tombstones.append(tombstone)
            del gathering.candidates[iri]


def _require_descriptions(collections: Sequence[Collection], gathering: Gathering, base: str) -> None:
    """A collection whose description was rejected cannot be part of a release, and neither can its documents."""
    for collection in collections:
        if f"{base}collection/{collection.slug}" not in gathering.candidates:
            path = collection.description.file
            error = next(error for error in gathering.errors if error.file == str(path))
            raise CollectionError(error.cause, file=path, field=error.field, hint=error.hint)


def _known(vocabulary: Sequence[ox.Quad], base: str) -> set[str]:
    return {iri_of(quad.subject) for quad in vocabulary} | {
        f"{base}collection/{slug}" for slug in ("vocabularies", "inferred", GRAPH)
    }


def _validate(
    settings: Settings,
    gathering: Gathering,
    vocabulary: Sequence[ox.Quad],
    report: BuildReport,
    progress: Callable[[str, int, int], None],
) -> None:
    """Move documents with violations to the errors; keep the other findings in the report."""
    candidates = gathering.candidates
    surroundings = [*vocabulary, *(quad for c in candidates.values() for quad in c.quads)]
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("validate", done, len(candidates))

    with ByteCache(settings.home / "cache" / "validation.sqlite") as cache, _executor(len(candidates)) as executor:
        found = Validator(settings.id_base, surroundings, cache, executor).validate(candidates, advance)
    for iri, findings in release_findings(surroundings).items():
        if iri in candidates:
            found.setdefault(iri, []).extend(findings)
    for iri, findings in found.items():
        if violation := first_violation(findings):
            document = candidates.pop(iri).document
            gathering.errors.append(document.error(text_of(violation), field_of(violation)))
        else:
            report.findings[iri] = findings


def _executor(documents: int) -> contextlib.AbstractContextManager[Executor | None]:
    """Processes for many documents, none for few: starting them costs more than validating a batch."""
    if documents <= 2 * BATCH:
        return contextlib.nullcontext()
    return ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"))


def _inputs_digest(
    settings: Settings, collections: Sequence[Collection], parts: Sequence[ReleasePart], derived: Sequence[Derivation]
) -> str:
    digest = hashlib.sha256(f"{FORMAT}\n{settings.base_iri}\n".encode())
    own_code = sorted(
        p for package in ("kg", "ontology", "search") for p in (Path(__file__).parents[1] / package).rglob("*.py")
    )
    sources = [c.directory / "collection.yaml" for c in collections] + [p for c in collections for p in c.files()]
    suggested = [path] if (path := suggestions_file(settings)).is_file() else []
    sources += [path for c in collections if (path := c.directory / WITHDRAWN_FILE).is_file()]
    for path in [*own_code, *ontology_files(), *vocabulary_files(), *shape_files(), *sources, *suggested]:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for part in parts:
        digest.update(part.fingerprint().encode())
    for derive in derived:
        digest.update(f"{derive.__module__}.{derive.__qualname__}\n".encode())
    return digest.hexdigest()


def _current(settings: Settings) -> Release | None:
    link = settings.home / "current"
    with contextlib.suppress(ReleaseError):
        return Release.open(link.resolve()) if link.exists() else None
    return None


@contextlib.contextmanager
def _lock(settings: Settings) -> Iterator[None]:
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "build.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ReleaseError("another build is running", file=settings.home, hint="wait until it ends") from error
        yield
