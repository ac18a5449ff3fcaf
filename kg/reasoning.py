"""The OWL 2 RL closure of a release's quads.

The ``reasonable`` reasoner computes it, but for property chains (rule prp-spo2 of OWL 2 RL), which version 0.4 leaves
out: those are joined here, and both take turns until nothing new follows.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import rdflib

from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["closure_quads"]

_TRIVIAL: Final = frozenset(ox.NamedNode(PREFIXES["owl"] + name) for name in ("Thing", "Nothing"))
_CHAIN: Final = ox.NamedNode(PREFIXES["owl"] + "propertyChainAxiom")
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
    known = {quad.triple for quads in (model, stated) for quad in quads if isinstance(quad.object, ox.NamedNode)}
    chains = _chains(model)
    store = ox.Store()
    store.bulk_extend(_quad(triple) for triple in known)
    new = known
    while new:
        found = _reason(known)
        store.extend(_quad(triple) for triple in found - known)
        chained = _join(store, chains) - known - found
        store.extend(_quad(triple) for triple in chained)
        new = chained
        known = known | found | chained
    before = {quad.triple for quads in (model, stated) for quad in quads}
    return [_quad(triple, graph) for triple in known - before]


def _reason(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    """Return the closure without chains, and without what is trivial or of no use to a query."""
    import reasonable

    reasoner = reasonable.PyReasoner()
    with tempfile.NamedTemporaryFile("w", suffix=".ttl", encoding="utf-8") as file:
        file.writelines(f"{triple} .\n" for triple in triples)
        file.flush()
        reasoner.load_file(file.name)
    found = set()
    for s, p, o in reasoner.reason():
        if isinstance(s, rdflib.URIRef) and isinstance(o, rdflib.URIRef) and s != o:
            triple = ox.Triple(ox.NamedNode(s), ox.NamedNode(p), ox.NamedNode(o))
            if triple.object not in _TRIVIAL:
                found.add(triple)
    return found


def _chains(model: Sequence[ox.Quad]) -> list[tuple[ox.NamedNode, list[str]]]:
    """Return each property with a chain that implies it, as the IRIs of the chain's steps."""
    first = {quad.subject: quad.object for quad in model if quad.predicate == _FIRST}
    rest = {quad.subject: quad.object for quad in model if quad.predicate == _REST}

    def items(node: object) -> list[str]:
        return [] if node == _NIL else [first[node].value, *items(rest[node])]  # type: ignore[index, union-attr]

    return [(quad.subject, items(quad.object)) for quad in model if quad.predicate == _CHAIN]  # type: ignore[misc]


def _join(store: ox.Store, chains: list[tuple[ox.NamedNode, list[str]]]) -> set[ox.Triple]:
    """Return every triple that a chain implies, following chains of chains to their end; adds them to ``store``."""
    found: set[ox.Triple] = set()
    while True:
        implied = set()
        for implies, steps in chains:
            path = "/".join(f"<{step}>" for step in steps)
            for solution in store.query(f"SELECT DISTINCT ?x ?z {{ ?x {path} ?z }}"):  # type: ignore[union-attr]
                implied.add(ox.Triple(solution["x"], implies, solution["z"]))
        if implied <= found:
            return found
        store.extend(_quad(triple) for triple in implied - found)
        found |= implied


def _quad(triple: ox.Triple, graph: ox.NamedNode | None = None) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph or ox.DefaultGraph())
