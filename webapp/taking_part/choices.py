"""Values that a field may have, as the reader calls them, and what readers write for them in any language."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import g

from kg.stated_document import listed
from ontology.form_fields import form_fields
from ontology.namespaces import PREFIXES
from webapp.languages import label, served

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.graph import Graph

__all__ = ["FEW", "Choice", "choices", "find_choice", "identifiers", "offer_also"]

FEW: Final = 20
"""So many choices are shown as boxes to tick; of more, people write names."""

_COMPETENCE: Final = "https://w3id.org/ihub/ns#Competence"
_FRAMEWORK: Final = "scheme/digcomp22"
_SKOS: Final = PREFIXES["skos"]


class Choice(NamedTuple):
    """A value by its identifier, with the name that the reader is shown and its language."""

    identifier: str
    name: str
    language: str


def choices(class_iri: str) -> list[Choice]:
    """Return the instances of a class, by name; of competences, those of DigComp 2.2 that have no narrower ones."""
    kept: dict[str, list[Choice]] = g.setdefault("choices", {})
    if class_iri not in kept:
        found = served()
        base = found.release.id_base
        iris = _instances(found.release.id, class_iri, _Held(found.graph), base)
        by_name = (Choice(iri.removeprefix(base), *label(iri)) for iri in iris)
        kept[class_iri] = sorted(by_name, key=lambda choice: choice.name.casefold())
    return kept[class_iri]


def offer_also(document: Mapping[str, Any], id_base: str) -> None:
    """Let this request's forms choose, too, what a document has that their lists leave out, such as other frameworks'.

    Args:
        document: The document of a scenario.
        id_base: Base of this deployment's entities.
    """
    for shape, nodes in (("Scenario", [document]), ("Activity", document.get("activity", []))):
        for key, field in form_fields(shape, id_base).items():
            if field.choices and any(key in node for node in nodes):
                found = choices(field.choices)
                known = {choice.identifier for choice in found}
                stated = {value for node in nodes for value in listed(node.get(key)) if isinstance(value, str)}
                found += [Choice(value, *label(id_base + value)) for value in sorted(stated - known)]
                g.setdefault("offered", {}).setdefault(field.choices, set()).update(stated)


def identifiers(class_iri: str) -> frozenset[str]:
    """Return the identifiers of :func:`choices`, whose names take longer to look up."""
    found = served()
    base = found.release.id_base
    offered: dict[str, set[str]] = g.get("offered", {})
    return _identifiers(found.release.id, class_iri, _Held(found.graph), base) | offered.get(class_iri, set())


def find_choice(class_iri: str, written: str) -> str | None:
    """Return the identifier of the choice that somebody wrote the name of, in any language, or None."""
    found = served()
    base = found.release.id_base
    names = _names(found.release.id, class_iri, _Held(found.graph), base)
    return names.get(" ".join(written.split()).casefold())


class _Held:
    """A graph that does not count among the arguments by which a result is remembered: the release's name does."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _instances(_release: str, class_iri: str, held: _Held, base: str) -> tuple[str, ...]:
    graph = held.graph
    iris = (iri for iri in graph.instances(class_iri) if iri.startswith(base))
    if class_iri == _COMPETENCE:
        in_framework = set(graph.subjects(_SKOS + "inScheme", base + _FRAMEWORK))
        iris = (iri for iri in iris if iri in in_framework and not graph.subjects(_SKOS + "broader", iri))
    return tuple(iris)


@lru_cache(maxsize=64)
def _identifiers(release: str, class_iri: str, held: _Held, base: str) -> frozenset[str]:
    return frozenset(iri.removeprefix(base) for iri in _instances(release, class_iri, held, base))


@lru_cache(maxsize=64)
def _names(release: str, class_iri: str, held: _Held, base: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for iri in _instances(release, class_iri, held, base):
        for text in held.graph.labels(iri).values():
            found.setdefault(" ".join(text.split()).casefold(), iri.removeprefix(base))
    return found
