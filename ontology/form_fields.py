"""Fields of a form, as the shapes tell them: what a property takes, its limits, and what it is called in messages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from rdflib import RDF, SH, XSD, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.collection import Collection

from ontology.load import context, shapes_graph
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

__all__ = ["FormField", "form_fields"]

Kind = Literal["text", "integer", "boolean", "choice", "plain"]

_SHAPES: Final = "https://w3id.org/ihub/shapes#"
_QUOTED: Final = re.compile(r"[“„”«]([^“”„«»]+)[”“»]")
"""What a message calls a field: what it quotes first, in the quotation marks of its language."""


@dataclass(frozen=True)
class FormField:
    """One property of a kind of document.

    Attributes:
        key: Its key in documents, such as ``minutes``.
        path: Its IRI.
        kind: ``text`` by language, ``integer``, ``boolean``, ``choice`` of the instances of a class, or ``plain``.
        choices: IRI of that class.
        least: Smallest number.
        most: Largest number.
        many: Whether it may have several values.
        name: What the shapes' messages call it, by language.
        rule: What the shapes say of its values, by language.
        options: The values that it may have, where the shapes list them.
    """

    key: str
    path: str
    kind: Kind
    choices: str | None
    least: int | None
    most: int | None
    many: bool
    name: dict[str, str]
    rule: dict[str, str]
    options: tuple[str, ...]


@lru_cache(maxsize=8)
def form_fields(shape: str, base_iri: str) -> dict[str, FormField]:
    """Return the fields of a node shape by key, for those properties that have a key in documents.

    Args:
        shape: Its local name, such as ``Scenario``.
        base_iri: Base of this deployment's entities; see :func:`ontology.load.shapes_graph`.

    Raises:
        KeyError: There is no such shape.

    >>> field = form_fields("Activity", "http://127.0.0.1:8000/id/")["minutes"]
    >>> field.kind, field.least, field.many, field.name["fi"]
    ('integer', 1, False, 'Minuutit')
    """
    graph = shapes_graph(base_iri)
    owner = URIRef(f"{_SHAPES}{shape}")
    if (owner, RDF.type, SH.NodeShape) not in graph:
        raise KeyError(shape)
    keys = _keys()
    by_path: dict[URIRef, list[Node]] = {}
    for found in sorted(graph.objects(owner, SH.property), key=str):
        path = graph.value(found, SH.path)
        if isinstance(path, URIRef) and path in keys:
            by_path.setdefault(path, []).append(found)
    return {keys[path]: _field(graph, keys[path], path, found) for path, found in by_path.items()}


def _field(graph: Graph, key: str, path: URIRef, shapes: list[Node]) -> FormField:
    def first(predicate: URIRef) -> Node | None:
        return next((value for shape in shapes for value in graph.objects(shape, predicate)), None)

    values = next((s for s in shapes if {SH["class"], SH.datatype, SH.nodeKind} & set(graph.predicates(s))), shapes[0])
    choices, datatype = first(SH["class"]), first(SH.datatype)
    kinds: dict[Node | None, Kind] = {RDF.langString: "text", XSD.integer: "integer", XSD.boolean: "boolean"}
    return FormField(
        key=key,
        path=str(path),
        kind="choice" if choices else kinds.get(datatype, "plain"),
        choices=str(choices) if choices else None,
        least=_integer(first(SH.minInclusive)),
        most=_integer(first(SH.maxInclusive)),
        many=first(SH.maxCount) is None,
        name=_names(graph, path, shapes),
        rule=_messages(graph, values),
        options=_options(graph, first(SH["in"])),
    )


def _names(graph: Graph, path: URIRef, shapes: list[Node]) -> dict[str, str]:
    """Return what messages call the property: those of these shapes, else those of any shape for it."""
    for shape in [*shapes, *sorted(graph.subjects(SH.path, path), key=str)]:
        quoted = {tag: _QUOTED.search(text) for tag, text in _messages(graph, shape).items()}
        names = {tag: found[1] for tag, found in quoted.items() if found}
        if names:
            return names
    return {}


def _messages(graph: Graph, shape: Node) -> dict[str, str]:
    return {t.language or "": str(t) for t in graph.objects(shape, SH.message) if isinstance(t, RdfLiteral)}


def _options(graph: Graph, values: Node | None) -> tuple[str, ...]:
    items = Collection(graph, values) if values is not None else ()
    return tuple(str(item) for item in items if isinstance(item, RdfLiteral))


def _integer(value: Node | None) -> int | None:
    return int(str(value)) if value is not None else None


@lru_cache(maxsize=1)
def _keys() -> dict[URIRef, str]:
    """Return the key of each property in documents; of several keys for one, the first."""
    found: dict[URIRef, str] = {}
    for key, definition in context().items():
        name = definition.get("@id", "") if isinstance(definition, dict) else definition
        prefix, _, local = str(name).partition(":")
        if prefix in PREFIXES and local:
            found.setdefault(URIRef(PREFIXES[prefix] + local), key)
    return found
