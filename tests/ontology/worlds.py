"""The small world that the tests of the model share, and how to break it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import RDFS, SH, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import XSD

from ontology.load import shapes_graph

if TYPE_CHECKING:
    from rdflib.term import Node

BASE = "http://127.0.0.1:8000/id/"
FIXTURES = Path(__file__).parent / "fixtures"
NOWHERE = URIRef(BASE + "nowhere/x")
SHAPES = "https://w3id.org/ihub/shapes#"


@lru_cache(maxsize=1)
def _world() -> Graph:
    graph = Graph()
    for name in ("concepts", "graph"):
        graph.parse(FIXTURES / "questions" / f"{name}.ttl", format="turtle", publicID=BASE)
    return graph


def world() -> Graph:
    """Return a fresh copy of the world."""
    copy = Graph()
    copy += _world()
    return copy


def turtle(text: str) -> Graph:
    """Parse Turtle with relative IRIs and the usual prefixes."""
    prefixes = """
        @prefix dcterms: <http://purl.org/dc/terms/> . @prefix ihub: <https://w3id.org/ihub/ns#> .
        @prefix schema: <https://schema.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    """
    return Graph().parse(data=prefixes + text, format="turtle", publicID=BASE)


def shapes() -> Graph:
    """Return the shapes of the test deployment."""
    return shapes_graph(BASE)


WRONG = {
    SH.datatype: Literal("wrong", datatype=XSD.anyURI),
    SH["class"]: NOWHERE,
    SH.nodeKind: Literal("plain text"),
    SH["in"]: NOWHERE,
}
"""A value that breaks the constraint of this kind."""


class Breaker:
    """Makes copies of entities, each of which breaks one constraint of one property shape.

    Args:
        shapes: All shapes.
        data: A graph in which every shape has a focus node and nothing is wrong.
    """

    def __init__(self, shapes: Graph, data: Graph) -> None:
        self._shapes = shapes
        self._data = data
        self._ways = {
            SH.minCount: self._too_few,
            SH.maxCount: self._too_many,
            SH.minLength: lambda copy, path, _: self._put(copy, path, Literal("", lang="en")),
            SH.uniqueLang: self._twice_in_english,
            SH.minInclusive: lambda copy, path, limit: self._put(copy, path, _number(limit, -1)),
            SH.maxInclusive: lambda copy, path, limit: self._put(copy, path, _number(limit, +1)),
            SH.pattern: self._of_other_form,
            SH.lessThanOrEquals: self._exchanged,
            SH.disjoint: lambda copy, path, other: self.broken.add((copy, other, self.broken.value(copy, path))),
        }
        self.broken = Graph()

    def break_(self, shape: URIRef, constraint: URIRef, focus: URIRef) -> URIRef:
        """Add to :attr:`broken` a copy of ``focus`` that breaks ``constraint``, and return its IRI."""
        name = shape.rpartition("#")[2] + "-" + constraint.rpartition("#")[2]
        copy = URIRef(f"{focus.partition('#')[0]}--{name}")
        self.broken += (
            (copy if s == focus else s, p, copy if o == focus else o)
            for s, p, o in self._data
            if focus in (s, o) and p != RDFS.seeAlso
        )
        path = self._shapes.value(shape, SH.path)
        parameter = self._shapes.value(shape, constraint)
        if constraint in self._ways:
            self._ways[constraint](copy, path, parameter)
        else:
            self._put(copy, path, WRONG[constraint])
        return copy

    def _too_few(self, copy: URIRef, path: Node, _: Node) -> None:
        self._clear(copy, path)

    def _too_many(self, copy: URIRef, path: Node, limit: Literal) -> None:
        for number in range(int(limit) + 1):
            self._put(copy, path, URIRef(f"{NOWHERE}{number}"), clear=False)

    def _twice_in_english(self, copy: URIRef, path: Node, _: Node) -> None:
        for text in ("one", "two"):
            self._put(copy, path, Literal(text, lang="en"), clear=False)

    def _of_other_form(self, copy: URIRef, path: Node, _: Node) -> None:
        literal = isinstance(self.broken.value(copy, path), Literal)
        self._put(copy, path, Literal("!!") if literal else URIRef("mailto:nobody"))

    def _exchanged(self, copy: URIRef, path: Node, other: Node) -> None:
        low, high = self.broken.value(copy, path), self.broken.value(copy, other)
        assert low < high, (copy, low, high)
        self.broken.set((copy, path, high))
        self.broken.set((copy, other, low))

    def _clear(self, copy: URIRef, path: Node) -> None:
        if isinstance(path, URIRef):
            self.broken.remove((copy, path, None))
        elif inverse := self._shapes.value(path, SH.inversePath):
            self.broken.remove((None, inverse, copy))
        elif alternatives := self._shapes.value(path, SH.alternativePath):
            for step in Collection(self._shapes, alternatives):
                self._clear(copy, step)
        else:
            self._clear(copy, Collection(self._shapes, path)[0])

    def _put(self, subject: URIRef, path: Node, value: Node, *, clear: bool = True) -> None:
        """Make ``value`` a value of ``path``, through a node of its own where the path has steps."""
        if clear:
            self._clear(subject, path)
        if isinstance(path, URIRef):
            self.broken.add((subject, path, value))
        elif inverse := self._shapes.value(path, SH.inversePath):
            self.broken.add((value, inverse, subject))
        else:
            first, second = Collection(self._shapes, path)
            between = URIRef(f"{subject}-between")
            self._put(subject, first, between, clear=False)
            self._put(between, second, value, clear=False)


def _number(limit: Literal, beyond: int) -> Literal:
    return Literal(str(int(float(limit)) + beyond), datatype=limit.datatype)
