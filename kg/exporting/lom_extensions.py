"""Elements of ihub's own namespace in LOM records: what LOM changes or has no place for, by the names of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from kg.exporting.rules import MODEL_FIELDS, Effect, Rule
from kg.xml_text import without_invalid
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lxml.etree import _Element

    from kg.exporting.source import Source

__all__ = ["extended"]

_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def extended(
    rules: Sequence[Rule[_Element]], more: Mapping[str, Callable[[Source, _Element], None]]
) -> Iterator[Rule[_Element]]:
    """Yield ``rules`` so that every field of the model is kept.

    What a rule keeps stays as it is. What it changes is written in that way and as ``ihub:`` elements: texts with their
    language, links as ``resource``, parts with all their fields. What no rule writes is written as such elements only.

    Args:
        rules: How LOM says the fields by its own means.
        more: What is written besides, by field.
    """
    for rule in rules:
        parts = MODEL_FIELDS[rule.field]
        if rule.effect is Effect.KEPT and not parts:
            yield rule
        else:
            writers = [more[rule.field], rule.write] if rule.field in more else [rule.write]
            yield _rule(rule.field, f"{rule.target}, ihub:{rule.field}", writers)
    written = {rule.field for rule in rules}
    for field in [field for field in MODEL_FIELDS if field not in written]:
        yield _rule(field, f"ihub:{field}", [])


def _rule(field: str, target: str, writers: list[Callable[[Source, _Element], None]]) -> Rule[_Element]:
    def write(source: Source, lom: _Element) -> None:
        for told in writers:
            told(source, lom)
        _extension(source, lom, field)

    parts = tuple(Rule(part, f"ihub:{field}/ihub:{part}", _values_of(part)) for part in MODEL_FIELDS.get(field, ()))
    return Rule(field, target, write, "", parts)


def _values_of(field: str) -> Callable[[Source, _Element], None]:
    return lambda source, parent: _extension(source, parent, field)


def _extension(source: Source, parent: _Element, field: str) -> None:
    if MODEL_FIELDS.get(field):
        for part in source.parts(field):
            element = _element(parent, field)
            element.set("id", part.iri.partition("#")[2])
            for inner in MODEL_FIELDS[field]:
                _extension(part, element, inner)
    else:
        _values(source, parent, field)


def _element(parent: _Element, key: str) -> _Element:
    return etree.SubElement(parent, f"{{{IHUB}}}{key}")


def _values(source: Source, parent: _Element, key: str) -> None:
    for iri in source.iris(key):
        _element(parent, key).set("resource", iri)
    for tag, texts in source.texts(key).items():
        for text in texts:
            element = _element(parent, key)
            element.text = without_invalid(text)
            if tag != "und":
                element.set(_XML_LANG, tag)
