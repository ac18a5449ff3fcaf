"""JSON-LD documents as nodes with values, whatever form these came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.importing.jsonld.context import Context
from kg.importing.language_tags import is_language_tag, normal_tag
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Node", "Text", "Value", "read_nodes"]


@dataclass(frozen=True)
class Text:
    """A string, with its language tag where one is known."""

    value: str
    language: str | None = None


@dataclass
class Node:
    """A node object (JSON-LD 1.1, section 1.5) with the names of schema.org.

    Attributes:
        identifier: Its ``@id``.
        types: The names of its classes.
        values: Its values by property name; never an empty list.
        raw: As it stands in the source.
        contexts: The contexts around and in it, outermost first.
        included: Nodes that it refers to and that stand elsewhere in the document.
    """

    identifier: str | None = None
    types: tuple[str, ...] = ()
    values: dict[str, list[Value]] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)
    contexts: tuple[Any, ...] = ()
    included: list[Node] = field(default_factory=list)

    def alone(self, language: str | None = None) -> dict[str, Any]:
        """Return the node as it stands in the source, with what it needs to mean the same by itself.

        Args:
            language: That of the page around it, which holds where no context says another.
        """
        contexts = [one for stated in self.contexts for one in (stated if isinstance(stated, list) else [stated])]
        contexts = [{"@language": language}, *contexts] if language else contexts
        included = self._referred_to()
        return {
            **({"@context": contexts} if contexts else {}),
            **{name: value for name, value in self.raw.items() if name != "@context"},
            **({"@included": [node.raw for node in included]} if included else {}),
        }

    def _referred_to(self) -> list[Node]:
        """Return the nodes that this one or one inside it refers to; not those to which these refer in turn."""
        found: dict[int, Node] = {}
        waiting = [self]
        while waiting:
            node = waiting.pop()
            found |= {id(one): one for one in node.included if one is not self}
            inside = (value for values in node.values.values() for value in values if isinstance(value, Node))
            waiting += [value for value in inside if not any(value is one for one in node.included)]
        return list(found.values())

    def all(self, *names: str) -> Iterator[Value]:
        """Yield the values of these properties."""
        for name in names:
            yield from self.values.get(name, [])

    def nodes(self, *names: str) -> Iterator[Node]:
        """Yield the values of these properties that are nodes."""
        return (value for value in self.all(*names) if isinstance(value, Node))

    def texts(self, *names: str) -> Iterator[Text]:
        """Yield the values of these properties that are texts and not empty."""
        return (value for value in self.all(*names) if isinstance(value, Text) and value.value.strip())

    def first(self, *names: str) -> str | None:
        """Return the first text of these properties, in this order, without space around it."""
        return next((text.value.strip() for text in self.texts(*names)), None)


Value = Text | Node


def read_nodes(document: Any) -> list[Node]:
    """Return the nodes at the top of a document, those of its ``@graph`` included, with references looked up.

    A value that only refers to a node (``{"@id": ...}``) becomes that node where the document describes it.
    """
    nodes = [value for value in _values(document, Context()) if isinstance(value, Node)]
    described: dict[str, Node] = {}
    for node in _everywhere(nodes):
        if node.identifier and (node.values or node.types):
            described.setdefault(node.identifier, node)
    for node in list(_everywhere(nodes)):
        for values in node.values.values():
            found = [_looked_up(value, described) for value in values]
            node.included += [
                new for old, new in zip(values, found, strict=True) if new is not old and isinstance(new, Node)
            ]
            values[:] = found
    top = [node for node in nodes if node.values or node.types]
    for node in nodes:
        top += list(node.nodes("@graph"))
    return top


def _looked_up(value: Value, described: dict[str, Node]) -> Value:
    if isinstance(value, Node) and value.identifier and not value.values and not value.types:
        return described.get(value.identifier, value)
    return value


def _everywhere(nodes: list[Node]) -> Iterator[Node]:
    """Yield each node once; references that were looked up may lead in a circle."""
    seen: set[int] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += [value for values in node.values.values() for value in values if isinstance(value, Node)]


def _values(value: Any, context: Context) -> list[Value]:
    if isinstance(value, list):
        return [found for item in value for found in _values(item, context)]
    if isinstance(value, bool):
        return [Text("true" if value else "false")]
    if isinstance(value, int | float):
        return [Text(str(value))]
    if isinstance(value, str):
        return [Text(value, context.language)] if value.strip() else []
    if not isinstance(value, dict):
        return []
    context = context.extended(value.get("@context"))
    for name in ("@list", "@set"):
        if name in value:
            return _values(value[name], context)
    if "@value" in value:
        language = value.get("@language")
        return _in_language(value["@value"], language if isinstance(language, str) else None, context)
    if _is_language_map(value):
        return [text for tag, item in value.items() for text in _in_language(item, tag, context)]
    node = _node(value, context)
    return [node] if node.values or node.types or node.identifier else []


def _in_language(value: Any, language: str | None, context: Context) -> list[Value]:
    tag = normal_tag(language)
    stated = context.language if language is None else None if tag == UNDETERMINED else tag
    return [Text(found.value, stated) for found in _values(value, Context()) if isinstance(found, Text)]


def _is_language_map(value: dict[str, Any]) -> bool:
    def tag_of(name: str) -> bool:
        # Not every short name is a language: "url" and "tag" are properties.
        return name in {"@none", "und"} or is_language_tag(name)

    def texts(item: Any) -> bool:
        return isinstance(item, str) or (isinstance(item, list) and all(isinstance(one, str) for one in item))

    # "id" is Indonesian, and also how @id is mostly written.
    if isinstance(value.get("id"), str) and (":" in value["id"] or len(value) == 1):
        return False
    return bool(value) and all(tag_of(name) and texts(item) for name, item in value.items())


def _node(value: dict[str, Any], context: Context) -> Node:
    node = Node(raw=value, contexts=context.stated)
    for key, item in value.items():
        if key == "@context":
            continue
        name = context.name(key)
        if name == "@id":
            node.identifier = item.strip() or None if isinstance(item, str) else None
        elif name == "@type":
            types = item if isinstance(item, list) else [item]
            node.types += tuple(context.type_name(one) for one in types if isinstance(one, str) and one.strip())
        elif found := _values(item, context):
            node.values.setdefault(name, []).extend(found)
    return node
