"""JSON-LD as people write it: a description as one tree under the published context, compact and without surprises.

The root is the entity with its parts nested as in a document; whatever else the description says (labels of neighbours,
statements by others) follows in ``@included`` (JSON-LD 1.1, section 4.13). The result is in compacted form for our
context: an independent processor compacts its expansion back to the same (tested with pyld, which itself takes some ten
times longer to frame a scenario; benchmarks/linked_data.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyoxigraph as ox

from kg.documents import PART_TYPES
from kg.terms import iri_of
from ontology.load import context
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["frame"]

_TYPE: Final = PREFIXES["rdf"] + "type"
_XSD: Final = PREFIXES["xsd"]
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
_NUMBERS: Final = re.compile(r"(\d+)")


def frame(triples: Iterable[ox.Triple], root: str, context_address: str) -> dict[str, Any]:
    """Return ``triples`` as one JSON-LD document about ``root``.

    Args:
        triples: A description; without blank nodes.
        root: The IRI of the entity that it describes.
        context_address: Where the context is published; it stands in the document in place of the context itself.

    """
    by_subject: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.object, ox.Literal | ox.NamedNode):
            by_subject[iri_of(triple.subject)][triple.predicate.value].append(triple.object)
    # An IRI whose scheme is a prefix of ours would be read as a compact IRI; such a document takes that prefix back.
    schemes = {term.partition(":")[0] for term in _iris(by_subject) if "://" not in term}
    taken_back = frozenset(schemes & PREFIXES.keys())
    writer = _Writer(by_subject, root, _terms(taken_back))
    node = writer.node(root)
    included = [writer.node(subject) for subject in sorted(by_subject, key=_natural) if subject not in writer.written]
    head: dict[str, Any] = {"@context": context_address}
    if taken_back:
        head = {"@context": [context_address, dict.fromkeys(sorted(taken_back))]}
    return {**head, **node, **({"@included": included} if included else {})}


def _iris(by_subject: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]) -> Iterator[str]:
    for subject, predicates in by_subject.items():
        yield subject
        for predicate, objects in predicates.items():
            yield predicate
            yield from (o.value if isinstance(o, ox.NamedNode) else o.datatype.value for o in objects)


class _Terms(NamedTuple):
    """The context turned round: from what is said to the key that says it."""

    links: dict[str, str]
    texts: dict[str, str]
    typed: dict[tuple[str, str], str]
    plain: dict[str, str]
    vocabulary: dict[str, str]
    prefixes: dict[str, str]
    order: dict[str, int]

    def compact(self, iri: str) -> str:
        """Return ``iri`` with a prefix where one fits."""
        for namespace, prefix in self.prefixes.items():
            if iri.startswith(namespace) and len(iri) > len(namespace) and not iri[len(namespace) :].startswith("//"):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri


@lru_cache(maxsize=8)
def _terms(taken_back: frozenset[str]) -> _Terms:
    terms = _Terms({}, {}, {}, {}, {}, {}, {})
    for place, (term, definition) in enumerate(context().items()):
        terms.order[term] = place
        detail = definition if isinstance(definition, dict) else {"@id": definition}
        target = str(detail["@id"]) if "@id" in detail else ""
        if term in PREFIXES:
            if term not in taken_back:
                terms.prefixes[target] = term
        elif term[0] == "@" or target[:1] in {"@", ""}:
            continue
        elif term[0].isupper():
            terms.vocabulary[_expand(target)] = term
        elif detail.get("@container") == "@language":
            terms.texts[_expand(target)] = term
        elif detail.get("@type") == "@id":
            terms.links[_expand(target)] = term
        elif "@type" in detail:
            terms.typed[_expand(target), _expand(detail["@type"])] = term
        else:
            terms.plain[_expand(target)] = term
    return terms


def _expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else name


class _Writer:
    """Writes each subject once: parts where their whole mentions them, the others at the end."""

    def __init__(
        self, by_subject: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]], root: str, terms: _Terms
    ) -> None:
        self._by_subject = by_subject
        self._root = root
        self._terms = terms
        self.written: set[str] = set()

    def node(self, subject: str) -> dict[str, Any]:
        """Return the node object of ``subject``, with its parts."""
        self.written.add(subject)
        node: dict[str, Any] = {"id": self._terms.compact(subject)}
        if types := self._by_subject[subject].get(_TYPE) if subject in self._by_subject else None:
            names = [self._name(term) for term in sorted(types, key=str) if isinstance(term, ox.NamedNode)]
            node["type"] = _single(sorted(names, key=lambda name: (":" in name, name)))
        fields: dict[str, list[Any]] = defaultdict(list)
        maps: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for predicate, objects in self._by_subject.get(subject, {}).items():
            for value in sorted(objects, key=_place):
                if predicate == _TYPE and isinstance(value, ox.NamedNode):
                    continue
                key, written = self._value(predicate, value)
                if isinstance(value, ox.Literal) and value.language and key in self._terms.texts.values():
                    maps[key][value.language].append(value.value)
                else:
                    fields[key].append(written)
        written_fields = {key: _single(values) for key, values in fields.items()}
        written_maps = {key: {tag: _single(texts) for tag, texts in found.items()} for key, found in maps.items()}
        order = self._terms.order
        merged = {**written_fields, **written_maps}
        return node | {key: merged[key] for key in sorted(merged, key=lambda k: (order.get(k, len(order)), k))}

    def _name(self, term: ox.NamedNode) -> str:
        return self._terms.vocabulary.get(term.value) or self._terms.compact(term.value)

    def _value(self, predicate: str, value: ox.NamedNode | ox.Literal) -> tuple[str, Any]:
        """Return the key and the value under it; a text of a language map comes back as a plain value object."""
        terms = self._terms
        if isinstance(value, ox.NamedNode):
            key = terms.links.get(predicate)
            if key in PART_TYPES and value.value.startswith(self._root + "#") and value.value not in self.written:
                return str(key), self.node(value.value)
            if key:
                return key, terms.compact(value.value)
            return terms.plain.get(predicate) or terms.compact(predicate), {"id": terms.compact(value.value)}
        if value.language:
            key = terms.texts.get(predicate) or terms.plain.get(predicate) or terms.compact(predicate)
            return key, {"@language": value.language, "@value": value.value}
        datatype = value.datatype.value
        if key := terms.typed.get((predicate, datatype)):
            return key, _native(value.value, datatype)
        key = terms.plain.get(predicate) or terms.compact(predicate)
        if datatype == _XSD + "string":
            return key, value.value
        return key, {"type": terms.compact(datatype), "@value": value.value}


def _native(lexical: str, datatype: str) -> str | int | bool:
    """Return numbers and truth values as JSON has them, where nothing is lost by it."""
    if datatype == _XSD + "integer" and _INTEGER.fullmatch(lexical):
        return int(lexical)
    if datatype == _XSD + "boolean" and lexical in {"true", "false"}:
        return lexical == "true"
    return lexical


def _single(values: list[Any]) -> Any:
    """Return one value by itself, as compaction does."""
    return values[0] if len(values) == 1 else values


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts ``#activity-10`` after ``#activity-9``."""
    return [(int(part), "") if part.isdecimal() and part.isascii() else (-1, part) for part in _NUMBERS.split(text)]


def _place(term: ox.NamedNode | ox.Literal) -> tuple[int, list[tuple[int, str]], str]:
    if isinstance(term, ox.NamedNode):
        return 0, _natural(term.value), ""
    return 1, [(-1, term.language or "")], term.value
