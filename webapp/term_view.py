"""The ontology's terms as a page shows them, read from the release's own graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.namespaces import IHUB, PREFIXES, SCHEMA
from webapp.interface_language import message
from webapp.languages import label, pick

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["Term", "term_groups"]

_OWL, _RDFS, _SKOS = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["skos"]

_KINDS: Final = {
    message("Classes"): (_OWL + "Class",),
    message("Properties"): (_OWL + "ObjectProperty", _OWL + "DatatypeProperty", _OWL + "AnnotationProperty"),
    message("Individuals"): (_OWL + "NamedIndividual",),
}
_LINKS: Final = {
    message("Kind of"): _RDFS + "subClassOf",
    message("Special case of"): _RDFS + "subPropertyOf",
    message("Used on"): SCHEMA + "domainIncludes",
    message("Value"): SCHEMA + "rangeIncludes",
    message("Inverse"): _OWL + "inverseOf",
    message("Follows"): PREFIXES["dcterms"] + "source",
}


@dataclass(frozen=True)
class Term:
    """One term: texts are pairs of text and language, links are by their heading."""

    name: str
    label: tuple[str, str]
    definition: tuple[str, str]
    examples: list[str]
    links: dict[str, list[tuple[str, str]]]


def term_groups(graph: Graph) -> dict[str, list[Term]]:
    """Return the terms of our namespace by kind, each kind by label in the reader's language."""
    groups = {}
    for kind, classes in _KINDS.items():
        iris = {iri for class_iri in classes for iri in graph.instances(class_iri) if iri.startswith(IHUB)}
        groups[kind] = sorted((_term(graph, iri) for iri in iris), key=lambda term: term.label[0].casefold())
    return {kind: terms for kind, terms in groups.items() if terms}


def _term(graph: Graph, iri: str) -> Term:
    links = {heading: graph.iris(iri, predicate) for heading, predicate in _LINKS.items()}
    return Term(
        name=iri.removeprefix(IHUB),
        label=label(iri),
        definition=pick(graph.texts(iri, _SKOS + "definition")),
        examples=[text.value for text in graph.literals(iri, _SKOS + "example")],
        links={heading: [(_name(target), target) for target in found] for heading, found in links.items() if found},
    )


def _name(iri: str) -> str:
    """Return a readable name: our label, a prefixed name of another vocabulary, or the address."""
    if iri.startswith(IHUB):
        return label(iri)[0]
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
