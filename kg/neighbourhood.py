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
    found = _without_repetition(found + _incoming(graph, iri, id_base, {one.predicate for one in found}))
    shares = _shares([one.owners for one in found], most)
    links = [
        Link(one.predicate, one.outgoing, one.owners[:share], one.total)
        for one, share in zip(found, shares, strict=True)
    ]
    return Neighbourhood(iri, links)


@dataclass(frozen=True)
class _Found:
    """One property with all that was found; ``of_parts`` where only parts of the one or the other have it."""

    predicate: str
    outgoing: bool
    owners: list[str]
    total: int
    of_parts: bool


def _outgoing(graph: Graph, iri: str, id_base: str) -> list[_Found]:
    objects: dict[str, list[str]] = {}
    own: set[str] = set()
    for subject in (iri, *graph.parts(iri)):
        for statement in graph.statements(subject):
            if statement.predicate != _TYPE and isinstance(statement.object, str):
                objects.setdefault(statement.predicate, []).append(statement.object)
                if subject == iri:
                    own.add(statement.predicate)
    owners = {predicate: _owners(values, iri, id_base) for predicate, values in sorted(objects.items())}
    return [_Found(p, True, values, len(values), p not in own) for p, values in owners.items() if values]


def _incoming(graph: Graph, iri: str, id_base: str, outgoing: set[str]) -> list[_Found]:
    found = []
    for predicate, count in graph.referring_counts(iri).items():
        inverse = {*graph.iris(predicate, _INVERSE), *graph.subjects(_INVERSE, predicate)}
        if inverse & outgoing:
            continue  # the entity's own statements say the same
        subjects = [s.subject for s in graph.referring_page(iri, {predicate: count}, 0, _MOST_READ)]
        if owners := _owners(subjects, iri, id_base):
            total = len(owners) if count <= _MOST_READ else count
            found.append(_Found(predicate, False, owners, total, all("#" in subject for subject in subjects)))
    return found


def _without_repetition(found: list[_Found]) -> list[_Found]:
    """Leave out what parts have that the whole has by another property too, such as by one that sums them up."""
    wholes = [(one.outgoing, frozenset(one.owners)) for one in found if not one.of_parts]
    return [
        one
        for one in found
        if not (one.of_parts and any(out == one.outgoing and owners >= set(one.owners) for out, owners in wholes))
    ]


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
