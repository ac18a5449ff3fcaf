"""The OWL 2 RL closure of a release's quads.

The ``reasonable`` reasoner computes it, but for property chains (rule prp-spo2 of OWL 2 RL), which version 0.4 leaves
out: those are joined here, and both take turns until nothing new follows. Where the ontology allows it, the reasoner is
asked for rules only (:mod:`kg.rules`), which takes seconds less over a large release.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import rdflib

from kg.rules import Fact, Rules
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["closure_quads"]

_TRIVIAL: Final = frozenset(ox.NamedNode(PREFIXES["owl"] + name) for name in ("Thing", "Nothing"))
_CHAIN: Final = ox.NamedNode(PREFIXES["owl"] + "propertyChainAxiom")
_Chain = tuple[ox.NamedNode, list[ox.NamedNode]]
_FIRST, _REST, _NIL = (ox.NamedNode(PREFIXES["rdf"] + name) for name in ("first", "rest", "nil"))


def closure_quads(model: Sequence[ox.Quad], stated: Sequence[ox.Quad], graph: ox.NamedNode) -> list[ox.Quad]:
    """Return what follows from ``stated`` under ``model`` and is not stated, in ``graph``.

    Only statements between IRIs are reasoned over, since no rule of ours concludes from a literal. What would hold of
    anything (``owl:Thing``, a thing being the same as itself) is left out.

    Args:
        model: The ontology, with IRIs in place of blank nodes.
        stated: The vocabularies and the documents.
        graph: The graph that the result shall be in.
    """
    terms, facts = _facts(model), _facts(stated)
    closure = _by_rules if Rules.suffice(terms, facts) else _by_reasoner
    return [ox.Quad(*fact, graph) for fact in closure(terms, facts, _chains(model)) - terms - facts]


def _facts(quads: Iterable[ox.Quad]) -> set[Fact]:
    return {(q.subject, q.predicate, q.object) for q in quads if isinstance(q.object, ox.NamedNode)}  # type: ignore[misc]


def _by_rules(terms: set[Fact], facts: set[Fact], chains: Sequence[_Chain]) -> set[Fact]:
    """Return the closure: every statement by the rules for it, then chains, until nothing new follows."""
    rules = Rules(terms, facts, [implied for implied, _ in chains], _reason)
    known = terms | facts | rules.model
    joins = _Joins(chains, rules.transitive)
    joins.add(known)
    new = known
    while new:
        concluded = rules.conclude(new) - known
        joins.add(concluded)
        known |= concluded
        new = joins.implied() - known
        joins.add(new)
        known |= new
    return known


def _by_reasoner(terms: set[Fact], facts: set[Fact], chains: Sequence[_Chain]) -> set[Fact]:
    """Return the closure where an ontology has rules that conclude from several statements: it takes far longer."""
    known = terms | facts
    joins = _Joins(chains)
    while True:
        found = _reason(known)
        joins.add(known | found)
        new: set[Fact] = joins.implied() - known - found
        known = known | found | new
        if not new:
            return known


class _Joins:
    """The statements that chains are made of, by property and subject."""

    def __init__(self, chains: Sequence[_Chain], transitive: Iterable[ox.NamedNode] = ()) -> None:
        self._chains = chains
        self._transitive = list(transitive)
        self._steps: dict[ox.NamedNode, dict[ox.NamedNode, set[ox.NamedNode]]] = {
            step: {} for step in [*self._transitive, *(step for _, steps in chains for step in steps)]
        }

    def add(self, facts: Iterable[Fact]) -> None:
        """Take in statements; those of other properties are passed over."""
        steps = self._steps
        for s, p, o in facts:
            if p in steps:
                steps[p].setdefault(s, set()).add(o)

    def implied(self) -> set[Fact]:
        """Return what chains and transitive properties imply so far; none of the latter relates a thing to itself."""
        found = {(x, implied, z) for implied, steps in self._chains for x, z in self._ends(steps)}
        for step in self._transitive:
            found |= {(x, step, z) for x, z in self._ends([step, step]) if x != z}
        return found

    def _ends(self, steps: Sequence[ox.NamedNode]) -> Iterator[tuple[ox.NamedNode, ox.NamedNode]]:
        first, *others = (self._steps[step] for step in steps)
        for start, ends in first.items():
            reached = ends
            for by_subject in others:
                reached = {end for middle in reached for end in by_subject.get(middle, ())}
            for end in reached:
                yield start, end


def _reason(facts: Iterable[Fact]) -> set[Fact]:
    """Return the closure without chains, and without what is trivial or of no use to a query."""
    import reasonable

    reasoner = reasonable.PyReasoner()
    with tempfile.NamedTemporaryFile("w", suffix=".ttl", encoding="utf-8") as file:
        file.writelines(f"{s} {p} {o} .\n" for s, p, o in facts)
        file.flush()
        reasoner.load_file(file.name)
    found: set[Fact] = set()
    for s, p, o in reasoner.reason():
        if isinstance(s, rdflib.URIRef) and isinstance(o, rdflib.URIRef) and s != o:
            fact = (ox.NamedNode(s), ox.NamedNode(p), ox.NamedNode(o))
            if fact[2] not in _TRIVIAL:
                found.add(fact)
    return found


def _chains(model: Sequence[ox.Quad]) -> list[_Chain]:
    """Return each property with a chain that implies it, as the properties of the chain's steps."""
    first = {quad.subject: quad.object for quad in model if quad.predicate == _FIRST}
    rest = {quad.subject: quad.object for quad in model if quad.predicate == _REST}

    def items(node: object) -> list[ox.NamedNode]:
        return [] if node == _NIL else [first[node], *items(rest[node])]  # type: ignore[index, list-item]

    return [(quad.subject, items(quad.object)) for quad in model if quad.predicate == _CHAIN]  # type: ignore[misc]
