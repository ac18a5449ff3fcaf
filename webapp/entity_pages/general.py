"""The page about an entity of any kind: what :data:`webapp.entity_pages.kinds.KINDS` says that its kind tells."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from flask import url_for

from kg.figures import figures_of
from ontology.entity_types import ENTITY_TYPES
from ontology.namespaces import IHUB, PREFIXES, SCHEMA
from webapp.entity_pages import told
from webapp.entity_pages.cross import cross_view
from webapp.entity_pages.figures import group_view
from webapp.entity_pages.kind import Kind
from webapp.entity_pages.kinds import KINDS
from webapp.entity_view import statement_view
from webapp.interface_language import gettext, message
from webapp.languages import label, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph import Graph

__all__ = ["crumbs", "section", "segment_of", "view"]

_PATH: Final = re.compile(r"(\^?)([\w-]+:\w+)(?: of ([\w-]+:\w+)(?: but ([\w-]+:\w+))?)?")
_BROADER: Final = PREFIXES["skos"] + "broader"
_STEPS_UP: Final = 8
_SCENARIO: Final = IHUB + "LearningScenario"
_LISTED: Final = {
    "competence": ("browse.competences", message("Competences")),
    "framework": ("browse.competences", message("Competences")),
    "subject": ("browse.subjects", message("Subjects")),
    "hub": ("browse.hubs", message("Hubs")),
    "collection": ("browse.collections", message("Collections")),
    "practice": ("browse.practices", message("Mentoring practices")),
    "school": ("browse.schools", message("Schools")),
}
"""Pages that list the entities of a kind."""


def view(iri: str) -> dict[str, Any]:
    """Return what the page shows of an entity besides the frame of all pages."""
    graph = served().graph
    graph.prefetch([iri])
    segment = segment_of(iri)
    kind = KINDS.get(segment or "", Kind())
    facts = [told.fact(iri, gettext(title), _predicates(paths)) for title, paths in kind.facts if "^" not in paths]
    sections = [section(iri, gettext(title), paths) for title, paths in kind.sections]
    sections += [section(iri, gettext(title), paths) for title, paths in kind.facts if "^" in paths]
    filter_value = iri.rsplit("/", 1)[-1] if kind.scenarios == "language" else iri
    return {
        "kind": label(ENTITY_TYPES[segment].class_iri) if segment else None,
        "segment": segment,
        "named": iri.rpartition("/id/")[2] if segment else None,
        "crumbs": crumbs(iri, segment),
        "description": told.description(iri),
        "also": told.alternative_names(iri),
        "facts": [found for found in facts if found],
        "sections": [found for found in sections if found.total],
        "scenarios": told.scenarios(kind.scenarios, filter_value) if kind.scenarios else None,
        "cross": cross_view(kind.scenarios, iri, *kind.cross) if kind.cross and kind.scenarios else None,
        "figures": group_view(figures_of(graph, iri)) if kind.figures else [],
        "references": told.references(iri),
        "data_kind": told.data_kind(iri),
        "statements": statement_view(graph, iri),
    }


def segment_of(iri: str) -> str | None:
    """Return the path segment of an entity's kind; None for what is no entity, such as a part of the ontology."""
    base = served().release.manifest["base_iri"] + "id/"
    segment = iri.removeprefix(base).partition("/")[0] if iri.startswith(base) else ""
    return segment if segment in ENTITY_TYPES else None


def crumbs(iri: str, segment: str | None) -> list[told.Link]:
    """Return the way down to an entity: the page that lists its kind, its framework, then the broader concepts."""
    graph = served().graph
    above: list[str] = []
    current = graph.iri(iri, _BROADER)
    while current and current not in above and len(above) < _STEPS_UP:
        above.insert(0, current)
        current = graph.iri(current, _BROADER)
    found = []
    if segment in _LISTED:
        endpoint, title = _LISTED[segment]
        found.append(told.Link(gettext(title), None, url_for(endpoint)))
    if framework := graph.iri(iri, IHUB + "framework"):
        found.append(told.link(framework))
    return found + [told.link(parent) for parent in above]


def section(iri: str, title: str, paths: str) -> told.Section:
    """Return the list that some paths lead to, bounded, with the number of all."""
    graph = served().graph
    entries: dict[str, None] = {}
    more = 0
    for backward, predicate, of, but in _PATH.findall(paths):
        if not backward:
            entries |= dict.fromkeys(graph.iris(iri, told.expanded(predicate)))
        elif of:
            entries |= dict.fromkeys(_referring(graph, iri, told.expanded(predicate), of, but))
        else:
            found, total = _page(graph, iri, told.expanded(predicate))
            entries |= dict.fromkeys(found)
            more += max(0, total - len(found))
    graph.prefetch(entries)
    total = len(entries) + more
    shown = sorted(entries, key=lambda entry: _place(graph, entry)) if len(entries) <= told.MOST_SORTED else entries
    links = [told.link(entry) for entry in list(shown)[: told.SHOWN]]
    return told.Section(title, links, total)


def _predicates(paths: str) -> list[str]:
    return [told.expanded(path) for path in paths.split()]


def _page(graph: Graph, iri: str, predicate: str) -> tuple[list[str], int]:
    """Return the first of those that refer to an entity by a property, and the number of all."""
    counts = {name: count for name, count in told.referring_counts(iri).items() if name == predicate}
    found = graph.referring_page(iri, counts, 0, told.MOST_SORTED)
    return [statement.subject for statement in found], sum(counts.values())


def _referring(graph: Graph, iri: str, predicate: str, of: str, but: str) -> Iterator[str]:
    """Yield those of a class that refer to an entity by a property."""
    kind, other = told.expanded(of), told.expanded(but) if but else None
    if predicate not in told.referring_counts(iri):
        return
    if told.referring_counts(iri)[predicate] <= told.MOST_SORTED or kind == _SCENARIO:
        candidates = graph.subjects(predicate, iri)
        graph.prefetch(candidates)
    else:
        instances = graph.instances(kind)
        graph.prefetch(instances)
        candidates = [found for found in instances if iri in graph.iris(found, predicate)]
    for candidate in candidates:
        types = graph.types(candidate)
        if kind in types and other not in types:
            yield candidate


def _place(graph: Graph, iri: str) -> tuple[float, list[int], list[tuple[int, str]]]:
    """Return where an entity stands in a list: by stated position or rank, then by number, then by name.

    Numbers in names count as numbers: grade 2 comes before grade 10.
    """
    stated = graph.value(iri, SCHEMA + "position") or graph.value(iri, IHUB + "rank")
    notation = graph.value(iri, PREFIXES["skos"] + "notation") or ""
    numbers = [int(part) for part in notation.split(".")] if re.fullmatch(r"[\d.]*\d", notation) else []
    parts = re.split(r"(\d+)", label(iri)[0].casefold())
    name = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
    return float(stated) if stated else math.inf, numbers, name
