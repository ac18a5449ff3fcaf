"""Typed links in headers (RFC 8288) by the FAIR Signposting profile, level 1 (https://signposting.org/FAIR/).

A page leads to the entity's IRI, to everything that describes it, to its content, licence and authors; each document
leads back to the page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from kg.scenario import SCENARIO_CLASS
from ontology.entity_types import ENTITY_TYPES
from ontology.namespaces import IHUB, SCHEMA
from webapp.addresses import published_address
from webapp.languages import served

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.rdf_negotiation import Representation

__all__ = ["document_links", "page_links", "paging_links"]

_ABOUT_PAGE: Final = SCHEMA + "AboutPage"
_MOST: Final = 20  # of one relation: servers and proxies bound the size of headers
_LEFT_OUT: Final = frozenset(
    {"nt", "trig", "nq", "lom-strict.xml"}
)  # for the same reason; the page itself links to them


def page_links(iri: str, others: Sequence[Representation]) -> list[str]:
    """Return the links of the page about ``iri``.

    Args:
        iri: The entity.
        others: The other documents about it.
    """
    page = published_address(iri) or iri
    links = [_link(iri, "cite-as"), _link(page, "canonical"), _link(_ABOUT_PAGE, "type")]
    links += [_link(class_iri, "type") for class_iri in _types(iri)]
    for other in others:
        if other.suffix not in _LEFT_OUT:
            address = published_address(iri, f".{other.suffix}") or other.address
            relations = "item alternate" if other.media_type == "text/markdown" else "describedby alternate"
            links.append(_link(address, relations, other.media_type, other.profile))
    return links + _rights(iri) + _collections(iri)


def document_links(iri: str, own: Representation) -> list[str]:
    """Return the links of one document about ``iri`` other than the page.

    Args:
        iri: The entity.
        own: The document.
    """
    page = published_address(iri) or iri
    canonical = published_address(iri, f".{own.suffix}") or own.address
    content = own.media_type == "text/markdown"
    links = [
        _link(canonical, "canonical"),
        _link(page, "collection alternate" if content else "describes alternate", "text/html"),
        _link(iri, "cite-as" if content else "describes"),
    ]
    if own.profile:
        links.append(_link(own.profile, "profile"))
    return links + _rights(iri)


def paging_links(iri: str, suffix: str, page: int, pages: int) -> list[str]:
    """Return the links between the pages of a description (RFC 8288, registered relations)."""
    address = published_address(iri, suffix) or iri
    turns = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages} if pages > 1 else {}
    return [
        _link(address if number == 1 else f"{address}?page={number}", relation)
        for relation, number in turns.items()
        if 1 <= number <= pages
    ]


def _types(iri: str) -> list[str]:
    types = served().graph.types(iri)
    if SCENARIO_CLASS in types:
        return [SCHEMA + "LearningResource", SCENARIO_CLASS]
    known = {row.class_iri for row in ENTITY_TYPES.values()}
    return [class_iri for class_iri in types if class_iri in known or class_iri.startswith((IHUB, SCHEMA))][:_MOST]


def _rights(iri: str) -> list[str]:
    graph = served().graph
    licences = [_link(target, "license") for target in graph.iris(iri, SCHEMA + "license")]
    return licences + [_link(target, "author") for target in graph.iris(iri, SCHEMA + "creator")][:_MOST]


def _collections(iri: str) -> list[str]:
    return [_link(target, "collection") for target in served().graph.iris(iri, IHUB + "collection")]


def _link(target: str, relation: str, media_type: str | None = None, profile: str | None = None) -> str:
    # A header holds ASCII only; an IRI is written as the URI that means the same.
    uri = quote(target, safe="%!$&'()*+,/:;=@~?#[]")
    parts = [f"<{uri}>", f'rel="{relation}"']
    if media_type:
        parts.append(f'type="{media_type}"')
    if profile:
        parts.append(f'profile="{re.sub(r"[^!#-~]", "", profile)}"')
    return "; ".join(parts)
