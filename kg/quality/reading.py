"""A collection read for checking: its scenarios as a graph, and what shapes and references have against it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.candidates import Gathering, gather, reject_dangling
from kg.collection import Collection, find_collections
from kg.graph import Graph
from kg.quality.concern import Concern
from kg.scenario import Scenario, read_scenarios
from kg.terms import iri_of
from kg.triples import graph_name
from kg.validation import Validator, field_of, text_of
from kg.vocabulary import vocabulary_quads
from ontology.namespaces import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from kg.errors import DocumentError

__all__ = ["CollectionReading", "read_collection"]


@dataclass(frozen=True)
class CollectionReading:
    """A collection and the vocabularies as one graph.

    Attributes:
        collection: The collection.
        graph: Its documents and every vocabulary.
        scenarios: Its scenarios, by IRI.
        related: Pairs of one family: adapted from each other over any number of steps, or translations of one work.
        concerns: Unreadable documents, dangling references, and what the shapes have against the others.
    """

    collection: Collection
    graph: Graph
    scenarios: list[Scenario]
    related: set[frozenset[str]]
    concerns: list[Concern]


def read_collection(
    directory: Path, beside: Sequence[Path], id_base: str, executor: Executor | None = None
) -> CollectionReading:
    """Read the collection in ``directory``.

    Args:
        directory: Its folder.
        beside: Folders of collections that it may refer to.
        id_base: Base of the entities' IRIs.
        executor: Validates side by side.

    Raises:
        CollectionError: A description is unusable.
    """
    collection = Collection.open(directory.resolve())
    others = [other for other in find_collections(beside) if other.slug != collection.slug]
    gathering = gather([collection, *others], id_base)
    vocabulary = vocabulary_quads(id_base)
    graphs = {graph_name(other.slug, id_base).value for other in [collection, *others]}
    known = {iri_of(quad.subject) for quad in vocabulary} | graphs
    reject_dangling(gathering, known, id_base)
    own = {iri: c for iri, c in gathering.candidates.items() if c.collection == collection.slug}
    surroundings = [*vocabulary, *(quad for c in gathering.candidates.values() for quad in c.quads)]
    store = ox.Store()
    store.extend(vocabulary)
    store.extend(quad for candidate in own.values() for quad in candidate.quads)
    graph = Graph(store)
    concerns = [_unreadable(error) for error in _own_errors(gathering, collection)]
    for iri, findings in Validator(id_base, surroundings, executor=executor).validate(own).items():
        concerns += [
            Concern("shape", iri, field_of(finding) or "", text_of(finding))
            for finding in findings
            if finding.severity != "Info"
        ]
    scenarios = list(read_scenarios(graph))
    return CollectionReading(collection, graph, scenarios, _related(graph, scenarios), concerns)


def _own_errors(gathering: Gathering, collection: Collection) -> list[DocumentError]:
    return [error for error in gathering.errors if Path(error.file or "").is_relative_to(collection.directory)]


def _unreadable(error: DocumentError) -> Concern:
    return Concern("document", str(error.file), error.field or "", error.cause)


def _related(graph: Graph, scenarios: Sequence[Scenario]) -> set[frozenset[str]]:
    """Return the pairs within each family: scenarios joined, over any number of steps, by origin or by their work."""
    family: dict[str, set[str]] = {}
    for scenario in scenarios:
        near = {scenario.iri, *graph.iris(scenario.iri, SCHEMA + "isBasedOn"), *filter(None, [scenario.work])}
        joined = near.union(*(family.get(iri, set()) for iri in near))
        family.update(dict.fromkeys(joined, joined))
    distinct = {id(members): members for members in family.values()}
    return {frozenset(pair) for members in distinct.values() for pair in itertools.combinations(members, 2)}
