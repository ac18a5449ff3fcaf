"""The neighbourhood of an entity: what it refers to and what refers to it, in bounded number, by property.

Parts of an entity (its activities, outcomes, alignments) count as the entity: a scenario whose second activity uses a
tool is a neighbour of the tool.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph import Graph

__all__ = ["Link", "Neighbourhood", "neighbourhood"]

_TYPE: Final = PREFIXES["rdf"] + "type"
_INVERSE: Final = PREFIXES["owl"] + "inverseOf"
_MOST_READ: Final = 2000
"""Statements by others that are read of one property; beyond that its neighbours are counted, not read."""


@dataclass(frozen=True)
class Link:
    """One property of an entity, in one direction.

    Attributes:
        predicate: The property.
        outgoing: Whether the entity has the property; else its neighbours have it.
        neighbours: Those that are shown, sorted.
        total: How many there are.
    """

    predicate: str
    outgoing: bool
    neighbours: list[str]
    total: int

    @property
    def left_out(self) -> int:
        """How many neighbours are not shown."""
        return self.total - len(self.neighbours)


@dataclass(frozen=True)
class Neighbourhood:
    """An entity and its links; those of its own first."""

    iri: str
    links: list[Link]


def neighbourhood(graph: Graph, iri: str, id_base: str, most: int) -> Neighbourhood:
    """Return the neighbourhood of an entity.

    Args:
        graph: The graph.
        iri: The entity.
        id_base: What IRIs of entities begin with; only entities are neighbours.
        most: Neighbours to show at most. Properties get their share in turns, so that none crowds out the others.
    """
    found = _outgoing(graph, iri, id_base)
    found += _incoming(graph, iri, id_base, {predicate for predicate, *_ in found})
    shares = _shares([owners for _, _, owners, _ in found], most)
    links = [
        Link(predicate, outgoing, owners[:share], total)
        for (predicate, outgoing, owners, total), share in zip(found, shares, strict=True)
    ]
    return Neighbourhood(iri, links)


_Found = tuple[str, bool, list[str], int]


def _outgoing(graph: Graph, iri: str, id_base: str) -> list[_Found]:
    objects: dict[str, list[str]] = {}
    for subject in (iri, *graph.parts(iri)):
        for statement in graph.statements(subject):
            if statement.predicate != _TYPE and isinstance(statement.object, str):
                objects.setdefault(statement.predicate, []).append(statement.object)
    owners = {predicate: _owners(values, iri, id_base) for predicate, values in sorted(objects.items())}
    return [(predicate, True, values, len(values)) for predicate, values in owners.items() if values]


def _incoming(graph: Graph, iri: str, id_base: str, outgoing: set[str]) -> list[_Found]:
    found: list[_Found] = []
    for predicate, count in graph.referring_counts(iri).items():
        inverse = {*graph.iris(predicate, _INVERSE), *graph.subjects(_INVERSE, predicate)}
        if inverse & outgoing:
            continue  # the entity's own statements say the same
        page = graph.referring_page(iri, {predicate: count}, 0, _MOST_READ)
        owners = _owners((statement.subject for statement in page), iri, id_base)
        if owners:
            found.append((predicate, False, owners, len(owners) if count <= _MOST_READ else count))
    return found


def _owners(iris: Iterable[str], own: str, id_base: str) -> list[str]:
    """Return the entities that these are, or are parts of; without the entity itself."""
    owners = {iri.partition("#")[0] for iri in iris if iri.startswith(id_base)}
    return sorted(owners - {own})


def _shares(lists: list[list[str]], most: int) -> list[int]:
    """Return how many of each list are shown: one of each in turn, until that makes ``most`` different ones."""
    shares = [0] * len(lists)
    shown: set[str] = set()
    for turn in range(max(map(len, lists), default=0)):
        for number, values in enumerate(lists):
            if turn >= len(values):
                continue
            if values[turn] not in shown and len(shown) >= most:
                return shares
            shown.add(values[turn])
            shares[number] = turn + 1
    return shares
