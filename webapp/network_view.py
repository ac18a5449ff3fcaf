"""Neighbourhoods as the graph page and its JSON show them: labels in the reader's language, kinds with a shape each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import request, url_for

from ontology.entity_types import ENTITY_TYPES
from webapp.addresses import document_address
from webapp.entity_view import property_name
from webapp.interface_language import gettext, message
from webapp.languages import label, served
from webapp.search_labels import competence_label

if TYPE_CHECKING:
    from kg.neighbourhood import Link, Neighbourhood

__all__ = ["FAMILIES", "graph_address", "legend", "network_json", "page_view"]

FAMILIES: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "scenario": (message("Scenarios"), "8,2 14,8 8,14 2,8", ("scenario", "work")),
    "competence": (
        message("Competences and frameworks"),
        "2,2 14,2 14,14 2,14",
        ("competence", "framework", "proficiency"),
    ),
    "curriculum": (message("Subjects, levels and themes"), "8,1 15,14 1,14", ("subject", "level", "grade", "theme")),
    "tool": (message("Digital tools"), "1,2 15,2 8,15", ("tool",)),
    "people": (
        message("Hubs, schools and organisations"),
        "4.5,2 11.5,2 15,8 11.5,14 4.5,14 1,8",
        ("hub", "school", "network", "organisation", "contributor", "role", "place", "country"),
    ),
    "practice": (
        message("Mentoring practices"),
        "8,1 15,6 12.3,14.5 3.7,14.5 1,6",
        ("practice", "practice-kind", "phase", "component", "mentoring", "mentoring-level", "incentive"),
    ),
    "evidence": (
        message("Evidence, figures and publications"),
        "8,1 10,6 15,6 11,9.3 12.5,14.5 8,11.4 3.5,14.5 5,9.3 1,6 6,6",
        (
            *("evidence", "evidence-kind", "evidence-strength", "figure", "quantity", "dimension", "indicator"),
            *("indicators", "observation", "policy", "characteristic", "publication", "deliverable", "review"),
        ),
    ),
    "project": (
        message("Projects, events and collections"),
        "1,4.5 15,4.5 15,11.5 1,11.5",
        ("project", "event", "collection"),
    ),
    "other": (message("Other"), "8,2 11,2.8 13.2,5 14,8 13.2,11 11,13.2 8,14 5,13.2 2.8,11 2,8 2.8,5 5,2.8", ()),
}
"""For each family of entity types its name, its shape as a polygon in a box of 16 by 16, and the types."""

_FAMILY_OF: Final = {segment: family for family, (_, _, segments) in FAMILIES.items() for segment in segments}


def legend() -> list[dict[str, str]]:
    """Return the families with their names and shapes."""
    return [{"family": key, "name": gettext(name), "points": points} for key, (name, points, _) in FAMILIES.items()]


def graph_address(
    centres: list[str], limit: int | None = None, *, endpoint: str = "network.graph", absolute: bool = False
) -> str:
    """Return the address of the network of some entities, the first of which it is about."""
    base = served().release.id_base
    first, *others = (iri.removeprefix(base) for iri in centres)
    pairs = [("about", first), *(("open", name) for name in others)]
    if limit is not None:
        pairs.append(("limit", str(limit)))
    if language := request.args.get("lang"):
        pairs.append(("lang", language))
    return f"{url_for(endpoint, _external=absolute)}?{urlencode(pairs, safe='/')}"


def network_json(found: list[Neighbourhood]) -> dict[str, Any]:
    """Return nodes, edges and what is left out, as ``/api/graph`` gives them."""
    centres = [centre.iri for centre in found]
    nodes = {iri: _node(iri, is_centre=iri in centres) for iri in _members(found)}
    edges = {}
    left_out = []
    for centre in found:
        for link in centre.links:
            for neighbour in link.neighbours:
                source, target = (centre.iri, neighbour) if link.outgoing else (neighbour, centre.iri)
                edges[source, link.predicate, target] = {
                    "source": source,
                    "target": target,
                    "property": link.predicate,
                    "label": property_name(link.predicate)[0],
                }
            if link.left_out:
                left_out.append(
                    {
                        "iri": centre.iri,
                        "property": link.predicate,
                        "outgoing": link.outgoing,
                        "count": link.left_out,
                        "url": document_address(centre.iri, absolute=True),
                    }
                )
    return {
        "release": served().release.id,
        "about": centres[0],
        "nodes": list(nodes.values()),
        "edges": list(edges.values()),
        "leftOut": left_out,
    }


def page_view(found: list[Neighbourhood], limit: int, usual: int) -> dict[str, Any]:
    """Return what the template shows.

    Args:
        found: The neighbourhoods, that of the entity which the page is about first.
        limit: The limit that holds.
        usual: The limit that goes without saying.
    """
    centres = [centre.iri for centre in found]
    stated = None if limit == usual else limit
    entries = {iri: _entry(iri, centres, stated) for iri in _members(found)}
    return {
        "title": entries[centres[0]],
        "centres": [
            {
                **entries[centre.iri],
                "groups": [
                    (outgoing, [_link_view(link, entries) for link in centre.links if link.outgoing is outgoing])
                    for outgoing in (True, False)
                ],
                "closed": graph_address([iri for iri in centres if iri != centre.iri], stated) if number else None,
            }
            for number, centre in enumerate(found)
        ],
        "shown": len(entries) - len(centres),
        "left_out": sum(link.left_out for centre in found for link in centre.links),
        "only_first": graph_address(centres[:1], stated) if len(centres) > 1 else None,
        "json_address": graph_address(centres, stated, endpoint="network.graph_json"),
        "canonical": graph_address(centres, stated, absolute=True),
        "data": _drawn(found, entries),
    }


def _drawn(found: list[Neighbourhood], entries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what the drawing needs; several properties between two entities make one line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for centre in found:
        for link in centre.links:
            for neighbour in link.neighbours:
                ends = (centre.iri, neighbour) if link.outgoing else (neighbour, centre.iri)
                lines.setdefault(ends, []).append(property_name(link.predicate)[0])
    kept = ("key", "label", "family", "kind", "number", "address")
    return {
        "nodes": [{name: entry[name] for name in kept} for entry in entries.values()],
        "edges": [
            {"source": entries[a]["key"], "target": entries[b]["key"], "label": ", ".join(dict.fromkeys(names))}
            for (a, b), names in lines.items()
        ],
    }


def _members(found: list[Neighbourhood]) -> list[str]:
    neighbours = (iri for centre in found for link in centre.links for iri in link.neighbours)
    members = list(dict.fromkeys([*(centre.iri for centre in found), *neighbours]))
    served().graph.prefetch(members)
    return members


def _entry(iri: str, centres: list[str], limit: int | None) -> dict[str, Any]:
    node = _node(iri, is_centre=iri in centres)
    number = centres.index(iri) + 1 if iri in centres else None
    return {
        "key": node["id"],
        "label": node["label"],
        "language": node["language"],
        "kind": node["typeLabel"],
        "family": node["family"],
        "points": FAMILIES[node["family"]][1],
        "number": number,
        "address": document_address(iri),
        "expand": None if number else graph_address([*centres, iri], limit),
    }


def _link_view(link: Link, entries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    name, language = property_name(link.predicate)
    neighbours = sorted((entries[iri] for iri in link.neighbours), key=lambda entry: entry["label"].casefold())
    return {
        "name": name,
        "language": language,
        "neighbours": neighbours,
        "left_out": link.left_out,
    }


def _node(iri: str, *, is_centre: bool) -> dict[str, Any]:
    name = iri.removeprefix(served().release.id_base)
    segment = name.partition("/")[0]
    text, language = label(iri)
    kind = ENTITY_TYPES.get(segment)
    kind_label = label(kind.class_iri) if kind else (segment, "und")
    return {
        "id": name,
        "iri": iri,
        "label": competence_label(iri) if segment == "competence" else text,
        "language": language,
        "type": segment,
        "typeLabel": kind.label if kind and kind_label[1] == "und" else kind_label[0],
        "family": _FAMILY_OF.get(segment, "other"),
        "expanded": is_centre,
        "url": document_address(iri, absolute=True),
    }
