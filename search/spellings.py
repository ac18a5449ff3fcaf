"""What people may write for the values of filters, and the short form in which ihub writes them itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.importing.licences import licence_name
from ontology.namespaces import IHUB, PREFIXES
from search.fields import FACETS, FIELDS

if TYPE_CHECKING:
    from kg.graph import Graph
    from search.facets import FacetIndex

__all__ = ["filter_values", "short_value"]

_PLAIN: Final = {"devices": ("none", "needed"), "evidence": ("any",), "language": (), "available": ()}


def filter_values(graph: Graph, facets: FacetIndex) -> dict[str, dict[str, str]]:
    """Return for each filter what people may write for a value, and the value.

    Concepts go by IRI, ``type/slug``, slug and notation, licences by IRI and short name, all in any case. A concept
    that no scenario has is known too, so that asking for it is no error.
    """
    languages = {iri.rsplit("/", 1)[-1] for iri in graph.instances(IHUB + "Language")}
    found = {}
    for name in FACETS:
        values = facets.values(name)
        if name in {"language", "available"}:
            found[name] = {tag: tag for tag in {*languages, *values}}
        elif name == "licence":
            found[name] = {form: iri for iri in values for form in (iri, short_value(name, iri), licence_name(iri))}
        else:
            found[name] = _concepts(name, values, graph) | {value: value for value in _PLAIN.get(name, ())}
        found[name].update({form.casefold(): value for form, value in list(found[name].items())})
    return found


def short_value(field: str, value: str) -> str:
    """Return the form in which a value stands in addresses: a slug where it has one.

    >>> short_value("licence", "https://creativecommons.org/licenses/by/4.0/")
    'cc-by-4.0'
    >>> short_value("subject", "https://example.org/id/subject/history")
    'history'
    """
    if field == "licence":
        name = licence_name(value)
        return value if name == value else name.lower().replace(" ", "-")
    return value.rsplit("/", 1)[-1]


def _concepts(field: str, values: list[str], graph: Graph) -> dict[str, str]:
    spellings: dict[str, str] = {}
    known = {iri for name in FIELDS[field].classes for iri in graph.instances(IHUB + name)}
    for iri in sorted(iri for iri in {*values, *known} if "/" in iri)[::-1]:
        segment, _, slug = iri.rpartition("/")
        notation = graph.value(iri, PREFIXES["skos"] + "notation")
        for spelling in (iri, f"{segment.rpartition('/')[2]}/{slug}", slug, notation):
            if spelling:
                spellings[spelling] = iri
    return spellings
