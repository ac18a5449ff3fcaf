"""Candidates: the documents that want to enter a release, as quads, with what can be checked without shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import DocumentError
from kg.reading_cache import ReadingCache
from kg.terms import iri_of
from kg.triples import graph_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.collection import Collection
    from kg.documents import Document

__all__ = ["Candidate", "Gathering", "gather", "reject_dangling"]


@dataclass(frozen=True)
class Candidate:
    """One document and its quads."""

    document: Document
    collection: str
    quads: list[ox.Quad] = field(repr=False)

    def references(self, id_base: str) -> set[str]:
        """The IRIs of this deployment that the document mentions, without its own parts and the collection it is in."""
        own = id_base + self.document.identifier
        collection = f"{id_base}collection/{self.collection}"
        return {
            quad.object.value
            for quad in self.quads
            if isinstance(quad.object, ox.NamedNode)
            and quad.object.value.startswith(id_base)
            and quad.object.value not in (own, collection)
            and not quad.object.value.startswith(own + "#")
        }

    def field_of(self, iri: str) -> str | None:
        """The field by which the document mentions ``iri``, or None where it does not."""
        predicate = next((q.predicate.value for q in self.quads if q.object == ox.NamedNode(iri)), None)
        return predicate and predicate.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


@dataclass
class Gathering:
    """What became of the documents: those that stand, by IRI, and the errors of those that do not."""

    candidates: dict[str, Candidate] = field(default_factory=dict)
    errors: list[DocumentError] = field(default_factory=list)


def gather(collections: Iterable[Collection], id_base: str, cache_file: Path | None = None) -> Gathering:
    """Read every document of ``collections``; unreadable ones and second ones of the same identifier become errors.

    Args:
        collections: Where to read.
        id_base: Base of the entities' IRIs.
        cache_file: Where what was read is kept from build to build; None keeps nothing.
    """
    gathering = Gathering()
    with ReadingCache(cache_file, id_base) as cache:
        for collection in collections:
            _gather_one(collection, id_base, cache, gathering)
    return gathering


def _gather_one(collection: Collection, id_base: str, cache: ReadingCache, gathering: Gathering) -> None:
    standing: dict[str, Document] = {}
    for document in collection.documents(cache.yaml):
        if isinstance(document, DocumentError):
            gathering.errors.append(document)
            continue
        iri = id_base + document.identifier
        known = gathering.candidates.get(iri)
        if first := standing.get(iri) or (known and known.document):
            cause = f"{document.identifier} is described in {first.file}:{first.record} already"
            gathering.errors.append(document.error(cause, "id"))
        else:
            standing[iri] = document
    made = cache.quads(list(standing.values()), graph_name(collection.slug, id_base))
    for (iri, document), quads in zip(standing.items(), made, strict=True):
        if isinstance(quads, DocumentError):
            gathering.errors.append(quads)
        else:
            gathering.candidates[iri] = Candidate(document, collection.slug, quads)


def reject_dangling(gathering: Gathering, known: set[str], id_base: str) -> None:
    """Move documents that refer to what does not exist to the errors, until all references of the rest hold.

    Args:
        gathering: Changed in place.
        known: The IRIs that exist besides the candidates: concepts, schemes, graphs.
        id_base: The base of this deployment's entities.
    """
    references = {iri: candidate.references(id_base) for iri, candidate in gathering.candidates.items()}
    works = {
        iri_of(q.object) for c in gathering.candidates.values() for q in c.quads if q.predicate == _EXAMPLE_OF_WORK
    }
    while True:
        present = known | works | gathering.candidates.keys() | _parts(gathering.candidates.values())
        dangling = {
            iri: refs - present for iri, refs in references.items() if iri in gathering.candidates and refs - present
        }
        if not dangling:
            return
        for iri, missing in dangling.items():
            candidate = gathering.candidates.pop(iri)
            target = min(missing)
            name = target.removeprefix(id_base)
            gathering.errors.append(
                candidate.document.error(f"refers to {name}, which is not there", candidate.field_of(target))
            )


_EXAMPLE_OF_WORK = ox.NamedNode("https://schema.org/exampleOfWork")


def _parts(candidates: Iterable[Candidate]) -> set[str]:
    return {iri_of(quad.subject) for candidate in candidates for quad in candidate.quads}
