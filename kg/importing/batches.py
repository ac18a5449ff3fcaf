"""The work of an import that runs side by side: reconciling and validating batches of records, in any process."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.candidates import Candidate
from kg.documents import Document, normalise
from kg.errors import DocumentError
from kg.importing.outcome import Outcome, Reference
from kg.importing.provenance import stamped, version_digest
from kg.importing.reconcile import Reconciled, Reconciler
from kg.importing.slugs import entity_id
from kg.terms import iri_of
from kg.triples import document_quads, graph_name
from kg.validation import Validator, field_of, first_violation, text_of
from kg.vocabulary import ConceptIndex, vocabulary_quads
from ontology.namespaces import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.importing.adapter import Record
    from kg.importing.outcome import Item, Job

__all__ = ["context_of", "process_batch", "validate_batch", "vocabulary_index"]

_SOFT: Final = frozenset({"isBasedOn"})
"""Fields of a lesson that point to records which its source may not give away."""

_EXAMPLE_OF_WORK: Final = ox.NamedNode(SCHEMA + "exampleOfWork")
_NOWHERE: Final = Path("document")


class _Workshop:
    """What a process needs for all batches: the vocabularies, and a validator that knows them."""

    def __init__(self, id_base: str) -> None:
        vocabulary = vocabulary_quads(id_base)
        self.concepts = ConceptIndex(vocabulary)
        self.known = frozenset(iri_of(quad.subject) for quad in vocabulary)
        self.validator = Validator(id_base, vocabulary)


@lru_cache(maxsize=2)
def _workshop(id_base: str) -> _Workshop:
    return _Workshop(id_base)


def vocabulary_index(id_base: str) -> ConceptIndex:
    """Return the index of the vocabularies' concepts, made once in a process."""
    return _workshop(id_base).concepts


def process_batch(job: Job, items: Sequence[Item]) -> list[Outcome]:
    """Make documents of records and validate those that refer to nothing outside the vocabularies.

    The others come back with their references, to be validated by :func:`validate_batch` once these are known.
    """
    workshop = _workshop(job.id_base)
    reconciler = Reconciler(workshop.concepts, job.id_base, job.collection, job.data_kind, job.mapping)
    outcomes: dict[str, Outcome] = {}
    candidates: dict[str, Candidate] = {}
    rest = []
    for item in items:
        outcome, candidate = _outcome(job, reconciler, workshop, item)
        if candidate is None:
            rest.append(outcome)  # refused, or judged before
        elif (iri := job.id_base + candidate.document.identifier) in outcomes:
            # A second document of one identifier stands only where the first is refused: it waits for that.
            rest.append(replace(outcome, pending=True))
        else:
            outcomes[iri] = outcome
            if not outcome.pending:
                candidates[iri] = candidate
    for iri, (field, cause) in _violations(workshop.validator, candidates).items():
        outcomes[iri] = _refused(outcomes[iri], field, cause)
    return sorted([*outcomes.values(), *rest], key=lambda outcome: outcome.seq)


def validate_batch(
    job: Job, documents: Sequence[tuple[int, str, str]], context: Sequence[str]
) -> list[tuple[int, str | None, str]]:
    """Validate documents that refer to others.

    Args:
        job: What all records share.
        documents: Sequence number, identifier and JSON of each.
        context: N-Triples that shapes may ask of the entities that they refer to.

    Returns:
        Sequence number, field and cause of those that are not valid.
    """
    numbers = {job.id_base + identifier: seq for seq, identifier, _ in documents}
    candidates = {job.id_base + identifier: _candidate(job, json.loads(text)) for _, identifier, text in documents}
    validator = _workshop(job.id_base).validator.with_context(
        line + "\n" for text in context for line in text.split("\n") if line
    )
    return [(numbers[iri], field, cause) for iri, (field, cause) in _violations(validator, candidates).items()]


def context_of(job: Job, text: str) -> str:
    """Return the N-Triples that shapes may ask of a document's entities, from the document's JSON.

    Raises:
        DocumentError: It cannot be read as JSON-LD.
    """
    return Validator.context_lines(_candidate(job, json.loads(text)).quads)


def _outcome(job: Job, reconciler: Reconciler, workshop: _Workshop, item: Item) -> tuple[Outcome, Candidate | None]:
    """Return what became of one record, and the candidate where it gave a document that is still to be judged."""
    identity = _identity(job, item.record)
    if item.record.document is None and item.record.lesson is None:
        cause = item.record.cause or "gives no document"
        return Outcome(item.seq, identity, field=item.record.field, cause=cause), None
    try:
        made = _made(reconciler, item.record)
        candidate = _candidate(job, stamped(made.document, job, item.hash))
    except DocumentError as error:
        cause = error.cause + (f" ({error.hint})" if error.hint else "")
        return Outcome(item.seq, identity, field=error.field, cause=cause), None
    except RecursionError:
        return Outcome(item.seq, identity, cause="is nested too deeply"), None
    except Exception as error:  # noqa: BLE001 - whatever a foreign record provokes, the other records go on
        return Outcome(item.seq, identity, cause=f"cannot be read: {type(error).__name__}: {error}"), None
    references, work = _references(job, workshop, candidate, lesson=item.record.lesson is not None)
    judged = item.version is not None and version_digest(candidate.document.data) == item.version
    outcome = Outcome(
        item.seq,
        candidate.document.identifier,
        candidate.document.json,
        Validator.context_lines(candidate.quads),
        references,
        bool(references) and not judged,
        work,
        unresolved=made.unresolved,
        counts=made.counts,
    )
    return outcome, None if judged else candidate


def _identity(job: Job, record: Record) -> str | None:
    """Return the entity that a record describes, also where it gives no valid document."""
    if record.document is not None:
        return identifier if isinstance(identifier := record.document.get("id"), str) else None
    name = record.lesson.identifier if record.lesson is not None else record.identifier
    return entity_id("scenario", name, job.collection) if name and name.strip() else None


def _made(reconciler: Reconciler, record: Record) -> Reconciled:
    if record.lesson is not None:
        return reconciler.reconcile(record.lesson)
    return Reconciled(record.document or {}, record.unresolved)


def _candidate(job: Job, node: Mapping[str, Any]) -> Candidate:
    document = Document(normalise(dict(node)), _NOWHERE, 1)
    if document.identifier.startswith("collection/"):
        raise document.error("describes a collection, not what is in one", "id")
    return Candidate(
        document, job.collection, document_quads(document, graph_name(job.collection, job.id_base), job.id_base)
    )


def _references(
    job: Job, workshop: _Workshop, candidate: Candidate, *, lesson: bool
) -> tuple[tuple[Reference, ...], str | None]:
    works = {iri_of(quad.object) for quad in candidate.quads if quad.predicate == _EXAMPLE_OF_WORK}
    outside = candidate.references(job.id_base) - workshop.known - works
    references = []
    for iri in sorted(outside):
        field = candidate.field_of(iri)
        references.append(Reference(iri.removeprefix(job.id_base).split("#")[0], field, lesson and field in _SOFT))
    return tuple(references), next((work.removeprefix(job.id_base) for work in sorted(works)), None)


def _violations(validator: Validator, candidates: Mapping[str, Candidate]) -> dict[str, tuple[str | None, str]]:
    """Return field and cause for each candidate that is not valid."""
    try:
        found = validator.validate(candidates)
    except Exception as error:  # noqa: BLE001 - whatever one document does to the validator, the others go on
        if len(candidates) == 1:
            return {iri: (None, f"cannot be validated: {type(error).__name__}: {error}") for iri in candidates}
        alone = ({iri: candidate} for iri, candidate in candidates.items())
        return {iri: violation for one in alone for iri, violation in _violations(validator, one).items()}
    violations = {iri: violation for iri, findings in found.items() if (violation := first_violation(findings))}
    return {iri: (field_of(violation), text_of(violation)) for iri, violation in violations.items()}


def _refused(outcome: Outcome, field: str | None, cause: str) -> Outcome:
    return Outcome(
        outcome.seq, outcome.id, field=field, cause=cause, unresolved=outcome.unresolved, counts=outcome.counts
    )
