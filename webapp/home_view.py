"""What the home page shows of the release: the ways in with their counts, what is new, the hubs, and true numbers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from ontology.namespaces import IHUB, PREFIXES
from search.request import SearchRequest
from webapp.addresses import document_address
from webapp.interface_language import gettext, interface_language, message
from webapp.languages import label, reader_languages, served
from webapp.presentation import hit_entry
from webapp.search_address import address
from webapp.search_labels import value_text

if TYPE_CHECKING:
    from search.results import SearchResult

__all__ = ["home_view"]

_NEWEST: Final = 6
_EXAMPLES: Final = (
    message("source criticism"),
    message("robots for beginners"),
    message("strong passwords"),
    message("pair work on statistics, 45 min"),
)
"""Searches to try. Translated, they are what a teacher types in that language, and must find something there, too."""

_NOTATION: Final = PREFIXES["skos"] + "notation"
_SCHEME: Final = PREFIXES["skos"] + "inScheme"


def home_view() -> dict[str, Any]:
    """Return what the template of the home page takes."""
    engine, release = served().engine, served().release
    result = engine.search(SearchRequest(limit=0, languages=reader_languages()))
    newest = SearchRequest(sort="newest", limit=_NEWEST, languages=reader_languages(), facets=(), constraints=False)
    return {
        "examples": _examples(),
        "boards": _boards(result),
        "subjects": _ways(result, "subject"),
        "levels": sorted(_ways(result, "level"), key=lambda way: str(way["value"])),
        "kinds": _ways(result, "kind"),
        "newest": [hit_entry(hit, SearchRequest()) for hit in engine.search(newest).hits],
        "hubs": _hubs(),
        "numbers": _numbers(result),
        "built": dt.datetime.fromisoformat(release.manifest["created"]).date(),
        "release": release.id,
    }


def _way(result: SearchResult, field: str, value: str) -> dict[str, Any]:
    """Return a value of a facet as a way in: its name, how many scenarios there are, and the address of the search."""
    text, language = value_text(field, value)
    found = address(SearchRequest(filters={field: (value,)}))
    return {"value": value, "label": text, "language": language, "count": result.facets[field][value], "address": found}


def _ways(result: SearchResult, field: str) -> list[dict[str, Any]]:
    """Return the values of a facet that stand under no other, the most frequent first."""
    above = served().engine.facets.broader[field]
    ways = [_way(result, field, value) for value in result.facets[field] if not above.get(value)]
    return sorted(ways, key=lambda way: (-way["count"], way["label"]))


def _examples() -> list[dict[str, str]]:
    """Return searches to try, in the interface's language."""
    language = interface_language()
    texts = [gettext(text) for text in _EXAMPLES]
    return [
        {"text": text, "language": language if text != source else "en", "address": address(SearchRequest(query=text))}
        for source, text in zip(_EXAMPLES, texts, strict=True)
    ]


def _boards(result: SearchResult) -> list[dict[str, Any]]:
    """Return for each version of the framework its areas in order, each with its competences and their counts."""
    graph, counts = served().graph, result.facets["competence"]
    above = served().engine.facets.broader["competence"]
    boards: dict[str, list[str]] = {}
    for value in counts:
        if not above.get(value):
            boards.setdefault(graph.iri(value, _SCHEME) or "", []).append(value)

    def place(value: str) -> tuple[list[int], str]:
        parts = (graph.value(value, _NOTATION) or "").split(".")
        return [int(part) for part in parts if part.isdecimal()], value

    return [
        {
            "title": label(scheme),
            "areas": [
                {
                    **_way(result, "competence", area),
                    "competences": [
                        _way(result, "competence", value)
                        for value in sorted(counts, key=place)
                        if area in above.get(value, ())
                    ],
                }
                for area in sorted(areas, key=place)
            ],
        }
        for scheme, areas in sorted(boards.items())
    ]


def _hubs() -> list[dict[str, Any]]:
    graph = served().graph
    found = []
    for iri in graph.instances(IHUB + "RegionalInnovationHub"):
        countries = [label(country) for country in graph.iris(iri, IHUB + "inCountry")]
        found.append({"name": label(iri), "countries": countries, "address": document_address(iri)})
    return sorted(found, key=lambda hub: (hub["countries"], hub["name"]))


def _numbers(result: SearchResult) -> list[tuple[str, int]]:
    """Return how much of what is in the release."""
    search = served().release.manifest["parts"]["search"]
    above = served().engine.facets.broader["competence"]
    return [
        (gettext("Learning scenarios"), search["scenarios"]),
        (gettext("Languages of the texts"), len(search["languages"])),
        (gettext("Digital competences"), sum(1 for value in result.facets["competence"] if above.get(value))),
        (gettext("Subjects"), len(result.facets["subject"])),
        (gettext("Tools"), len(result.facets["tool"])),
        (gettext("Statements in the graph"), served().release.manifest["quads"]),
    ]
